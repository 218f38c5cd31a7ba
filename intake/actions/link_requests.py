"""Answering requests for a new link, away from the page on which they were made.

An address that is on file gets one mail: the link to the newest form if it is not sent yet, else the link to the
status page. Either way the link before it ends. An address that is not on file gets nothing.
"""

from django.db import transaction
from django.utils import timezone

from clinic.links.actions import renew_link
from clinic.links.models import Link, LinkRequest
from clinic.links.requests import forget_old
from intake import emails
from intake.actions.status_links import STATUS_LINK_LIVES
from intake.models import Intake
from intake.status_emails import status_link


def answer_link_requests(now) -> int:
    """Look at every request that waits; returns how many were looked at. Several workers may run it at once."""
    answered = 0
    while _answer_next():
        answered += 1
    forget_old(now)
    return answered


@transaction.atomic
def _answer_next() -> bool:
    waiting = LinkRequest.objects.exclude(address="").select_for_update(skip_locked=True).order_by("pk").first()
    if waiting is None:
        return False
    _mail_link(waiting.address)
    waiting.address = ""
    waiting.save(update_fields=["address"])
    return True


def _mail_link(address) -> None:
    intake = _newest(address)
    if intake is None:
        return
    patient = intake.patient
    if intake.submitted_at:
        if status_link(patient):
            ends = timezone.now() + STATUS_LINK_LIVES
            renew_link(Link.Purpose.STATUS, patient.public_id, expires_at=ends)
    elif emails.resume_link_requested(intake):
        renew_link(Link.Purpose.INTAKE, intake.public_id, expires_at=timezone.now() + emails.LINK_LIVES)


def _newest(address) -> Intake | None:
    """The newest intake of whoever is written to at this address."""
    found = Intake.objects.filter(patient__email__iexact=address).select_related("patient__location")
    written_to = (intake for intake in found.order_by("-started_at") if not intake.patient.why_no_mail(asked_for=True))
    return next(written_to, None)
