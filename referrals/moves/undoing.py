"""Taking back that the patient was seen, or did not come: for a day, after the appointment's start."""

from datetime import datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from referrals.models import Appointment, Referral, ReferralMove
from referrals.moves.steps import NotYet, Status, What, check_may, lock

FOR_A_DAY = timedelta(days=1)
OUTCOMES = {Status.SEEN: What.SEEN, Status.NO_SHOW: What.NO_SHOW}

# In SQL: whether nobody took back that the patient was seen, as `line` of a referral's lines says.
STANDS = """(
    SELECT later.what FROM referrals_referralmove AS later
    WHERE later.referral_id = line.referral_id AND later.id > line.id AND later.from_status <> later.to_status
    ORDER BY later.id LIMIT 1
) IS DISTINCT FROM 'undone'"""


def line_to_take_back(referral: Referral) -> ReferralMove | None:
    """Return the line of how the day went, while it may be taken back, or None."""
    if referral.status not in OUTCOMES:
        return None
    said = referral.moves.filter(what=OUTCOMES[referral.status]).select_related("appointment_before").last()
    if said is None or said.at <= timezone.now() - FOR_A_DAY:
        return None
    day = _day_of(referral, said)
    return said if day and has_begun(day) else None


def has_begun(appointment: Appointment | None) -> bool:
    """Say whether its time has come: before that nobody was seen."""
    return appointment is not None and appointment.starts_at <= timezone.now()


@transaction.atomic
def undo(referral: Referral, *, by: User, words: str = "", saw: int | None = None) -> Referral:
    """Take back how the day went.

    Both lines stay; the day, the next step and its date are as they were.
    """
    check_may(by)
    referral = lock(referral, saw)
    said = line_to_take_back(referral)
    if said is None:
        raise NotYet("This can be taken back for a day, once the time of the appointment has come.")
    day = _day_of(referral, said)
    day.replaced_at = None
    day.save(update_fields=["replaced_at"])
    referral.move_to(
        Status.SCHEDULED,
        what=What.UNDONE,
        by=by,
        note=f"{said.get_what_display()}. {words}".strip(),
        given=day,
        next_check_at=_date_before(referral),
    )
    return referral


def _day_of(referral: Referral, said: ReferralMove) -> Appointment | None:
    """Return the appointment of the line; who did not come has none that stands."""
    return said.appointment_before if said.what == What.NO_SHOW else referral.standing_appointment


def _date_before(referral: Referral) -> datetime:
    """Return the next date it had before somebody said how the day went."""
    history = apps.get_model("referrals.ReferralHistory").objects.filter(pgh_obj=referral, status=Status.SCHEDULED)
    return history.order_by("-pgh_id").values_list("next_check_at", flat=True).first()
