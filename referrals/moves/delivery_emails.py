"""Mails besides the link: an office hears of a change, and the carrier that an office was not reached."""

from django.db.models import Q

from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_DIRECTORY
from referrals.models import OfficeToTell, Referral, ReferralMove, Specialist
from referrals.moves import offices, undelivered
from referrals.moves.about import about, referral_of
from referrals.moves.directory import change_listing
from referrals.moves.emails import ReferralNotAnsweredDesk, ToOffice, left_the_office
from referrals.moves.steps import newest_line, write_down

What = ReferralMove.What
ENDS_THERE = (What.WITHDRAWN, What.CLOSED, What.REDIRECTED, What.BACK)


def times_answered(referral: Referral) -> Message | None:
    """Tell an office that has a link what became of the times it proposed.

    Whoever decided calls any other.
    """
    office = referral.specialist
    if referral.channel != Referral.Channel.LINK or not office.email:
        return None
    return about(referral, "times_answered", referral.round, newest_line(referral), to=office.email)


@kind(
    "times_answered",
    title="Proposed times answered: office",
    audience="office",
    safe=("clinic", "phone", "link", "urgency", "answer_by", "reference"),
)
class TimesAnswered(ToOffice):
    @staticmethod
    def still_needed(message: Message) -> str:
        return left_the_office(referral_of(message), message)


@kind(
    "letter_changed",
    title="Letter changed: office",
    audience="office",
    safe=("clinic", "phone", "link", "urgency", "answer_by", "reference"),
)
class LetterChanged(ToOffice):
    @staticmethod
    def still_needed(message: Message) -> str:
        referral = referral_of(message)
        if left := left_the_office(referral, message):
            return left
        version = int(message.key.rpartition(":")[2])
        if referral.sent_letter.version > version:
            return "There is a newer version, and a mail that tells of it."
        return ""


@kind(
    "referral_withdrawn",
    title="Referral withdrawn: office",
    audience="office",
    safe=("clinic", "phone", "happened_at", "reference"),
)
class ReferralWithdrawn:
    """Goes where the referral went, whatever became of it; else somebody tells them."""

    correcting_takes = MANAGE_DIRECTORY

    @staticmethod
    def still_needed(message: Message) -> str:
        referral, office = referral_of(message), _office_of(message)
        elsewhere = (*Referral.ENDED, Referral.Status.DRAFT, Referral.Status.BACK)
        if referral.specialist == office and referral.status not in elsewhere:
            return "The office was sent the referral again."
        return ""

    @staticmethod
    def facts(message: Message) -> dict[str, str]:
        return {"reference": referral_of(message).reference}

    @staticmethod
    def new_address(message: Message, to: str, by: User) -> None:
        change_listing(_office_of(message), by=by, email=to)

    @staticmethod
    def not_gone(message: Message) -> None:
        referral = referral_of(message)
        if not undelivered.did_not_arrive(message) or _is_on_the_list(message):
            return
        offices.put_down(referral, _office_of(message), OfficeToTell.What.WITHDRAWN)
        write_down(referral, What.UNDELIVERED)
        undelivered.write_to_the_carrier(referral)

    @staticmethod
    def gone(message: Message) -> None:
        offices.told_by_the_mail(referral_of(message), _office_of(message))


def _office_of(message: Message) -> Specialist:
    """Return the office that had the referral when it ended there."""
    ended = referral_of(message).moves.filter(what__in=ENDS_THERE, to__isnull=False)
    return ended.filter(at__lte=message.created_at).select_related("to").last().to


def _is_on_the_list(message: Message) -> bool:
    """Say whether somebody tells this office of this withdrawal, or has told it since."""
    rows = referral_of(message).offices_to_tell.filter(what=OfficeToTell.What.WITHDRAWN)
    of_this = Q(done_at=None) | Q(made_at__gte=message.created_at)
    return rows.filter(of_this, specialist=_office_of(message)).exists()


@kind("referral_undelivered", title="An office was not reached", audience="staff", safe=("location", "link"))
class ReferralUndelivered(ReferralNotAnsweredDesk):
    """Goes to those who hear that an office does not answer."""

    @classmethod
    def still_needed(cls, message: Message) -> str:
        referral = referral_of(message)
        if referral.undelivered_at is None and not referral.offices_to_tell.waiting().exists():
            return "Somebody has seen to it."
        return cls.left(message)
