"""Which part of the numbers to show: time, location, specialty."""

from urllib.parse import urlencode

from django import forms

from intake.scorecard.forms import PartForm
from referrals.directory.forms import specialties


class NumbersForm(PartForm):
    """What time, place and specialty to count. What makes no sense is passed over."""

    specialty = forms.ChoiceField(choices=lambda: [("", "Every specialty"), *specialties()], required=False)

    @property
    def specialty_shown(self) -> str:
        return self.cleaned_data.get("specialty") or ""

    @property
    def specialties(self) -> list[tuple[str, str]]:
        return list(self.fields["specialty"].choices)

    @property
    def query(self) -> str:
        specialty = urlencode({"specialty": self.specialty_shown}) if self.specialty_shown else ""
        return "&".join(filter(None, [super().query, specialty]))
