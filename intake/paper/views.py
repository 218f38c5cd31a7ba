"""Staff hand out forms on paper and key in what comes back, through the same pages as online."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from crispy_forms.utils import render_crispy_form
from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_GET

from clinic.contact import names
from clinic.staff.permissions import ANSWER_REQUESTS, SEE_CASES, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from intake import triage
from intake.door.frame import pages_to_show
from intake.door.respondents import DoesNotFit, NoLongerOpen, needs_respondent, set_respondent
from intake.emergency.danger import danger_of
from intake.models import AlreadySubmitted, Case, Intake
from intake.paper import actions as paper
from intake.paper.code import written
from intake.paper.forms import FindForm, NameAndBirthForm, PaperContactForm, PaperSignForm, PaperWhoForm
from intake.paper.sheet import numbers, sheet
from intake.questionnaire import actions as intakes
from intake.questionnaire.forms import PageForm
from intake.seen import saw_intake, saw_list
from intake.signing import actions as consents
from intake.versions.protocols import protocol_for

INVALID, CONFLICT = 422, 409
MOST_OF_A_DAY = 100
LISTED = 50
NOT_KEYED_IN = (
    "The answers were sent before, so what you keyed in was not saved. If it shows a danger, call the patient now and "
    "tell a therapist."
)


@staff_may(ANSWER_REQUESTS)
def desk(request: StaffRequest) -> HttpResponse:
    """Find a form by its code, hand out a new one, and what is handed out and not sent yet."""
    form = PaperContactForm(
        request.POST if request.method == "POST" else None,
        locations=request.user.locations.all(),
        initial={"language": "en"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            begun = paper.start_on_paper(by=request.user, public_id=form.public_id(), **form.contact())
        except AlreadySubmitted:
            messages.info(request, "That form was sent already. Begin a new one.")
            return redirect("paper")
        return redirect("paper_check", begun.public_id)
    return _show_desk(request, form=form)


def _show_desk(
    request: StaffRequest, *, form: forms.BaseForm | None = None, find: Any = None, begun: Any = None, found: Any = ()
) -> HttpResponse:
    mine = Intake.objects.visible_to(request.user).unfinished().exclude(paper_code=None)
    rows = mine.select_related("patient__location", "entered_by")[:LISTED]
    saw_list(
        request, [intake.patient for intake in rows], found=[intake.patient for intake in found], subject_id="paper"
    )
    shown = {
        "form": form or PaperContactForm(locations=request.user.locations.all(), initial={"language": "en"}),
        "find": find or FindForm(),
        "begun": begun or NameAndBirthForm(),
        "found": found,
        "rows": [(intake, written(intake.paper_code)) for intake in rows],
    }
    wrong = any(shown[name].errors for name in ("form", "find", "begun"))
    return render(request, "paper/desk.html", shown, status=INVALID if wrong else 200)


@pressed_on("paper")
@staff_may(ANSWER_REQUESTS)
def find(request: StaffRequest) -> HttpResponse:
    """By the code on the form, or by name and birth date whoever began online. Nothing of other locations is found."""
    mine = Intake.objects.visible_to(request.user)
    if "code" in request.POST:
        form = FindForm(request.POST)
        if form.is_valid():
            if found := mine.filter(paper_code=form.cleaned_data["code"]).first():
                return redirect("paper_check", found.public_id)
            form.add_error("code", "There is no form with this code at your locations.")
        return _show_desk(request, find=form)
    form = NameAndBirthForm(request.POST)
    found = []
    if form.is_valid():
        said = form.cleaned_data
        of_the_day = mine.unfinished().filter(patient__date_of_birth=said["date_of_birth"])
        of_the_day = list(of_the_day.select_related("patient__location")[:MOST_OF_A_DAY])
        found = [one for one in of_the_day if names.same(one.patient.last_name, said["last_name"])][:LISTED]
        if not found:
            found = of_the_day[:LISTED]
            nobody = "Nobody of this name and birth date has an unfinished form at your locations."
            others = " These have that birth date and another name." if found else ""
            form.add_error(None, nobody + others)
    return _show_desk(request, begun=form, found=found)


def _find(request: StaffRequest, public_id: UUID) -> Intake:
    """Return the intake, when this member of staff may see it; 404 otherwise."""
    intakes_ = Intake.objects.visible_to(request.user).select_related("patient__location", "protocol", "entered_by")
    return get_object_or_404(intakes_.defer("protocol__content"), public_id=public_id)


def _show(request: StaffRequest, intake: Intake, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the paper desk about one intake. Whatever it is, danger stands on top."""
    patient = intake.patient
    saw_intake(request, intake)
    case = Case.objects.filter(intake=intake).first()
    frame = {
        "intake": intake,
        "patient": patient,
        "location": patient.location,
        "code": written(intake.paper_code) if intake.paper_code else "",
        "danger": danger_of(patient, "en"),
        "case": case,
        "may_see_case": case is not None and request.user.may(SEE_CASES),
    }
    with timezone.override(patient.location.zone):
        return render(request, template, frame | context, status=status)


