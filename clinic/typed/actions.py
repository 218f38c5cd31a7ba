"""Keeping what was typed, giving it back to its author, and forgetting it.

A form says in a signed field who it was drawn for, so that its words find their author also when nobody is signed in
any more, or somebody else is. The field opens nothing.
"""

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from clinic.environment.sealing import seal, unseal
from clinic.staff.models import User
from clinic.typed.models import TypedWords
from clinic.web.busy import MOST_KEPT, NEVER_KEPT

FIELD, SALT = "typed_by", "plumbline.staff.typed"
KEPT_FOR = timedelta(days=3)  # over a weekend
MOST_CHARACTERS = 100_000  # of one form; more than any of ours takes


@dataclass(frozen=True)
class TypedBy:
    """What a form says of itself.

    For whom it was drawn, where it is sent to, and on which page it stands.
    """

    person: UUID
    place: str
    page: str


@dataclass(frozen=True)
class KeptWords:
    """What waits for its author."""

    at: datetime
    fields: Mapping[str, list[str]]


def signed(user: User, place: str) -> str:
    """Return the field of a form that is drawn for this person."""
    return signing.dumps([user.public_id.hex, place, secrets.token_urlsafe(12)], salt=SALT)


def typed_by(data: QueryDict) -> TypedBy | None:
    """Read that field; None where there is none, or it is older than any session."""
    try:
        person, place, page = signing.loads(data.get(FIELD, ""), salt=SALT, max_age=settings.SESSION_COOKIE_AGE)
    except signing.BadSignature:
        return None
    return TypedBy(UUID(person), place, page)


@transaction.atomic
def keep(form: TypedBy, data: QueryDict, *, now: datetime | None = None) -> bool:
    """Keep what a form holds, in place of what was kept of it; say whether it was."""
    now = now or timezone.now()
    never = NEVER_KEPT | {FIELD}
    fields = {name: values for name, values in data.lists() if name not in never and any(values)}
    text = json.dumps(fields)
    author = User.objects.filter(public_id=form.person, is_active=True).first()
    if author is None or len(fields) > MOST_KEPT or len(text) > MOST_CHARACTERS:
        return False
    here = {"user": author, "place": form.place}
    row, _made = TypedWords.objects.select_for_update().get_or_create(**here, defaults={"at": now})
    if row.taken == form.page:
        return False
    row.sealed, row.at = seal(text), now
    row.save(update_fields=["sealed", "at"])
    return True


def take(form: TypedBy, *, now: datetime | None = None) -> None:
    """Forget what a form held that was taken: none of it is typed again."""
    author = User.objects.filter(public_id=form.person).first()
    if author is not None:
        fresh = {"sealed": "", "taken": form.page, "at": now or timezone.now()}
        TypedWords.objects.update_or_create(user=author, place=form.place, defaults=fresh)


def refused(request: HttpRequest) -> None:
    """Say that a press was not taken although its answer leads on.

    Its words are kept.
    """
    request.typed_refused = True


def left_of(request: HttpRequest, left: QueryDict) -> None:
    """Say what is left of a press that was taken in part.

    Only that is kept: what is on record is not typed again.
    """
    request.typed_left = left


def waiting(user: User, places: Collection[str], *, now: datetime | None = None) -> dict[str, KeptWords]:
    """Return what this person typed into these forms, by the place of each."""
    return _waiting(user, Q(place__in=places), now)


def waiting_in_rows(user: User, page: str, *, now: datetime | None = None) -> dict[str, KeptWords]:
    """Return what this person typed into the forms in the rows of a page.

    One statement, however many rows.
    """
    return _waiting(user, Q(place__startswith=f"{page}#"), now)


def _waiting(user: User, here: Q, now: datetime | None) -> dict[str, KeptWords]:
    since = (now or timezone.now()) - KEPT_FOR
    rows = TypedWords.objects.filter(here, user=user, at__gt=since).exclude(sealed="")
    found = {row.place: _opened(row) for row in rows}
    return {place: typed for place, typed in found.items() if typed is not None}


def _opened(row: TypedWords) -> KeptWords | None:
    try:
        return KeptWords(row.at, json.loads(unseal(row.sealed)))
    except InvalidToken:  # of a key that is gone: nobody can read it any more
        return None


def throw_away(user: User, places: Collection[str]) -> None:
    TypedWords.objects.filter(user=user, place__in=places).update(sealed="")


def forget_old(now: datetime) -> int:
    """Delete what nobody came back for; returns how much."""
    return TypedWords.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
