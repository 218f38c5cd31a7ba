"""Turning due rows into mails: claim with a lease, look again, hand over, settle.

A mail may be sent twice only when its worker dies, or the mail server falls silent, between "here is the text" and
"250, I have it": nobody can know then whether it arrived. Both copies carry the same Message-ID, and after the second
silence a person decides. Nothing is ever sent twice without that, and nothing is left behind.
"""

import logging
import random
import time
from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import Error, connection, transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, When
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from clinic.messages.actions import schedule_for_each
from clinic.messages.came_back import OFF, is_off, turn_off
from clinic.messages.decent import DECENT, WITH_ANOTHER, wait_of, why_not
from clinic.messages.facts import NotSafe
from clinic.messages.guard import look_once_more
from clinic.messages.instead import look_after_late_mails, see_that_it_is_heard, see_what_it_ends
from clinic.messages.kinds import KINDS, Kind
from clinic.messages.models import Message, MessageQuerySet, SweepBeat
from clinic.messages.post import Gateways, InDoubt, NotNow, NotTaken, Post, WrittenFax, WrittenText
from clinic.messages.writing import mail, words_of
from clinic.staff.models import User

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # outlasts one mail: MAIL, RCPT, DATA, the text, RSET, each up to EMAIL_TIMEOUT
BATCH = 100
LONGEST_SWEEP = 120  # seconds; stays under Celery's time limit, which would kill a sweep in the middle of a mail
LONGEST_WAIT = {True: timedelta(hours=1), False: timedelta(minutes=2)}  # by `routine`
HELD = timedelta(hours=1)  # until a message that waits for somebody is looked at again
STAY_AWAKE = 10  # seconds
ONE_CLAIM_AT_ONCE = 7_501_001  # any number nobody else locks in this database
MOST_ATTEMPTS = 12
MOST_DOUBTS = 2
MAY_BE_SILENT = timedelta(seconds=60)
Status = Message.Status
LOST = "lost"  # our lease ran out and another worker has the message
SPREAD = "spread"  # an announcement became a message for each of its people
NO_LEASE = {"lease_token": None, "lease_until": None}
NOBODY = "There is nobody to tell: whoever could act has left."
NO_ANSWER = "The mail server did not answer."
NO_ANSWER_TWICE = "The mail server did not answer, twice. It may have arrived."


def last_sweep_at() -> datetime | None:
    """When anybody last looked for due messages; None before the first time."""
    return SweepBeat.objects.values_list("at", flat=True).first()


def silent_worker(patience: timedelta = MAY_BE_SILENT) -> bool:
    """True when no worker has looked for due messages for so long; the watch that stands in for one is none."""
    at = SweepBeat.objects.values_list("worker_at", flat=True).first()
    return at is None or timezone.now() - at > patience


def _alerts() -> list[str]:
    return [name for name, kind in KINDS.items() if not kind.routine]


def sweep(now: datetime | None = None, *, in_place_of_worker: bool = False) -> Counter:
    """Send everything that is due and count what became of it, by status.

    May be called by anybody at any time: one sweep at once sends (SWEEPS_AT_ONCE), so a crash leaves one mail in
    doubt at most; alerts to staff are sent besides it. Stops after two minutes and leaves the rest to the next.
    `now` stands in for the database's clock in tests.
    """
    settled = _Sweep(now or Now(), in_place_of_worker).run()
    look_after_late_mails()
    return settled


