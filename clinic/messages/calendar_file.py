"""An appointment as a calendar file. Calendars are shared and shown on locked screens: it names no person, no
practice and nothing about health, only when, at which street, and whom to call.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.mime.text import MIMEText
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

LASTS = timedelta(minutes=30)  # nobody tells us; a calendar needs a length to show
FILE_NAME = "appointment.ics"


@dataclass(frozen=True)
class Entry:
    """What a calendar holds of one appointment.

    It knows the appointment by `uid`, which stays when it is moved; of two files it keeps the one with the higher
    `number`. `street` is empty where the place itself would say what it is for.
    """

    uid: UUID
    number: int
    starts_at: datetime
    is_off: bool = False
    street: str = ""


def calendar_file(entry: Entry, *, call: str) -> bytes:
    """Return the file of an appointment; `call` is the clinic's phone.

    Times are in UTC, which every calendar reads alike: Outlook passes over the dates in a described time zone, and is
    an hour off. One that is off is taken out of the calendar that holds it.
    """
    event = Event()
    event.add("uid", f"{entry.uid}@{settings.MESSAGE_ID_DOMAIN}")
    event.add("sequence", entry.number)
    event.add("status", "CANCELLED" if entry.is_off else "CONFIRMED")
    event.add("organizer", f"mailto:{settings.DEFAULT_FROM_EMAIL.rpartition('<')[2].rstrip('>')}")
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.starts_at.astimezone(UTC) + LASTS)
    event.add("summary", _("Appointment"))
    if entry.street:
        event.add("location", entry.street)
    event.add("description", _("Questions? Call %(phone)s.") % {"phone": call})
    event.add("class", "PRIVATE")
    file = Calendar()
    file.add("prodid", "-//Plumbline//Appointments//EN")
    file.add("version", "2.0")
    file.add("method", _method(entry))
    file.add_component(event)
    return file.to_ical()


def as_enclosure(entry: Entry, *, call: str) -> MIMEText:
    """Return the file as it goes along with a mail."""
    part = MIMEText(calendar_file(entry, call=call).decode(), "calendar", "utf-8")
    part.set_param("method", _method(entry))
    part.add_header("Content-Disposition", "attachment", filename=FILE_NAME)
    return part


def _method(entry: Entry) -> str:
    return "CANCEL" if entry.is_off else "PUBLISH"
