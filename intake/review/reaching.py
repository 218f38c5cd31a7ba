"""Reaching a patient: each try and what they were told, and from when on the clinic may say it could not reach them.

All of it counts from the last news of the case: what was tried or said before answers no new danger.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Case, CaseEvent, Contact, Decision, Patient, Urgency
from intake.models.log_in_sql import DAYS, TRIES
from intake.review import schedule

Reason = Decision.Reason
SENT_TWICE = timedelta(minutes=10)
BY_MAIL, BY_PHONE = (Contact.Channel.EMAIL,), (Contact.Channel.PHONE, Contact.Channel.TEXT)


class NotOnRecord(Exception):
    """The contact log does not carry the decision; `why` says in which way."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


@dataclass(frozen=True)
class Reaching:
    """What the contact log says of one case.

    `spoke`: the contacts in which somebody was reached; `tries` those since that reached nobody. `before`: those in
    which somebody was reached before the news. `left`: the steps still to take before the patient counts as not
    reached. `by_phone`: the safety questions were answered.
    """

    spoke: tuple[Contact, ...]
    before: tuple[Contact, ...]
    tries: tuple[Contact, ...]
    left: tuple[str, ...]
    by_phone: bool
    next_try_at: datetime | None

    @property
    def sent_away(self) -> bool:
        """True when somebody was told to go to the emergency department or urgent care."""
        return any(contact.sent_away for contact in self.spoke)

    @property
    def may_be_closed(self) -> bool:
        return not self.left

    @property
    def in_words(self) -> str:
        ways = dict.fromkeys(contact.get_channel_display().lower() for contact in self.tries)
        times = "try" if len(self.tries) == 1 else "tries"
        return f"{len(self.tries)} {times} without reaching anybody: {', '.join(ways)}."


def reaching(case: Case) -> Reaching:
    """Read the contact log of a case."""
    since_news = Contact.objects.since_news(case)
    contacts = list(since_news.select_related("by"))
    spoke = [contact for contact in contacts if contact.spoke]
    last = spoke[-1].pk if spoke else 0
    tries = [contact for contact in contacts if contact.outcome in Contact.TRIES and contact.pk > last]
    before = case.contacts.filter(outcome__in=Contact.SPOKEN).exclude(pk__in=[contact.pk for contact in contacts])
    return Reaching(
        spoke=tuple(spoke),
        before=tuple(before.select_related("by")),
        tries=tuple(tries),
        left=tuple(steps_left(tries, case.patient, case.location.zone)),
        by_phone=since_news.with_words().exists(),
        next_try_at=tries[-1].next_try_at if tries else None,
    )


def asked_on_the_phone(cases: Collection[Case]) -> set[int]:
    """Return the ids of those asked about danger on the phone since their news.

    One statement, however many.
    """
    later = CaseEvent.objects.filter(case=OuterRef("case"), kind__in=CaseEvent.NEWS, by=None, at__gt=OuterRef("at"))
    asked = Contact.objects.with_words().filter(~Exists(later), case__in=cases)
    return set(asked.values_list("case", flat=True))


class Try(Protocol):
    """A try that reached nobody: when, and by what way."""

    at: datetime
    channel: str


def steps_left(tries: Iterable[Try], patient: Patient, zone: ZoneInfo) -> list[str]:
    """Return what is left to do before a patient counts as not reached."""
    tries = list(tries)
    days = {contact.at.astimezone(zone).date() for contact in tries}
    ways = {contact.channel for contact in tries}
    left = []
    if len(tries) < TRIES:
        left.append(f"{TRIES - len(tries)} more of {TRIES} tries")
    if len(days) < DAYS:
        left.append("a try on another day")
    if patient.phone and not ways & set(BY_PHONE):
        left.append("a try by phone")
    if patient.email and not ways & set(BY_MAIL):
        left.append("a try by email")
    return left


