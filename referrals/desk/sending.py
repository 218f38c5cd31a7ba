"""Before a referral goes out: which specialist, what the letter says, and how it is sent."""

from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.html import format_html

from clinic.messages import faxing as gateway
from clinic.staff.models import User
from referrals import moves as actions
from referrals.directory import ranking
from referrals.letter import words as letter_words
from referrals.models import Referral, ReferralMove, Specialist
from referrals.moves.forms import ReferralForm, words_field

OTHER = "other"
MOST_ATTACHMENTS = 20


class ChooseForm(ReferralForm):
    """The short list with its reasons, or any listing; the patient's own choice always stands."""

    what_it_does = ReferralMove.What.CHOSEN
    listing = forms.ChoiceField(
        label="Which specialist?", widget=forms.RadioSelect, error_messages={"required": "Choose a specialist."}
    )
    other = forms.ModelChoiceField(
        label="Another from the directory",
        queryset=Specialist.objects.listed().order_by("specialty", "practice", "name"),
        to_field_name="public_id",
        required=False,
        empty_label="Choose a listing",
        help_text='Used when "Another from the directory" is marked above.',
    )
    patients_choice = forms.BooleanField(
        label="The patient asked for this one", required=False, help_text="It wins over the order of the list."
    )
    why = forms.CharField(
        label="Why this one?",
        max_length=200,
        required=False,
        help_text="Needed for another from the directory or the patient's own choice; kept with the referral.",
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        self.short = ranking.ranked(referral)
        super().__init__(*args, referral=referral, **kwargs)
        self.fields["other"].queryset = self.fields["other"].queryset.for_specialty(referral.specialty)
        suggested = [(str(choice.specialist.public_id), choice.specialist.with_credentials) for choice in self.short]
        self.fields["listing"].choices = [*suggested, (OTHER, "Another from the directory")]

    def rows(self) -> list[tuple]:
        """Return each radio button with its entry of the short list.

        The last one, for any other listing, has none.
        """
        return list(zip_longest(self["listing"], self.short))

    def first_values(self) -> dict[str, Any]:
        referral = self.referral
        values: dict[str, Any] = {
            "why": referral.choice_reason if referral.choice not in ("", Referral.Choice.SUGGESTED) else ""
        }
        if referral.specialist_id:
            at = str(referral.specialist.public_id)
            on_list = at in [str(choice.specialist.public_id) for choice in self.short]
            values |= {"listing": at if on_list else OTHER, "other": None if on_list else referral.specialist.public_id}
            values["patients_choice"] = referral.choice == Referral.Choice.PATIENT
        return values

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("listing") == OTHER and not given.get("other") and "other" not in self.errors:
            self.add_error("other", "Choose a listing of the directory.")
        needs_words = given.get("listing") == OTHER or given.get("patients_choice")
        if needs_words and not given.get("why", "").strip() and "why" not in self.errors:
            self.add_error("why", "Say in a few words why this specialist.")
        return given

    def apply(self, *, by: User) -> Referral:
        listing, choice, because = self._chosen()
        saw = self.cleaned_data["saw"]
        return actions.choose(self.referral, listing, choice=choice, because=because, by=by, saw=saw)

    def _chosen(self) -> tuple[Specialist, str, str]:
        """Return the listing, how it was chosen and why."""
        given = self.cleaned_data
        on_list = {str(choice.specialist.public_id): choice for choice in self.short}.get(given["listing"])
        listing = on_list.specialist if on_list else given["other"]
        if given["patients_choice"]:
            return listing, Referral.Choice.PATIENT, given["why"]
        if on_list:
            return listing, Referral.Choice.SUGGESTED, "; ".join(on_list.reasons) or "first on the list"
        return listing, Referral.Choice.OTHER, given["why"]

    def left(self, line: ReferralMove) -> bool:
        """Say whether the choice that was sent stands.

        The reasons of the short list may be others by now.
        """
        if line.what != self.what_it_does or not self.is_valid():
            return False
        listing, choice, because = self._chosen()
        said = {} if choice == Referral.Choice.SUGGESTED else {"choice_reason": because}
        stands = Referral.objects.filter(pk=self.referral.pk, specialist=listing, choice=choice, **said)
        return stands.exists()


class LetterForm(ReferralForm):
    """What the desk may change in the letter."""

    what_it_does = ReferralMove.What.LETTER
    question = words_field("The question to the specialist", required="Write what the specialist is asked.")
    wanted = forms.ChoiceField(
        label="What we hope for",
        choices=Referral.Wanted.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what we hope for."},
    )
    consent = forms.ChoiceField(
        label="Consent",
        choices=Referral.Consent.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the patient agreed."},
    )
    patient_told = words_field("What was the patient told about this referral?")
    authorization_number = forms.CharField(
        label="Authorization number",
        max_length=40,
        required=False,
        help_text="When the plan asks for one before a visit.",
        widget=forms.TextInput(attrs={"class": "w-20"}),
    )
    attachments = forms.CharField(
        label="Papers that go another way",
        required=False,
        max_length=3000,
        help_text="Those that are no files here, one on each line, such as: X-ray films, with the patient.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    included = forms.MultipleChoiceField(
        label="Parts to include",
        help_text="Red flags, denials, findings and medicines always stay in. The letter says what was left out.",
        choices=letter_words.MAY_BE_LEFT_OUT,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        before = actions.of_the_office_before(self.referral) if self.referral.status == Referral.Status.DRAFT else {}
        if not before:
            return
        self.fields["patient_told"].required = True
        self.fields["patient_told"].error_messages["required"] = "Write what the patient was told about this office."
        before["consent"] = dict(Referral.Consent.choices).get(before["consent"], "")
        for name, words in before.items():
            if words:
                self.fields[name].help_text = f"Ask again. For the office before: {words}"

    def first_values(self) -> dict[str, Any]:
        referral = self.referral
        return {
            "question": referral.question,
            "wanted": referral.wanted,
            "consent": referral.consent,
            "patient_told": referral.patient_told,
            "authorization_number": referral.authorization_number,
            "attachments": "\n".join(referral.attachments),
            "included": [part for part, _label in letter_words.MAY_BE_LEFT_OUT if part not in referral.left_out],
        }

    def clean_attachments(self) -> list[str]:
        papers = [line.strip() for line in self.cleaned_data["attachments"].splitlines() if line.strip()]
        if len(papers) > MOST_ATTACHMENTS:
            raise forms.ValidationError(f"Name at most {MOST_ATTACHMENTS} papers.")
        if any(len(paper) > 120 for paper in papers):
            raise forms.ValidationError("Keep each line under 120 characters.")
        return papers

    def apply(self, *, by: User) -> Referral:
        return actions.prepare_letter(self.referral, by=by, saw=self.cleaned_data["saw"], **self._parts())

    def _parts(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("saw", "included")}
        included = self.cleaned_data["included"]
        left_out = [part for part, _label in letter_words.MAY_BE_LEFT_OUT if part not in included]
        return given | {"left_out": left_out}

    def left(self, line: ReferralMove) -> bool:
        """Say whether the letter that stands is the one that was sent."""
        same = line.what == self.what_it_does and self.is_valid()
        return same and Referral.objects.filter(pk=self.referral.pk, **self._parts()).exists()


class SendForm(ReferralForm):
    """How the letter leaves the house."""

    what_it_does = ReferralMove.What.SENT
    channel = forms.ChoiceField(
        label="How does it go out?", widget=forms.RadioSelect, error_messages={"required": "Choose how it goes out."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office = self.referral.specialist
        by_hand = [
            (
                Referral.Channel.FAX,
                f"Printed and faxed to {office.fax}" if office and office.fax else "Printed and faxed",
            ),
            (Referral.Channel.POST, "Printed and mailed"),
            (Referral.Channel.BY_HAND, "Printed and handed over"),
        ]
        by_link = []
        if office and office.email:
            hint = "The mail holds a link and no word about the patient. The office opens it with the last four digits "
            hint += "of its fax number." if office.fax else "of its phone number."
            by_link = [
                (
                    Referral.Channel.LINK,
                    format_html('Link to {} <span class="form-hint">{}</span>', office.email, hint),
                )
            ]
        self.fields["channel"].choices = [*by_link, *_from_here(office), *by_hand]
        if by_link:
            self.fields["channel"].initial = Referral.Channel.LINK

    def apply(self, *, by: User) -> Referral:
        return actions.send(self.referral, channel=self.cleaned_data["channel"], by=by, saw=self.cleaned_data["saw"])


def _from_here(office: Specialist | None) -> list[tuple[str, str]]:
    """Offer a fax from here, where there is a gateway and a number."""
    if office is None or not office.fax or not gateway.configured():
        return []
    hint = (
        "Letter and papers, under a cover sheet that does not name the patient. The referral says whether it arrived."
    )
    words = format_html('Fax from here to {} <span class="form-hint">{}</span>', office.fax, hint)
    return [(Referral.Channel.FAX_HERE, words)]
