"""What offices and the desk are written about a referral; what patients are, `telling` writes.

Of anybody's health only how soon it presses; no name, no specialty, no id. Offices also read the number of the
referral, which was drawn for it: they file it by that, and say it on the phone.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import address_of, make_link
from clinic.links.models import Link
from clinic.messages.decent import works
from clinic.messages.facts import moment
from clinic.messages.kinds import KINDS, kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToWhoeverActs
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_DIRECTORY
from intake.models import Urgency
from referrals.models import Referral, ReferralMove, Report, Specialist
from referrals.moves import undelivered
from referrals.moves.about import about, reader_of, referral_of, who_hear
from referrals.moves.directory import change_listing, hold
from referrals.moves.steps import lock, next_date

LINK_LIVES = timedelta(days=60)
PATIENCE_WORKING_DAYS = (2, 4)
PATIENCE_OPEN_HOURS = (4, 8)  # when the referral is urgent
Status, What = Referral.Status, ReferralMove.What
ANSWERED = {
    Status.QUESTION: "The office asked a question.",
    Status.ACCEPTED: "The office accepted.",
    Status.SCHEDULED: "An appointment was made.",
    Status.REPORTED: "The report came.",
}


def referral_sent(referral: Referral) -> Message:
    """The link for the office; called again whenever the clinic answered a question of it."""
    answers = _answers(referral)
    return about(
        referral,
        "referral_sent",
        referral.round,
        *answers,
        to=referral.specialist.email,
        facts={"round": 2 if answers else 1},
    )


def _last_word(referral: Referral) -> ReferralMove | None:
    """Return the line by which its office got it, or our last answer."""
    return referral.moves.filter(what__in=[What.SENT, What.ANSWERED]).order_by("-pk").first()


def _answers(referral: Referral) -> list[int]:
    """Return the number of our last answer to its office, for keys; nothing for none."""
    last = _last_word(referral)
    return [last.pk] if last and last.what == What.ANSWERED else []


def answer_by(referral: Referral) -> datetime | None:
    """Return by when its office should answer, or None.

    None when it has, when it is late, and while something else is waited for. It counts from when the office got the
    referral or our last answer: when the desk looks again is the desk's own affair.
    """
    if referral.status not in (Status.SENT, Status.OPENED) or referral.waits_for:
        return None
    last = _last_word(referral)
    due = next_date(referral, referral.status, last.at if last else referral.sent_at)
    return due if due > timezone.now() else None


def remind_office(referral: Referral, start: datetime | None = None) -> list[Message]:
    """Reminders while the office says nothing: after 2 working days, and after 4, when the desk is told as well.

    Urgent referrals are reminded of after 4 and 8 open hours. They count from when it was sent; where a question
    of the office was answered since, from `start`.
    """
    start, hours, answers = start or referral.sent_at, referral.location.opening_hours, _answers(referral)
    if referral.urgency >= Urgency.URGENT:
        times = [hours.after_open_time(start, timedelta(hours=wait)) for wait in PATIENCE_OPEN_HOURS]
    else:
        closing = [hours.after_working_days(start, days) for days in PATIENCE_WORKING_DAYS]
        times = [(hours.on(at.astimezone(hours.zone).date()) or [at])[0] for at in closing]  # when the doors open
    office = {"to": referral.specialist.email}
    reminders = [
        about(referral, "referral_not_answered", referral.round, number, *answers, due_at=at, **office)
        for number, at in enumerate(times, start=1)
    ]
    reminders.append(about(referral, "referral_not_answered_desk", referral.round, *answers, due_at=times[-1]))
    return reminders


def report_received(report: Report) -> Message:
    """Tell the therapist who decided; of an urgent referral also whoever carries it."""
    return about(report.referral, "report_received", report.pk)


# Kinds --------------------------------------------------------------------------------------------------------------


def _numbers(message: Message) -> list[int]:
    """The numbers at the end of its key."""
    return [int(part) for part in message.key.split(":")[2:]]


def left_the_office(referral: Referral, message: Message) -> str:
    """Why the office that got this message has nothing to do with the referral any more, or ""."""
    if referral.status in Referral.ENDED:
        return "The referral has ended."
    if referral.status in (Status.DRAFT, Status.DECLINED, Status.BACK) or referral.round != _numbers(message)[0]:
        return "The referral is no longer with this office."
    return ""


def _no_reminder(referral: Referral, message: Message) -> str:
    """Why nobody needs to hear that the office has not answered, or ""."""
    if left := left_the_office(referral, message):
        return left
    return "" if referral.status in (Status.SENT, Status.OPENED) else ANSWERED.get(referral.status, "It moved on.")


class AtWork:
    """Is read by the office's clock, on days it works; an urgent one on any day."""

    @classmethod
    def office_of(cls, message: Message) -> Specialist | None:
        return referral_of(message).specialist

    @classmethod
    def zone(cls, message: Message) -> ZoneInfo | None:
        """Return the clock of the office.

        None once the referral was taken back from it: then nothing is to go, and no clock is needed to say so.
        """
        office = cls.office_of(message)
        return ZoneInfo(office.time_zone) if office else None

    @classmethod
    def works_on(cls, message: Message) -> Callable[[date], bool] | None:
        if referral_of(message).urgency >= Urgency.URGENT:
            return None
        return partial(works, closed_on=referral_of(message).location.opening_hours.closed_on)


