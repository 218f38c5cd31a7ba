"""How long a case stays with whoever took it: a lease, which whatever they do about it puts off.

It is half of the time there is to decide, so that a colleague who finds the case in the queue can still decide in time.

| tier | decided | lease |
|---|---|---|
| emergency | an hour after the call | half an hour, day and night |
| urgent | four open hours | two open hours |
| soon | seven days | to the end of the third working day |
| routine | two working days | to the end of the next working day |
"""

from datetime import UTC, datetime, timedelta

from clinic.staff.models import Location
from intake.models.urgency import Urgency

EMERGENCY, URGENT = timedelta(minutes=30), timedelta(hours=2)
WORKING_DAYS = {Urgency.SOON: 3, Urgency.ROUTINE: 1}


def lease_from(at: datetime, urgency: int, location: Location) -> datetime:
    """Return the end of a lease that begins, or is renewed, at this moment."""
    if urgency == Urgency.EMERGENCY:
        return at + EMERGENCY
    hours = location.opening_hours
    if urgency == Urgency.URGENT:
        return hours.after_open_time(at, URGENT).astimezone(UTC)
    return hours.after_working_days(at, WORKING_DAYS[Urgency(urgency)]).astimezone(UTC)
