"""What is asked of the log: which days, which member of staff, which patient. No address and no log names a patient."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from clinic.owning.people_views import colleagues
from clinic.staff.models import User
from clinic.web.forms import DayField
from intake.models import Patient

SHOWN_AT_FIRST = timedelta(days=6)  # and today
MOST = timedelta(days=366)


@dataclass(frozen=True)
class Asked:
    """One question, of the locations of whoever asks it."""

    by: User
    since: datetime
    until: datetime
    person: User | None = None
    patient: Patient | None = None


class AskedForm(forms.Form):
    """Days by the clock of the page, both included."""

    person = forms.ModelChoiceField(
        User.objects.none(), label="Who", required=False, to_field_name="public_id", empty_label="Everybody"
    )
    first = DayField(label="From")
    last = DayField(label="Until")
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, by: User) -> None:
        today = timezone.localdate()
        typed = {"first": f"{today - SHOWN_AT_FIRST:%Y-%m-%d}", "last": f"{today:%Y-%m-%d}"}
        super().__init__(typed | {name: data[name] for name in self.base_fields if data.get(name)})
        self.by = by
        self.fields["person"].queryset = colleagues(by).order_by("name")

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        first, last = said.get("first"), said.get("last")
        if first and last and not timedelta() <= last - first < MOST:
            self.add_error("last", "Choose a last day that is not before the first, and within a year of it.")
        return said

    def asked(self) -> Asked:
        said = self.cleaned_data
        since, until = (
            datetime.combine(day, time(), timezone.get_current_timezone())
            for day in (said["first"], said["last"] + timedelta(days=1))
        )
        patient = Patient.objects.visible_to(self.by).filter(public_id=said["patient"]).first()
        return Asked(self.by, since, until, said["person"], patient)
