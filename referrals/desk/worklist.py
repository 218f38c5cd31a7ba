"""Which part of the desk's list somebody chose, in which order, and what is in each."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Exists, OuterRef, Q
from django.http import QueryDict

from clinic.staff.models import User
from clinic.staff.places import place_named
from referrals.desk.finding import fitting
from referrals.desk.order import ENDED_LAST, ORDERS, Order
from referrals.desk.turns import Turn, whose_turn
from referrals.directory.forms import specialties
from referrals.models import PlanStep, Referral, Report
from referrals.models.carriers import covered_by, has_left
from referrals.models.referral import ReferralQuerySet

Status = Referral.Status


def parts(user: User, now: datetime) -> dict[str, Q]:
    """Return the condition of each part, by which it is listed and counted."""
    unread = Report.objects.filter(referral=OuterRef("pk"), read_at=None)
    return {
        "open": Q(),
        "overdue": Q(next_check_at__lt=now),
        "unread": Q(Exists(unread), status=Status.REPORTED),
        "unsent": Q(status=Status.DRAFT),
        "plan": Q(Exists(PlanStep.objects.late(now).filter(referral=OuterRef("pk"))), status=Status.DRAFT),
        "office": Q(status__in=[Status.SENT, Status.OPENED]),
        "mine": Q(owner=user) | covered_by(user, now),
        "left": has_left(now),
    }


class WorklistFilter(forms.Form):
    """Which part of the list to show; what makes no sense is passed over.

    `typed` is what was looked for, by the name that the address has for it.
    """

    PARTS = (
        ("open", "Open"),
        ("overdue", "Overdue"),
        ("unread", "Reports to read"),
        ("unsent", "To be sent"),
        ("plan", "Plan late"),
        ("office", "With an office"),
        ("mine", "Mine"),
        ("left", "No carrier"),
        ("ended", "Ended"),
    )
    TONES = {"overdue": "bad", "unread": "late", "plan": "bad", "left": "bad"}  # of a number that is not nought
    NARROWS = ("status", "specialty", "turn")
    show = forms.ChoiceField(choices=PARTS, required=False)
    location = forms.SlugField(required=False)
    status = forms.ChoiceField(choices=[("", "Any status"), *Status.choices], required=False)
    specialty = forms.ChoiceField(choices=lambda: [("", "Any specialty"), *specialties()], required=False)
    turn = forms.ChoiceField(choices=[("", "Anybody's turn"), *Turn.choices], required=False)
    sort = forms.ChoiceField(choices=[(name, order.label) for name, order in ORDERS.items()], required=False)
    find = forms.SlugField(required=False, max_length=8)
    after = forms.UUIDField(required=False)

    def __init__(self, data: QueryDict, *, user: User, now: datetime, typed: Mapping[str, str]) -> None:
        super().__init__(data)
        self.user, self.now = user, now
        self.full_clean()
        self.shown = self.cleaned_data.get("show") or "open"
        self.locations = list(user.places())
        self.location = place_named(self.cleaned_data.get("location"), self.locations)
        self.find = self.cleaned_data.get("find") or ""
        self.looked_for = typed.get(self.find, "")
        self.shows_ended = self.shown == "ended"

    @property
    def order(self) -> Order:
        return ENDED_LAST if self.shows_ended else ORDERS[self.cleaned_data.get("sort") or ""]

    @property
    def puts_news_first(self) -> bool:
        return self.order is ORDERS[""]

    @cached_property
    def _everything(self) -> ReferralQuerySet:
        """Return what this person sees of what was looked for, at the chosen location."""
        rows = Referral.objects.visible_to(self.user)
        rows = rows.filter(location=self.location) if self.location else rows
        return fitting(rows, self.looked_for) if self.looked_for else rows

    def _narrowed(self, *, but: str = "") -> ReferralQuerySet:
        """Return the chosen part, narrowed by all that was chosen `but` one."""
        rows = self._everything
        if self.shows_ended:
            rows = rows.filter(status__in=Referral.ENDED)
        else:
            rows = rows.open().filter(parts(self.user, self.now)[self.shown])
            rows = rows.alias(whose=whose_turn(self.now))
        for name, column in (("status", "status"), ("specialty", "specialty"), ("turn", "whose")):
            wanted = self.cleaned_data.get(name)
            if wanted and name != but and not (self.shows_ended and name == "turn"):
                rows = rows.filter(**{column: wanted})
        return rows

    def referrals(self) -> ReferralQuerySet:
        """Return the rows in order, from behind the last of the page before."""
        joined = self._narrowed().select_related("patient", "specialist", "owner", "location", "case")
        return self.order.of(joined.prefetch_related("appointments"), after=self._last_shown)

    @cached_property
    def _last_shown(self) -> Referral | None:
        start = self.cleaned_data.get("after")
        mine = Referral.objects.visible_to(self.user)
        kind = mine.filter(status__in=Referral.ENDED) if self.shows_ended else mine.open()
        return kind.filter(public_id=start).first() if start else None

    def tabs(self) -> list[dict[str, Any]]:
        """Return each part with its address and how many are in it.

        How many have ended is not counted, since that would take longer each year; of what was looked for it is.
        """
        conditions = parts(self.user, self.now)
        numbers = {name: Count("pk", filter=condition) for name, condition in conditions.items() if name != "open"}
        counts = self._everything.open().aggregate(open=Count("pk"), **numbers)
        if self.looked_for:
            counts["ended"] = self._everything.filter(status__in=Referral.ENDED).count()
        return [self._tab(name, label, counts.get(name)) for name, label in self.PARTS]

    def _tab(self, name: str, label: str, count: int | None) -> dict[str, Any]:
        tone = self.TONES.get(name, "") if count else ""
        return {
            "label": label,
            "query": self.query(show=name, after=""),
            "count": count,
            "tone": tone,
            "is_shown": name == self.shown,
        }

    def turns(self) -> list[tuple[str, str]]:
        """Return whose turn may be chosen, with how many it is on each in this part."""
        if self.shows_ended:
            return []
        rows = self._narrowed(but="turn").annotate(whose=whose_turn(self.now)).order_by()
        counts = dict(rows.values_list("whose").annotate(Count("pk")))
        return [("", "Anybody's turn"), *((turn, f"{turn.label} ({counts.get(turn, 0)})") for turn in Turn)]

    def query(self, **changes: Any) -> str:
        """Return the address of this list, or of a part of it, as it was chosen."""
        location = self.location.slug if self.location else ""
        names = (*self.NARROWS, "sort", "after")
        chosen = {name: self.cleaned_data.get(name) for name in names}
        find = self.find if self.looked_for else ""
        wanted = {"show": self.shown, "location": location, "find": find} | chosen | changes
        return urlencode({name: value for name, value in wanted.items() if value})

    @property
    def from_the_top(self) -> str:
        return self.query(after="")

    @property
    def widened(self) -> str:
        """Return the address of the whole part."""
        return self.query(location="", find="", after="", **dict.fromkeys(self.NARROWS, ""))

    @property
    def filters_on(self) -> int:
        return sum(bool(self.cleaned_data.get(name)) for name in (*self.NARROWS, "sort")) + bool(self.location)

    @property
    def narrowed_to(self) -> str:
        """Return what was chosen besides the part, in words; "" for nothing."""
        chosen = [dict(self.fields[name].choices).get(self.cleaned_data.get(name) or None) for name in self.NARROWS]
        looked_for = f"“{self.looked_for}”" if self.looked_for else ""
        return ", ".join(filter(None, [looked_for, self.location and self.location.name, *chosen]))

    @property
    def in_words(self) -> str:
        """Return the part and what was chosen in it, in words: "Mine, Urgent"."""
        chosen = [dict(self.fields[name].choices).get(self.cleaned_data.get(name) or None) for name in self.NARROWS]
        part = dict(self.PARTS)[self.shown]
        return ", ".join(filter(None, [part, self.location and self.location.name, *chosen]))

    @property
    def nothing_there(self) -> str:
        """Return what an emptied list says: others may wait elsewhere."""
        part = dict(self.PARTS)[self.shown].lower()
        return f"Nothing under “{part}” for {self.narrowed_to}"
