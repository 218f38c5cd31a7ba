"""Asking for a new link."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from intake.door.contact import EmailAddressField


class NewLinkForm(forms.Form):
    email = EmailAddressField(label=_("Your email address"), help_text=_("The one you gave us."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
