"""What leaves the house: the record of which version went to which office, and how, and a version that is newer."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from referrals.letter import letter
from referrals.models import Delivery, OfficeToTell, Referral
from referrals.moves import faxing, offices
from referrals.moves.steps import Status, What, check_may, lock, write_down

Channel = Referral.Channel


def went_out(referral: Referral, *, by: User, channel: str = "") -> Delivery:
    """Put down that the version of now went to its office, and how."""
    sent: dict[str, Any] = {"letter": referral.sent_letter, "specialist": referral.specialist}  # it has both by now
    return Delivery.objects.create(referral=referral, channel=channel or referral.channel, by=by, **sent)


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


@transaction.atomic
def office_was_told(to_tell: OfficeToTell, *, by: User) -> bool:
    """Say that `by` has told the office, or sent it the newest letter.

    Return False when somebody else has said so before.
    """
    check_may(by)
    referral = lock(to_tell.referral)
    to_tell = OfficeToTell.objects.select_for_update().select_related("specialist").get(pk=to_tell.pk)
    if to_tell.done_at is not None:
        return False
    to_tell.done_at, to_tell.done_by = timezone.now(), by
    to_tell.save(update_fields=["done_at", "done_by"])
    write_down(referral, What.OFFICE_TOLD, by=by, note=f"{to_tell.specialist.practice}: {to_tell.get_what_display()}")
    if to_tell.what == OfficeToTell.What.LETTER and to_tell.specialist == referral.specialist:
        _somebody_sent_it(referral, by=by)
    return True


def _somebody_sent_it(referral: Referral, *, by: User) -> None:
    """Put down that the newest version went on paper, the way the one before did.

    What went by the gateway is on record by itself: this was faxed by hand.
    """
    if referral.office_has == referral.sent_letter:
        return
    by_hand = Channel.FAX if referral.channel == Channel.FAX_HERE else referral.channel
    delivery = went_out(referral, by=by, channel=by_hand)
    if by_hand == Channel.FAX:
        faxing.by_hand(delivery)
