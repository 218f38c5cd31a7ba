"""Who the patient is and how to reach them: the first page, and the page a link opens with."""

import unicodedata
from typing import Any
from uuid import UUID, uuid4

from crispy_forms.layout import Field, Fieldset, Layout
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.contact import names, phones
from clinic.staff.models import Location, LocationQuerySet
from clinic.web.forms import FieldsOnly, beside, in_sides
from intake.door.dates import BirthDateField

LANGUAGE_NAMES = {"en": "English", "es": "Español"}


def languages() -> list[tuple[str, str]]:
    """The languages of the pages, each named in itself."""
    return [(code, LANGUAGE_NAMES.get(code, name)) for code, name in settings.LANGUAGES]


MORE_DETAILS = ("insurance_plan", "referred_by", "address")  # none of them is needed to begin


NO_PHONE = _("Enter a phone number with its area code, such as 207 555 0142.")


class PhoneField(forms.CharField):
    """A number as its owner writes it, with an extension and a word or two. None is fine."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = kwargs.pop("attrs", {})
        widget = forms.TextInput({"type": "tel", "class": "w-20", **attrs})
        kwargs.setdefault("error_messages", {"max_length": NO_PHONE})
        super().__init__(required=False, max_length=phones.LONGEST, widget=widget, **kwargs)

    def clean(self, value: str | None) -> str:
        """Kept as typed when the number itself, the extension left aside, has as many digits as a number has."""
        typed = super().clean(value)
        if typed and not 10 <= phones.read(typed).counted <= phones.MOST_DIGITS + len("011"):
            raise ValidationError(NO_PHONE)
        return typed


class EmailAddressField(forms.EmailField):
    """An address as long as the columns that keep one; Django's own field takes longer ones."""

    default_error_messages = {
        "required": _("Enter your email address."),
        "invalid": _("Enter an email address like name@example.com."),
        "max_length": _("Enter an email address like name@example.com."),
        "not_plain": _(
            "We cannot send to an address with such letters before the @. Check them, or give us another address."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.EmailInput({"autocomplete": "email"}))
        super().__init__(**kwargs | {"max_length": 254})

    def clean(self, value: str) -> str:
        """Letters that only look alike, such as a dotless i, would make one mailbox many addresses.

        Signs that nobody sees come along when an address is copied; they are no part of it. A domain with letters of
        other alphabets is kept as mail servers write it, one spelling for each domain.
        """
        typed = names.visible(value).replace("\u200c", "").replace("\u200d", "")
        mailbox, at, domain = unicodedata.normalize("NFKC", typed).rpartition("@")
        if mailbox and not mailbox.isascii():
            raise ValidationError(self.error_messages["not_plain"], code="not_plain")
        address = super().clean(mailbox + at + _as_mail_servers_write(domain))
        if not address.isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


def _as_mail_servers_write(domain: str) -> str:
    """Return "xn--bcher-kva.example" for "bücher.example"; what is no domain stays, to be refused as it is."""
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain


class NameField(forms.CharField):
    """A name without signs that nobody sees; nothing but such signs is no name."""

    def to_python(self, value: str | None) -> str:
        name = names.visible(super().to_python(value))
        return name if any(sign.isalnum() for sign in name) else ""


class LocationField(forms.ModelChoiceField):
    """One of the clinic's locations, with its address."""

    default_error_messages = {
        "required": _("Choose a location."),
        "invalid_choice": _("Choose one of the locations shown."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Location.objects.none(),
            to_field_name="slug",
            empty_label=None,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def label_from_instance(self, location: Location) -> SafeString:
        return format_html('{} <span class="form-hint">{}, {}</span>', location.name, location.street, location.city)


class AtALocation:
    """A form with a `location`, not asked where there is one alone."""

    def choose_among(self, locations: LocationQuerySet) -> None:
        """Offer these, or take the only one."""
        self.only_location = locations[0] if len(locations) == 1 else None
        if self.only_location:
            del self.fields["location"]
        else:
            self.fields["location"].queryset = locations

    def with_location(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return what was given, with the location that nobody had to choose."""
        return given | ({"location": self.only_location} if self.only_location else {})


class ContactForm(AtALocation, forms.Form):
    """Name, birth date, a way to be reached, language. `ticket` lets the same page sent twice start one intake.

    `of_somebody_else`: whoever sits there is not the patient, so their browser fills in no name and birth date of its
    own. Before anybody said who sits there, those are fields of a section apart: a browser that fills in the phone
    number of a mother leaves the name of her child alone.
    """

    first_name = NameField(
        label=_("First name of the patient"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "section-patient given-name"}),
        error_messages={"required": _("Enter the first name.")},
    )
    last_name = NameField(
        label=_("Last name of the patient"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "section-patient family-name"}),
        error_messages={"required": _("Enter the last name. Whoever has only one name writes it here too.")},
    )
    date_of_birth = BirthDateField(help_text=_("For example, 3 31 1961."), autocomplete="section-patient bday")
    phone = PhoneField(
        label=_("Phone number"),
        help_text=_("The fastest way for us to reach you."),
        attrs={"autocomplete": "tel"},
    )
    email = EmailAddressField(
        label=_("Email"),
        required=False,
        help_text=_("We send a link to come back by. We never write about your health."),
    )
    language = forms.ChoiceField(
        label=_("Language for pages and messages"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a language."),
            "invalid_choice": _("Choose one of the languages shown."),
        },
    )
    needs_interpreter = forms.BooleanField(
        label=_("I would like an interpreter at visits and on the phone"), required=False
    )
    location = LocationField(label=_("Which of our locations would you like to visit?"))
    insurance_plan = forms.CharField(
        label=_("Insurance plan"),
        required=False,
        max_length=80,
        help_text=_("As written on your card."),
    )
    referred_by = forms.CharField(label=_("Who referred you to us, if anyone"), required=False, max_length=120)
    address = forms.CharField(
        label=_("Where you live: street and city"),
        required=False,
        max_length=200,
        help_text=_("Only to send help there, should you need it."),
        widget=forms.TextInput({"autocomplete": "section-patient street-address"}),
    )
    ticket = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, locations: LocationQuerySet, of_somebody_else: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_somebody_else:
            self._filled_by_hand("first_name", "last_name", "date_of_birth", "address")
        self.fields["language"].choices = languages()
        self.choose_among(locations)
        self.fields["email"].show_optional = self.fields["phone"].show_optional = False
        self.fields["needs_interpreter"].show_optional = False
        reach = _("How can we reach you? Give a phone number, an email address, or both.")
        rest = ["language", "needs_interpreter", "location"]
        if self.only_location:
            rest.remove("location")
        for name in MORE_DETAILS:
            self.fields[name].show_optional = False
        more = Fieldset(_("Insurance, referral, address (optional)"), *MORE_DETAILS, template="door/more_details.html")
        self.initial.setdefault("ticket", signing.dumps(str(uuid4()), salt="intake.start"))
        self.helper = FieldsOnly()
        self.helper.layout = Layout(
            "first_name",
            "last_name",
            "date_of_birth",
            Fieldset(reach, "phone", "email"),
            *(Field(name, wrapper_class="choices-inline") if name == "language" else name for name in rest),
            more,
            "ticket",
        )

    @property
    def tells_more(self) -> bool:
        """Say whether what may be left out was told, or is wrong.

        It is not folded away then.
        """
        return any(self[name].value() or name in self.errors for name in MORE_DETAILS)

    def as_staff_type_it(self, *reached_by: str) -> Layout:
        """Return the fields in two sides: who it is and how to reach them, then what the visit needs."""
        place = ["location"] if "location" in self.fields else []
        who = [beside("first_name", "last_name"), "date_of_birth", *reached_by]
        visit = [Field("language", wrapper_class="choices-inline"), "needs_interpreter", *place, *MORE_DETAILS]
        return Layout(in_sides(who, visit), "ticket")

    def say_the_rest_to_staff(self) -> None:
        """Ask for what else is good to know as staff ask themselves."""
        for name in MORE_DETAILS:
            self.fields[name].show_optional = True
        self.fields["referred_by"].label = "Who referred the patient here"
        self.fields["address"].label = "Where the patient lives: street and city"
        self.fields["address"].help_text = "Only to send help there."

    def _filled_by_hand(self, *fields: Any) -> None:
        for name in fields:
            widget = self.fields[name].widget
            for box in getattr(widget, "widgets", [widget]):
                box.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        sent = "phone" in cleaned and "email" in cleaned
        if sent and not (cleaned["phone"] or cleaned["email"]):
            self.add_error("phone", _("Enter a phone number or an email address. We need one way to reach you."))
        return cleaned

    def contact(self) -> dict[str, Any]:
        """The details as `start_intake` and `change_contact` take them. Only of a valid form."""
        contact = {name: value for name, value in self.cleaned_data.items() if name != "ticket"}
        return self.with_location(contact)

    def public_id(self) -> UUID | None:
        """The id this page was given for the intake it starts; None when somebody changed it."""
        try:
            return UUID(signing.loads(self.cleaned_data["ticket"], salt="intake.start", max_age=24 * 3600))
        except signing.BadSignature:
            return None


class InvitationForm(ContactForm):
    """Staff begin an intake for a patient, who gets the link by mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, of_somebody_else=True, **kwargs)
        self._filled_by_hand("phone", "email")
        self.fields["email"].required = True
        self.fields["email"].error_messages["required"] = "Enter the email address the link goes to."
        self.fields["email"].help_text = "The link goes there. The mail says nothing about health."
        self.fields["phone"].help_text = ""
        self.fields["phone"].show_optional = True
        self.fields["date_of_birth"].help_text = "The patient types it to open the link."
        if "location" in self.fields:
            self.fields["location"].label = "Location"
        self.fields["language"].label = "Language for pages and messages"
        self.fields["needs_interpreter"].label = "Needs an interpreter"
        self.fields["insurance_plan"].help_text = "As written on the card."
        self.say_the_rest_to_staff()
        self.helper.layout = self.as_staff_type_it("email", "phone")


class OpenLinkForm(forms.Form):
    """The second factor of a mailed link."""

    date_of_birth = BirthDateField(
        label=_("The patient’s date of birth"), help_text=_("Month, day, and year. For example, 3 31 1961.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly()

    def does_not_match(self, tries_left: int) -> None:
        """The date is one, and another than that of the patient."""
        words = ngettext(
            "Check the date of birth. It does not match. You can try once more.",
            "Check the date of birth. It does not match. You can try %(count)s more times.",
            tries_left,
        )
        self.add_error("date_of_birth", words % {"count": tries_left})
