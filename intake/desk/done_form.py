"""What the desk notes when it has done what a decision left to it, and when a visit came to nothing."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from intake.models import DeskTask
from intake.review.desk_tasks import what_is_missing

FURTHEST = timedelta(days=365)
LONGEST = "Use at most 2,000 characters."


class DoneForm(forms.Form):
    """A note, if there is one.

    Of information that was asked for it is what came; of a visit to book there is its day.
    """

    words = forms.CharField(required=False, max_length=2000, error_messages={"max_length": LONGEST})
    visit_on = forms.DateField(required=False, error_messages={"invalid": "Enter the day of the visit as a date."})

    def __init__(self, *args: Any, task: DeskTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.task = task
        if task.what != DeskTask.What.BOOK:
            del self.fields["visit_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        day, zone = cleaned.get("visit_on"), self.task.location.zone
        made = self.task.made_at.astimezone(zone).date()
        if day and not made <= day <= timezone.localdate(timezone=zone) + FURTHEST:
            raise forms.ValidationError("Enter a day since the visit was asked for, within a year.")
        if why := what_is_missing(self.task, words=cleaned["words"], visit_on=day):
            raise forms.ValidationError(why)
        return cleaned

    @property
    def slips(self) -> str:
        """Say everything that has to be put right, in one line."""
        return " ".join(slip for slips in self.errors.values() for slip in slips)


class CameToNothingForm(forms.Form):
    """What became of a visit that was noted for a day."""

    words = forms.CharField(
        max_length=2000, error_messages={"required": "Say what became of the visit.", "max_length": LONGEST}
    )
