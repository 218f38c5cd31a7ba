"""What a patient is told: the emergency advice and its reasons, the words of each tier, opening hours in words."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from intake import triage
from intake.actions.protocols import judge, protocol_for, protocol_of, reasons_of
from intake.models import Intake, Urgency


@dataclass(frozen=True)
class Reason:
    """What the patient told us: a question and what they answered, in the words they read."""

    question: str
    answer: str


@dataclass(frozen=True)
class EmergencyAdvice:
    """Stands from the first emergency answer to the last page, whatever is answered later.

    `self_harm`: the advice names 988. `bodily`: it names 911 and the emergency room; both may be true. `withdrawn`:
    the answers as they are now no longer say so. `says`: the protocol's own words.
    """

    self_harm: bool
    bodily: bool
    withdrawn: bool
    says: tuple[str, ...]
    reasons: tuple[Reason, ...]


def emergency_advice(intake: Intake, language: str) -> EmergencyAdvice | None:
    """The advice for an intake in which an emergency rule ever fired, else None."""
    if intake.urgency < Urgency.EMERGENCY:
        return None
    protocol = protocol_for(intake)
    words = protocol.wording.tiers[Urgency.EMERGENCY.word]
    about_self_harm = set(re.findall(r"rule\.(\w+)", words.self_harm_when.text)) if words.self_harm_when else set()
    rules, answers = set(), {}
    assessments = intake.assessments.filter(urgency=Urgency.EMERGENCY)
    for assessment in assessments:
        for flag in assessment.result["explanation"]["flags"]:
            if flag["tier"] == Urgency.EMERGENCY.word:
                rules.add(flag["rule"])
        for reasons in reasons_of(assessment, Urgency.EMERGENCY).values():
            for question, value in reasons:
                answers.setdefault(question, []).append(value)
    self_harm, bodily = bool(rules & about_self_harm), bool(rules - about_self_harm)
    says = [words.say_in(language, self_harm=True)] if self_harm else []
    says += [words.say_in(language)] if bodily else []
    last = intake.assessments.last()
    return EmergencyAdvice(
        self_harm=self_harm,
        bodily=bodily,
        withdrawn=last.urgency < Urgency.EMERGENCY,
        says=tuple(says),
        reasons=reasons_in_words(protocol, answers, language),
    )


def reasons_in_words(protocol, answers, language) -> tuple[Reason, ...]:
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
    """What happens after the answers were sent. `says` is the protocol's message of the tier; `act` is the same where
    `signs` are listed below it.
    """

    urgency: Urgency
    says: str
    act: str
    signs: tuple[str, ...]
    self_care: tuple[str, ...]
    everyone: str


def next_steps(intake: Intake, language: str) -> NextSteps:
    """Words for the worst tier that ever fired: that is the tier staff work by."""
    version, _answers, outcome = judge(intake, intake.answers, explain=False)
    protocol = protocol_of(version)
    urgency, words = Urgency(intake.urgency), protocol.wording
    self_harm = outcome.self_harm and outcome.urgency == urgency
    care = outcome.self_care if urgency <= Urgency.SOON else ()
    said = {"signs": outcome.listed_signs, "self_harm": self_harm}
    return NextSteps(
        urgency=urgency,
        says=words.tier_in(urgency, language, **said),
        act=words.tier_in(urgency, language, **said, listed_as=_("one of the signs below")),
        signs=() if self_harm else words.signs_in(outcome.listed_signs, language),
        self_care=tuple(words.self_care[item].text_in(language) for item in care),
        everyone=words.everyone_in(language),
    )


def opening_hours(location) -> list[tuple[str, str]]:
    """The week in words, days with the same hours together: ("Monday to Friday", "8 a.m. to 6 p.m.")."""
    days = location.opening_hours.days
    runs = []
    for number, hours in enumerate(days):
        if runs and runs[-1][2] == hours:
            runs[-1][1] = number
        else:
            runs.append([number, number, hours])
    return [(_days(first, last), _span(hours)) for first, last, hours in runs]


def _days(first, last) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def _span(hours) -> str:
    if hours is None:
        return _("closed")
    opens, closes = (time_format(moment, "TIME_FORMAT") for moment in hours)
    return _("%(opens)s to %(closes)s") % {"opens": opens, "closes": closes}


def opens_next(location, now=None) -> str:
    """When the doors open next, in words ("Monday, 8 a.m."); "" while they are open or when hours are unknown."""
    now = now or timezone.now()
    hours = location.opening_hours
    if hours.is_open(now) or not any(hours.days):
        return ""
    opens = hours.next_opening(now).astimezone(location.zone)
    today = now.astimezone(location.zone).date()
    clock = time_format(opens.time(), "TIME_FORMAT")
    if opens.date() == today:
        return _("today at %(time)s") % {"time": clock}
    if opens.date() == today + timedelta(days=1):
        return _("tomorrow at %(time)s") % {"time": clock}
    return _("%(day)s at %(time)s") % {"day": date_format(opens, "DAY_FORMAT"), "time": clock}
