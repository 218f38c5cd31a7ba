"""Which open cases go to whom."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms

from clinic.staff.models import Location, User
from clinic.web.forms import FieldsOnly
from intake.models import Case


class HandOverForm(forms.Form):
    """A box for each case, ticked beforehand, and a colleague for each location.

    A box of a page that is behind may be of a case that is somebody else's by now. It is passed on as it was ticked:
    the action leaves such a case alone, and names it.
    """

    cases = forms.MultipleChoiceField(
        label="Cases to hand over", error_messages={"required": "Tick at least one case."}, required=True
    )
    words = forms.CharField(
        label="Anything the next one should know",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="It stands on the timeline of each case. The mail says only how many there are.",
    )

    def __init__(self, *args: Any, cases: Sequence[Case], of: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.of = cases, of
        here = [str(case.public_id) for case in cases]
        self.fields["cases"].choices = [(one, one) for one in dict.fromkeys([*here, *self._as_ticked()])]
        self.places = list(dict.fromkeys(case.location for case in cases))
        for place in self.places:
            self.fields[_name(place)] = self._colleagues(place)
        self.order_fields([*map(_name, self.places), "cases", "words"])
        self.helper = FieldsOnly()

    def _as_ticked(self) -> list[str]:
        ticked = []
        for one in self.data.getlist("cases") if self.is_bound else ():
            with suppress(ValueError):
                ticked.append(str(UUID(one)))
        return ticked

    def _colleagues(self, place: Location) -> forms.ModelChoiceField:
        colleagues = User.objects.therapists_at(place).exclude(pk=self.of.pk)
        here = f"Who takes the cases of {place}" if len(self.places) > 1 else "Who takes them"
        field = forms.ModelChoiceField(
            colleagues,
            label=here,
            to_field_name="public_id",
            required=False,
            empty_label="Choose a colleague" if colleagues else "Nobody else treats there",
        )
        field.show_optional = False  # of a place none of whose cases is ticked nobody is asked
        return field

    @property
    def chosen(self) -> list[str]:
        """Return the ids of the ticked boxes: all, until somebody says otherwise."""
        return self.data.getlist("cases") if self.is_bound else [str(case.public_id) for case in self.rows]

    @property
    def colleagues(self) -> list[Any]:
        return [self[_name(place)] for place in self.places]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        ticked = set(cleaned.get("cases", ()))
        for place in {case.location for case in self.rows if str(case.public_id) in ticked}:
            if not cleaned.get(_name(place)) and _name(place) not in self.errors:
                self.add_error(_name(place), f"Choose who takes the cases of {place}.")
        return cleaned

    def to(self) -> dict[int, User]:
        """Return the colleague of each location that has one."""
        chosen = {place.pk: self.cleaned_data.get(_name(place)) for place in self.places}
        return {place: person for place, person in chosen.items() if person}


def _name(place: Location) -> str:
    return f"to_{place.pk}"
