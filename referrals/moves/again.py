"""What somebody does where a mail did not reach the office: send it again, correct the address, or another channel."""

from django.db import transaction

from clinic.messages import actions as messages
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_DIRECTORY
from referrals.models import Referral, Specialist
from referrals.moves import undelivered
from referrals.moves.deliveries import went_out
from referrals.moves.directory import change_listing
from referrals.moves.start import end_link
from referrals.moves.steps import NotYet, check_may, lock

NO_MAIL_ANY_MORE = (*undelivered.WITH_THE_LINK, "referral_not_answered_desk")
ARRIVED = "No mail to the office waits to be sent again."


@transaction.atomic
def send_again(referral: Referral, *, by: User, email: str = "", saw: int | None = None) -> Referral:
    """Let the mails go again.

    Another address `email` is a correction of the listing, and takes what that takes.
    """
    check_may(by)
    office = Specialist.objects.select_for_update().filter(pk=referral.specialist_id).first()
    referral = lock(referral, saw)
    if referral.undelivered_at is None or office is None:
        raise NotYet(ARRIVED)
    if not email or email.casefold() == office.email.casefold():
        undelivered.try_again(referral, by=by, note=f"To {office.email}")
        return referral
    if not by.may(MANAGE_DIRECTORY):
        raise NotYet("The address is kept in the directory. The front desk or a manager corrects it there.")
    change_listing(office, by=by, email=email)
    undelivered.another_link(referral)
    return referral


@transaction.atomic
def send_otherwise(referral: Referral, *, channel: str, by: User, saw: int | None = None) -> Referral:
    """Record that the letter went on paper. The link ends: nobody knows who has it."""
    check_may(by)
    referral = lock(referral, saw)
    if referral.undelivered_at is None:
        raise NotYet(ARRIVED)
    why = "The letter went to the office another way."
    messages.settle_failed(undelivered.mails_of(referral), why=why)
    subject = {"subject_type": "referral", "subject_id": referral.public_id}
    messages.withdraw(**subject, kinds=list(NO_MAIL_ANY_MORE), why=why)
    end_link(referral, by=by)
    referral.channel = channel
    referral.save(update_fields=["channel"])
    went_out(referral, by=by)
    label = Referral.Channel(channel).label
    undelivered.tried_again(referral, by=by, note=f"{label}, letter version {referral.sent_letter.version}")
    return referral
