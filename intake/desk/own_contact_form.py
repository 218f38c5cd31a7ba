"""A grown-up patient's own phone and email, asked for by staff."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.web.forms import FieldsOnly
from intake.door.contact import EmailAddressField, PhoneField


class OwnContactForm(forms.Form):
    phone = PhoneField()
    email = EmailAddressField(required=False, widget=forms.EmailInput)
    told = forms.BooleanField(
        label="I spoke with the patient, made sure who they are, and these are their own details",
        error_messages={"required": "Speak with the patient first, then check this box."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].show_optional = self.fields["email"].show_optional = False
        self.helper = FieldsOnly()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "phone" in cleaned and "email" in cleaned and not (cleaned["phone"] or cleaned["email"]):
            self.add_error("phone", ValidationError("Enter a phone number or an email address."))
        return cleaned
