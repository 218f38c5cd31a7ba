"""Who takes what, one colleague for each location."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from clinic.staff.models import User
from clinic.web.forms import FieldsOnly
from referrals.leaving.carried import Carried


class LetGoForm(forms.Form):
    """A field for the cases and one for the referrals of each location."""

    words = forms.CharField(
        label="Anything the next ones should know",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        help_text="It stands on the timeline of each case and referral. Mails say only how many there are.",
    )

    def __init__(self, *args: Any, carried: Sequence[Carried], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.carried = carried
        for name, label, people in self._questions():
            self.fields[name] = forms.ModelChoiceField(
                User.objects.filter(pk__in=[one.pk for one in people]),
                label=label,
                to_field_name="public_id",
                empty_label="Choose a colleague",
                error_messages={"required": "Choose a colleague."},
            )
        if not self.fields.keys() - {"words"}:
            del self.fields["words"]
        self.order_fields([name for name in self.fields if name != "words"])
        self.helper = FieldsOnly(self)

    def _questions(self) -> Iterator[tuple[str, str, list[User]]]:
        for one in self.carried:
            where = f" at {one.place}" if len(self.carried) > 1 else ""
            if one.cases and one.for_cases:
                number = many(len(one.cases), "open case")
                yield f"cases_{one.place.pk}", f"Who takes {number}{where}?", one.for_cases
            if one.referrals and one.for_referrals:
                number = many(len(one.referrals), "open referral")
                yield f"referrals_{one.place.pk}", f"Who carries {number}{where}?", one.for_referrals

    def chosen(self, what: str) -> dict[int, User]:
        """Return the colleague of each location for "cases" or "referrals"."""
        names = {one.place.pk: f"{what}_{one.place.pk}" for one in self.carried}
        return {place: self.cleaned_data[name] for place, name in names.items() if name in self.cleaned_data}


def many(number: int, what: str) -> str:
    """Return "1 case", "2 cases"."""
    return f"{number} {what}{'' if number == 1 else 's'}"
