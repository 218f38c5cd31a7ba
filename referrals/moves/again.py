"""What somebody does where a letter did not reach the office: again, to a corrected address, or by another channel."""

from django.db import transaction

from clinic.messages import actions as messages
from clinic.messages import faxing as gateway
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_DIRECTORY
from referrals.letter import letter
from referrals.models import Delivery, Referral, Specialist
from referrals.moves import faxing, offices, undelivered
from referrals.moves.deliveries import went_out
from referrals.moves.directory import change_listing
from referrals.moves.start import end_link
from referrals.moves.steps import NotYet, What, check_may, lock, write_down

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
    delivery = _goes_by(referral, channel, by=by)
    if channel == Referral.Channel.FAX:
        faxing.by_hand(delivery)
    label = Referral.Channel(channel).label
    undelivered.tried_again(referral, by=by, note=f"{label}, letter version {referral.sent_letter.version}")
    return referral


def _goes_by(referral: Referral, channel: str, *, by: User) -> Delivery:
    """Let the version of now go another way than by a link, and put that down."""
    why = "The letter went to the office another way."
    messages.settle_failed(undelivered.mails_of(referral), why=why)
    subject = {"subject_type": "referral", "subject_id": referral.public_id}
    messages.withdraw(**subject, kinds=list(NO_MAIL_ANY_MORE), why=why)
    end_link(referral, by=by)
    referral.channel = channel
    referral.sent_letter = letter.make(referral, prepared_by=by)  # how to answer follows the way it goes
    referral.save(update_fields=["channel", "sent_letter"])
    return went_out(referral, by=by)


def may_be_faxed_now(referral: Referral) -> bool:
    """Say whether its letter can be faxed from here.

    It has to be with an office that no link of ours reaches.
    """
    with_an_office = referral.sent_letter_id is not None and referral.status not in faxing.NOT_WITH_IT
    no_link = referral.undelivered_at is not None or referral.channel != Referral.Channel.LINK
    return gateway.configured() and with_an_office and no_link


@transaction.atomic
def fax_it(referral: Referral, *, by: User, number: str = "", saw: int | None = None) -> Referral:
    """Fax the version of now and what goes along with it.

    Another `number` is a correction of the listing, and takes what that takes.
    """
    check_may(by)
    office = Specialist.objects.select_for_update().filter(pk=referral.specialist_id).first()
    referral = lock(referral, saw)
    if office is None or not may_be_faxed_now(referral):
        raise NotYet("The letter cannot be faxed from here now.")
    if number and number != office.fax:
        if not by.may(MANAGE_DIRECTORY):
            raise NotYet("The fax number is kept in the directory. The front desk or a manager corrects it there.")
        office = change_listing(office, by=by, fax=number)
    faxing.may_be_faxed(office)
    referral.specialist = office
    delivery = _goes_by(referral, Referral.Channel.FAX_HERE, by=by)
    faxing.put_in_queue(delivery)
    note = f"By fax to {office.fax}, letter version {referral.sent_letter.version}"
    if referral.undelivered_at is not None:
        undelivered.tried_again(referral, by=by, note=note)
    else:
        write_down(referral, What.SENT_AGAIN, by=by, note=note)
    offices.newest_letter_went(referral, by=by)
    return Referral.objects.get(pk=referral.pk)
