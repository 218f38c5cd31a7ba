"""Asking for a new link."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import FieldsOnly
from intake.door.contact import EmailAddressField


class NewLinkForm(forms.Form):
    email = EmailAddressField(label=_("Your email address"), help_text=_("The one you gave us."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly()