def check_on_record(case: Case, *, reason: str, outcome: str, uncontacted: str) -> None:
    """Raise NotOnRecord for a decision that the contact log does not carry."""
    log = reaching(case)
    if reason == Reason.AGREE and not case.screened:
        raise NotOnRecord("Nobody asked this patient about danger, so there is nothing to agree with.")
    if reason == Reason.BY_PHONE and not log.by_phone:
        raise NotOnRecord("No answers taken on the phone are on record. Record the call first.")
    if reason == Reason.NOT_REACHED and outcome != Decision.Outcome.CLOSED:
        raise NotOnRecord("Who could not be reached is closed without contact.")
    if reason == Reason.NOT_REACHED and log.left:
        raise NotOnRecord(f"Not yet: still to do before closing: {'; '.join(log.left)}.")
    if outcome == Decision.Outcome.CLOSED and reason == Reason.AGREE:
        raise NotOnRecord("Closing without contact needs a reason.")
    if needs_why_not_called(case) and not uncontacted and reason != Reason.NOT_REACHED:
        raise NotOnRecord("An urgent case is decided after contact. Record the call, or say why not.")
    if uncontacted in Decision.CLAIMS_A_TRY and not log.tries:
        raise NotOnRecord("No try to reach the patient is on record. Record it first.")


def needs_why_not_called(case: Case) -> bool:
    """True for an urgent case of which nobody was reached."""
    settles = Contact.objects.since_news(case).filter(outcome__in=Contact.SETTLES_AN_EMERGENCY)
    return case.urgency == Urgency.URGENT and not settles.exists()


def needs_word_of_advice(case: Case) -> bool:
    """True while the log holds no advice, without which nobody ends an emergency alone.

    A welfare check takes the place of advice while nobody was spoken with after it. Written for the database in
    `log_in_sql.ADVISED`.
    """
    since_news = Contact.objects.since_news(case)
    last = since_news.filter(outcome__in=Contact.SETTLES_AN_EMERGENCY).last()
    if last and last.outcome == Contact.Outcome.WELFARE_CHECK:
        return False
    return not since_news.with_advice().exists()


def recorded_already(
    case: Case, said: Mapping[str, Any], *, by: User, seen: int | None, now: datetime
) -> Contact | None:
    """Return the try that this very form has put on record a moment ago.

    Twice the same would be two tries, and close a case sooner.
    """
    last = case.contacts.last()
    if seen is None or last is None or last.by != by or last.at <= now - SENT_TWICE:
        return None
    since = case.events.filter(kind=CaseEvent.Kind.CONTACT, by=by, at=last.at, version__gt=seen)
    same = all(getattr(last, name) == value for name, value in said.items())
    return last if same and since.exists() else None


@transaction.atomic
def note(
    case: Case,
    *,
    outcome: Contact.Outcome,
    safety_advice_given: bool,
    words: str,
    by: User,
    channel: Contact.Channel = Contact.Channel.PHONE,
    told: str = "",
    asked_safety: bool = False,
    now: datetime | None = None,
) -> Contact:
    """Write one try into the log of a case that `by` has locked.

    A try that failed names the next one (`schedule.next_try`). Of a patient never screened the decision waits for it;
    an urgent decision waits for nothing.
    """
    now = now or timezone.now()
    failed = outcome in Contact.TRIES
    urgency, hours = Urgency(case.urgency), case.location.opening_hours
    next_try = schedule.next_try(urgency, now, hours) if failed else None
    contact = Contact.objects.create(
        case=case,
        outcome=outcome,
        channel=channel,
        told=told,
        safety_advice_given=safety_advice_given,
        asked_safety=asked_safety,
        words=words,
        next_try_at=next_try if case.is_open else None,
        by=by,
        at=now,
    )
    reached = outcome in Contact.SETTLES_AN_EMERGENCY
    due = schedule.after_contact(urgency, case.decide_by, now, reached=reached)
    if failed and not case.screened and urgency < Urgency.URGENT:
        due = max(due, hours.after_working_days(now, 1))
    case.move_to(case.status, event=CaseEvent.Kind.CONTACT, by=by, words=contact.in_words, now=now, decide_by=due)
    return contact
