"""What a patient is told: their answers as reasons, the words of the calm tiers, opening hours in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from clinic.staff.models import Location
from intake import triage
from intake.emergency.calling import can_be_called
from intake.models import Intake, Urgency
from intake.review.schedule import SOON_DECISION
from intake.triage import Wording
from intake.versions.protocols import judge, protocol_of


@dataclass(frozen=True)
class Reason:
    """What the patient told us: a question and what they answered, in the words they read."""

    question: str
    answer: str


def reasons_in_words(
    protocol: triage.Protocol, answers: Mapping[str, Collection[Any]], language: str
) -> tuple[Reason, ...]:
    """`answers` holds what was answered to each question, more than once when it was changed."""
    return tuple(
        Reason(
            protocol.questions[question].text_in(language),
            "; ".join(
                triage.display(protocol, question, value, language) for value in dict.fromkeys(answers[question])
            ),
        )
        for question in protocol.questions
        if question in answers
    )


@dataclass(frozen=True)
class NextSteps:
    """What happens after the answers were sent: the protocol's message of the tier, its `signs` listed below it.

    `call_by`: until when the patient is to call us, where the message is that we talk and there is no number to call.
    """

    says: str
    signs: tuple[str, ...]
    self_care: tuple[str, ...]
    call_by: datetime | None = None


def next_steps(intake: Intake, language: str) -> NextSteps:
    """Words for the worst tier that ever fired, soon or routine; `intake.emergency.danger` has those of the others.

    Who named a danger sign that no rule used is not told to book or to exercise: a therapist reads it first.
    """
    version, _answers, outcome = judge(intake, intake.answers, explain=False)
    words = protocol_of(version).wording
    unread = intake.case.is_open and bool(intake.case.unused_alarms)
    if unread:
        says = Wording(_read_first(intake), language)
    else:
        says = words.tier_in(Urgency(intake.urgency), language, signs=(), listed_as=_("one of the signs below"))
    return NextSteps(
        says=says,
        signs=words.signs_in(outcome.listed_signs, language),
        self_care=tuple(words.self_care[item].text_in(language) for item in outcome.self_care if not unread),
        call_by=None if can_be_called(intake.patient) else _call_by(intake, unread=unread),
    )


def _call_by(intake: Intake, *, unread: bool) -> datetime | None:
    """Until when somebody calls us whom we cannot call; None where nobody needs to."""
    if unread:
        return intake.case.decide_by
    return intake.submitted_at + SOON_DECISION if intake.urgency == Urgency.SOON else None


def _read_first(intake: Intake) -> str:
    """Until when a therapist reads the danger signs, and what to do if they get worse before that."""
    now, by = timezone.now(), intake.case.decide_by
    worse = _(
        "Does one of the signs below start, or do you get worse? Call 911 or go to the emergency room. "
        "Do not wait for us."
    )
    if by < now:
        late = _("We said that a therapist would read your answers by now, and we are late. Please call us.")
        return f"{late} {worse}"
    closer = _(
        "Thank you. Some of your answers need a closer look. A therapist will read them %(when)s at the latest and "
        "get in touch if you should be seen sooner."
    )
    return f"{closer % {'when': moment_in_words(by, intake.patient.location, now)}} {worse}"


def opening_hours(location: Location) -> list[tuple[str, str]]:
    """Return the week in words, days with the same hours together: ("Monday to Friday", "8 a.m. to 6 p.m.")."""
    days = location.opening_hours.days
    runs = []
    for number, hours in enumerate(days):
        if runs and runs[-1][2] == hours:
            runs[-1][1] = number
        else:
            runs.append([number, number, hours])
    return [(_days(first, last), _span(hours)) for first, last, hours in runs]


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def _span(hours: tuple[time, time] | None) -> str:
    if hours is None:
        return _("closed")
    opens, closes = (time_format(moment, "TIME_FORMAT") for moment in hours)
    return _("%(opens)s to %(closes)s") % {"opens": opens, "closes": closes}


def opens_next(location: Location, now: datetime | None = None) -> str:
    """When the doors open next, in words ("Monday, 8 a.m."); "" while they are open or when hours are unknown."""
    now = now or timezone.now()
    hours = location.opening_hours
    if hours.is_open(now) or not any(hours.days):
        return ""
    return moment_in_words(hours.next_opening(now), location, now)


def moment_in_words(moment: datetime, location: Location, now: datetime) -> str:
    """A moment to come as the clock of a location shows it: "today at 9 a.m.", "Monday, November 23 at 8 a.m."."""
    local = moment.astimezone(location.zone)
    today = now.astimezone(location.zone).date()
    clock = time_format(local.time(), "TIME_FORMAT")
    if local.date() == today:
        return _("today at %(time)s") % {"time": clock}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow at %(time)s") % {"time": clock}
    return _("%(day)s at %(time)s") % {"day": date_format(local, "DAY_FORMAT"), "time": clock}
