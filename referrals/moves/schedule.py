"""When a referral needs a person again. Pure functions: no clock, no database.

Short waits are counted in the location's open time, longer ones in its working days. An emergency never waits for
opening hours. Times are aware datetimes.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.staff.hours import OpeningHours
from intake.models import Urgency
from referrals.models import Referral

Status = Referral.Status

# The patient should be seen: today (or the next working day), in a week, in four weeks.
SEEN_WITHIN_DAYS: dict[Urgency, int] = {Urgency.SOON: 7, Urgency.ROUTINE: 28}

LONGEST_WAIT = timedelta(days=90)  # for a next date that somebody chooses
MORNING = time(9)  # where somebody chooses a day alone
LINK_LIVES = timedelta(days=60)  # after sending, and after each appointment

# How long the next step may take: (hours of open time when it presses, working days when soon, when routine).
PATIENCE: dict[str, tuple[int, int, int]] = {
    Status.DRAFT: (2, 1, 2),
    Status.SENT: (4, 2, 4),
    Status.OPENED: (4, 2, 4),
    Status.QUESTION: (1, 1, 1),
    Status.ACCEPTED: (4, 2, 5),
    Status.DECLINED: (1, 1, 1),
    Status.BACK: (2, 1, 2),
    Status.SEEN: (16, 5, 10),
    Status.NO_SHOW: (1, 1, 1),
    Status.REPORTED: (4, 2, 2),
}


def morning_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when somebody looks again who has chosen a day alone."""
    return datetime.combine(day, MORNING, zone)


def see_by(urgency: Urgency, now: datetime, hours: OpeningHours) -> date:
    """The local date by which the patient should be seen."""
    if urgency == Urgency.EMERGENCY:
        return now.astimezone(hours.zone).date()
    if urgency == Urgency.URGENT:
        return hours.closing_of_the_day(now).astimezone(hours.zone).date()
    return now.astimezone(hours.zone).date() + timedelta(days=SEEN_WITHIN_DAYS[urgency])


def office_reached_by(
    urgency: Urgency, now: datetime, hours: OpeningHours, within: timedelta = timedelta(hours=1)
) -> datetime:
    """Return by when somebody has reached an office that no mail reached."""
    if urgency == Urgency.EMERGENCY:
        return now + within
    return hours.after_open_time(now, within)


def next_check(
    status: str, urgency: Urgency, now: datetime, hours: OpeningHours, appointment: datetime | None = None
) -> datetime:
    """The moment the owner must look again when a referral has just come to `status`.

    With an appointment that is the working day after it: did the patient go?
    """
    if status == Status.SCHEDULED:
        return hours.after_working_days(max(appointment, now), 1)
    pressing, soon, routine = PATIENCE[status]
    if urgency == Urgency.EMERGENCY:
        return now + timedelta(hours=1)
    if urgency == Urgency.URGENT:
        return hours.after_open_time(now, timedelta(hours=pressing))
    return hours.after_working_days(now, soon if urgency == Urgency.SOON else routine)


def put_off_to(
    status: str, urgency: Urgency, now: datetime, hours: OpeningHours, appointment: datetime | None = None
) -> datetime:
    """Return how far the next look may be put off.

    At what presses, as long as its step may take.
    """
    if urgency >= Urgency.URGENT:
        return next_check(status, urgency, now, hours, appointment or now)
    return now + LONGEST_WAIT
