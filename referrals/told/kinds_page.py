"""All kinds of message in one page for managers: who reads it, of what it tells, when it goes, and how it reads.

Those that a clinic may do without are turned off and on here, for the whole clinic.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.messages.choice import choice_now
from clinic.messages.facts import COUNTED, moment
from clinic.messages.kinds import AUDIENCES, CATEGORIES, KINDS, Kind
from clinic.messages.leads import LEADS, USUAL, in_words
from clinic.messages.models import MailChoice, Message
from clinic.owning import mails
from clinic.owning.rules import NotAllowed
from clinic.staff.models import Location
from clinic.staff.permissions import MANAGE_LOCATIONS, SEE_PROMISES, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.forms import FieldsOnly
from clinic.web.pressed import pressed_on
from referrals.told.rows import Mail
from referrals.told.table import every_change

READERS = {"patient": "Patients", "staff": "Staff", "office": "Offices"}
ANY_HOUR, ASKED_FOR, BY_DAY = "At any hour", "At once: it was asked for", "By day"


@dataclass(frozen=True)
class Shown:
    """One kind, as the page shows it."""

    kind: Kind
    tells_of: tuple[str, ...]
    samples: tuple[tuple[str, str, str], ...]  # language, subject, words
    is_off: bool = False
    goes_before: str = ""  # of reminders of a visit: when
    form: forms.Form | None = None

    @property
    def hours(self) -> str:
        """Say when it may go."""
        if self.kind.by_day_only:
            return BY_DAY
        return ASKED_FOR if self.kind.asked_for else ANY_HOUR

    @property
    def category(self) -> str:
        """Say by which name patients turn it off; nothing where they cannot."""
        return str(CATEGORIES.get(self.kind.category, ""))


class BeforeForm(forms.Form):
    """How long before a visit its reminders go."""

    hours = forms.TypedMultipleChoiceField(
        label="They go", choices=LEADS.items(), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, name: str = "id", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"{name}_%s"})
        self.helper = FieldsOnly()


@require_safe
@staff_may(SEE_PROMISES)
def kinds_of_mail(request: StaffRequest) -> HttpResponse:
    return _page(request)


def _page(request: StaffRequest, refused: dict[str, BeforeForm] | None = None) -> HttpResponse:
    """Show every kind; of one whose times were `refused`, its form as it was sent."""
    place = request.user.places().first()
    groups = [(READERS[audience], _shown(audience, place, refused)) for audience in AUDIENCES] if place else []
    off = [shown for _reader, kinds in groups for shown in kinds if shown.is_off]
    context = {"groups": groups, "off": off, "refused": refused}
    return render(request, "messages/kinds.html", context, status=422 if refused else 200)


@pressed_on("kinds_of_mail")
@staff_may(MANAGE_LOCATIONS)
def turn_kind(request: StaffRequest, name: str) -> HttpResponse:
    """Turn a kind off, or on again, for the whole clinic."""
    turn = request.POST.get("turn")
    if turn not in ("on", "off"):
        raise BadRequest("It says neither on nor off.")
    on = turn == "on"
    try:
        gone = mails.turn_kind(name, on=on, by=request.user)
    except NotAllowed as refused:
        messages.warning(request, refused.words)
    else:
        messages.success(request, "On again. Nothing is sent late." if on else f"Turned off. {_withdrawn(gone)}")
    return redirect(f"{reverse('kinds_of_mail')}#{name}")


@pressed_on("kinds_of_mail")
@staff_may(MANAGE_LOCATIONS)
def remind_before(request: StaffRequest, name: str) -> HttpResponse:
    """Choose how long before a visit its reminders go."""
    form = BeforeForm(request.POST, name=name)
    if form.is_valid():
        try:
            mails.remind_before(name, form.cleaned_data["hours"], by=request.user)
        except NotAllowed as refused:
            form.add_error("hours", refused.words)
    if form.errors:
        return _page(request, {name: form})
    messages.success(request, "Kept. It holds for what is booked from now on; what waits already stays as it is.")
    return redirect(f"{reverse('kinds_of_mail')}#{name}")


def _withdrawn(gone: int) -> str:
    if gone == 0:
        return "None of them was waiting."
    return f"{gone} that waited {'is' if gone == 1 else 'are'} withdrawn and listed under Messages, “Not needed”."


def _shown(audience: str, place: Location, refused: dict[str, BeforeForm] | None = None) -> list[Shown]:
    told, choice = _told(), choice_now()
    kinds = sorted((kind for kind in KINDS.values() if kind.audience == audience), key=lambda kind: kind.title)
    return [
        Shown(
            kind,
            tuple(told[kind.name]),
            tuple(_samples(kind, place)),
            is_off=kind.name in choice.off,
            **_before(kind, choice, refused or {}),
        )
        for kind in kinds
    ]


def _before(kind: Kind, choice: MailChoice, refused: dict[str, BeforeForm]) -> dict[str, Any]:
    """Return when a reminder goes before its visit, in words and as a form.

    Nothing for any other kind.
    """
    if kind.name not in USUAL:
        return {}
    hours = getattr(choice, kind.name)
    form = refused.get(kind.name) or BeforeForm(initial={"hours": hours}, name=kind.name)
    return {"goes_before": in_words(hours), "form": form}


def _told() -> dict[str, list[str]]:
    """Return by kind the changes it tells of, from the one table of who is told."""
    found: dict[str, list[str]] = defaultdict(list)
    for _thing, row in every_change():
        for told in row.told:
            ways = (told.by, *(instead.by for instead in told.otherwise))
            for way in ways:
                if isinstance(way, Mail) and row.words not in found[way.kind]:
                    found[way.kind].append(row.words)
    return found


def _samples(kind: Kind, place: Location) -> list[tuple[str, str, str]]:
    """Return one in each language its reader may have.

    A fax has pages and no words of its own.
    """
    if kind.by_fax:
        return []
    languages = settings.LANGUAGES if kind.audience == "patient" else settings.LANGUAGES[:1]
    facts = {name: value for name, value in _facts(place).items() if name in kind.safe}
    return [
        (str(name), *kind.in_words_of(Message(kind=kind.name, language=code, location=place), facts))
        for code, name in languages
    ]


def _facts(place: Location) -> dict[str, Any]:
    """Return a value of each fact that a mail may hold, of nobody."""
    at = moment(timezone.now() + timedelta(days=3), place.zone.key)
    address = f"{settings.SITE_URL}/l/{'sample-' * 6}s/"
    waiting = {"tier": "urgent", "place": place.pk, "by": at, "round": 1, "second": False}
    return dict.fromkeys(("starts_at", "ends_at", "happened_at", "answer_by", "by"), at) | {
        **dict.fromkeys(COUNTED, 2),
        "link": address,
        "worklist": f"{settings.SITE_URL}/referrals/",
        "urgency": "urgent",
        "waiting": [waiting],
        "round": 1,
        "answer": "accepted",
        "reference": "KL-482913",
    }
