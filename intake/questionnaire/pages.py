"""The questions, one short page at a time."""

from datetime import date
from typing import Any

from crispy_forms.utils import render_crispy_form
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from intake import triage
from intake.door import form_links
from intake.door.door import DoorRequest
from intake.door.draft import language_of, patient_page, remember
from intake.door.frame import due_first, next_address, page_address, page_at, pages_to_show, show
from intake.door.switching import keeps_typed
from intake.emergency.safety import answered_at, asked_again, shown_on
from intake.models import AlreadySubmitted, Intake, UnsentPage
from intake.questionnaire import actions as intakes
from intake.questionnaire.actions import Saved
from intake.questionnaire.after_sending import page_after_sending
from intake.questionnaire.elsewhere import save_danger, sent_elsewhere
from intake.questionnaire.forms import PageForm, as_sent
from intake.questionnaire.lists import UNLISTED, unlisted_in
from intake.questionnaire.place import place_on_the_way
from intake.questionnaire.unsent import left_on
from intake.questionnaire.unsent_views import as_typed
from intake.returning.actions import offered
from intake.review.earlier import day_of_earlier
from intake.seen import PATIENT, saw_intake
from intake.versions.protocols import protocol_for

MINE, SAVED = "mine", "saved"
CARRIED = 0  # the version of a page whose answers came over from an earlier form: it is not asked again


@patient_page
@keeps_typed
def page(request: DoorRequest, intake: Intake, number: int) -> HttpResponse:
    """One page: shown, or saved and left for the next."""
    if request.method == "POST" and not request.door.switched:
        try:
            return _sent(request, intake, number)
        except AlreadySubmitted:
            return _after_sending(request, intake, page_at(intake, number))
    shown = page_at(intake, number)
    if intake.submitted_at:
        return redirect("intake_done")
    if shown is None or shown not in pages_to_show(intake):
        return _not_asked(request, intake)
    came_from = _came_from(request)
    if request.door.switched:
        form = _form(request, intake, shown, data=request.POST, came_from=came_from, restored=True)
        return _show(request, intake, form)
    more, left = "more" in request.GET, left_on(intake, shown.id)
    if left and "unsent" in request.GET:
        form = _form(request, intake, shown, data=as_typed(left, shown), came_from=came_from, restored=True)
    else:
        form = _form(request, intake, shown, came_from=came_from, opened_more=more)
    return _show(request, intake, form, opened_more=more, left=left)


def _sent(request: DoorRequest, intake: Intake, number: int) -> HttpResponse:
    """Save a page, and a danger that was sent with it for a page that is arranged otherwise by now.

    Raises AlreadySubmitted.
    """
    if intake.submitted_at:
        raise AlreadySubmitted
    danger = _danger_elsewhere(request, intake, page_at(intake, number))
    intake = danger.intake if danger else intake
    warned = danger is not None and danger.newly_emergency
    shown = page_at(intake, number)
    if shown is None or shown not in pages_to_show(intake):
        return redirect("intake_emergency") if warned else _not_asked(request, intake)
    came_from = _came_from(request)
    form = _form(request, intake, shown, data=_chosen(request.POST, intake, shown), came_from=came_from)
    form.is_valid()
    again = shown == asked_again(intake)
    try:
        saved = intakes.save_page(
            intake,
            shown.id,
            form.answers,
            version=form.version_shown,
            contradictory=form.contradictory,
            unlisted=unlisted_in(request.POST),
        )
    except intakes.StalePage as stale:
        return redirect("intake_emergency") if warned else _show_both(request, intake, form, stale.changed)
    return _onwards(request, saved, form, came_from, left_off=again)


def _not_asked(request: DoorRequest, intake: Intake) -> HttpResponse:
    messages.info(request, _("That page is not asked, or not any more. This is where you left off."))
    return redirect(next_address(intake))


def _came_from(request: DoorRequest) -> str:
    return "check" if "check" in (request.POST.get("from"), request.GET.get("from")) else ""


