"""The forms of the messages page."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms


class SendAgainForm(forms.Form):
    """The address to try now; it starts as the one that failed."""

    to = forms.EmailField(
        label="Send it to", max_length=254, help_text="Ask the person or the office. The record is corrected too."
    )

    def __init__(self, *args: Any, may_correct: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        if may_correct:
            self.fields["to"].widget.attrs["autocomplete"] = "off"
        else:
            del self.fields["to"]
