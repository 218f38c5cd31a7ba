"""What leaves the house: the record of which version went to which office, and how, and a version that is newer."""

from typing import Any

from clinic.staff.models import User
from referrals.letter import letter
from referrals.models import Delivery, Referral
from referrals.moves import offices
from referrals.moves.steps import Status, What, write_down


def went_out(referral: Referral, *, by: User) -> Delivery:
    """Put down that the version of now went to its office, and how."""
    sent: dict[str, Any] = {"letter": referral.sent_letter, "specialist": referral.specialist}  # it has both by now
    return Delivery.objects.create(referral=referral, channel=referral.channel, by=by, **sent)


def letter_changed(referral: Referral, *, by: User) -> None:
    """Write down that the letter is another one.

    Once it was sent, that is a new version, and its office hears.
    """
    if referral.status == Status.DRAFT:
        write_down(referral, What.LETTER, by=by)
    elif referral.specialist:
        new = letter.make(referral, prepared_by=by)
        Referral.objects.filter(pk=referral.pk).update(sent_letter=new)
        referral.sent_letter = new
        by_link = referral.channel == Referral.Channel.LINK
        has = f"The office now has version {new.version}." if by_link else f"Version {new.version}, to be sent to them."
        write_down(referral, What.LETTER, by=by, note=has)
        if by_link and referral.status not in (Status.DECLINED, Status.BACK):
            went_out(referral, by=by)
        offices.letter_is_newer(referral, new.version)
