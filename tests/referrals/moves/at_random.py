"""Random moves of one referral by random people, legal and not, while the time goes on and mails go or do not.

`Walk.goes_on()` makes one and says what is wrong afterwards.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.links.models import Link
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from intake.models import CallToMake
from referrals import moves as actions
from referrals.desk.page import known_of, next_step
from referrals.models import DeclineReason, OfficeToTell, Referral, ReferralMove, Specialist, WaitsFor
from referrals.moves import offices
from referrals.moves.heard import GIVEN, OF_APPOINTMENTS, is_the_same, said_in
from referrals.status.standing import standing
from tests.referrals.told.house import OFFICE
from tests.referrals.told.walking import post

Status, What = Referral.Status, ReferralMove.What
REFUSED = (actions.NotYet, actions.MoveNotAllowed, actions.ReferralChanged, PermissionDenied)
OFFICE_WITHOUT = (Status.DRAFT, Status.BACK, *Referral.ENDED)  # nobody's link opens anything then
STAND_IN = (Status.SCHEDULED, Status.SEEN, Status.REPORTED)  # where an appointment may stand
REASONS = Referral.EndReason.values
PAUSES = [timedelta(), timedelta(), timedelta(minutes=3), timedelta(hours=2), timedelta(hours=20), timedelta(days=3)]
DAYS_AHEAD = [0.05, 0.5, 0.9, 3, 9, 30]


class Walk:
    """One referral and everybody who has to do with it."""

    def __init__(self, luck, clock, *, referral, people, listings):
        self.luck, self.clock, self.people, self.listings = luck, clock, people, listings
        self.pk = referral.pk
        self.never_changes = {name: getattr(referral, name) for name in ("location", "patient", "decision")}
        self.made: Counter[tuple[str, bool]] = Counter()
        self.before = self._as_it_stands()

    @property
    def referral(self) -> Referral:
        """As whoever moves it has it on their page."""
        return self.before.referral

    @property
    def somebody(self):
        return self.luck.choice(self.people)

    def goes_on(self) -> list[str]:
        """Let some time go by, make one move, and say what is wrong then.

        Nobody else is about: how it stood after one move is how it stood before the next.
        """
        self.clock.shift(self.luck.choice(PAUSES))
        before = self.before
        likely = LIKELY.get(before.row["status"], MOVES)
        if before.row["undelivered_at"]:
            likely = AFTER_A_REFUSAL
        name = self.luck.choice(likely if self.luck.random() < 0.5 else MOVES)
        try:
            with transaction.atomic():
                refused = self._is_refused(name)
        except IntegrityError as error:
            why = str(error).splitlines()[0]
            return [f"{name} from {before.row['status']} was stopped by the database alone: {why}"]
        self.made[name, not refused] += 1
        if refused:
            changed = (_row(Referral.objects.get(pk=self.pk)), self._lines()) != (before.row, before.lines)
            return [f"{name} was refused ({refused}), and changed something"] if changed else []
        after = self.before = self._as_it_stands()
        return [f"after {name}: {one}" for one in self.what_is_wrong(before, after)]

    def _is_refused(self, name) -> str:
        """Say why it was, without rolling back what it did until then."""
        try:
            getattr(self, name)()
        except REFUSED as error:
            return repr(error)
        return ""

    def _as_it_stands(self) -> "Stands":
        referral = Referral.objects.prefetch_related("appointments").get(pk=self.pk)
        for name, one in self.never_changes.items():
            setattr(referral, name, one)
        return Stands(referral, _row(referral), self._lines(), offices.has_heard_of_it(referral))

    # What may happen ------------------------------------------------------------------------------------------------

    def chooses(self):
        office = self.luck.choice(self.listings)
        actions.choose(self.referral, office, choice="other", because="near", by=self.somebody)

    def writes(self):
        parts = {"consent": self.luck.choice(["agreed", "urgent_care", ""]), "question": f"Is it {self.luck.random()}?"}
        actions.prepare_letter(self.referral, by=self.somebody, **parts)

    def sends(self):
        actions.send(self.referral, by=self.somebody, channel=self.luck.choice(["link", "link", "fax"]))

    @transaction.atomic
    def prepared_and_sent(self):
        """Whoever carries it does it in one go, as they mostly do."""
        actions.choose(self.referral, self.luck.choice(self.listings), choice="other", because="near", by=self.somebody)
        actions.prepare_letter(self.referral, by=self.somebody, consent="agreed")
        self.sends()

    @transaction.atomic
    def sent_in_vain(self):
        """The office's mail server refuses the link."""
        self.prepared_and_sent()
        with post(takes=False):
            sweep(timezone.now())

    def opens(self):
        if self.referral.status not in OFFICE_WITHOUT:
            actions.office_opened(self.referral, office=OFFICE)

    def accepts(self):
        actions.office_accept(self.referral, **self._from_the_office())

    def declines(self):
        reason = self.luck.choice(DeclineReason.values)
        actions.office_decline(self.referral, reason=reason, **self._from_the_office())

    def asks(self):
        actions.office_ask(self.referral, words="Since when?", **self._from_the_office())

    def answered(self):
        actions.answer_question(self.referral, words="Since May.", by=self.somebody)

    def gives_a_day(self):
        at = timezone.now() + timedelta(days=self.luck.choice(DAYS_AHEAD))
        where = {"starts_at": at, "time_zone": "America/New_York"}
        actions.give_appointment(self.referral, **where, **self._from_the_office())

    def proposes(self):
        ahead = self.luck.sample(DAYS_AHEAD, k=2)
        times = [timezone.now() + timedelta(days=days) for days in ahead]
        actions.propose_times(self.referral, times=times, time_zone="America/New_York", office=OFFICE)

    def takes_a_time(self):
        for proposed in self.referral.standing_times[:1]:
            actions.take_time(self.referral, proposed, by=self.somebody)

    def asks_for_others(self):
        actions.ask_other_times(self.referral, words="In the morning.", by=self.somebody)

    def seen(self):
        actions.seen(self.referral, **self._from_the_office())

    def did_not_come(self):
        actions.no_show(self.referral, **self._from_the_office())

    def taken_back(self):
        actions.undo(self.referral, by=self.somebody)

    def reports(self):
        actions.receive_report(self.referral, words="All is well.", sent_by=OFFICE, **self._from_the_office())

    @transaction.atomic
    def reads(self):
        for report in self.referral.reports.all():
            actions.read_report(report, by=self.somebody)

    def redirected(self):
        actions.redirect(self.referral, by=self.somebody)

    def back(self):
        actions.back_to_therapist(self.referral, words="Another specialty.", by=self.somebody)

    def closed(self):
        actions.close(self.referral, reason=self.luck.choice(REASONS), by=self.somebody)

    def withdrawn(self):
        if self.luck.random() < 0.3:
            actions.withdraw(self.referral, reason=self.luck.choice(REASONS), by=self.somebody)

    def taken_up(self):
        actions.reopen(self.referral, by=self.somebody)

    def noted(self):
        actions.note(self.referral, words="No answer.", by=self.somebody)

    def dated(self):
        actions.set_next_check(self.referral, at=timezone.now() + timedelta(days=2), by=self.somebody)

    def handed_over(self):
        actions.hand_over(self.referral, to=self.somebody, by=self.somebody)

    def looked(self):
        actions.look(self.referral, by=self.somebody)

    def waits(self):
        until = timezone.now() + timedelta(days=self.luck.choice([1, 9]))
        actions.wait_for(self.referral, what=self.luck.choice(WaitsFor.values), until=until, by=self.somebody)

    def came(self):
        actions.it_came(self.referral, words="It is here.", by=self.somebody)

    def tried(self):
        channel, reached = self.luck.choice(["phone", "phone", "email", "letter"]), self.luck.random() < 0.1
        actions.tried(self.referral, channel=channel, reached=reached, by=self.somebody)

    @transaction.atomic
    def lists(self):
        actions.update_listing(self.referral, by=self.somebody)
        Specialist.objects.update(accepts_new_patients=True)

    def patient_answers(self):
        stands = self.referral.standing_appointment
        comes = self.luck.random() < 0.5
        actions.patient_answers(self.referral, number=stands.pk if stands else 0, comes=comes)

    def patient_told(self):
        actions.patient_told(self.referral, by=self.somebody)

    def sent_again(self):
        actions.send_again(self.referral, by=self.somebody)

    def sent_otherwise(self):
        actions.send_otherwise(self.referral, channel="fax", by=self.somebody)

    @transaction.atomic
    def office_told(self):
        for one in OfficeToTell.objects.filter(referral=self.pk, done_at=None):
            actions.office_was_told(one, by=self.somebody)

    def the_post_goes(self):
        with post(takes=self.luck.random() < 0.7):
            sweep(timezone.now())

    def behind(self):
        """Somebody presses on a page on which others have pressed since."""
        actions.set_next_check(self.referral, at=timezone.now() + timedelta(days=2), by=self.somebody, saw=0)

    def _from_the_office(self):
        return {"office": OFFICE} if self.luck.random() < 0.6 else {"by": self.somebody}

    # What must be so ------------------------------------------------------------------------------------------------

    def what_is_wrong(self, before: "Stands", after: "Stands") -> Iterator[str]:
        now, referral, was = timezone.now(), after.referral, before.row
        yield from self._row_is_whole(referral, now)
        yield from self._history_is_whole(referral, before.lines, now)
        yield from self._patient_knows(referral, now)
        left = was["round"] != referral.round or (was["status"] != referral.status == Status.WITHDRAWN)
        if before.is_expected and left and not self._office_hears(was["round"], was["specialist_id"]):
            yield "the office before may expect the patient, and nobody tells it"
        if self._mails().filter(status=Message.Status.FAILED, outcome__startswith="Its words could not").exists():
            yield "a mail could not be written"
        if not next_step(referral, known_of([referral])).title:
            yield "nothing is next, and nobody says so"

    def _row_is_whole(self, referral, now):
        if referral.is_open and not (referral.owner_id and referral.next_check_at):
            yield "it is open without an owner or a next date"
        if not referral.is_open and (referral.next_check_at or referral.news_at or not referral.ended_at):
            yield "it has ended, and something is next"
        stand = [one for one in referral.appointments.all() if one.replaced_at is None]
        if len(stand) > (referral.status in STAND_IN):
            yield f"{len(stand)} appointments stand while it is {referral.status}"
        if referral.status == Status.SCHEDULED and not stand:
            yield "it is scheduled for no day"
        if referral.status in OFFICE_WITHOUT and self._opens_by_a_link(referral):
            yield f"a link opens it while it is {referral.status}"
        if referral.status == Status.DRAFT and (referral.sent_at or referral.channel):
            yield "it is to be sent and was sent"
        kept = type(referral).history.rel.related_model.objects.filter(pgh_obj=referral).order_by("-pgh_id")
        last = kept.values("status", "next_check_at", "owner_id").first()
        if last and last != {name: getattr(referral, name) for name in last}:
            yield "the row is another than its history ends with"

    def _history_is_whole(self, referral, lines, now):
        earlier, *moves = referral.moves.filter(pk__gte=lines).order_by("pk")
        for move in moves:
            if move.from_status != earlier.to_status:
                yield f"a line is missing between {earlier.what} and {move.what}"
            if not earlier.at <= move.at <= now:
                yield f"{move.what} is at another time than it happened"
            if move.from_status != move.to_status and move.to_status not in Referral.MOVES[move.from_status]:
                yield f"{move.what} is no move of the table"
            earlier = move
        if earlier.to_status != referral.status:
            yield f"it is {referral.status}, and the history ends with {earlier.to_status}"

    def _patient_knows(self, referral, now):
        if not referral.appointments.all():
            return  # there was never a day to hear of
        stands, told = referral.standing_appointment, Told(referral, now)
        is_to_come = stands and stands.starts_at > now  # its office expects them, whatever was pressed since
        if is_to_come and referral.status == Status.SCHEDULED and not told.hears_of(stands.starts_at):
            yield "the patient does not hear of their day"
        believed = told.believes if told.believes and told.believes > now else None
        goes_there = stands and believed and is_the_same(stands.starts_at, believed)
        if believed and not goes_there and not told.hears_of(stands.starts_at if is_to_come else None):
            yield "the patient would go where nobody expects them"

    def _opens_by_a_link(self, referral) -> bool:
        links = Link.objects.live().filter(purpose=Link.Purpose.OFFICE, subject_id=referral.public_id)
        return links.exists()

    def _office_hears(self, number, office) -> bool:
        mail = Message.objects.filter(key=f"referral_withdrawn:{self.referral.public_id}:{number}")
        return mail.exists() or OfficeToTell.objects.filter(referral=self.pk, specialist=office).exists()

    def _mails(self):
        return Message.objects.about("referral", self.referral.public_id)

    def _lines(self) -> int:
        return ReferralMove.objects.filter(referral=self.pk).order_by("-pk").values_list("pk", flat=True).first() or 0

    def says_everything(self) -> None:
        """Draw what the patient reads: no state may be without words."""
        standing(self.before.referral.patient, timezone.now(), "en")


