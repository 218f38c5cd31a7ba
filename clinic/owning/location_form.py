"""What a location is, as a manager types it on its page or somebody at the server into the setup file."""

import re
from datetime import date, time
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms

from clinic.contact import phones
from clinic.contact.degrees import FARTHEST, wrong_degrees
from clinic.contact.names import visible
from clinic.contact.numbers import check_state, check_zip, us_phone
from clinic.staff.hours import WEEK
from clinic.staff.models import Location
from clinic.web.forms import FieldsOnly, beside, in_sides

DAYS = dict(zip(WEEK, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
CLOCK = r"(\d{1,2})(?::(\d{2}))?\s*([ap]\.?m\.?)?"
FROM_TO = re.compile(rf"{CLOCK}\s*(?:-|–|to)\s*{CLOCK}", re.IGNORECASE)
SUCH_AS = "Write when it opens and closes, such as 8:00-18:00."
MOST_CLOSED_DAYS = 400
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Boise", "America/Detroit", "America/Indiana/Indianapolis",
    "America/Kentucky/Louisville", "America/Puerto_Rico", "Pacific/Honolulu", "Pacific/Guam", "Pacific/Pago_Pago",
)  # fmt: skip


class HoursField(forms.CharField):
    """When the doors are open on one day: "8:00-18:00", or "8 am to 6 pm"."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput({"class": "w-12", "autocomplete": "off"})
        super().__init__(required=False, max_length=40, widget=widget, **kwargs)

    def clean(self, value: str | None) -> list[str]:
        typed = super().clean(value).strip()
        if not typed or typed.lower() == "closed":
            return []
        found = FROM_TO.fullmatch(typed)
        if found is None:
            raise forms.ValidationError(SUCH_AS)
        parts = found.groups()
        opens, closes = _clock(*parts[:3]), _clock(*parts[3:])
        if opens >= closes:
            raise forms.ValidationError("It closes before it opens. " + SUCH_AS)
        return [f"{opens:%H:%M}", f"{closes:%H:%M}"]


def _clock(hour: str, minute: str | None, half: str | None) -> time:
    hours = int(hour)
    if half and not 1 <= hours <= 12:
        raise forms.ValidationError(SUCH_AS)
    if half:
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    try:
        return time(hours, int(minute or 0))
    except ValueError:
        raise forms.ValidationError(SUCH_AS) from None


class ClosedDaysField(forms.CharField):
    """Days on which the doors stay closed, such as public holidays: one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=6000, widget=forms.Textarea({"rows": 5, "class": "w-20"}), **kwargs)

    def clean(self, value: str | None) -> list[str]:
        typed = re.split(r"[\s,;]+", super().clean(value).strip())
        days = {_day(one) for one in typed if one}
        if len(days) > MOST_CLOSED_DAYS:
            raise forms.ValidationError(f"Keep it to {MOST_CLOSED_DAYS} days; those that have passed can go.")
        return sorted(days)


def _day(typed: str) -> str:
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise forms.ValidationError(f"{typed} is no date. Write each as 2027-12-25, one on each line.") from None


