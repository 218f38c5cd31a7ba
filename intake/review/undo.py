"""Ten minutes to take back a press: a case taken by mistake, or handed back by mistake."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Case, CaseEvent
from intake.review.actions import CaseChanged, locked
from intake.review.opening import announce

Kind, Status = CaseEvent.Kind, Case.Status
MINUTES = 10
UNDOES = {Kind.ACKNOWLEDGED: Status.IN_REVIEW, Kind.HANDED_BACK: Status.WAITING}  # what it left the case as


def may_undo(case: Case, person: User, *, now: datetime | None = None) -> CaseEvent | None:
    """Return the press this person may still take back, the last of the case."""
    now = now or timezone.now()
    last = case.events.last()
    if last is None or last.by_id != person.pk or now - last.at > timedelta(minutes=MINUTES):
        return None
    return last if UNDOES.get(last.kind) == case.status else None


@transaction.atomic
def undo(case: Case, *, by: User, seen: int | None = None, now: datetime | None = None) -> Case:
    """Take the last press back, with the clock the case had before it, and whose it was.

    `seen` is the version that the press on the page made: a page that is behind takes back no later one. Raises
    CaseChanged when somebody has acted since, or the minutes are over. Both stay on the timeline. Whoever was
    told that the case waits is told no more once it is taken again; a case that waits again is announced again.
    """
    now = now or timezone.now()
    case = locked(case, by)
    press = may_undo(case, by, now=now)
    if press is None or seen not in (None, press.version):
        raise CaseChanged(case, case.events.all())
    words = f"Taken back: {press.get_kind_display().lower()}"
    before = _clock_before(case, press)
    if press.kind == Kind.ACKNOWLEDGED:
        changes = {"acknowledged_at": None, "acknowledged_by": None, "acknowledge_by": before.acknowledge_by}
        case.move_to(Status.WAITING, event=Kind.UNDONE, by=by, words=words, now=now, **changes)
        announce(case, now)
    else:
        changes = {"acknowledged_at": before.acknowledged_at, "acknowledged_by_id": before.acknowledged_by_id}
        changes["acknowledge_by"] = before.acknowledge_by
        case.move_to(Status.IN_REVIEW, event=Kind.UNDONE, by=by, words=words, now=now, **changes)
    return case


def _clock_before(case: Case, press: CaseEvent) -> Any:
    """Return the row of the case as it was before the press, out of its history."""
    return case.history.filter(version__lt=press.version).order_by("pgh_id").last()
