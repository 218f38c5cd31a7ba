"""One case: the page, and the buttons that do not end in a referral."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from clinic.messages.reach import reach_of
from clinic.staff.models import User
from clinic.staff.permissions import DECIDE_CASES, SEE_CASES, staff_may
from clinic.staff.request import StaffRequest
from clinic.typed.actions import refused
from clinic.web.next_up import done_in, was_done_in
from clinic.web.pressed import pressed_on
from intake.models import Case, MoveNotAllowed, Urgency
from intake.models.two_people import who_may_look
from intake.review import actions, addenda, closing
from intake.review import undo as undoing
from intake.review.case_page import CasePage
from intake.review.decision_form import (
    AddendumForm,
    CallForm,
    DecisionForm,
    ReopenForm,
    SecondLookForm,
)
from intake.review.holding import holder_besides, put_off, saw_the_loss
from intake.review.queue import came_from, next_up
from intake.review.reaching import needs_word_of_advice, reaching
from intake.review.take_over_form import TakeOverForm
from intake.review.typed import FORMS, as_left, put_back
from intake.review.what_if import WhatIf
from intake.seen import saw_patient, saw_row

INVALID, CONFLICT = 422, 409
AFTER_A_DECISION = ("desk_tasks__done_by", "desk_tasks__visit__location", "addenda__by")
DECIDABLE = (Case.Status.WAITING, Case.Status.IN_REVIEW)


def find_case(request: StaffRequest, public_id: UUID) -> Case:
    """The case, when this member of staff may see it; 404 otherwise."""
    cases = Case.objects.visible_to(request.user).with_clock()
    people = ("acknowledged_by", "decided_by")
    return get_object_or_404(cases.select_related("intake", "patient", "location", *people), public_id=public_id)


def decision_form(
    case: Case, page: CasePage, data: QueryDict | None = None, *, user: User, **more: Any
) -> DecisionForm:
    others = closing.other_forms(case, user=user) if case.status in DECIDABLE else []
    known = {"suggested": actions.suggestion(case), "specialists": page.specialists_by_id, "others": others}
    return DecisionForm(data, case=case, **known, **more)


def show_case(
    request: StaffRequest, case: Case, *, status: int = 200, page: CasePage | None = None, **more: Any
) -> HttpResponse:
    """The case page. `more` brings forms that were filled in (`decision_form`, `call_form`, ...) and, after a
    conflict, `happened`: the events since the page was read, and `typed`: what was written on it. `left` is what its
    reader typed before and did not send; `asked_of`: the colleague whose case they were asked about once.
    """
    saw_row(request, "case", case)
    page = page or CasePage(case)
    needs_contact, log = actions.needs_contact(case), reaching(case)
    holder = holder_besides(case, request.user)
    decisions = case.decisions.select_related("by", "second_by", "other_intake__case")
    decisions = decisions.prefetch_related("flag_verdicts")
    shown = {
        "case": case,
        "came_from": came_from(request),
        "page": page,
        "now": timezone.now(),
        "location": case.location,
        "needs_contact": needs_contact,
        "needs_word_of_advice": case.holds_emergency and needs_word_of_advice(case),
        "log": log,
        "may_undo": undoing.may_undo(case, request.user),
        "call_first": case.is_open and (needs_contact or not (case.screened or log.by_phone)),
        "suggested": page.specialist(actions.suggestion(case)),
        "decision_form": decision_form(case, page, user=request.user, log=log),
        "call_form": CallForm(case=case),
        "addendum_form": AddendumForm(),
        "second_form": SecondLookForm(version=case.version),
        "reopen_form": ReopenForm(),
        "holder": holder,
        "take_over_form": TakeOverForm(of=holder),
        "pending": decisions.filter(effective_at=None, refused_at=None).last(),
        "decision": decisions.exclude(effective_at=None).prefetch_related(*AFTER_A_DECISION).last(),
        "doubled": closing.closed_for(case, user=request.user),
        "may_decide": request.user.may(DECIDE_CASES),
        "others": who_may_look(case, proposed_by=request.user),
        "can_decide": request.user.may(DECIDE_CASES) and case.status in DECIDABLE and not needs_contact,
        "visit": case.patient.appointment_requests.booked_after(timezone.now()).first(),
        "language": dict(settings.LANGUAGES).get(case.patient.language, case.patient.language),
        "reach": reach_of(case.patient.public_id, case.patient.email),
        "higher": [tier for tier in Urgency if tier > case.urgency],
    } | more
    put_back(shown)
    if shown["can_decide"]:
        _saw_others(request, shown["decision_form"])
    filled = [shown[name] for name in (*FORMS.values(), "phone_form") if name in shown]
    shown["form"] = next((form for form in filled if form.errors), None)  # the title says "Error:"
    with timezone.override(case.location.zone):
        return render(request, "review/case.html", shown, status=status)


def _saw_others(request: StaffRequest, form: DecisionForm) -> None:
    """Log whose forms are offered as the other one, where that is another patient."""
    for patient in {other.patient for other in form.others} - {form.case.patient}:
        saw_patient(request, patient)


@require_GET
@staff_may(SEE_CASES)
def case(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find_case(request, public_id)
    put_off(found, by=request.user)
    more: dict[str, Any] = {"left": as_left(request, found)}
    more |= {"next_up": next_up(request, besides=found)} if was_done_in(request, "queue") else {}
    response = show_case(request, found, **more)
    saw_the_loss(found, request.user)
    return response


@require_GET
@vary_on_headers("HX-Request")
@staff_may(SEE_CASES)
def what_if(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The smallest changes of answers that would move the tier: a part of the case page, or a page of its own."""
    found = find_case(request, public_id)
    saw_row(request, "case", found)
    template = "review/_what_if.html" if request.htmx else "review/what_if.html"
    return render(request, template, {"case": found, "what_if": WhatIf(CasePage(found)), "location": found.location})


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def acknowledge(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find_case(request, public_id)
    try:
        actions.acknowledge(found, by=request.user)
        messages.success(request, "You have this case now.")
    except actions.AlreadyAcknowledged as taken:
        messages.warning(request, f"{taken.case.acknowledged_by} already has this case.")
    return redirect(found)


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def hand_back(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find_case(request, public_id)
    try:
        actions.hand_back(found, by=request.user)
        messages.success(request, "The case waits in the queue again.")
        done_in(request, "queue")
    except actions.CaseChanged as changed:
        holder = holder_besides(changed.case, request.user)
        why = f"{holder} has this case by now." if holder else "This case had moved on meanwhile."
        messages.warning(request, f"{why} Nothing was handed back.")
    return redirect(found)


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def undo(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find_case(request, public_id)
    seen = request.POST.get("seen", "")
    try:
        found = undoing.undo(found, by=request.user, seen=int(seen) if seen.isdecimal() and len(seen) < 9 else None)
        messages.success(request, "Taken back: the case is as it was before.")
    except actions.CaseChanged:
        messages.warning(request, "Too late to take it back: the case has moved on, or ten minutes are over.")
    return redirect(found)


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def contact(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find_case(request, public_id)
    form = CallForm(request.POST, case=found)
    if not form.is_valid():
        return show_case(request, found, status=INVALID, call_form=form)
    said = dict(form.cleaned_data)
    actions.record_contact(found, by=request.user, seen=said.pop("version"), **said)
    messages.success(request, "The call is on record.")
    return redirect(found)


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def raise_tier(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find_case(request, public_id)
    tier = {tier.word: tier for tier in Urgency}.get(request.POST.get("tier"))
    if tier is None or tier <= found.urgency:
        messages.warning(request, "The urgency was not changed: choose one that is higher than it is now.")
        return redirect(found)
    try:
        actions.raise_tier(found, tier=tier, by=request.user)
        messages.success(request, f"The case counts as {tier.label.lower()} now.")
    except ValueError:
        messages.warning(request, "Somebody else raised this case meanwhile.")
    return redirect(found)


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def reopen(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find_case(request, public_id)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return show_case(request, found, status=INVALID, reopen_form=form)
    try:
        actions.reopen(found, by=request.user, **form.cleaned_data)
        messages.success(request, "The case is open again and you have it.")
    except (actions.CaseChanged, MoveNotAllowed):
        refused(request)
        messages.warning(request, "This case is open already.")
    return redirect(found)


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def add_to_decision(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find_case(request, public_id)
    form = AddendumForm(request.POST)
    if not form.is_valid():
        return show_case(request, found, status=INVALID, addendum_form=form)
    try:
        addenda.add(found, by=request.user, **form.cleaned_data)
        messages.success(request, "Added, with your name. What was signed stays as it was.")
    except actions.CaseChanged:
        refused(request)
        messages.warning(request, "This case is open: say it by deciding.")
    return redirect(found)
