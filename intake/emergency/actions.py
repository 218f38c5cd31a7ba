"""A danger in the answers: what staff's case is told of it, and what the patient was told and has read.

A rule that was read counts as read with the answers it fired by. Other answers are told anew, and so is a rule that
had stopped firing.
"""

from django.db import transaction
from django.utils import timezone

from intake.models import Assessment, Case, Intake, Urgency
from intake.review.actions import open_case
from intake.versions.protocols import assessment_now, reasons_of, same_dangers


def see_to_flags(intake) -> None:
    """Opens or raises the case when flags, the answers behind an urgent one, or unused alarms have changed.

    Nothing is opened before any flag was urgent; a case that stands hears of everything.

    In the caller's transaction, after the answers are written.
    """
    if intake.urgency < Urgency.URGENT and not Case.objects.filter(intake=intake).exists():
        return
    now = assessment_now(intake, Assessment.Occasion.PAGE)
    last = intake.assessments.last()
    if not same_dangers(last, now) or last.unused_alarms != now.unused_alarms:
        now.save()
        open_case(intake, now, because=Case.OpenedBecause.FLAG)


def is_unread(intake, fired=None) -> bool:
    """True while an emergency rule fires whose advice the patient has not read, or not for these answers.

    `fired`: ids of the emergency rules that fire now; left out, those of the last assessment.
    """
    if not (fired is None or fired):
        return False
    now, read = _fired_now(intake), intake.emergency_reasons_read
    return any(
        rule not in read or any(reason not in read[rule] for reason in now.get(rule, ()))
        for rule in (now if fired is None else fired)
    )


def still_read(intake, fired) -> dict:
    """What stays read when only the emergency rules `fired` fire."""
    return {rule: reasons for rule, reasons in intake.emergency_reasons_read.items() if rule in fired}


def emergency_shown(intake) -> None:
    """The advice is on the patient's screen; the first time is kept."""
    Intake.objects.filter(pk=intake.pk, emergency_seen_at=None).update(emergency_seen_at=timezone.now())


@transaction.atomic
def emergency_read(intake) -> None:
    """The patient pressed "I have read this". It covers the emergency rules that fire now, by these answers."""
    intake = Intake.objects.select_for_update().get(pk=intake.pk)
    intake.emergency_reasons_read = _fired_now(intake)
    intake.emergency_read_at = intake.emergency_read_at or timezone.now()
    intake.save(update_fields=["emergency_reasons_read", "emergency_read_at"])


def _fired_now(intake) -> dict[str, list[list]]:
    last = intake.assessments.last()
    return reasons_of(last, Urgency.EMERGENCY) if last else {}