@dataclass(frozen=True)
class Stands:
    """How a referral stands between two moves; `lines` is the newest of its history."""

    referral: Referral
    row: dict[str, Any]
    lines: int
    is_expected: bool  # its office may expect the patient


def _row(referral) -> dict[str, Any]:
    return {field.attname: getattr(referral, field.attname) for field in referral._meta.concrete_fields}


class Told:
    """What a patient was told of their days, from the rows: read here without the product's own reading of them."""

    def __init__(self, referral, now):
        self.mails = Message.objects.about("referral", referral.public_id).filter(kind__in=OF_APPOINTMENTS)
        self.calls = CallToMake.objects.filter(subject_id=referral.public_id)
        heard = [(call.done_at, call.starts_at) for call in self.calls if call.done_at]
        for mail in self.mails:
            if mail.status in (Message.Status.SENT, Message.Status.SENDING):
                is_off = mail.kind == "appointment_off"
                heard.append((mail.settled_at or now, None if is_off else said_in(mail)))
        _at, self.believes = max(heard, key=lambda one: one[0], default=(None, None))

    def hears_of(self, starts_at) -> bool:
        """Say whether a mail, a call or their own memory tells of this time; of None, that it is off.

        A mail that waits until its day is over does not go, and whoever it has not reached is called then.
        """
        if starts_at and self.believes and is_the_same(self.believes, starts_at):
            return True
        if any(call.done_at is None for call in self.calls):
            return True
        kinds = GIVEN if starts_at else [*GIVEN, "appointment_off"]
        waiting = [mail for mail in self.mails if mail.kind in kinds and mail.status in Message.UNSETTLED]
        return any(starts_at is None or is_the_same(said_in(mail), starts_at) for mail in waiting)


