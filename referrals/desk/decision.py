"""Deciding a case, and the referral that follows from it, in one transaction."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from clinic.staff.models import User
from clinic.staff.permissions import DECIDE_CASES, staff_may
from clinic.staff.request import StaffRequest
from clinic.typed.actions import refused
from clinic.web.next_up import done_in
from clinic.web.pressed import pressed_on
from intake import triage
from intake.models import Case, Decision, Urgency
from intake.review import actions as cases
from intake.review import second_look as looking
from intake.review.case_page import CasePage
from intake.review.decision_form import SecondLookForm
from intake.review.holding import SomebodyElses, holder_besides
from intake.review.reaching import NotOnRecord
from intake.review.typed import is_chosen_anew
from intake.review.views import CONFLICT, INVALID, decision_form, find_case, show_case
from intake.review.words import Said
from referrals.moves import end_those_back, refer

NEXT = {
    Decision.Outcome.MORE: "Decided for now. The case comes back when the answer is here, or when its day is over.",
    Decision.Outcome.CLOSED: "Closed, with your reason.",
}
WHY_NOT_CALLED = ("uncontacted", "uncontacted_words")


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def decide(request: StaffRequest, public_id: UUID) -> HttpResponse:
    case = find_case(request, public_id)
    if request.POST.get("version") != str(case.version):
        return _conflict(request, case)
    page = CasePage(case)
    form = decision_form(case, page, request.POST, user=request.user)
    if not form.is_valid():
        return show_case(request, case, page=page, status=INVALID, decision_form=form)
    try:
        with transaction.atomic():
            decision = cases.decide(case, by=request.user, instead_of=_named(request), **form.decision())
            _carry_out(decision, by=request.user)
    except SomebodyElses as theirs:
        return show_case(
            request, case, page=page, status=CONFLICT, decision_form=form, asked_of=theirs.case.acknowledged_by
        )
    except cases.ContactFirst:
        refused(request)
        messages.warning(request, "Record a call first. Nothing was decided.")
        return redirect(case)
    except cases.AlarmsUnseen:
        form.add_error(None, "Read the danger signs that no rule used first. They stand above the decision.")
        return show_case(request, case, page=page, status=CONFLICT, decision_form=form)
    except NotOnRecord as missing:
        form.add_error(None, missing.why)
        return show_case(request, case, page=page, status=CONFLICT, decision_form=form)
    except cases.CaseChanged:
        return _conflict(request, find_case(request, public_id))
    messages.success(request, _said(decision))
    done_in(request, "queue")
    return redirect(case)


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def second_look(request: StaffRequest, public_id: UUID) -> HttpResponse:
    case = find_case(request, public_id)
    decision = case.decisions.filter(effective_at=None, refused_at=None).last()
    if decision is None:
        refused(request)
        messages.warning(request, "Nothing waits for a second look on this case any more.")
        return redirect(case)
    form = SecondLookForm(request.POST)
    try:
        if "drop" in request.POST:
            looking.drop_proposal(decision, by=request.user)
            messages.success(request, "You took your proposal back. The case is in review.")
            return redirect(case)
        if not form.is_valid():
            return show_case(request, case, status=INVALID, second_form=form)
        decision = _look(decision, form.cleaned_data, by=request.user)
    except cases.NotYours:
        refused(request)
        messages.warning(request, "A second look is another person's. Only the author takes a proposal back.")
        return redirect(case)
    except NotOnRecord as missing:
        form.add_error(None, missing.why)
        return show_case(request, case, status=CONFLICT, second_form=form)
    except cases.CaseChanged:
        return _look_once_more(request, find_case(request, public_id))
    messages.success(request, _said(decision))
    done_in(request, "queue")
    return redirect(case)


@transaction.atomic
def _look(decision: Decision, said: dict[str, Any], *, by: User) -> Decision:
    look = looking.agree_second if said["agree"] else looking.refuse_second
    decision = look(decision, version=said["version"], words=said["words"], by=by)
    _carry_out(decision, by=by)
    return decision


def _look_once_more(request: StaffRequest, case: Case) -> HttpResponse:
    """The case changed after the page was read: what was typed stands in the form again, and nothing else of it."""
    messages.warning(request, "This case changed meanwhile. Nothing of yours was saved: please look once more.")
    form = SecondLookForm(version=case.version)
    form.initial["words"] = request.POST.get("second-words", "")
    return show_case(request, case, status=CONFLICT, second_form=form)


def _carry_out(decision: Decision, *, by: User) -> None:
    if decision.effective_at and decision.refer:
        refer(decision, by=by)
    elif decision.effective_at and decision.outcome != Decision.Outcome.MORE:
        end_those_back(decision, by=by)


def _said(decision: Decision) -> str:
    if decision.refused_at:
        return "It stays an emergency. The case is in review again."
    if not decision.effective_at:
        return "Saved. Ending an emergency takes a second therapist; until then it stays as it is."
    if decision.outcome in NEXT:
        return NEXT[decision.outcome]
    what = f"Decided: {Urgency(decision.tier).label}, {_called(decision.specialist)}."
    return f"{what} The referral is ready to be sent." if decision.refer else what


def _called(specialist: str) -> str:
    return str(triage.shipped().specialists.get(specialist, specialist.replace("_", " ")))


def _conflict(request: StaffRequest, case: Case) -> HttpResponse:
    """The page as it is now, what happened since the version that was read, and everything that was typed.

    Who agreed chooses anew: the urgency, the specialist and whose case it is may be others by now.
    """
    try:
        seen = int(request.POST.get("version", ""))
    except ValueError:
        seen = 0
    page = CasePage(case)
    blank = decision_form(case, page, user=request.user)
    written = {name: request.POST[name] for name in blank.fields if name != "version" and request.POST.get(name)}
    if written.get("verdict") in blank.AGREEMENTS:
        written = {name: value for name, value in written.items() if name in (*blank.own_words, *WHY_NOT_CALLED)}
    left = {name: value for name, value in written.items() if not is_chosen_anew(blank, name, value)}
    return show_case(
        request,
        case,
        page=page,
        status=CONFLICT,
        decision_form=decision_form(case, page, user=request.user, initial={"verdict": ""} | left),
        happened=[event for event in page.events if event.version > seen],
        asked_of=holder_besides(case, request.user),
        typed=[
            Said(name, str(blank.fields[name].label), _label(blank, name, value)) for name, value in written.items()
        ],
    )


def _named(request: StaffRequest) -> UUID | None:
    """Return whose case this person was asked about, and decides all the same."""
    try:
        return UUID(request.POST.get("instead_of", ""))
    except ValueError:
        return None


def _label(form: forms.BaseForm, name: str, value: str) -> str:
    choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    return choices.get(value, "Yes" if value == "on" else value)
