"""How a letter reaches its office after all: again, on paper, by fax, or by hand with a proof."""

from typing import Any

from django import forms

from clinic.files.checks import CheckedFile
from clinic.staff.models import User
from referrals import moves as actions
from referrals.desk.move_form import MoveForm
from referrals.models import Fax, Referral, ReferralMove
from referrals.models.numbers import us_phone
from referrals.moves import uploads

What = ReferralMove.What
NOT_BY_HAND = (Referral.Channel.LINK, Referral.Channel.FAX_HERE)
ON_PAPER = [choice for choice in Referral.Channel.choices if choice[0] not in NOT_BY_HAND]


class SendAgainForm(MoveForm):
    what_it_does = What.SENT_AGAIN
    title, button = "Correct the address, or send the link again", "Send it again"
    lead = "Ask the office by phone. Another address is kept in the directory, and the office gets another link."
    email = forms.EmailField(label="Mail address of the office", max_length=254)

    def first_values(self) -> dict[str, Any]:
        office = self.referral.specialist
        return {"email": office.email if office else ""}

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.undelivered_at is not None and referral.channel == Referral.Channel.LINK

    def act(self, *, by: User, saw: int, email: str) -> Referral:
        return actions.send_again(self.referral, email=email, by=by, saw=saw)

    def left(self, line: ReferralMove) -> bool:
        return super().left(line) and self.data.get("email", "").strip().casefold() in line.note.casefold()


class SendOtherwiseForm(MoveForm):
    what_it_does = What.SENT_AGAIN
    title, button = "It went by fax, by mail or by hand", "Record how it went"
    lead = "Print the letter and send it first. The link ends, and no mail about it goes to the office any more."
    channel = forms.ChoiceField(
        label="How did it go out?",
        choices=ON_PAPER,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it went out."},
    )

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.undelivered_at is not None

    def act(self, *, by: User, saw: int, channel: str) -> Referral:
        return actions.send_otherwise(self.referral, channel=channel, by=by, saw=saw)


class FaxNumberField(forms.CharField):
    """A fax number as the directory keeps it, however it is typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, error_messages={"required": "Enter the fax number."}, **kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        return us_phone(typed) if typed else ""


class FaxForm(MoveForm):
    what_it_does = What.SENT_AGAIN
    title, button = "Fax the letter and its papers", "Fax it"
    lead = (
        "The version of now goes, with all that goes along, under a cover sheet that does not name the patient. "
        "Another number is kept in the directory."
    )
    number = FaxNumberField(label="Fax number of the office")

    def first_values(self) -> dict[str, Any]:
        office = self.referral.specialist
        return {"number": office.fax if office else ""}

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return actions.may_be_faxed_now(referral)

    def act(self, *, by: User, saw: int, number: str) -> Referral:
        return actions.fax_it(self.referral, number=number, by=by, saw=saw)

    def left(self, line: ReferralMove) -> bool:
        return super().left(line) and self.is_valid() and self.cleaned_data["number"] in line.note


class ProofForm(MoveForm):
    what_it_does = What.FAX
    title, button = "Keep the confirmation of the fax", "Keep it"
    lead = "With your name and the time, it is the proof that the office was sent these pages."
    number = FaxNumberField(label="Number it was faxed to")
    confirmation = forms.CharField(
        label="Confirmation number", max_length=120, required=False, help_text="As the machine printed it."
    )
    proof = forms.FileField(
        label="Or the page the machine printed",
        required=False,
        widget=forms.FileInput(attrs={"accept": uploads.ACCEPT}),
    )

    def first_values(self) -> dict[str, Any]:
        fax = actions.unproven(self.referral)
        return {"number": fax.number if fax else ""}

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.channel == Referral.Channel.FAX and actions.unproven(referral) is not None

    def clean_proof(self) -> CheckedFile | None:
        upload = self.cleaned_data["proof"]
        if not upload:
            return None
        try:
            return uploads.check(upload)
        except uploads.NotUsable as error:
            raise forms.ValidationError(error.words) from error

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        nothing = not given.get("confirmation", "").strip() and not given.get("proof")
        if nothing and "proof" not in self.errors:
            self.add_error("confirmation", "Enter the confirmation number, or add the page the machine printed.")
        return given

    def act(self, *, by: User, saw: int, number: str, confirmation: str, proof: CheckedFile | None) -> Fax:
        return actions.prove_fax(self.referral, number=number, confirmation=confirmation, proof=proof, by=by, saw=saw)
