"""Who holds a case: a lease that activity puts off, and a colleague whose case another one takes over."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from clinic.staff.models import User
from intake.models import Case, CaseEvent, LostHold
from intake.models.lease import lease_from
from intake.review import emails

PUT_OFF_BY = timedelta(minutes=1)  # at least; a row written at each look would buy nothing


class SomebodyElses(Exception):
    """A colleague has the case; `case.acknowledged_by` says who."""

    def __init__(self, case: Case) -> None:
        self.case = case
        super().__init__(f"{case.acknowledged_by} has this case.")


def holder_besides(case: Case, person: User) -> User | None:
    """Return the colleague who has this case in review."""
    theirs = case.status == Case.Status.IN_REVIEW and case.acknowledged_by_id != person.pk
    return case.acknowledged_by if theirs else None


def check_holder(case: Case, *, by: User, instead_of: UUID | None) -> None:
    """Raise SomebodyElses when a colleague has it who was not named as having it."""
    holder = holder_besides(case, by)
    if holder is not None and holder.public_id != instead_of:
        raise SomebodyElses(case)


def pass_on(case: Case, *, words: str, by: User, now: datetime) -> None:
    """Give a locked case to whoever takes it over, and tell who had it.

    Its clocks go on.
    """
    holder = case.acknowledged_by
    words = f"{holder} had it. {words}".strip()
    taken = {"acknowledged_by": by, "acknowledged_at": now}
    case.move_to(case.status, event=CaseEvent.Kind.TAKEN_OVER, by=by, words=words, now=now, **taken)
    emails.case_taken_over(case, of=holder, now=now)


def put_off(case: Case, *, by: User, now: datetime | None = None) -> None:
    """Renew the lease of somebody who reads or writes on the page of their case.

    It is no move: nothing has changed.
    """
    now = now or timezone.now()
    if case.status != Case.Status.IN_REVIEW or case.acknowledged_by_id != by.pk:
        return
    until = lease_from(now, case.urgency, case.location)
    if until - case.held_until < PUT_OFF_BY:
        return
    held = Case.objects.filter(pk=case.pk, status=Case.Status.IN_REVIEW, acknowledged_by=by)
    held.update(held_until=until)
    case.held_until = until


def lost_by(person: User) -> list[LostHold]:
    """Return what this person had and lost, and has not looked at since.

    Only of cases they may see.
    """
    visible = Case.objects.visible_to(person)
    lost = LostHold.objects.filter(person=person, seen_at=None, event__case__in=visible)
    return list(lost.select_related("event__by", "event__case__patient", "event__case__location"))


def saw_the_loss(case: Case, person: User) -> None:
    """Note that whoever lost this case has opened it: the page says who has it now."""
    LostHold.objects.filter(person=person, seen_at=None, event__case=case).update(seen_at=timezone.now())
