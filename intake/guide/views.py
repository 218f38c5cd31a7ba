"""The pain guide: nobody says who they are, nothing is stored, and answers travel only in the body of a POST."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from clinic.staff.models import Location
from intake import triage
from intake.door.contact import LANGUAGE_NAMES
from intake.door.draft import language_of, speak
from intake.emergency.advice import opening_hours, opens_next, reasons_in_words
from intake.emergency.danger import Danger, emergency_words
from intake.guide import FIRST_LOOK
from intake.guide import guide as the_guide
from intake.guide.forms import AreasForm, SoFar, StepForm
from intake.guide.walk import answers_of, next_step, result
from intake.triage import Urgency


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: HttpRequest) -> HttpResponse:
    """Where it hurts, a few questions, and what they lead to; each page is the answer to the one before."""
    if request.method != "POST":
        return _show(request, SoFar(), _areas_form(request))
    language = request.POST.get("language")
    if language in LANGUAGE_NAMES:
        translation.activate(language)
        request.LANGUAGE_CODE = language
    so_far = SoFar.read(request.POST.get("so_far", ""), the_guide().areas) or SoFar()
    response = _turn(request, so_far, stays=language in LANGUAGE_NAMES)
    return speak(response, language) if language in LANGUAGE_NAMES else response


def _turn(request: HttpRequest, so_far: SoFar, *, stays: bool) -> HttpResponse:
    """Return the page after the one that was sent; the same one when only the language is to change."""
    if "back" in request.POST:
        if not so_far.steps:
            return _show(request, so_far, _areas_form(request, initial={"areas": so_far.areas}))
        return _next_page(request, so_far.before_last())
    if not so_far.areas or "areas" in request.POST:
        return _after_areas(request, so_far, stays=stays)
    coming = next_step(triage.shipped(), _answers(so_far))
    questions = coming.questions
    if not questions:
        return _next_page(request, so_far)
    form = _step_form(request, so_far, questions, request.POST)
    if stays:
        form.is_valid()
        typed = SoFar(so_far.areas, so_far.steps, so_far.given | form.cleaned_data)
        return _next_page(request, typed)
    if form.is_valid():
        return _next_page(request, so_far.after(questions, form.cleaned_data))
    told = _with_dangers(so_far, questions, form)
    if triage.screen(triage.shipped(), _answers(told)).urgency is Urgency.EMERGENCY:
        return _next_page(request, told)
    return _show_step(request, so_far, coming, form, status=422)


def _with_dangers(so_far: SoFar, questions: Any, form: StepForm) -> Any:
    """Return what was answered well on a page with an error, and the worst that a contradictory answer may mean."""
    protocol = triage.shipped()
    answers = _answers(so_far.after(questions, form.cleaned_data))
    worst = triage.dangerous_readings(protocol, answers, form.contradictory, partial(triage.screen, protocol))
    return so_far.after(questions, form.cleaned_data | worst)


def _after_areas(request: HttpRequest, so_far: SoFar, *, stays: bool) -> HttpResponse:
    form = _areas_form(request, request.POST)
    if stays:
        chosen = [area for area in request.POST.getlist("areas") if area in the_guide().areas]
        return _show(request, so_far, _areas_form(request, initial={"areas": chosen}))
    if not form.is_valid():
        return _show(request, so_far, form, status=422)
    return _next_page(request, SoFar(form.cleaned_data["areas"], (), so_far.given))


def _answers(so_far: SoFar) -> dict[str, Any]:
    return answers_of(the_guide(), so_far.areas, so_far.answers)


def _next_page(request: HttpRequest, so_far: SoFar) -> HttpResponse:
    coming = next_step(triage.shipped(), _answers(so_far))
    if not coming.questions:
        return _show_result(request, so_far)
    return _show_step(request, so_far, coming, _step_form(request, so_far, coming.questions))


def _show_step(request: HttpRequest, so_far: SoFar, coming: Any, form: Any, **context: Any) -> HttpResponse:
    page = next(page for page in triage.pages(triage.shipped()) if coming.questions[0] in page.questions)
    section = next(one for one in triage.shipped().sections if one.id == page.section)
    context |= {"place": len(so_far.steps) + 2, "places": len(so_far.steps) + 1 + coming.ahead}
    return _show(request, so_far, form, heading=section.title_in(language_of(request)), **context)


def _areas_form(request: HttpRequest, data: QueryDict | None = None, **more: Any) -> AreasForm:
    return AreasForm(data, areas=the_guide().areas, language=language_of(request), **more)


def _step_form(request: HttpRequest, so_far: SoFar, questions: Any, data: Any = None) -> StepForm:
    return StepForm(
        data, protocol=triage.shipped(), questions=questions, language=language_of(request), given=so_far.given
    )


def _show(request: HttpRequest, so_far: SoFar, form: AreasForm, *, status: int = 200, **context: Any) -> HttpResponse:
    first = isinstance(form, AreasForm)
    context |= {"form": form, "first": first, "so_far": so_far.text()}
    return _kept_by_the_browser(request, render(request, "guide/step.html", context, status=status))


def _show_result(request: HttpRequest, so_far: SoFar) -> HttpResponse:
    protocol, language, now = triage.shipped(), language_of(request), timezone.now()
    content = the_guide()
    found = result(protocol, content, so_far.areas, _answers(so_far))
    words = protocol.wording
    bodily = max(found.bodily, Urgency.URGENT) if found.alarmed else found.bodily  # nobody else reads it: they call
    danger = Danger(
        self_harm=found.self_harm,
        bodily=bodily,
        says=_says(words, found, language),
        signs=words.signs_in(found.signs, language) if bodily == Urgency.URGENT else (),
        reasons=reasons_in_words(protocol, found.reasons, language),
    )
    context = {
        "so_far": so_far.text(),
        "danger": danger,
        "urgency": found.urgency,
        "soon": found.urgency == Urgency.SOON,
        "areas": [_area_in_words(content.areas[area], language) for area in so_far.areas],
        "signs": [words.listed_signs[sign].text_in(language) for sign in found.signs],
        "self_care": [
            (words.self_care[item].text_in(language), content.self_care_but[item].in_(language))
            if item in content.self_care_but
            else (words.self_care[item].text_in(language), "")
            for item in found.self_care
        ],
        "options": [content.options[option].text.in_(language) for option in found.options],
        "first_look": protocol.specialist_in(FIRST_LOOK, language),
        "specialists": [protocol.specialist_in(specialist, language) for specialist in found.specialists],
        "everyone": words.everyone_in(language),
        "locations": [
            (location, opening_hours(location), opens_next(location, now)) for location in Location.objects.all()
        ],
    }
    name = {Urgency.EMERGENCY: "emergency", Urgency.URGENT: "urgent"}.get(danger.urgency, "result")
    return _kept_by_the_browser(request, render(request, f"guide/{name}.html", context))


def _says(words: Any, found: Any, language: str) -> tuple[str, ...]:
    if found.urgency != Urgency.EMERGENCY:
        return ()
    return emergency_words(words, found.self_harm, found.bodily, language)


def _area_in_words(area: Any, language: str) -> dict:
    return {name: getattr(area, name).in_(language) for name in ("label", "treats", "elsewhere", "looks_at")}


def _kept_by_the_browser(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The browser's own back button works on pages that answer a POST only when it may keep them; they name nobody."""
    if request.method == "POST":
        response["Cache-Control"] = "private, no-cache"
    return response
