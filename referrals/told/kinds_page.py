"""All kinds of message in one page for managers: who reads it, of what it tells, when it goes, and how it reads."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.messages.facts import COUNTED, moment
from clinic.messages.kinds import AUDIENCES, CATEGORIES, KINDS, Kind
from clinic.messages.models import Message
from clinic.staff.models import Location
from clinic.staff.permissions import SEE_PROMISES, staff_may
from clinic.staff.request import StaffRequest
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


@require_safe
@staff_may(SEE_PROMISES)
def kinds_of_mail(request: StaffRequest) -> HttpResponse:
    place = request.user.places().first()
    groups = [(READERS[audience], _shown(audience, place)) for audience in AUDIENCES] if place else []
    return render(request, "messages/kinds.html", {"groups": groups})


def _shown(audience: str, place: Location) -> list[Shown]:
    told = _told()
    kinds = sorted((kind for kind in KINDS.values() if kind.audience == audience), key=lambda kind: kind.title)
    return [Shown(kind, tuple(told[kind.name]), tuple(_samples(kind, place))) for kind in kinds]


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
