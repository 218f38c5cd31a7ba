"""The link to a patient's status page."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from clinic.links.actions import address_of, make_link
from clinic.links.models import Link
from intake.models import Patient

STATUS_LINK_LIVES = timedelta(days=30)  # after each mail that holds it


def status_link_of(patient: Patient) -> Link | None:
    """The live link to this patient's status page."""
    return Link.objects.live().filter(purpose=Link.Purpose.STATUS, subject_id=patient.public_id).first()


def link_to_status(patient: Patient) -> Link:
    """The same, made again when it has expired. For staff who give it out; no page of a patient makes a link."""
    return status_link_of(patient) or extended(patient.public_id)


def address_to_write_down(patient: Patient, link: Link | None) -> str:
    """The address of the status page, for somebody who gets no mail that holds it; "" for everybody else.

    `link` is the very one by which they read the page that shows it.
    """
    gets_mail = patient.email and not patient.why_no_mail()
    return "" if gets_mail or link is None else address_of(link)


def extended(public_id: UUID) -> Link:
    """The same link, good for 30 days from now; `public_id` is the patient's."""
    return make_link(Link.Purpose.STATUS, public_id, expires_at=timezone.now() + STATUS_LINK_LIVES)
