"""One case: the page, and the buttons that do not end in a referral."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from clinic.audit.actions import saw
from clinic.staff.permissions import DECIDE_CASES, SEE_CASES, staff_may
from intake.models import Case, Contact, MoveNotAllowed, Urgency
from intake.models.two_people import who_may_look
from intake.review import actions
from intake.review.case_page import CasePage
from intake.review.decision_form import ContactForm, DecisionForm, ReopenForm, SecondLookForm
from intake.review.what_if import WhatIf

INVALID, CONFLICT = 422, 409
DECIDABLE = (Case.Status.WAITING, Case.Status.IN_REVIEW)


def find_case(request, public_id) -> Case:
    """The case, when this member of staff may see it; 404 otherwise."""
    cases = Case.objects.visible_to(request.user).with_clock()
    people = ("acknowledged_by", "decided_by")
    return get_object_or_404(cases.select_related("intake", "patient", "location", *people), public_id=public_id)


def decision_form(case, page, data=None, **more) -> DecisionForm:
    specialists = page.specialists_by_id
    return DecisionForm(data, case=case, suggested=actions.suggestion(case), specialists=specialists, **more)


def show_case(request, case, *, status=200, page=None, **more):
    """The case page. `more` brings forms that were filled in (`decision_form`, `contact_form`, ...) and, after a
    conflict, `happened`: the events since the page was read, and `typed`: what was written on it.
    """
    saw(
        request,
        subject="case",
        subject_id=case.public_id,
        patient_id=case.patient_id,
        location_id=case.location_id,
    )
    page = page or CasePage(case)
    needs_contact = actions.needs_contact(case)
    decisions = case.decisions.select_related("by", "second_by").prefetch_related("flag_verdicts")
    shown = {
        "case": case,
        "page": page,
        "now": timezone.now(),
        "location": case.location,
        "needs_contact": needs_contact,
        "tries": case.contacts.exclude(outcome__in=Contact.SETTLES_AN_EMERGENCY).count(),
        "suggested": page.specialist(actions.suggestion(case)),
        "decision_form": decision_form(case, page),
        "contact_form": ContactForm(),
        "second_form": SecondLookForm(version=case.version),
        "reopen_form": ReopenForm(),
        "pending": decisions.filter(effective_at=None, refused_at=None).last(),
        "decision": decisions.exclude(effective_at=None).last(),
        "may_decide": request.user.may(DECIDE_CASES),
        "others": who_may_look(case, proposed_by=request.user),
        "can_decide": request.user.may(DECIDE_CASES) and case.status in DECIDABLE and not needs_contact,
        "language": dict(settings.LANGUAGES).get(case.patient.language, case.patient.language),
        "higher": [tier for tier in Urgency if tier > case.urgency],
    } | more
    filled = [shown[name] for name in ("decision_form", "contact_form", "second_form", "reopen_form")]
    shown["form"] = next((form for form in filled if form.errors), None)  # the title says "Error:"
    with timezone.override(case.location.zone):
        return render(request, "cases/case.html", shown, status=status)


@require_GET
@staff_may(SEE_CASES)
def case(request, public_id):
    return show_case(request, find_case(request, public_id))


@require_GET
@vary_on_headers("HX-Request")
@staff_may(SEE_CASES)
def what_if(request, public_id):
    """The smallest changes of answers that would move the tier: a part of the case page, or a page of its own."""
    found = find_case(request, public_id)
    saw(
        request,
        subject="case",
        subject_id=found.public_id,
        patient_id=found.patient_id,
        location_id=found.location_id,
    )
    template = "cases/_what_if.html" if request.htmx else "cases/what_if.html"
    return render(request, template, {"case": found, "what_if": WhatIf(CasePage(found)), "location": found.location})


@require_POST
@staff_may(DECIDE_CASES)
def acknowledge(request, public_id):
    found = find_case(request, public_id)
    try:
        actions.acknowledge(found, by=request.user)
        messages.success(request, "You have this case now.")
    except actions.AlreadyAcknowledged as taken:
        messages.warning(request, f"{taken.case.acknowledged_by} already has this case.")
    return redirect(found)


@require_POST
@staff_may(DECIDE_CASES)
def hand_back(request, public_id):
    found = find_case(request, public_id)
    try:
        actions.hand_back(found, by=request.user)
        messages.success(request, "The case waits in the queue again.")
    except actions.CaseChanged:
        messages.warning(request, "This case had moved on meanwhile. Nothing was handed back.")
    return redirect(found)


@require_POST
@staff_may(DECIDE_CASES)
def contact(request, public_id):
    found = find_case(request, public_id)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return show_case(request, found, status=INVALID, contact_form=form)
    actions.record_contact(found, by=request.user, **form.cleaned_data)
    messages.success(request, "The call is on record.")
    return redirect(found)


@require_POST
@staff_may(DECIDE_CASES)
def raise_tier(request, public_id):
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


@require_POST
@staff_may(DECIDE_CASES)
def reopen(request, public_id):
    found = find_case(request, public_id)
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return show_case(request, found, status=INVALID, reopen_form=form)
    try:
        actions.reopen(found, by=request.user, **form.cleaned_data)
        messages.success(request, "The case is open again and you have it.")
    except (actions.CaseChanged, MoveNotAllowed):
        messages.warning(request, "This case is open already.")
    return redirect(found)
