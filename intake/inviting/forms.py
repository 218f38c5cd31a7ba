"""What staff type to send an invitation again, and the file of people to invite."""

from typing import Any

from django import forms

from clinic.web.forms import FieldsOnly
from intake.door.contact import EmailAddressField

MONTH_FIRST, DAY_FIRST = "month", "day"


class SendAgainForm(forms.Form):
    """The address it goes to. Another one is on file from then on."""

    email = EmailAddressField(error_messages={"required": "Enter the email address the link goes to."})


class ListForm(forms.Form):
    """A file of people, and how its dates are written."""

    file = forms.FileField(
        label="A list of people",
        help_text="CSV, as every spreadsheet saves it; headings in the first row. Nobody is written to yet.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    dates = forms.ChoiceField(
        label="Of a birth date in numbers, what stands first?",
        choices=[(MONTH_FIRST, "The month: 3/31/1961"), (DAY_FIRST, "The day: 31/3/1961")],
        initial=MONTH_FIRST,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what stands first.", "invalid_choice": "Say what stands first."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly(self)

    @property
    def day_first(self) -> bool:
        return self.cleaned_data["dates"] == DAY_FIRST
