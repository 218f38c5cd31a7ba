"""The scorecard, its file, and the page that says how one case ended."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clinic.formats.cells import as_file
from clinic.staff.permissions import DECIDE_CASES, SEE_CASES, SEE_SCORECARD, staff_may
from clinic.staff.request import StaffRequest
from intake.models import Case
from intake.review.actions import CaseChanged
from intake.review.views import INVALID, find_case
from intake.scorecard import actions, counting
from intake.scorecard.counting import RuleScore
from intake.scorecard.drawing import draw
from intake.scorecard.forms import LookBackForm, PartForm
from intake.scorecard.rates import ENOUGH, Rate
from intake.seen import saw_list, saw_row

SHOWN = 20  # cases of each sort; more than that is no reading
COLUMNS = (
    "rule", "condition", "tier", "protocol", "fired", "agreed", "overridden", "why overridden", "acted on",
    "looked back on", "right", "right %", "from %", "to %", "for review",
)  # fmt: skip


@require_safe
@staff_may(SEE_SCORECARD)
def scorecard(request: StaffRequest) -> HttpResponse:
    """Show what the rules were worth; to who sees cases, also what no rule saw."""
    now = timezone.now()
    part = PartForm(request.GET, user=request.user, now=now)
    scores = counting.scores(part.places, part.since, part.until)
    unseen = counting.not_flagged(part.places, part.since, part.until)
    missed, waiting = _cases_behind(request, unseen, now)
    saw_list(request, [case.patient for case in (*missed, *waiting)], subject_id="scorecard")
    shown = {
        "part": part,
        "scores": scores,
        "for_review": [score for score in scores if score.for_review],
        "drawing": draw(scores),
        "not_flagged": counting.count_not_flagged(unseen),
        "missed": missed,
        "waiting": waiting,
        "enough": ENOUGH,
        "location": part.location,
    }
    return render(request, "scorecard/scorecard.html", shown)


def _cases_behind(request: StaffRequest, unseen: Any, now: datetime) -> tuple[list[Case], list[Case]]:
    """Return cases no rule saw, and those to look back on, to whoever sees cases."""
    if not request.user.may(SEE_CASES):
        return [], []
    missed = counting.missed_among(unseen).select_related("patient", "location")[:SHOWN]
    mine = Case.objects.visible_to(request.user).filter(decided_by=request.user)
    waiting = counting.to_look_back_on(mine, now).select_related("patient", "location")[:SHOWN]
    return list(missed), list(waiting)


@require_safe
@staff_may(SEE_SCORECARD)
def scorecard_file(request: StaffRequest) -> HttpResponse:
    """Hand out the table for a spreadsheet; it names no patient."""
    part = PartForm(request.GET, user=request.user, now=timezone.now())
    scores = counting.scores(part.places, part.since, part.until)
    return as_file("scorecard", COLUMNS, map(_as_row, scores))


def _as_row(score: RuleScore) -> tuple[Any, ...]:
    why = "; ".join(f"{reason}: {times}" for reason, times in score.overridden.items())
    review = "yes" if score.for_review else ""
    said = (score.rule, score.condition, score.tier.word, score.version, score.fired, score.agreed, score.overrides)
    return (*said, why, score.acted_on, score.looked_back, score.right, *_percents(score.value), review)


def _percents(value: Rate) -> tuple[Any, ...]:
    return (value.percent, value.low, value.high) if value.enough else ("not enough data", "", "")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(DECIDE_CASES)
def look_back(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask how a case ended, on a page of its own.

    The same three presses stand on the case and beside a report.
    """
    case = find_case(request, public_id)
    decision = actions.decision_of(case)
    if decision is None:
        messages.warning(request, "This case is open: how it ends is not known yet.")
        return redirect(case)
    form = LookBackForm(request.POST if request.method == "POST" else None, decision=decision)
    if form.is_valid():
        return _said(request, case, **form.cleaned_data)
    saw_row(request, "case", case)
    shown = {"case": case, "location": case.location, "form": form, "newest": actions.newest(case)}
    return render(request, "scorecard/look_back.html", shown, status=INVALID if form.errors else 200)


def _said(request: StaffRequest, case: Case, *, referral: UUID | None, **said: Any) -> HttpResponse:
    """Write it down, and go back to where it was said."""
    by_report = case.referrals.filter(public_id=referral, reports__read_at__isnull=False).exists()
    try:
        actions.look_back(case, by=request.user, by_report=by_report, **said)
        messages.success(request, "Thank you. It counts on the scorecard; saying it again corrects it.")
    except CaseChanged:
        messages.warning(request, "This case was opened again meanwhile: how it ends is not known yet.")
    return redirect("referral", public_id=referral) if by_report else redirect(case)
