"""An appointment as a calendar file. Calendars are shared and shown on locked screens: it names no person, no
practice and nothing about health, only when and at which street.
"""

from datetime import UTC, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from referrals.status.visits import Visit

LASTS = timedelta(minutes=30)  # nobody tells us; a calendar needs a length to show


def calendar_file(visit: Visit, *, call: str) -> bytes:
    """Return the file of a `referrals.status.visits.Visit`; `call` is the clinic's phone.

    Times are in UTC, which every calendar reads alike. A moved visit has the UID of the one before and a higher number,
    so that a calendar moves what it holds; one that is off is taken out.
    """
    event = Event()
    event.add("uid", f"{visit.calendar_id}@{settings.MESSAGE_ID_DOMAIN}")
    event.add("sequence", visit.times_changed)
    event.add("status", "CANCELLED" if visit.is_off else "CONFIRMED")
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", visit.starts_at.astimezone(UTC))
    event.add("dtend", visit.starts_at.astimezone(UTC) + LASTS)
    event.add("summary", _("Appointment"))
    if visit.place:
        event.add("location", ", ".join(visit.place[-2:]))
    event.add("description", _("Questions? Call %(phone)s.") % {"phone": call})
    event.add("class", "PRIVATE")
    file = Calendar()
    file.add("prodid", "-//Plumbline//Appointments//EN")
    file.add("version", "2.0")
    file.add("method", "CANCEL" if visit.is_off else "PUBLISH")
    file.add_component(event)
    return file.to_ical()
