"""What forms of every room share: they show their fields alone, in one column or two, and ask for a day and a time."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div
from django import forms
from django.utils.translation import gettext_lazy as _


class FieldsOnly(FormHelper):
    """Show the fields alone; tag, token and buttons stand in the template."""

    form_tag = False
    disable_csrf = True


def beside(*fields: Any) -> Div:
    """Put short fields beside each other, where there is room."""
    return Div(*(Div(field, css_class="col") for field in fields), css_class="row")


def in_sides(left: list, right: list) -> Div:
    """Put the second half of a form beside the first on a desk, below it elsewhere; Tab goes down the left first."""
    return Div(Div(*left, css_class="side"), Div(*right, css_class="side"), css_class="sides")


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar."""

    default_error_messages = {"required": _("Enter a date."), "invalid": _("Enter a date such as 2027-03-24.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date", "class": "w-12"}, format="%Y-%m-%d"), **kwargs)


class ClockField(forms.TimeField):
    """A time of day, in hours and minutes."""

    default_error_messages = {"required": _("Enter a time."), "invalid": _("Enter a time such as 14:30.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput({"type": "time", "class": "w-12"}, format="%H:%M"), **kwargs)
