"""Asking for a visit, and what the desk answers."""

from datetime import date, datetime, timedelta
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.staff.hours import WEEK
from clinic.staff.models import Location
from clinic.web.forms import ClockField, DayField, FieldsOnly
from intake.door.contact import AtALocation, LocationField
from intake.models import AppointmentRequest
from intake.questionnaire.forms import ChoicesWithExclusive, ChosenField
from intake.review.left_to_do import in_words

ANY = "any"
PARTS_OF_THE_DAY = (("morning", _("Morning")), ("midday", _("Midday")), ("afternoon", _("Afternoon")))
FURTHEST = timedelta(days=365)
LONGEST = 300


def days_in_words(days: list[str]) -> list[str]:
    return [str(WEEKDAYS[WEEK.index(day)]) for day in days if day in WEEK]


def times_in_words(times: list[str]) -> list[str]:
    return [str(dict(PARTS_OF_THE_DAY)[time]) for time in times if time in dict(PARTS_OF_THE_DAY)]


class _Wishes(ChosenField):
    """Some of the choices, or the one that says any will do; cleans to a list, empty for any."""

    def __init__(self, *, choices: Any, any_of_them: str, **kwargs: Any) -> None:
        super().__init__(choices=[*choices, (_("or"), [(ANY, any_of_them)])], widget=ChoicesWithExclusive, **kwargs)
        self.widget.exclusive = (ANY,)

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        if ANY in chosen and len(chosen) > 1:
            raise ValidationError(self.error_messages["exclusive"], code="exclusive")
        return [one for one in chosen if one != ANY]


class AskForm(AtALocation, forms.Form):
    """Of `locations` the one chosen is asked; with one location alone nobody is asked to choose."""

    reason = forms.ChoiceField(
        label=_("What is the visit for?"),
        choices=AppointmentRequest.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what the visit is for."),
            "invalid_choice": _("Choose one of the answers shown."),
        },
    )
    days = _Wishes(
        label=_("Which days suit you?"),
        choices=(),
        any_of_them=_("Any day"),
        error_messages={
            "required": _("Check each day that suits you, or “Any day”."),
            "invalid_choice": _("Choose from the days shown."),
            "exclusive": _("“Any day” cannot go together with single days. Keep one or the other."),
        },
    )
    times = _Wishes(
        label=_("Which part of the day?"),
        choices=PARTS_OF_THE_DAY,
        any_of_them=_("Any time"),
        error_messages={
            "required": _("Check each part of the day that suits you, or “Any time”."),
            "invalid_choice": _("Choose from the answers shown."),
            "exclusive": _("“Any time” cannot go together with a part of the day. Keep one or the other."),
        },
    )
    location = LocationField(label=_("Which of our locations?"))
    words = forms.CharField(
        label=_("Anything we should know to plan it"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "Not for emergencies: the front desk reads this when it is open. Please do not write about health."
        ),
        error_messages={"max_length": _("Use at most %(limit_value)d characters. You have %(show_value)d.")},
    )

    def __init__(self, *args: Any, locations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose_among(locations)
        opens = {day for location in locations for day in WEEK if location.hours.get(day)}
        days = [(day, capfirst(WEEKDAYS[number])) for number, day in enumerate(WEEK) if day in opens or not opens]
        self.fields["days"].choices = [*days, (_("or"), [(ANY, _("Any day"))])]
        self.helper = FieldsOnly(self)
        for short in ("days", "times"):
            self.helper[short].wrap(Field, wrapper_class="choices-short")

    def said(self) -> dict:
        """What `appointments.ask` takes. Only of a valid form."""
        return self.with_location(self.cleaned_data)


def as_asked(request: AppointmentRequest) -> dict[str, Any]:
    """A request as the form shows it, to be changed."""
    return {
        "reason": request.reason,
        "days": request.days or [ANY],
        "times": request.times or [ANY],
        "location": request.location.slug,
        "words": request.words,
    }


class _AnswerForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly(self)


class BookForm(_AnswerForm):
    """When the visit is, by the clock of its location, and words the patient reads on their page.

    `wanted_by`: the day by which a therapist wants it. A later visit leaves that to do, unless `later` says why it is
    right.
    """

    day = DayField(label="Date")
    at = ClockField(label="Time")
    answer = forms.CharField(
        label="Words to the patient",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text="With whom, where to park, what to bring. They stand on the patient's page and in no mail.",
    )

    later = forms.CharField(
        label="Why a later visit is right",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, location: Location, wanted_by: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.location = location
        self.fields["day"].help_text = f"By the clock of {location.name}."
        self.helper.layout.fields = ["seen", Field("day"), Field("at"), Field("answer")]
        if wanted_by is None:
            del self.fields["later"]
            return
        day = in_words(wanted_by)
        self.fields["later"].help_text = f"A therapist wants it on or before {day}. Left empty, that is still to book."
        self.helper.layout.fields.insert(3, Field("later"))

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["at"], self.location.zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "day" in cleaned and "at" in cleaned and not self.errors:
            now, hours = timezone.now(), self.location.opening_hours
            if not now < self.starts_at <= now + FURTHEST:
                self.add_error("day", "Enter a day and time to come, within a year.")
            elif hours.on(cleaned["day"]) is None and any(hours.days):
                self.add_error("day", f"{self.location.name} is closed on that day.")
            elif any(hours.days) and not hours.is_open(self.starts_at):
                self.add_error("at", f"{self.location.name} is closed at that time.")
        return cleaned


class CloseForm(_AnswerForm):
    answer = forms.CharField(
        label="Words to the patient",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text='For example "We called you. Please call us back." They stand on the patient\'s page.',
        error_messages={"required": "Write what the patient should know."},
    )
