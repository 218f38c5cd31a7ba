"""A listing of the directory, and the filters of its list."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from clinic.contact import names, phones
from clinic.contact.degrees import FARTHEST, wrong_degrees
from clinic.contact.numbers import check_state, check_zip, npi, us_phone
from clinic.staff.models import Location
from clinic.web.forms import FieldsOnly, beside, in_sides
from intake import triage
from intake.door.contact import EmailAddressField, NameField
from referrals.directory.ranking import LANGUAGES
from referrals.models import Specialist
from referrals.models.directory import SpecialistQuerySet

ZONES = (
    ("America/New_York", "Eastern"),
    ("America/Chicago", "Central"),
    ("America/Denver", "Mountain"),
    ("America/Phoenix", "Arizona"),
    ("America/Los_Angeles", "Pacific"),
    ("America/Anchorage", "Alaska"),
    ("Pacific/Honolulu", "Hawaii"),
    ("America/Puerto_Rico", "Puerto Rico"),
)
MOST_PLANS = 60
LONGEST_WAIT = 730  # days
PLAIN_LINES = ("focus", "credentials", "npi", "street", "city", "zip_code", "opening_hours")
OF_PLANS = ("insurance_plans", "referral_plans", "authorization_plans")
MISSING = {
    "specialty": "Choose a specialty.",
    "name": "Enter the provider's name.",
    "practice": "Enter the name of the practice.",
    "street": "Enter street and number.",
    "city": "Enter the city.",
    "state": "Enter the two letters of a US state, such as ME.",
    "zip_code": "Enter a ZIP code, such as 04101.",
    "phone": "Enter the phone number of the office.",
}


def specialties() -> list[tuple[str, str]]:
    return list(triage.shipped().specialists.items())


class VisibleField(forms.CharField):
    """One line without the signs nobody sees that come along when it is copied."""

    def to_python(self, value: str | None) -> str:
        ProhibitNullCharactersValidator()(value or "")
        return names.visible(super().to_python(value))


class ListedNameField(VisibleField, NameField):
    pass


class OfficeEmailField(EmailAddressField):
    default_error_messages = {"invalid": "Enter a valid email address."}


class ListingForm(forms.ModelForm):
    """`fields_to_save()` gives what the actions take. `saw` carries the version the person started from."""

    saw = forms.IntegerField(widget=forms.HiddenInput, required=False)
    specialty = forms.ChoiceField(choices=lambda: [("", "Choose a specialty"), *specialties()])
    state = forms.CharField(max_length=2, widget=forms.TextInput(attrs={"class": "w-4"}))
    time_zone = forms.ChoiceField(label="Time zone", choices=ZONES)
    insurance_plans = forms.CharField(
        label="Insurance plans accepted",
        help_text="One on each line, as patients name them.",
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    referral_plans = forms.CharField(
        label="Plans that need a referral by the primary care provider",
        help_text="One on each line. A referral for such a patient waits until it is there.",
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    authorization_plans = forms.CharField(
        label="Plans that need an authorization first",
        help_text="One on each line. A referral for such a patient waits until there is one.",
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    wheelchair = forms.NullBooleanField(
        label="Reached with a wheelchair",
        required=False,
        widget=forms.Select(choices=[("", "Not on record"), ("True", "Yes"), ("False", "No")]),
    )
    languages = forms.MultipleChoiceField(
        label="Languages spoken", choices=LANGUAGES.items(), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Specialist
        fields = (
            "specialty", "focus", "name", "credentials", "npi", "practice", "street", "city", "state", "zip_code",
            "time_zone", "phone", "fax", "email", "opening_hours", "wait_days", "wheelchair", "latitude", "longitude",
            "insurance_plans", "referral_plans", "authorization_plans", "languages", "accepts_new_patients", "listed",
            "notes",
        )  # fmt: skip
        labels = {
            "zip_code": "ZIP code",
            "npi": "NPI",
            "listed": "Listed: offered when a referral looks for a place",
            "wait_days": "Days to a first visit",
        }
        help_texts = {
            "specialty": "",
            "focus": "Such as spine, foot and ankle, nerve tests.",
            "npi": "10 digits of the provider.",
            "fax": "We fax the code here that opens referrals for the office.",
            "email": "The office gets a link here; letters are never in the mail.",
            "notes": "For the desk only, such as who to ask for.",
            "opening_hours": "Such as Mon to Thu 8 to 5, closed from 12 to 1.",
            "wait_days": "As the office says. What it was here is counted from your own referrals.",
            "latitude": "For the distance, where no miles stand above. Degrees, such as 43.6591.",
            "longitude": "Such as -70.2568.",
        }
        field_classes = dict.fromkeys(PLAIN_LINES, VisibleField)
        field_classes |= {"name": ListedNameField, "practice": ListedNameField, "email": OfficeEmailField}
        widgets = {
            "npi": forms.TextInput(attrs={"class": "w-12", "inputmode": "numeric"}),
            "zip_code": forms.TextInput(attrs={"class": "w-12"}),
            "phone": forms.TextInput(attrs={"class": "w-20", "type": "tel"}),
            "fax": forms.TextInput(attrs={"class": "w-20", "type": "tel"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "notes": forms.Textarea(attrs={"rows": 3}),
            "wait_days": forms.TextInput(attrs={"class": "w-8", "inputmode": "numeric"}),
            "latitude": forms.TextInput(attrs={"class": "w-12", "inputmode": "decimal"}),
            "longitude": forms.TextInput(attrs={"class": "w-12", "inputmode": "decimal"}),
        }

    def __init__(self, *args: Any, locations: Iterable[Location] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= {name: "\n".join(getattr(self.instance, name)) for name in OF_PLANS}
        self.miles = {}
        for location in Location.objects.all() if locations is None else locations:
            self._add_miles(location)
        for name, words in MISSING.items():
            self.fields[name].error_messages["required"] = words
        for name in ("phone", "fax", "npi"):  # stored in one form, typed in many
            self.fields[name].max_length = phones.LONGEST
            self.fields[name].validators = []
            self.fields[name].widget.attrs["maxlength"] = phones.LONGEST
        self.fields["wait_days"].error_messages["invalid"] = "Enter a number of days, such as 14."
        for name in ("latitude", "longitude"):
            self.fields[name].error_messages["invalid"] = "Enter degrees as a number, such as 43.6591."
        self.lay_out()

    def _add_miles(self, location: Location) -> None:
        name = miles_field(location)
        self.miles[name] = location.slug
        self.fields[name] = forms.DecimalField(
            label=f"Miles from {location.name}",
            required=False,
            min_value=0,
            max_value=3000,
            decimal_places=1,
            max_digits=5,
            initial=self.instance.miles.get(location.slug),
            widget=forms.TextInput(attrs={"class": "w-8", "inputmode": "decimal"}),
        )

    def lay_out(self) -> None:
        """Put the fields in two columns."""
        self.helper = FieldsOnly(self)
        self.helper.layout = Layout(
            "saw",
            in_sides(
                [
                    _part("Provider", "specialty", "name", beside("credentials", "npi"), "focus"),
                    _part("Office", "practice", "street", beside("city", "state", "zip_code"), "time_zone"),
                    _part("How to reach it", beside("phone", "fax"), "email", "opening_hours"),
                    _part("On the map", beside(*self.miles), beside("latitude", "longitude")),
                ],
                [
                    _part(
                        "For whom",
                        "insurance_plans",
                        "referral_plans",
                        "authorization_plans",
                        Field("languages", wrapper_class="choices-inline"),
                        beside("wheelchair", "wait_days"),
                        "accepts_new_patients",
                    ),
                    _part("For the desk", "notes", "listed"),
                ],
            ),
        )

    def clean_npi(self) -> str:
        typed = self.cleaned_data["npi"].strip()
        return npi(typed) if typed else ""

    def clean_phone(self) -> str:
        return us_phone(self.cleaned_data["phone"])

    def clean_fax(self) -> str:
        fax = self.cleaned_data["fax"]
        return us_phone(fax) if fax else ""

    def clean_zip_code(self) -> str:
        check_zip(self.cleaned_data["zip_code"])
        return self.cleaned_data["zip_code"]

    def clean_state(self) -> str:
        state = self.cleaned_data["state"].upper()
        check_state(state)
        return state

    def clean_insurance_plans(self) -> list[str]:
        return _plans(self.cleaned_data["insurance_plans"])

    def clean_referral_plans(self) -> list[str]:
        return _plans(self.cleaned_data["referral_plans"])

    def clean_authorization_plans(self) -> list[str]:
        return _plans(self.cleaned_data["authorization_plans"])

    def clean_wait_days(self) -> int | None:
        days = self.cleaned_data["wait_days"]
        if days is not None and days > LONGEST_WAIT:
            raise ValidationError("Enter the days to a first visit, two years at most.")
        return days

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not FARTHEST.keys() & self.errors.keys():
            for name, what_to_do in wrong_degrees(given):
                self.add_error(name, what_to_do)
        return given

    def fields_to_save(self) -> dict[str, Any]:
        fields = {name: self.cleaned_data[name] for name in self.Meta.fields}
        asked = set(self.miles.values())
        kept = {slug: miles for slug, miles in self.instance.miles.items() if slug not in asked}
        given = {slug: self.cleaned_data[name] for name, slug in self.miles.items()}
        fields["miles"] = kept | {slug: float(miles) for slug, miles in given.items() if miles is not None}
        return fields


class FileOfOfficesForm(forms.Form):
    file = forms.FileField(
        label="A file of offices",
        help_text="CSV, as every spreadsheet saves it; headings in the first row. Nothing is changed before you agree.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty."},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly(self)


def miles_field(location: Location) -> str:
    """Return the name of the field that holds the miles from this location."""
    return f"miles_{location.pk}"


def _plans(typed: str) -> list[str]:
    plans = [line.strip() for line in typed.splitlines() if line.strip()]
    too_long = [plan for plan in plans if len(plan) > 80]
    if too_long:
        raise ValidationError(f"Shorten this plan to 80 characters: {too_long[0][:40]}…")
    if len(plans) > MOST_PLANS:
        raise ValidationError(f"Name at most {MOST_PLANS} plans.")
    return list(dict.fromkeys(plans))


def _part(name: str, *fields: Any) -> Fieldset:
    return Fieldset(f'<span class="h3">{name}</span>', *fields)


class DirectoryFilter(forms.Form):
    """Every field may be left out; one that makes no sense is passed over."""

    q = forms.CharField(
        label="Name, practice or focus",
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": "Name, practice or focus"}),  # the label is there, and not drawn
    )
    specialty = forms.ChoiceField(required=False, choices=lambda: [("", "Any specialty"), *specialties()])
    near = forms.ModelChoiceField(
        label="Near", queryset=Location.objects.all(), required=False, to_field_name="slug", empty_label="Any location"
    )
    plan = forms.ChoiceField(label="Takes plan", required=False)
    language = forms.ChoiceField(
        label="Speaks", required=False, choices=[("", "Any language"), *sorted(LANGUAGES.items(), key=lambda x: x[1])]
    )
    unlisted = forms.BooleanField(label="Show unlisted too", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = sorted({plan for row in Specialist.objects.values_list("insurance_plans", flat=True) for plan in row})
        self.fields["plan"].choices = [("", "Any plan"), *((plan, plan) for plan in plans)]
        self.helper = FieldsOnly(self)
        self.helper.show_optional = False

    def listings(self) -> SpecialistQuerySet:
        """Return the listings that fit; nearest first when a location is chosen."""
        self.full_clean()
        chosen = self.cleaned_data
        rows = Specialist.objects.all() if chosen.get("unlisted") else Specialist.objects.listed()
        if chosen.get("q"):
            rows = rows.matching(chosen["q"])
        if chosen.get("specialty"):
            rows = rows.for_specialty(chosen["specialty"])
        if chosen.get("plan"):
            rows = rows.filter(insurance_plans__contains=[chosen["plan"]])
        if chosen.get("language"):
            rows = rows.filter(languages__contains=[chosen["language"]])
        if chosen.get("near"):
            rows = rows.nearest_to(chosen["near"])
        return rows
