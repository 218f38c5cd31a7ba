"""Once a person a day, in their morning: how much there is to do. Nothing where there is nothing.

No alarm hangs on it: with the worker away in the morning nobody is written to, and what is late is raised as ever.
"""

import logging
from datetime import date, datetime, time, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clinic.messages.models import Message
from clinic.staff.models import Location, User
from referrals.today.due import Today
from referrals.today.emails import key_of, morning_list

log = logging.getLogger(__name__)

LASTS = timedelta(hours=2)  # later it is no morning any more


@shared_task(name="referrals.today.write_in_the_morning")
def write_in_the_morning_task() -> None:
    write_in_the_morning(timezone.now())


def write_in_the_morning(now: datetime) -> int:
    """Write to everybody whose morning it is, once; returns to how many."""
    written = 0
    for place in Location.objects.all():
        day = morning_of(place, now)
        if day is None:
            continue
        for person in User.objects.filter(is_active=True, locations=place):
            written += _write(person, place, day, now)
    return written


def morning_of(place: Location, now: datetime) -> date | None:
    """Return the day whose morning it is where doors open today; else None."""
    local = now.astimezone(place.zone)
    hour = settings.MORNING_MAIL
    if hour is None or not _opens(place, local.date()):
        return None
    begins = datetime.combine(local.date(), time(hour), place.zone)
    return local.date() if begins <= now < begins + LASTS else None


def _opens(place: Location, day: date) -> bool:
    try:
        hours = place.opening_hours
    except (KeyError, TypeError, ValueError) as error:  # hours that make no sense must not silence the others
        log.error("Location number %s has no hours to go by: %s", place.pk, type(error).__name__)
        return False
    return hours.on(day) is not None


def _write(person: User, place: Location, day: date, now: datetime) -> bool:
    if Message.objects.filter(key=key_of(person, day)).exists() or Today(person, now).count().nothing:
        return False
    morning_list(person, place, day)
    return True