class LocationForm(forms.ModelForm):
    """All that makes a location, but for its short name in addresses."""

    time_zone = forms.ChoiceField(
        label="Time zone",
        initial="America/New_York",
        error_messages={"invalid_choice": f"Enter one of {', '.join(ZONES)}."},
    )
    saw = forms.IntegerField(widget=forms.HiddenInput, required=False)
    closed_on = ClosedDaysField(
        label="Closed days",
        help_text="Public holidays and your own, one on each line, such as 2027-12-25. No time to act is counted then.",
    )

    class Meta:
        model = Location
        fields = (
            "name", "street", "city", "state", "zip_code", "latitude", "longitude", "phone", "fax", "on_call_phone",
            "time_zone", "majority_age", "fallback",
        )  # fmt: skip
        labels = {
            "zip_code": "ZIP code",
            "on_call_phone": "Phone while closed",
            "majority_age": "Age from which patients sign alone",
            "fallback": "Where nobody treats here, who stands in",
        }
        help_texts = {
            "phone": "Patients read it on every page.",
            "on_call_phone": "Whoever takes over being on call is reached by it.",
            "majority_age": "18, in some states 19 or 21.",
            "latitude": "In degrees, such as 43.66 and -70.26. Offices are ordered by how far they are from here.",
            "fallback": "Therapists and managers there hear of its cases. Without one, those of every location do.",
        }
        widgets = {
            "state": forms.TextInput({"class": "w-8"}),
            "zip_code": forms.TextInput({"class": "w-12"}),
            "phone": forms.TextInput({"class": "w-20", "type": "tel"}),
            "fax": forms.TextInput({"class": "w-20", "type": "tel"}),
            "on_call_phone": forms.TextInput({"class": "w-20", "type": "tel"}),
            "majority_age": forms.TextInput({"class": "w-8", "inputmode": "numeric"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hours = self.instance.hours if self.instance.hours_make_sense else {}
        for name, label in DAYS.items():
            self.fields[name] = HoursField(label=label, initial="-".join(hours.get(name) or ()))
        own = self.instance.time_zone
        self.fields["time_zone"].choices = [(zone, zone) for zone in dict.fromkeys([*ZONES, own])]
        self.fields["closed_on"].initial = "\n".join(hours.get("closed_on", ()))
        self.fields["state"].error_messages["max_length"] = "Enter the two letters of a US state, such as ME."
        self.fields["fallback"].queryset = Location.objects.exclude(pk=self.instance.pk)
        self.fields["fallback"].empty_label = "Every location"
        for name in ("phone", "fax", "on_call_phone"):  # stored in one form, typed in many
            self.fields[name].max_length = phones.LONGEST
            self.fields[name].validators = []
            self.fields[name].widget.attrs["maxlength"] = phones.LONGEST
        self.helper = FieldsOnly(self)
        self.helper.layout = Layout(
            "saw",
            in_sides(
                [
                    Fieldset("Place", "name", "street", beside("city", "state", "zip_code"), "time_zone"),
                    Fieldset("On the map", beside(*FARTHEST)),
                    Fieldset("How to reach it", beside("phone", "fax"), "on_call_phone"),
                    Fieldset("Rules", "majority_age", "fallback"),
                ],
                [Fieldset("Open, such as 8:00-18:00; empty when closed", *DAYS), Fieldset("Holidays", "closed_on")],
            ),
        )

    def clean_name(self) -> str:
        return visible(self.cleaned_data["name"])

    def clean_state(self) -> str:
        state = self.cleaned_data["state"].upper()
        check_state(state)
        return state

    def clean_zip_code(self) -> str:
        check_zip(self.cleaned_data["zip_code"])
        return self.cleaned_data["zip_code"]

    def clean_phone(self) -> str:
        return us_phone(self.cleaned_data["phone"])

    def clean_fax(self) -> str:
        return us_phone(self.cleaned_data["fax"]) if self.cleaned_data["fax"] else ""

    def clean_on_call_phone(self) -> str:
        return us_phone(self.cleaned_data["on_call_phone"])

    def clean_majority_age(self) -> int:
        age = self.cleaned_data["majority_age"]
        if age not in (18, 19, 20, 21):
            raise forms.ValidationError("Enter the age of your state, from 18 to 21.")
        return age

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not any(cleaned.get(day) or day in self.errors for day in DAYS):
            self.add_error("mon", "Write the hours of at least one day: times to act are counted in them.")
        if not FARTHEST.keys() & self.errors.keys():
            for name, what_to_do in wrong_degrees(cleaned):
                self.add_error(name, what_to_do)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the fields of a location, its hours in one."""
        said = self.cleaned_data
        hours = {day: said[day] for day in DAYS if said[day]}
        closed = {"closed_on": said["closed_on"]} if said["closed_on"] else {}
        return {name: said[name] for name in self.Meta.fields} | {"hours": hours | closed}
