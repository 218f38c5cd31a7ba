"""The three presses that say how a case ended, and what part of the scorecard to show."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from clinic.staff.models import Location, User
from clinic.staff.places import place_named
from clinic.web.forms import FieldsOnly
from intake import triage
from intake.models import URGENCIES, Decision, Hindsight, Urgency


class LookBackForm(forms.Form):
    """Urgency, specialist, group: a press each, since the group's button sends it."""

    urgency = forms.TypedChoiceField(
        label="Was the urgency right?",
        coerce=lambda value: Urgency(int(value)),
        choices=URGENCIES,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether the urgency was right."},
    )
    specialist = forms.ChoiceField(
        label="Was it the right specialist?",
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it was the right specialist."},
    )
    group = forms.ChoiceField(
        label="What was it?",
        choices=Hindsight.Group.choices,
        error_messages={"required": "Press what it was."},
    )
    referral = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["urgency"].choices = _tiers(decision.chosen_tier)
        self.fields["specialist"].choices = _specialists(decision.specialist)
        for name in ("urgency", "specialist"):
            self.fields[name].show_optional = False
        self.helper = FieldsOnly()


def _tiers(decided: Urgency) -> list[tuple[int, str]]:
    """Return what the urgency could have been, that it was right first."""
    higher = [(tier.value, f"Too low: {tier.label.lower()}") for tier in reversed(Urgency) if tier > decided]
    lower = [(tier.value, f"Too high: {tier.label.lower()}") for tier in reversed(Urgency) if tier < decided]
    return [(decided.value, f"Yes: {decided.label.lower()}"), *higher, *lower]


def _specialists(decided: str) -> list[tuple[str, str]]:
    known = triage.shipped().specialists
    others = [(id, f"No: {label}") for id, label in known.items() if id != decided]
    return [(decided, f"Yes: {known.get(decided, decided)}"), *others]


class PartForm(forms.Form):
    """What time and place to count. What makes no sense is passed over."""

    TIMES = (("90", "90 days"), ("365", "12 months"), ("730", "24 months"))
    OTHERWISE = "365"
    days = forms.ChoiceField(label="Cases of the last", choices=TIMES, required=False)
    location = forms.SlugField(required=False)

    def __init__(self, data: QueryDict, *, user: User, now: datetime) -> None:
        super().__init__(data)
        self.full_clean()
        self.until = now
        self.days_shown = self.cleaned_data.get("days") or self.OTHERWISE
        self.since = now - timedelta(days=int(self.days_shown))
        self.locations = list(user.places())
        self.location = place_named(self.cleaned_data.get("location"), self.locations)

    @property
    def places(self) -> list[Location]:
        return [self.location] if self.location else self.locations

    @property
    def query(self) -> str:
        """Return the address of this part; also that of its file."""
        location = f"&location={self.location.slug}" if self.location else ""
        return f"days={self.days_shown}{location}"