def _danger_elsewhere(request: DoorRequest, intake: Intake, shown: triage.Page | None) -> Saved | None:
    """Save what was sent for questions of other pages where a danger shows in it.

    The page was arranged otherwise when it was shown.
    """
    elsewhere, both = sent_elsewhere(request.POST, intake, shown)
    if not elsewhere and not both:
        return None
    here = _form(request, intake, shown, data=request.POST) if shown else None
    answers = here.answers if here and (here.is_valid() or here.cleaned_data) else {}
    return save_danger(intake, answers, elsewhere, both)


def _form(
    request: DoorRequest,
    intake: Intake,
    shown: triage.Page,
    *,
    data: QueryDict | None = None,
    came_from: str = "",
    opened_more: bool = False,
    restored: bool = False,
) -> PageForm:
    return PageForm(
        data,
        protocol=protocol_for(intake),
        page_id=shown.id,
        saved=shown_on(intake, shown),
        language=language_of(request),
        version=intake.version,
        came_from=came_from,
        offered=offered(intake, shown.id, opened_more=opened_more),
        offered_from=day_of_earlier(intake),
        restored=restored,
        known=intakes.known_from_details(intake),
    )


def _onwards(request: DoorRequest, saved: Saved, form: PageForm, came_from: str, *, left_off: bool) -> HttpResponse:
    """Where a saved page leads: the emergency advice before anything else. From a page that came once more on another
    day, to where the patient `left_off`.
    """
    intake = saved.intake
    if saved.newly_emergency:
        return redirect("intake_emergency")
    if request.POST.get("then") == "later":
        form_links.keep_for_later(intake)
        return redirect("intake_save")
    if form.errors:
        again = form.data.copy()
        again["version"] = intake.version
        form.data = again
        return _show(request, intake, form, status=422)
    here = triage.find_page(protocol_for(intake), form.page_id)
    if form.unseen:
        come_from = "&from=check" if came_from else ""
        return redirect(f"{page_address(intake, here)}?more{come_from}#div_id_{form.unseen[0]}")
    if came_from or left_off:
        return redirect(next_address(intake))
    if due := due_first(protocol_for(intake), intake):
        return redirect(due)
    after = pages_to_show(intake)
    following = [one for one in after[after.index(here) + 1 :] if intake.pages_done.get(one.id) != CARRIED]
    return redirect(page_address(intake, following[0]) if following else next_address(intake))


def _show(
    request: DoorRequest,
    intake: Intake,
    form: PageForm,
    *,
    status: int = 200,
    opened_more: bool = False,
    left: UnsentPage | None = None,
) -> HttpResponse:
    protocol = protocol_for(intake)
    here = triage.find_page(protocol, form.page_id)
    asked = pages_to_show(intake)
    place = asked.index(here) if here in asked else 0
    section = next(section for section in protocol.sections if section.id == here.section)
    return show(
        request,
        intake,
        "questionnaire/page.html",
        status=status,
        form=form,
        number=request.resolver_match.kwargs["number"],
        section=section.title_in(language_of(request)),
        **place_on_the_way(intake, here, language_of(request)),
        back=_before(intake, asked, place),
        to_check=form.came_from == "check",
        opened_more=opened_more,
        left=left,
        answered_before=answered_at(intake) if here == asked_again(intake) else None,
    )


def _before(intake: Intake, asked: list[triage.Page], place: int) -> str:
    """Return the address of the page before.

    After the safety check, whoever came back was asked what is on file.
    """
    if place == 0:
        return reverse("intake_who")
    return reverse("intake_on_file") if place == 1 and intake.on_file_at else page_address(intake, asked[place - 1])


