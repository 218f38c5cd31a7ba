"""An appointment as a calendar file. Calendars are shared and shown on locked screens: it names no person, no
practice and nothing about health, only when and at which street.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

LASTS = timedelta(minutes=30)  # nobody tells us; a calendar needs a length to show


def calendar_file(visit, *, call: str) -> bytes:
    """The file of a `referrals.status.Visit`, in the time zone of its place; `call` is the clinic's phone."""
    event = Event()
    event.add("uid", f"{visit.subject_id}@{settings.MESSAGE_ID_DOMAIN}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", visit.starts_at)
    event.add("duration", LASTS)
    event.add("summary", _("Appointment"))
    event.add("location", ", ".join(visit.place[-2:]))
    event.add("description", _("Questions? Call %(phone)s.") % {"phone": call})
    event.add("class", "PRIVATE")
    file = Calendar()
    file.add("prodid", "-//Plumbline//Appointments//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add_component(event)
    file.add_missing_timezones()
    return file.to_ical()
