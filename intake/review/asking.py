"""Asking one colleague to take a case. Nobody has it by that: it is raised on until they take it by name."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.on_call import actions as on_call
from clinic.staff.models import User
from clinic.staff.permissions import DECIDE_CASES, KEEP_WATCH
from intake.models import Case, CaseEvent
from intake.review import emails
from intake.review.actions import CaseChanged


@transaction.atomic
def ask_to_take(case: Case, *, person: User, by: User, now: datetime | None = None) -> None:
    """Ask a therapist, of any location, to take a case or to give its second look.

    Whoever does not work at its location may look there for twelve hours, so that the case is theirs to see; who is on
    call stays so. Nobody asks themselves. Raises CaseChanged when somebody has it by now.
    """
    now = now or timezone.now()
    if not (by.may(KEEP_WATCH) and by.sees(case.location_id) and person.may(DECIDE_CASES)) or person.pk == by.pk:
        raise PermissionDenied
    case = Case.objects.select_for_update(of=("self",)).select_related("location").get(pk=case.pk)
    if case.status not in (Case.Status.WAITING, Case.Status.SECOND_LOOK):
        raise CaseChanged(case, case.events.all())
    if not person.own_places().filter(pk=case.location_id).exists():
        on_call.let_look(case.location, person=person, by=by, now=now)
    case.move_to(case.status, event=CaseEvent.Kind.ASKED, by=by, words=f"Of {person}.", now=now)
    emails.ask_one(case, person)
