"""Taking a case from the colleague who has it."""

from typing import Any

from django import forms

from clinic.staff.models import User
from clinic.web.forms import FieldsOnly


class TakeOverForm(forms.Form):
    """Why a case is taken over, and `of` whom it was on the screen.

    Nobody takes a case from somebody they did not read of.
    """

    of = forms.UUIDField(widget=forms.HiddenInput)
    words = forms.CharField(
        label="Why you take it over",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why you take it over. Your colleague reads it."},
    )

    def __init__(self, *args: Any, of: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, prefix="over", initial={"of": of and of.public_id}, **kwargs)
        self.helper = FieldsOnly()