class _Sweep:
    def __init__(self, clock: datetime | Now, in_place_of_worker: bool = False) -> None:
        self.clock = clock  # an expression of the database, or a moment in tests
        self.at: datetime | None = None  # the moment of the last claim by that clock
        self.in_place_of_worker = in_place_of_worker
        self.post, self.gateways = Post(), Gateways()
        self.token = uuid4()
        self.ends = time.monotonic() + LONGEST_SWEEP
        self.awake_until = 0.0
        self.noted_until = 0.0
        self.batch: list[Message] = []  # what this sweep has claimed and not yet seen through

    def run(self) -> Counter:
        settled: Counter[str] = Counter()
        try:
            while time.monotonic() < self.ends:
                self.stay_awake()
                batch = self.claim()
                if not batch:
                    break
                self.batch = batch
                while self.batch:
                    message = self.batch[0]
                    try:
                        self.stay_awake()
                        if time.monotonic() > self.ends:
                            raise NotNow
                        settled[self.see_through(message)] += 1
                    except NotNow as pause:
                        self.give_back(self.batch, pause)
                        return settled
                    self.batch.remove(message)
        finally:
            self.post.close()
        return settled

    def stay_awake(self) -> None:
        """Every few seconds, also in the middle of a batch: tell staff pages we live, and renew our leases."""
        if time.monotonic() < self.awake_until:
            return
        self.awake_until = time.monotonic() + STAY_AWAKE
        now, fields = SweepBeat(id=1, at=Now()), ["at"]
        if not self.in_place_of_worker:
            now.worker_at, fields = Now(), ["at", "worker_at"]
        SweepBeat.objects.bulk_create([now], update_conflicts=True, unique_fields=["id"], update_fields=fields)
        Message.objects.filter(status=Status.SENDING, lease_token=self.token).update(lease_until=self.clock + LEASE)

    @transaction.atomic
    def claim(self) -> list[Message]:
        """Up to 100 due messages that nobody else will touch while the lease runs.

        One that was handed over by a worker that died is in doubt: it may have arrived.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s), statement_timestamp()", [ONE_CLAIM_AT_ONCE])
            self.at = cursor.fetchone()[1]
        if isinstance(self.clock, datetime):
            self.at = self.clock
        due = Message.objects.due(self.clock).select_related("location")
        under_way = Message.objects.filter(status=Status.SENDING, lease_until__gt=self.clock)
        if under_way.values("lease_token").distinct().count() >= settings.SWEEPS_AT_ONCE:
            due = due.filter(kind__in=_alerts())
        batch = list(due.select_for_update(skip_locked=True, of=("self",))[:BATCH])
        handed_over = Q(status=Status.SENDING, handed_over_at__isnull=False)
        Message.objects.filter(pk__in=[message.pk for message in batch]).update(
            status=Status.SENDING,
            lease_token=self.token,
            lease_until=self.clock + LEASE,
            doubts=F("doubts") + Case(When(handed_over, then=1), default=0, output_field=PositiveSmallIntegerField()),
            handed_over_at=None,
        )
        for message in batch:
            message.doubts += message.status == Status.SENDING and message.handed_over_at is not None
            message.status, message.lease_token = Status.SENDING, self.token
        return batch

    def see_through(self, message: Message) -> str:
        """Look again, write and send one claimed message; returns the status it is in now."""
        kind = KINDS.get(message.kind)
        if kind is None:  # written by a newer version than this worker; another will know it
            return self.put_off(message, "This worker does not know this kind of message yet.", timedelta(minutes=1))
        try:
            wait, why = wait_of(message, kind, self.at)
            if wait:
                return self.put_off(message, why, wait)
            if message.doubts >= MOST_DOUBTS:
                return self.end(message, Status.FAILED, _no_answer(kind, twice=True))
            if reason := why_not(message, kind, self.at):
                return self.end(message, Status.SKIPPED, reason)
            if kind.finds_people and not message.recipient:
                return self.spread(message, kind.people(message))
            if cannot_go := self.address(message, kind):
                return cannot_go
            message.together = self.others_for(message, kind)
            written = self.write(message, kind)
        except Error:
            raise
        except NotSafe as error:
            log.error("%s was held back: %s", message.key, str(error))  # names a fact, never its value
            return self.end(message, Status.FAILED, "Held back: its words could have given something away.")
        except Exception as error:  # one bad record must not stop the messages behind it
            log.error("%s could not be written: %s", message.key, type(error).__name__)
            return self.end(message, Status.FAILED, f"Its words could not be made ({type(error).__name__}).")
        return self.hand_over(message, kind, written)

    def write(self, message: Message, kind: Kind) -> EmailMessage | WrittenText | WrittenFax:
        if kind.by_fax:
            return WrittenFax(message, *kind.source.papers(message))
        subject, body = words_of(message, kind)
        written: EmailMessage | WrittenText
        if kind.by_text:
            written = WrittenText(message, body)
        else:
            written = mail(message, subject, body)
            if enclosed := kind.enclosure(message):
                written.attach(enclosed)
        look_once_more(message, written)
        return written

    def address(self, message: Message, kind: Kind) -> str:
        """Find whom it goes to now. Return the status it has where it cannot go; else ""."""
        message.recipient, message.language = kind.recipient(message), kind.language(message)
        if not message.recipient:
            return self.end(message, Status.FAILED, "There is no address any more.")
        if kind.audience == "patient" and not kind.asked_for and is_off(message.recipient):
            turn_off(message)
            return self.end(message, Status.FAILED, OFF)
        if why := kind.held(message):
            return self.put_off(message, why, HELD)
        return ""

    def others_for(self, message: Message, kind: Kind) -> tuple[Message, ...]:
        """Return what else this sweep has for the reader, where one mail tells of all.

        What may have arrived already is left out: it has a Message-ID of its own to be known by. A mail in doubt tells
        of what it told of before and no more: whoever has it may never be shown its copy.
        """
        if not kind.together:
            return ()
        same = [one for one in self.batch if one.kind == message.kind and one.recipient and one.pk != message.pk]
        if message.doubts:
            same = [one for one in same if one.outcome == NO_ANSWER]
        return tuple(one for one in same if not one.doubts and self.goes_with(message, one, kind))

    @staticmethod
    def goes_with(message: Message, other: Message, kind: Kind) -> bool:
        """Say whether another goes to the same reader now.

        One that cannot be read keeps no other from going.
        """
        try:
            return kind.recipient(other) == message.recipient and not kind.still_needed(other)
        except Error:
            raise
        except Exception as error:
            log.error("%s goes with no other: %s", other.key, type(error).__name__)
            return False

    @transaction.atomic
    def spread(self, message: Message, people: list[User]) -> str:
        """Make an announcement a message for each of its people; they go with the next batch of this sweep."""
        if not people:
            return self.end(message, Status.FAILED, NOBODY)
        count = len(people)
        told = f"Went to {count} {'person' if count == 1 else 'people'}, to each in a message of their own."
        if self.end(message, Status.SENT, told) == LOST:
            return LOST
        schedule_for_each(message, people)
        return SPREAD

    def hand_over(self, message: Message, kind: Kind, written: EmailMessage | WrittenText | WrittenFax) -> str:
        post = self.gateways if kind.by_gateway else self.post
        post.open()
        mine = _mine(message).update(
            recipient=message.recipient,
            language=message.language,
            handed_over_at=self.clock,
            attempts=F("attempts") + 1,
            lease_until=self.clock + LEASE,
        )
        if not mine:
            return LOST
        message.attempts += 1
        try:
            post.send(written)
        except NotTaken as refused:
            if refused.by_the_server:
                self.mail_refused()
            if refused.for_good:
                return self.end_all(message, Status.FAILED, str(refused))
            if message.attempts >= MOST_ATTEMPTS:
                return self.end_all(message, Status.FAILED, f"Given up after {message.attempts} tries. {refused}")
            return self.put_off_all(message, str(refused), _wait(message, kind))
        except InDoubt:
            if not kind.by_gateway:
                self.mail_refused()
            message.doubts += 1
            if message.doubts >= MOST_DOUBTS:
                return self.end_all(message, Status.FAILED, _no_answer(kind, twice=True))
            return self.put_off_all(message, _no_answer(kind), _wait(message, kind))
        if not kind.by_gateway:
            self.mail_went()
        return self.end_all(message, Status.SENT)

    def end_all(self, message: Message, status: str, outcome: str = "") -> str:
        """Settle the message, and those its mail told of with it."""
        settled = self.end(message, status, outcome)
        for other in message.together:
            self.end(other, status, outcome or WITH_ANOTHER)
            self.batch.remove(other)
        return settled

    def put_off_all(self, message: Message, why: str, wait: timedelta) -> str:
        """Let it wait, and what its mail told of a moment longer: it leads again."""
        waits = self.put_off(message, why, wait)
        for other in message.together:
            self.put_off(other, why, wait + timedelta(seconds=1))
            self.batch.remove(other)
        return waits

    def mail_went(self) -> None:
        """Note, every few seconds, that the mail server takes mails."""
        if time.monotonic() >= self.noted_until:
            self.noted_until = time.monotonic() + STAY_AWAKE
            SweepBeat.objects.update(mail_went_at=Now(), mail_refused_since=None)

    def mail_refused(self) -> None:
        """Note since when it does not."""
        self.noted_until = 0.0
        SweepBeat.objects.update(mail_refused_since=Coalesce("mail_refused_since", Now()))

    @transaction.atomic
    def end(self, message: Message, status: str, outcome: str = "") -> str:
        """Settle it. Whoever it did not tell is seen to in the same moment."""
        settled = _mine(message).update(
            status=status, outcome=outcome, settled_at=self.clock, doubts=message.doubts, **NO_LEASE
        )
        if not settled:
            return LOST
        message.status, message.outcome = status, outcome
        if status == Status.SENT:
            see_what_it_ends(message)
        else:
            see_that_it_is_heard(message)
        return status

    def put_off(self, message: Message, why: str, wait: timedelta | None) -> str:
        """Let it wait so long from now; without `wait` it stays due since when it was, first among the next."""
        waits = _mine(message).update(
            status=Status.SCHEDULED,
            due_at=F("due_at") if wait is None else self.clock + wait,
            first_due_at=F("first_due_at") if wait is None or why in DECENT else Coalesce("first_due_at", "due_at"),
            outcome=why,
            doubts=message.doubts,
            handed_over_at=None,
            **NO_LEASE,
        )
        return Status.SCHEDULED if waits else LOST

    def give_back(self, messages: list[Message], pause: "NotNow") -> None:
        """What is left of a batch waits for another sweep, a little spread when the mail server is away."""
        if pause.why:
            self.mail_refused()
        for message in messages:
            wait = timedelta(seconds=random.uniform(10, 30)) if pause.why else None  # noqa: S311 (no secret)
            self.put_off(message, pause.why or message.outcome, wait)


def _mine(message: Message) -> MessageQuerySet:
    """The row, as long as nobody took it over after our lease ran out."""
    return Message.objects.filter(pk=message.pk, status=Status.SENDING, lease_token=message.lease_token)


def _no_answer(kind: Kind, *, twice: bool = False) -> str:
    """Say who did not answer."""
    silent = NO_ANSWER_TWICE if twice else NO_ANSWER
    return silent.replace("mail server", kind.handed_to)


def _wait(message: Message, kind: Kind) -> timedelta:
    """Growing with each attempt: 1, 2, 4 ... minutes, spread so that mails put off together do not return together."""
    minutes = timedelta(minutes=2 ** (message.attempts - 1))
    return min(minutes, LONGEST_WAIT[kind.routine]) * random.uniform(0.8, 1.2)  # noqa: S311 (no secret)
