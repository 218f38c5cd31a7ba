"""Which part of the desk's list somebody chose."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from clinic.staff.models import User
from clinic.staff.places import place_named
from referrals.directory.forms import specialties
from referrals.models import Referral
from referrals.models.referral import ReferralQuerySet

Status = Referral.Status


class WorklistFilter(forms.Form):
    """Which part of the list to show; what makes no sense is passed over."""

    PARTS = (
        ("open", "Open"),
        ("overdue", "Overdue"),
        ("unread", "Reports to read"),
        ("unsent", "To be sent"),
        ("office", "With an office"),
        ("mine", "Mine"),
        ("left", "No carrier"),
        ("ended", "Ended"),
    )
    TONES = {"overdue": "bad", "unread": "late", "left": "bad"}  # of a number that is not nought
    show = forms.ChoiceField(choices=PARTS, required=False)
    location = forms.SlugField(required=False)
    status = forms.ChoiceField(choices=[("", "Any status"), *Status.choices], required=False)
    specialty = forms.ChoiceField(choices=lambda: [("", "Any specialty"), *specialties()], required=False)

    def __init__(self, data: QueryDict, *, user: User, now: datetime) -> None:
        super().__init__(data)
        self.user, self.now = user, now
        self.full_clean()
        self.shown = self.cleaned_data.get("show") or "open"
        self.locations = list(user.places())
        self.location = place_named(self.cleaned_data.get("location"), self.locations)

    def everything(self) -> ReferralQuerySet:
        rows = Referral.objects.visible_to(self.user)
        return rows.filter(location=self.location) if self.location else rows

    def part(self, show: str) -> ReferralQuerySet:
        rows = self.everything()
        if show == "ended":
            return rows.filter(status__in=Referral.ENDED).order_by("-ended_at", "pk")
        if show == "overdue":
            rows = rows.overdue(self.now)
        elif show == "unread":
            rows = rows.filter(status=Status.REPORTED, reports__read_at=None).distinct()
        elif show == "unsent":
            rows = rows.filter(status=Status.DRAFT)
        elif show == "office":
            rows = rows.filter(status__in=[Status.SENT, Status.OPENED])
        elif show == "mine":
            rows = rows.filter(owner=self.user)
        elif show == "left":
            rows = rows.left_behind(self.now)
        return rows.open().most_pressing_first()

    def referrals(self) -> ReferralQuerySet:
        rows = self.part(self.shown)
        for name in ("status", "specialty"):
            if self.cleaned_data.get(name):
                rows = rows.filter(**{name: self.cleaned_data[name]})
        joined = rows.select_related("patient", "specialist", "owner", "location", "case")
        return joined.prefetch_related("appointments")

    def tabs(self) -> list[dict[str, Any]]:
        """Return each part with its address and how many are in it."""
        return [self._tab(name, label, self.part(name).count()) for name, label in self.PARTS]

    def _tab(self, name: str, label: str, count: int) -> dict[str, Any]:
        tone = self.TONES.get(name, "") if count else ""
        return {
            "label": label,
            "query": self.query(show=name),
            "count": count,
            "tone": tone,
            "is_shown": name == self.shown,
        }

    def query(self, **changes: Any) -> str:
        """Return the address of this list, or of a part of it, as it was chosen."""
        location = self.location.slug if self.location else ""
        chosen = {name: self.cleaned_data.get(name) for name in ("status", "specialty")}
        wanted = {"show": self.shown, "location": location} | chosen | changes
        return urlencode({name: value for name, value in wanted.items() if value})

    @property
    def filters_on(self) -> int:
        return sum(bool(self.cleaned_data.get(name)) for name in ("status", "specialty")) + bool(self.location)

    @property
    def narrowed_to(self) -> str:
        """Return what was chosen besides the part, in words; "" for nothing."""
        named = [
            dict(self.fields[name].choices).get(self.cleaned_data.get(name) or None) for name in ("status", "specialty")
        ]
        return ", ".join(filter(None, [self.location and self.location.name, *named]))

    @property
    def nothing_there(self) -> str:
        """Return what an emptied list says: others may wait elsewhere."""
        part = dict(self.PARTS)[self.shown].lower()
        return f"Nothing under “{part}” for {self.narrowed_to}"
