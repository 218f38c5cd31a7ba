"""The fax as a message of the outbox: it waits, is handed to the gateway once, and somebody hears where it is not."""

from clinic.files.kept import intact
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.staff.models import User
from referrals.models import Fax
from referrals.moves import faxing, undelivered


def _fax_of(message: Message) -> Fax:
    number = int(message.key.split(":")[-2])
    return Fax.objects.select_related("delivery__referral").get(pk=number)


@kind("referral_faxed", title="Referral by fax", audience="office", asked_for=True)
class ReferralFaxed:
    """Goes to the number the fax was made for; another number is another fax.

    Where the number was corrected meanwhile it goes nowhere, and somebody hears.
    """

    @staticmethod
    def still_needed(message: Message) -> str:
        fax = _fax_of(message)
        return faxing.why_not_needed(fax) or faxing.why_not_there(fax)

    @staticmethod
    def recipient(message: Message) -> str:
        return _fax_of(message).number

    @staticmethod
    def papers(message: Message) -> tuple[bytes, int]:
        fax = _fax_of(message)
        with intact(fax.pdf, fax.sha256) as file:
            return file.read(), fax.pages or 0

    @staticmethod
    def gone(message: Message) -> None:
        faxing.taken(_fax_of(message), message.pk)

    @staticmethod
    def not_gone(message: Message) -> None:
        fax = _fax_of(message)
        if message.status == Message.Status.SKIPPED and faxing.why_not_needed(fax):
            faxing.dropped(fax, message.outcome)
        elif message.status in (Message.Status.SKIPPED, Message.Status.FAILED):
            faxing.failed(fax, message.outcome)
        elif undelivered.did_not_arrive(message):
            faxing.late(fax)

    @staticmethod
    def sent_again(message: Message, by: User) -> None:
        fax = _fax_of(message)
        Fax.objects.filter(pk=fax.pk, state=Fax.State.FAILED).update(state=Fax.State.WAITING, settled_at=None, why="")
        undelivered.tried_again(fax.delivery.referral, by=by, note=f"By fax to {fax.number}")
