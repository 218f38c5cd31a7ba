"""The forms of the messages page."""

from crispy_forms.helper import FormHelper
from django import forms


class SendAgainForm(forms.Form):
    """The address to try now; it starts as the one that failed."""

    to = forms.EmailField(
        label="Send it to", max_length=254, help_text="Ask the person or the office. The record is corrected too."
    )

    def __init__(self, *args, announcement=False, **kwargs):
        super().__init__(*args, **kwargs)
        if announcement:  # its people are looked for once more; there is no address to mend
            del self.fields["to"]
            self.helper = FormHelper()
            self.helper.form_tag = False
            return
        self.fields["to"].widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper()
        self.helper.form_tag = False
