"""The link that leads back to a form that is not sent yet."""

from django.db import transaction
from django.utils import timezone

from clinic.links.actions import make_link, prolong
from clinic.links.models import Link
from intake.door import emails
from intake.door.emails import LINK_LIVES
from intake.models import Intake


def link_of(intake: Intake) -> Link | None:
    """The live link of an intake."""
    return Link.objects.live().filter(purpose=Link.Purpose.INTAKE, subject_id=intake.public_id).first()


def link_to(intake: Intake) -> Link:
    """The same, made again when it has expired. For staff who give it out; no page of a patient makes a link."""
    return link_of(intake) or make_link(Link.Purpose.INTAKE, intake.public_id, expires_at=timezone.now() + LINK_LIVES)


@transaction.atomic
def keep_for_later(intake: Intake) -> Link | None:
    """The link that leads back, good for two weeks from now, and a mail with it when there is an address.

    None when the link ended at this very moment.
    """
    link = prolong(Link.Purpose.INTAKE, intake.public_id, expires_at=timezone.now() + LINK_LIVES)
    emails.resume_link_requested(intake)
    return link
