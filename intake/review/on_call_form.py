"""The form that puts somebody on the on-call list."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils import timezone

from clinic.contact import phones
from clinic.staff.models import Location, User
from clinic.web.forms import FieldsOnly, beside

LEAST_DIGITS = 10
TOO_LONG = "Nobody puts themselves on call for more than seven days. Ask a colleague to put you on for longer."


class OnCallForm(forms.Form):
    """A shift, on the wall clock of its location."""

    location = forms.ModelChoiceField(Location.objects.none(), to_field_name="slug", empty_label=None)
    person = forms.ModelChoiceField(User.objects.none(), to_field_name="public_id")
    starts_at = forms.DateTimeField(label="From", widget=forms.DateTimeInput({"type": "datetime-local"}))
    ends_at = forms.DateTimeField(label="To", widget=forms.DateTimeInput({"type": "datetime-local"}))
    phone = forms.CharField(max_length=20, widget=forms.TextInput({"type": "tel", "class": "w-20"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["location"].queryset = user.own_places()
        self.fields["person"].queryset = User.objects.of_the_whole_house()
        self.helper = FieldsOnly()
        self.helper.layout = Layout(beside("location", "person"), beside("starts_at", "ends_at"), "phone")

    def clean_phone(self) -> str:
        if phones.read(self.cleaned_data["phone"]).counted < LEAST_DIGITS:
            raise forms.ValidationError("Enter a phone number with its area code.")
        return self.cleaned_data["phone"]

    def clean(self) -> dict[str, Any]:
        starts, ends = self.cleaned_data.get("starts_at"), self.cleaned_data.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "It must end after it starts.")
        elif ends and ends <= timezone.now():
            self.add_error("ends_at", "It must end after now.")
        place = self.cleaned_data.get("location")
        oneself = self.cleaned_data.get("person") == self.user
        if place and oneself and not self.user.locations.filter(pk=place.pk).exists():
            self.add_error("person", "You put yourself on call only where you work. Ask a colleague there.")
        return self.cleaned_data
