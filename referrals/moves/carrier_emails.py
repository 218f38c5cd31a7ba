"""What whoever carries a referral is written: how it stands, and that it is theirs. No name, no specialty, no id."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from clinic.messages import actions as messages
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToAColleague, ToWhoeverActs, write_to
from clinic.staff.models import Location, User
from referrals.models import Referral, ReferralMove
from referrals.models.referral import ReferralQuerySet
from referrals.moves.about import about, referral_of, who_hear
from referrals.moves.steps import newest_line

MOST = 999  # a mail holds no larger number


def referral_answered(referral: Referral) -> Message:
    """Tell whoever carries it what its office has just answered."""
    return about(referral, "referral_answered", newest_line(referral), facts={"answer": _answer_of(referral)})


def _answer_of(referral: Referral) -> str:
    """Return in one word what its office said last."""
    return "times" if referral.standing_times else referral.status


def handed_over(referral: Referral, *, by: User) -> Message | None:
    """Tell whoever carries it from now on; None where they took it themselves."""
    to = referral.owner
    if to == by:
        return None
    return about(referral, "referral_handed_over", newest_line(referral), to.pk, to=to.email)


def many_handed_over(lines: Sequence[ReferralMove], *, to: User, by: User) -> Message | None:
    """Tell a colleague, once, that they carry several more.

    `lines` say of each that it is theirs.
    """
    if to == by:
        return None
    first = lines[0].referral
    return write_to(to, "referrals_handed_over", lines[0].pk, lines[-1].pk, location=first.location)


def referrals_left(owner: User, location: Location, now: datetime) -> Message:
    """Tell the desk that somebody has left who carried referrals there.

    Once for each day it opens.
    """
    due = location.opening_hours.next_opening(now)
    return messages.schedule(
        "referrals_left",
        key=f"referrals_left:{owner.public_id}:{location.pk}:{due.astimezone(location.zone):%Y%m%d}",
        language="en",
        subject_type="user",
        subject_id=owner.public_id,
        location=location,
        due_at=due,
    )


def _the_list() -> str:
    return settings.SITE_URL + reverse("referrals")


@kind(
    "referral_answered",
    title="An office has answered",
    audience="staff",
    safe=("location", "link", "answer", "urgency"),
)
class ReferralAnswered(ToWhoeverActs):
    @staticmethod
    def people(message: Message) -> list[User]:
        return who_hear(referral_of(message))

    @classmethod
    def still_needed(cls, message: Message) -> str:
        referral = referral_of(message)
        if _answer_of(referral) != message.facts["answer"]:
            return "It moved on."
        if referral.news_at is None:
            return "It was opened since the office answered."
        return cls.left(message)

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": _the_list(), "urgency": referral_of(message).tier.word}


@kind("referral_handed_over", title="A referral was handed over", audience="staff", safe=("location", "link"))
class ReferralHandedOver(ToAColleague):
    @classmethod
    def still_needed(cls, message: Message) -> str:
        referral = referral_of(message)
        if not referral.is_open:
            return "The referral has ended."
        return "" if referral.owner == cls.reader(message) else "Somebody else carries the referral."

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": _the_list()}


@kind(
    "referrals_handed_over",
    title="Several referrals were handed over",
    audience="staff",
    safe=("location", "link", "referrals"),
)
class ReferralsHandedOver(ToAColleague):
    """Says how many of them there are still, when it goes."""

    @classmethod
    def still_needed(cls, message: Message) -> str:
        return "" if cls._theirs(message).exists() else "Each of them has ended, or somebody else carries it."

    @classmethod
    def facts(cls, message: Message) -> dict[str, Any]:
        return {"link": _the_list(), "referrals": min(cls._theirs(message).count(), MOST)}

    @classmethod
    def _theirs(cls, message: Message) -> ReferralQuerySet:
        first, last, person = map(int, message.key.split(":")[1:])
        lines = ReferralMove.objects.filter(pk__range=(first, last), what=ReferralMove.What.HANDED_OVER)
        return Referral.objects.open().filter(owner=person, pk__in=lines.values("referral"))


@kind("referral_case_open", title="The case of a referral is open again", audience="staff", safe=("location", "link"))
class ReferralCaseOpen(ToWhoeverActs):
    """Scheduled where cases are opened again: `intake.review.emails.tell_who_carries`."""

    @staticmethod
    def people(message: Message) -> list[User]:
        return who_hear(referral_of(message))

    @classmethod
    def still_needed(cls, message: Message) -> str:
        referral = referral_of(message)
        if not referral.is_open:
            return "The referral has ended."
        return cls.left(message) if referral.case.is_open else "The case is decided again."

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": _the_list()}


@kind("referrals_left", title="Referrals nobody carries", audience="staff", safe=("location", "link", "referrals"))
class ReferralsLeft(ToWhoeverActs):
    """Says how many there are still, when it goes."""

    @staticmethod
    def people(message: Message) -> list[User]:
        return list(User.objects.who_answer_at(message.location))

    @classmethod
    def still_needed(cls, message: Message) -> str:
        return cls.left(message) if _left_by(message).exists() else "Somebody carries each of them by now."

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": _the_list(), "referrals": min(_left_by(message).count(), MOST)}


def _left_by(message: Message) -> ReferralQuerySet:
    rows = Referral.objects.left_behind(timezone.now())
    return rows.filter(owner__public_id=message.subject_id, location=message.location)
