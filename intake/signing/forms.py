"""The documents somebody signs before the answers are sent, and their signature."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import FieldsOnly
from intake.door.contact import NameField
from intake.emergency.calling import can_be_called
from intake.models import Consent, Document, Intake
from intake.signing.actions import capacity, expected_name, intent, looks_like, needed
from intake.signing.texts import text_in

YES, NO = "yes", "no"


class Box(forms.CheckboxInput):
    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile], name: str) -> Any:
        return data.get(name) == "on"


class Agreed(forms.BooleanField):
    """One box that only its own word ticks: whatever else is sent is no agreement."""

    widget = Box


class SignForm(forms.Form):
    """One field for each document still to be signed, then the name and the sentence of intent. No box is checked or
    chosen beforehand. A name that is not the one expected is asked about once. Whoever gave no phone number cannot
    choose to be called.
    """

    signed_name = NameField(
        label=_("Type your full name"),
        max_length=160,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type your full name to sign.")},
    )
    intend = Agreed(error_messages={"required": _("Check this box to sign.")})
    asked_about = forms.CharField(required=False, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, intake: Intake, language: str, version: str | int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.documents = needed(intake)
        self.texts = {document: text_in(language, document) for document in self.documents}
        self.expected = expected_name(intake)
        self.signs_for_patient = capacity(intake) in (Consent.Capacity.GUARDIAN, Consent.Capacity.REPRESENTATIVE)
        self.intent = intent(intake, language)
        self.fields["intend"].label = self.intent
        own = {str(document): document_field(document) for document in self.documents}
        self.can_be_called = can_be_called(intake.patient)
        if Document.EMAIL in self.documents and not self.can_be_called:
            _promise_no_call(own[str(Document.EMAIL)])
        self.fields = own | self.fields
        self.fingerprint = ".".join(text.sha256[:16] for text in self.texts.values())
        self.initial = {"version": version, "shown": self.fingerprint}
        self.helper = FieldsOnly()

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Return each document with its text and its field, in the order to read them."""
        return [
            {"name": str(document), "text": text, "field": self[str(document)]} for document, text in self.texts.items()
        ]

    def clean_email(self) -> str:
        choice = self.cleaned_data["email"]
        if choice == NO and not self.can_be_called:
            raise ValidationError(
                _("We have no phone number for you. Go back and add one, or choose “Yes”."), code="no_phone"
            )
        return choice

    def clean_signed_name(self) -> str:
        name = " ".join(self.cleaned_data["signed_name"].split())
        if not any(letter.isalpha() for letter in name):
            raise ValidationError(_("Type your full name to sign."), code="required")
        if not looks_like(name, self.expected) and self.data.get("asked_about") != name:
            self.data = self.data.copy()
            self.data["asked_about"] = name
            raise ValidationError(
                _("We have the name %(name)s. Correct yours, or send it once more if it is right as it is."),
                code="other_name",
                params={"name": self.expected},
            )
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.data.get("shown") != self.fingerprint:
            self.data = self.data.copy()
            self.data["shown"] = self.fingerprint
            raise ValidationError(_("These texts have changed since this page was shown. Please read them once more."))
        return cleaned

    @property
    def version_shown(self) -> int:
        """Return the version of the answers when this page was made; -1 when it was tampered with."""
        sent = self.data.get("version") or ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1

    def choices(self) -> dict[Document, bool]:
        """Return what `sign` takes. Only of a valid form."""
        return {document: self.cleaned_data[str(document)] in (True, YES) for document in self.documents}


def document_field(document: str) -> forms.Field:
    if document == Document.TREATMENT:
        return Agreed(
            label=_("I agree to be examined and treated."),
            error_messages={"required": _("Check this box if you agree. Without it we cannot treat you.")},
        )
    if document == Document.PRIVACY:
        return Agreed(
            label=_("I was given this notice."),
            error_messages={"required": _("Check this box to say that you were given the notice.")},
        )
    if document == Document.EMAIL:
        return _choice(
            _("May we email you?"),
            [(YES, _("Yes")), (NO, _("No, call me"))],
        )
    return _choice(
        _("May we send such a letter?"),
        [(YES, _("Yes, I agree")), (NO, _("Ask me each time"))],
    )


def _promise_no_call(field: Any) -> None:
    field.choices = [(YES, _("Yes")), (NO, _("No"))]
    field.help_text = format_html(
        '{} <a href="{}">{}</a>',
        _("We have no phone number for you. To be called in place of email, add one first:"),
        reverse("intake_contact"),
        _("Go back and add a phone number"),
    )


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the two."),
            "invalid_choice": _("Choose one of the two."),
        },
    )
