"""What an office has answered so far: each answer, who gave it, and when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from referrals.models import Referral, ReferralMove

What = ReferralMove.What

ANSWERED: dict[str, str | Promise] = {
    What.ACCEPTED: _("Accepted"),
    What.DECLINED: _("Declined"),
    What.ASKED: _("Question asked"),
    What.PROPOSED: _("Times proposed"),
    What.SCHEDULED: _("Appointment given"),
    What.SEEN: _("The patient came"),
    What.NO_SHOW: _("The patient did not come"),
    What.REPORTED: _("Report sent"),
}
TAKEN = _("Time taken by the clinic")  # of those the office had proposed


@dataclass(frozen=True)
class Answered:
    """One answer of this office: what, who gave it, and when.

    `by_phone`: the clinic wrote it down.
    """

    what: str | Promise
    who: str
    at: datetime
    by_phone: bool


def answered(referral: Referral) -> list[Answered]:
    """Return what this office has answered since it was sent the referral last."""
    sent = referral.moves.filter(what=What.SENT).last()
    since = referral.moves.filter(what__in=ANSWERED, pk__gt=sent.pk if sent else 0)
    return [_answer(move) for move in since.select_related("by", "appointment")]


def _answer(move: ReferralMove) -> Answered:
    if move.by is None:
        return Answered(ANSWERED[move.what], move.office, move.at, by_phone=False)
    if move.appointment and move.appointment.given_by != move.by.name:
        return Answered(TAKEN, move.by.name, move.at, by_phone=False)
    return Answered(ANSWERED[move.what], move.by.name, move.at, by_phone=True)