@staff_may(ANSWER_REQUESTS)
def check(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One form: its code, what is keyed in, what is missing. POST gives a form begun online its code."""
    intake = _find(request, public_id)
    if request.method == "POST":
        try:
            paper.put_on_paper(intake, by=request.user)
        except AlreadySubmitted:
            messages.info(request, "The answers were sent already.")
        return redirect("paper_check", intake.public_id)
    protocol = protocol_for(intake)
    number_of = numbers(protocol)
    missing = set(intakes.missing_answers(protocol, intake))
    rows = []
    for page in pages_to_show(intake):
        asked = triage.page_questions(protocol, page.id, intake.answers).visible
        rows.append(
            {
                "address": _address(intake, page),
                "title": next(one.title for one in protocol.sections if one.id == page.section),
                "numbers": _in_words(sorted(number_of[name] for name in asked)),
                "done": page.id in intake.pages_done,
                "missing": _in_words(sorted(number_of[name] for name in asked if name in missing)),
            }
        )
    return _show(request, intake, "paper/check.html", rows=rows, next=_next(intake), missing=missing)


@require_GET
@staff_may(ANSWER_REQUESTS)
def form(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The form to print. It names nobody; that it was made for this patient is logged."""
    intake = _find(request, public_id)
    if intake.paper_code is None:
        return redirect("paper_check", intake.public_id)
    saw_intake(request, intake)
    return HttpResponse(
        sheet(intake),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="form-{written(intake.paper_code)}.pdf"'},
    )


# Keying in ------------------------------------------------------------------------------------------------------------


@staff_may(ANSWER_REQUESTS)
def page(request: StaffRequest, public_id: UUID, number: int) -> HttpResponse:
    """One page of questions as on the paper: shown, or saved and left for the next."""
    intake = _find(request, public_id)
    shown = _page(intake, number)
    if intake.submitted_at:
        return _sent_already(request, intake)
    if shown is None or shown not in pages_to_show(intake):
        messages.info(request, "That page is not asked.")
        return redirect("paper_check", intake.public_id)
    with translation.override(intake.language):  # the questions as they stand on the paper
        form = _form(intake, shown, request.POST if request.method == "POST" else None)
        if request.method != "POST":
            return _show_page(request, intake, form, number, opened_more="more" in request.GET)
        form.is_valid()
        try:
            saved = intakes.save_page(
                intake,
                shown.id,
                form.answers,
                version=form.version_shown,
                contradictory=form.contradictory,
                by=request.user,
            )
        except AlreadySubmitted:
            return _sent_already(request, intake)
        except intakes.StalePage as stale:
            intake.refresh_from_db()
            _show_newer(form, intake)
            return _show_page(request, intake, form, number, status=CONFLICT, changed=_changed(intake, stale.changed))
        intake = saved.intake
        if form.errors and "skip" not in request.POST:
            _show_newer(form, intake)
            return _show_page(request, intake, form, number, status=INVALID)
    if form.unseen:
        return redirect(f"{_address(intake, shown)}?more#div_id_{form.unseen[0]}")
    return redirect(_after(intake, shown))


def _sent_already(request: StaffRequest, intake: Intake) -> HttpResponse:
    if request.method == "POST":
        messages.warning(request, NOT_KEYED_IN)
    else:
        messages.info(request, "The answers were sent already.")
    return redirect("paper_check", intake.public_id)


def _page(intake: Intake, number: int) -> triage.Page | None:
    pages = triage.pages(protocol_for(intake))
    return pages[number - 1] if 1 <= number <= len(pages) else None


def _form(intake: Intake, shown: triage.Page, data: QueryDict | None = None) -> PageForm:
    """The page with the numbers of the paper before its questions."""
    protocol = protocol_for(intake)
    form = PageForm(
        data,
        protocol=protocol,
        page_id=shown.id,
        saved=intake.answers,
        language=intake.language,
        version=intake.version,
        whole=True,
    )
    number_of = numbers(protocol)
    for name, field in form.fields.items():
        if name in number_of:
            field.label, field.is_page_heading = f"{number_of[name]}. {field.label}", False
    return form


def _show_newer(form: PageForm, intake: Intake) -> None:
    form.data = form.data.copy()
    form.data["version"] = intake.version


def _changed(intake: Intake, changed: Any) -> list[dict]:
    protocol, number_of = protocol_for(intake), numbers(protocol_for(intake))
    return [
        {
            "number": number_of[name],
            "saved": "no answer" if saved is None else triage.display(protocol, name, saved),
        }
        for name, (saved, _mine) in changed.items()
    ]


def _show_page(request: StaffRequest, intake: Intake, form: PageForm, number: int, **more: Any) -> HttpResponse:
    protocol = protocol_for(intake)
    here = triage.find_page(protocol, form.page_id)
    title = next(section.title for section in protocol.sections if section.id == here.section)
    return _show(
        request, intake, "paper/page.html", form=form, number=number, section=title, language=intake.language, **more
    )


@pressed_on("paper_page", "public_id", "number")
@staff_may(ANSWER_REQUESTS)
def reveal(request: StaffRequest, public_id: UUID, number: int) -> HttpResponse:
    """The follow-up questions that the answers on the screen open or close. Saves nothing."""
    intake = _find(request, public_id)
    shown = _page(intake, number)
    if intake.submitted_at or shown is None:
        return HttpResponse(status=204)
    with translation.override(intake.language):
        sent = _form(intake, shown, request.POST)
        intake.answers = intake.answers | sent.given
        fresh = _form(intake, shown)
        changed = fresh.show_only_changed(request.POST.getlist("shown"))
        if not changed:
            return HttpResponse(status=204)
        saw_intake(request, intake)  # a follow-up question comes with its saved answer
        parts = render_crispy_form(fresh, context={"csrf_token": None})
    opened = [name for name in changed if name in fresh.fields]
    return HttpResponse(parts + render_to_string("questionnaire/_revealed.html", {"opened": opened}, request))


def _address(intake: Intake, page: triage.Page) -> str:
    number = triage.pages(protocol_for(intake)).index(page) + 1
    return reverse("paper_page", args=[intake.public_id, number])


def _after(intake: Intake, page: triage.Page) -> str:
    """Return the next page that is asked, else the overview."""
    asked = pages_to_show(intake)
    order = triage.pages(protocol_for(intake))
    following = [one for one in asked if order.index(one) > order.index(page)]
    return _address(intake, following[0]) if following else reverse("paper_check", args=[intake.public_id])


def _next(intake: Intake) -> str:
    page = next((one for one in pages_to_show(intake) if one.id not in intake.pages_done), None)
    return _address(intake, page) if page else ""


def _in_words(found: Iterable[object]) -> str:
    return ", ".join(map(str, found))


# Sending --------------------------------------------------------------------------------------------------------------


@staff_may(ANSWER_REQUESTS)
def submit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Who answered, then the signatures on the paper, and sending. Twice is once."""
    intake = _find(request, public_id)
    if intake.submitted_at or intake.paper_code is None:
        return redirect("paper_check", intake.public_id)
    if needs_respondent(intake) or "who" in (request.GET.get("step"), request.POST.get("step")):
        return _who(request, intake)
    left = paper.blanks(intake)
    form = PaperSignForm(
        request.POST if request.method == "POST" else None,
        intake=intake,
        language=intake.language,
        version=intake.version,
        blanks=left,
    )
    if request.method == "POST" and not left.must_ask and form.is_valid():
        try:
            paper.submit_paper(
                intake,
                version=form.version_shown,
                signed_name=form.cleaned_data.get("signed_name", ""),
                choices=form.choices(),
                judge_blanks=form.cleaned_data.get("judge_blanks", False),
                by=request.user,
            )
        except (intakes.StalePage, intakes.Incomplete, paper.MustAsk):
            messages.warning(request, "Some answers have changed since this page was shown. Please look once more.")
            return redirect("paper_submit", intake.public_id)
        except (consents.BadSignature, consents.Unsigned):
            messages.warning(request, "What is to sign has changed. Please look once more.")
            return redirect("paper_submit", intake.public_id)
        messages.success(request, "The answers are with the therapists.")
        return redirect("paper_check", intake.public_id)
    refused = form.errors or (request.method == "POST" and left.must_ask)
    shown = {"must_ask": _questions(intake, left.must_ask), "judged": _questions(intake, left.judged)}
    return _show(request, intake, "paper/submit.html", status=INVALID if refused else 200, form=form, **shown)


def _who(request: StaffRequest, intake: Intake) -> HttpResponse:
    asked = request.method == "POST" and request.POST.get("step") == "who"
    form = PaperWhoForm(request.POST if asked else None, intake=intake)
    if asked and form.is_valid():
        try:
            set_respondent(intake, by=request.user, **form.said())
        except NoLongerOpen:
            return redirect("paper_check", intake.public_id)
        except DoesNotFit as why:
            form.refuse(why)
        else:
            return redirect("paper_submit", intake.public_id)
    return _show(request, intake, "paper/who.html", status=INVALID if form.errors else 200, form=form)


def _questions(intake: Intake, names: Iterable[str]) -> list[dict]:
    protocol = protocol_for(intake)
    number_of = numbers(protocol)
    on = {name: page for page in triage.pages(protocol) for name in page.questions}
    return [
        {
            "number": number_of[name],
            "text": protocol.questions[name].text,
            "address": f"{_address(intake, on[name])}#div_id_{name}",
        }
        for name in names
    ]