class ToOffice(AtWork):
    """Goes to the address in the directory; the next step is ours where it does not."""

    correcting_takes = MANAGE_DIRECTORY

    @staticmethod
    def recipient(message: Message) -> str:
        return referral_of(message).specialist.email

    @staticmethod
    def hold(message: Message) -> None:
        referral = referral_of(message)
        hold(referral.specialist_id)
        lock(referral)

    @staticmethod
    def new_address(message: Message, to: str, by: User) -> None:
        referral = referral_of(message)
        if not left_the_office(referral, message):
            change_listing(referral.specialist, by=by, email=to)
            undelivered.another_link(referral)

    @staticmethod
    def held(message: Message) -> str:
        return undelivered.why_it_waits(message, referral_of(message))

    @staticmethod
    def not_gone(message: Message) -> None:
        referral = referral_of(message)
        needed = not KINDS[message.kind].still_needed(message)
        if needed and undelivered.did_not_arrive(message) and not undelivered.moved_since(referral, message):
            undelivered.notice(referral)

    @staticmethod
    def gone(message: Message) -> None:
        undelivered.went(referral_of(message))

    @staticmethod
    def sent_again(message: Message, by: User) -> None:
        referral = referral_of(message)
        if not left_the_office(referral, message):
            undelivered.tried_again(referral, by=by, note=f"To {referral.specialist.email}")

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        referral = referral_of(message)
        link = make_link(Link.Purpose.OFFICE, message.subject_id, expires_at=timezone.now() + LINK_LIVES)
        due = answer_by(referral)
        return {
            "link": address_of(link),
            "urgency": referral.tier.word,
            "answer_by": moment(due, referral.specialist.time_zone) if due else "",
            "reference": referral.reference,
        }


@kind(
    "referral_sent",
    title="Referral sent",
    audience="office",
    safe=("clinic", "phone", "link", "round", "urgency", "answer_by", "reference"),
)
class ReferralSent(ToOffice):
    @staticmethod
    def still_needed(message: Message) -> str:
        return left_the_office(referral_of(message), message)


@kind(
    "referral_not_answered",
    title="Referral not answered: office",
    audience="office",
    safe=("clinic", "phone", "link", "urgency", "answer_by", "reference"),
)
class ReferralNotAnswered(ToOffice):
    @staticmethod
    def still_needed(message: Message) -> str:
        referral = referral_of(message)
        return _no_reminder(referral, message) or _says_less(message, _numbers(message))


def _says_less(message: Message, numbers: list[int]) -> str:
    """Why the later of two reminders goes alone: after an outage both are due at once."""
    round_, number, *answers = numbers
    if number > 1:
        return ""
    later = ":".join(map(str, ("referral_not_answered", message.subject_id, round_, number + 1, *answers)))
    due = Message.objects.filter(key=later, due_at__lte=timezone.now())
    return "A later reminder is due and says the same." if due.exists() else ""


@kind("referral_not_answered_desk", title="Referral not answered: desk", audience="staff", safe=("location", "link"))
class ReferralNotAnsweredDesk(ToWhoeverActs):
    @staticmethod
    def people(message: Message) -> list[User]:
        return who_hear(referral_of(message))

    @classmethod
    def still_needed(cls, message: Message) -> str:
        return _no_reminder(referral_of(message), message) or cls.left(message)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("referrals")}


@kind("report_received", title="Report received", audience="staff", safe=("location", "link"))
class ReportReceived(ToWhoeverActs):
    @staticmethod
    def people(message: Message) -> list[User]:
        """Return the therapist who decided, else all there, else managers.

        Of an urgent referral also whoever carries it; of any other they read it in the list and in the morning.
        """
        referral = referral_of(message)
        author = reader_of(referral)
        readers = [author] if author else list(User.objects.therapists_at(message.location))
        if not readers:  # managers hear of it, and elsewhere those who may read it
            readers = list(User.objects.who_stand_in_at(message.location))
        carriers = who_hear(referral) if referral.urgency >= Urgency.URGENT else []
        return list(dict.fromkeys([*readers, *carriers]))

    @classmethod
    def still_needed(cls, message: Message) -> str:
        report = Report.objects.get(pk=_numbers(message)[0])
        return f"{report.read_by} has read it." if report.read_at else cls.left(message)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("referrals")}
