"""The case page takes answers from the phone."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect

from clinic.staff.permissions import DECIDE_CASES, staff_may
from clinic.staff.request import StaffRequest
from clinic.typed.actions import left_of
from clinic.web.pressed import pressed_on
from intake.by_phone import actions
from intake.by_phone.forms import PhoneForm
from intake.by_phone.script import Script
from intake.models import Case
from intake.review.case_page import CasePage
from intake.review.views import CONFLICT, INVALID, find_case, show_case


@pressed_on("case", "public_id")
@staff_may(DECIDE_CASES)
def take_answers(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Put on record what is good; show the rest again, with what is wrong."""
    before = find_case(request, public_id)
    form = PhoneForm(request.POST, script=Script(CasePage(before)))
    form.is_valid()
    taken = actions.Taken(before, saved=[])
    if form.may_be_saved:
        taken = actions.take_answers(
            before,
            form.answers,
            by=request.user,
            seen=form.seen,
            mistaken=form.mistaken,
            contradictory=form.contradictory,
            from_whom=form.cleaned_data["from_whom"],
        )
    case = find_case(request, public_id)
    if not form.errors and not taken.held:
        messages.success(request, _said(before, case, len(taken.saved)))
        return redirect(f"{case.get_absolute_url()}?script=open#phone-script")
    left_of(request, form.left(taken))
    page = CasePage(case)
    again = PhoneForm(_as_newly_seen(form.left(taken), page), script=Script(page))
    again.is_valid()
    again.hold(taken.held)
    if taken.saved:
        messages.success(request, _said(before, case, len(taken.saved)))
    return show_case(request, case, page=page, status=CONFLICT if taken.held else INVALID, phone_form=again)


def _as_newly_seen(left: QueryDict, page: CasePage) -> QueryDict:
    """Return what is left of what was sent, as from the page that is shown now."""
    left["phone-answer"] = str(page.phone.rows[-1].pk if page.phone.rows else 0)
    left["phone-version"] = str(page.intake.version)
    return left


def _said(before: Case, case: Case, number: int) -> str:
    on_record = "1 answer is on record." if number == 1 else f"{number} answers are on record."
    if case.tier > before.tier:
        return f"{on_record} The case counts as {case.tier.label.lower()} now: read out what to do, and record it."
    if case.is_open and not before.is_open:
        return f"{on_record} The case is open again."
    return on_record
