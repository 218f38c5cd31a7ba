"""Who works here, as a manager types it on their page or somebody at the server into the setup file."""

from collections.abc import Collection
from typing import Any

from crispy_forms.layout import Layout
from django import forms

from clinic.contact.names import visible
from clinic.contact.numbers import npi
from clinic.owning.rules import places_elsewhere
from clinic.staff.models import Location, User
from clinic.staff.permissions import Role
from clinic.web.forms import FieldsOnly, beside


class NameForm(forms.ModelForm):
    """A name, and the address under which somebody signs in."""

    class Meta:
        model = User
        fields = ("name", "email")
        help_texts = {"email": "They sign in with it, and alarms go there."}
        widgets = {"email": forms.EmailInput({"autocomplete": "off"})}

    def clean_name(self) -> str:
        return visible(self.cleaned_data["name"])

    def clean_email(self) -> str:
        """Keep an address as it is compared: small, and in plain letters."""
        address = visible(self.cleaned_data["email"]).lower()
        if not address.isascii():
            raise forms.ValidationError("Enter an address in plain letters.")
        if User.objects.filter(email=address).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Somebody has an account with this address already.")
        return address


class PersonForm(NameForm):
    """All that a manager may say of somebody, where the manager works too."""

    locations = forms.ModelMultipleChoiceField(
        label="Works at",
        queryset=Location.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one location."},
    )
    saw = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta(NameForm.Meta):
        fields = ("name", "email", "role", "credentials", "license_number", "npi")
        help_texts = NameForm.Meta.help_texts | {"credentials": "As written after the name, such as PT, DPT."}
        widgets = NameForm.Meta.widgets | {
            "role": forms.RadioSelect,
            "credentials": forms.TextInput({"class": "w-12"}),
            "license_number": forms.TextInput({"class": "w-12"}),
            "npi": forms.TextInput({"class": "w-12", "inputmode": "numeric"}),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = Role.choices
        here = by.locations.all()
        self.fields["locations"].queryset = here
        if self.instance.pk:
            self.fields["locations"].initial = self.instance.locations.filter(pk__in=here.values("pk"))
            if elsewhere := places_elsewhere(by, self.instance):
                self.fields["locations"].required = False
                self.fields["locations"].help_text = f"Works at {' and '.join(map(str, elsewhere))} too."
        elif len(here) == 1:
            self.fields["locations"].initial = here
        self.helper = FieldsOnly(self)
        self.helper.layout = Layout(
            "saw", "name", "email", "role", "locations", beside("credentials", "license_number", "npi")
        )

    def clean_npi(self) -> str:
        typed = self.cleaned_data["npi"].strip()
        return npi(typed) if typed else ""

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def places(self) -> Collection[Location]:
        return list(self.cleaned_data["locations"])