@patient_page
@require_POST
def reveal(request: DoorRequest, intake: Intake, number: int) -> HttpResponse:
    """The follow-up questions that the answers on the screen open or close. Saves nothing."""
    shown = page_at(intake, number)
    if intake.submitted_at or shown is None:
        return HttpResponse(status=204)
    protocol = protocol_for(intake)
    sent = _form(request, intake, shown, data=request.POST)
    seen = {*request.POST.getlist("shown"), *(set(shown.questions) - set(sent.view.follow_ups))}
    earlier = {name: value for name, value in offered(intake, shown.id).items() if name not in seen}
    fresh = PageForm(
        protocol=protocol,
        page_id=shown.id,
        saved=intake.answers | sent.given,
        language=language_of(request),
        offered=earlier,
        offered_from=day_of_earlier(intake),
        known=intakes.known_from_details(intake),
    )
    changed = fresh.show_only_changed(request.POST.getlist("shown"))
    if not changed:
        return HttpResponse(status=204)
    saw_intake(request, intake, actor=PATIENT)  # a follow-up question comes with its saved answer
    opened = [name for name in changed if name in fresh.fields]
    parts = render_crispy_form(fresh, context={"csrf_token": None})
    return HttpResponse(parts + render_to_string("questionnaire/_revealed.html", {"opened": opened}, request))


# Sent already, or saved elsewhere meanwhile ---------------------------------------------------------------------------


def _after_sending(request: DoorRequest, intake: Intake, shown: triage.Page | None) -> HttpResponse:
    """The form was sent before this page came: a danger in it begins a new one, anything else is told as not saved."""
    intake.refresh_from_db(fields=["submitted_at", "answers"])
    said, both = sent_elsewhere(request.POST, intake, shown)
    form = _form(request, intake, shown, data=request.POST) if shown else None
    if form:
        form.is_valid()
        said, both = said | form.answers, both | form.contradictory
    by_sender = request.door.sent_from_here
    saved = page_after_sending(
        intake,
        shown.id if shown else "",
        said,
        contradictory=both,
        unlisted=unlisted_in(request.POST),
        by_sender=by_sender,
    )
    if saved is not None:
        if saved.newly_emergency:
            return remember(request, redirect("intake_emergency"), saved.intake)
        messages.warning(
            request, _("Your form was sent before. What you answer now is in a new one: please send it too.")
        )
        return remember(request, redirect(next_address(saved.intake)), saved.intake)
    answers = triage.validate_answers(protocol_for(intake), said)
    wrong = form.errors if form else both
    if not wrong and all(intake.answers.get(name) == answers.get(name) for name in said):
        return redirect("intake_done")
    return show(request, intake, "questionnaire/not_saved.html", status=409, saved_at=None, by_sender=by_sender)


def _show_both(
    request: DoorRequest, intake: Intake, form: PageForm, changed: dict[str, tuple[Any, Any]]
) -> HttpResponse:
    """Both answers to each question that differs. The patient chooses; what they sent goes along, hidden."""
    protocol, language = protocol_for(intake), language_of(request)
    intake.refresh_from_db()
    rows = [
        {
            "id": question,
            "question": protocol.questions[question].text_in(language),
            SAVED: _said(protocol, question, saved, language),
            MINE: _said(protocol, question, mine, language),
        }
        for question, (saved, mine) in changed.items()
    ]
    carried = [
        (name, value)
        for name in request.POST
        for value in request.POST.getlist(name)
        if _is_ours(name, form) and not name.startswith("keep-")
    ]
    return show(
        request,
        intake,
        "questionnaire/changed.html",
        status=409,
        rows=rows,
        carried=carried,
        here=request.path,
    )


def _said(protocol: triage.Protocol, question: str, value: Any, language: str) -> str:
    if value is None:
        return _("No answer")
    if protocol.questions[question].type == "date":
        value = date.fromisoformat(value)
    return triage.display(protocol, question, value, language)


def _is_ours(name: str, form: PageForm) -> bool:
    base, _underscore, part = name.rpartition("_")
    of_a_date = part in ("month", "day", "year") and base in form.view.page.questions
    return name in ("shown", "from", UNLISTED) or name in form.view.page.questions or of_a_date


def _chosen(posted: QueryDict, intake: Intake, shown: triage.Page) -> QueryDict:
    """What was sent, with the saved answer where the patient chose to keep that one."""
    kept = [name for name in shown.questions if posted.get(f"keep-{name}") == SAVED]
    if not kept:
        return posted
    chosen = posted.copy()
    for name in kept:
        chosen.pop(name, None)
        for key, values in as_sent(protocol_for(intake).questions[name], intake.answers.get(name)).items():
            chosen.setlist(key, values)
    return chosen