# What somebody is about to do, half of the time; the other half anybody does anything.
LIKELY = {
    Status.DRAFT: ["prepared_and_sent", "sent_in_vain", "writes", "chooses", "sends"],
    Status.SENT: ["opens", "accepts", "declines", "asks", "the_post_goes"],
    Status.OPENED: ["accepts", "declines", "asks"],
    Status.QUESTION: ["answered"],
    Status.ACCEPTED: ["gives_a_day", "asks", "the_post_goes"],
    Status.DECLINED: ["lists", "redirected", "back"],
    Status.BACK: ["redirected"],
    Status.SCHEDULED: ["patient_answers", "patient_told", "seen", "did_not_come", "gives_a_day", "the_post_goes"],
    Status.SEEN: ["taken_back", "reports"],
    Status.NO_SHOW: ["taken_back", "gives_a_day", "tried"],
    Status.REPORTED: ["reads", "closed"],
    Status.CLOSED: ["taken_up", "reports"],
    Status.WITHDRAWN: ["taken_up"],
}
AFTER_A_REFUSAL = ["sent_again", "sent_otherwise", "the_post_goes", "opens", "looked"]
MOVES = [name for name, made in vars(Walk).items() if callable(made) and not name.startswith("_")]
for _name in ("goes_on", "what_is_wrong", "says_everything"):
    MOVES.remove(_name)
