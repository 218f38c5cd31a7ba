"""A danger in the answers: what staff's case is told of it, and what the patient was told and has read.

A rule that was read counts as read with the answers it fired by. Other answers are told anew, and so is a rule that
had stopped firing.
"""

from django.db import transaction
from django.utils import timezone

from intake.models import Assessment, Case, Intake, Urgency
from intake.review.counting import own_assessments, with_the_phone
from intake.review.opening import open_case
from intake.versions.protocols import assessment_now, reasons_of, same_dangers


def see_to_flags(intake: Intake) -> None:
    """Opens or raises the case when flags, the answers behind an urgent one, or unused alarms have changed.

    Nothing is opened before any flag was urgent; a case that stands hears of everything.

    In the caller's transaction, after the answers are written.
    """
    if intake.urgency < Urgency.URGENT and not Case.objects.filter(intake=intake).exists():
        return
    own = assessment_now(intake, Assessment.Occasion.PAGE)
    if _differ(intake.assessments.last(), with_the_phone(own)):
        own.save()
        open_case(intake, own, because=Case.OpenedBecause.FLAG)


def _differ(last: Assessment | None, now: Assessment) -> bool:
    return not same_dangers(last, now) or last.unused_alarms != now.unused_alarms


def is_unread(intake: Intake, fired: set[str] | None = None) -> bool:
    """Say whether an emergency rule fires whose advice the patient has not read, or not for these answers.

    `fired`: ids of the emergency rules that fire now; left out, those of the last assessment.
    """
    if not (fired is None or fired):
        return False
    now, read = _fired_now(intake), intake.emergency_reasons_read
    return any(
        rule not in read or any(reason not in read[rule] for reason in now.get(rule, ()))
        for rule in (now if fired is None else fired)
    )


def still_read(intake: Intake, fired: set[str]) -> dict:
    """Return what stays read when only the emergency rules `fired` fire."""
    return {rule: reasons for rule, reasons in intake.emergency_reasons_read.items() if rule in fired}


def emergency_shown(intake: Intake) -> None:
    """The advice is on the patient's screen; the first time is kept."""
    Intake.objects.filter(pk=intake.pk, emergency_seen_at=None).update(emergency_seen_at=timezone.now())


@transaction.atomic
def emergency_read(intake: Intake) -> None:
    """The patient pressed "I have read this". It covers the emergency rules that fire now, by these answers."""
    intake = Intake.objects.select_for_update().get(pk=intake.pk)
    intake.emergency_reasons_read = _fired_now(intake)
    intake.emergency_read_at = intake.emergency_read_at or timezone.now()
    intake.save(update_fields=["emergency_reasons_read", "emergency_read_at"])


def _fired_now(intake: Intake) -> dict[str, list[list]]:
    """Return what fires by the patient's own answers, and by those that count."""
    lasts = [own_assessments(intake).last(), intake.assessments.last()]
    found: dict[str, list[list]] = {}
    for last in {one.pk: one for one in lasts if one}.values():
        for rule, reasons in reasons_of(last, Urgency.EMERGENCY).items():
            known = found.setdefault(rule, [])
            known += [reason for reason in reasons if reason not in known]
    return found
