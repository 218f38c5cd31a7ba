"""Whose form a page is. A browser has one form open at a time, and a shared phone may still show a page of the one
before: what is sent from there must never become somebody else's answer.

Every form on a patient's page carries a signed field that names the link the page was opened by: the link, its
generation, and when the page was drawn. It says whose the page is for as long as anybody asks, and leads back to the
date of birth only while that very link lives. A newer link of the same patient is another one (decision 35).
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.http import HttpRequest

from clinic.links.models import Link
from intake.door.emails import LINK_LIVES

FIELD, CONFIRMS = "whose", "confirm-whose"
STATUS_OPEN_FOR = timedelta(hours=12)  # the longest a status page stays open


@dataclass(frozen=True)
class Use:
    """One place where a page says whose it is. What is signed for one use is nothing anywhere else."""

    field: str
    salt: str
    purpose: Link.Purpose
    good_for: timedelta


OF_FORM = Use(FIELD, "intake.whose.form", Link.Purpose.INTAKE, LINK_LIVES)
OF_STATUS = Use(FIELD, "intake.whose.status", Link.Purpose.STATUS, STATUS_OPEN_FOR)
OPENS_FORM = Use(CONFIRMS, "intake.confirm.form", Link.Purpose.INTAKE, LINK_LIVES)
OPENS_STATUS = Use(CONFIRMS, "intake.confirm.status", Link.Purpose.STATUS, STATUS_OPEN_FOR)


@dataclass(frozen=True)
class Meant:
    """What a page says of itself. `subject`: the public id of its intake or patient, None when it cannot be read.

    `link`: the link it was drawn for, as long as that lives.
    """

    subject: UUID | None = None
    link: Link | None = None


def named(link_id: UUID | str, generation: int, use: Use) -> str:
    """The value of the field, on a page that was opened by this generation of the link."""
    return signing.dumps([UUID(str(link_id)).hex, generation], salt=use.salt)


def meant_by(request: HttpRequest, use: Use, known: Link | None = None) -> Meant | None:
    """Return what the page that was sent says of itself; None for nothing at all.

    `known`: a link just looked up. A field that was changed, or is older than a link lives, is an answer too: this page
    is nobody's any more.
    """
    value = request.POST.get(use.field)
    if not value:
        return None
    try:
        pk, generation = signing.loads(value, salt=use.salt, max_age=use.good_for)
    except (signing.BadSignature, ValueError):
        return Meant(_drawn_before_an_upgrade(value))
    link = known if known and known.pk == UUID(pk) else Link.objects.filter(pk=UUID(pk)).first()
    if link is None or link.purpose != use.purpose:
        return Meant()
    return Meant(link.subject_id, link if link.lives and link.generation == generation else None)


def _drawn_before_an_upgrade(value: str) -> UUID | None:
    """Pages that were open then signed the public id alone. They still say whose they are, and open nothing."""
    with suppress(signing.BadSignature, ValueError):
        return UUID(signing.Signer(salt="intake.whose").unsign(value))
    return None
