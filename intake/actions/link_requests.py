"""Answering requests for a new link, away from the page on which they were made.

An address that is on file gets one mail for each person who is written to there, since families share one: the link
to their newest form if it is not sent yet, else the link to their status page. Either way the link before it ends. The
date of birth tells which is whose; the mail does not. An address that is not on file gets nothing.
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

MOST_PEOPLE = 5  # at one address; more is no household


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
    _mail_links(waiting.address)
    waiting.address = ""
    waiting.save(update_fields=["address"])
    return True


def _mail_links(address) -> None:
    for intake in _newest_of_each(address)[:MOST_PEOPLE]:
        patient = intake.patient
        if intake.submitted_at:
            if status_link(patient):
                ends = timezone.now() + STATUS_LINK_LIVES
                renew_link(Link.Purpose.STATUS, patient.public_id, expires_at=ends)
        elif emails.resume_link_requested(intake):
            renew_link(Link.Purpose.INTAKE, intake.public_id, expires_at=timezone.now() + emails.LINK_LIVES)


def _newest_of_each(address) -> list[Intake]:
    """The newest intake of each person who is written to at this address, newest first.

    Somebody who began twice is one person: their name and date of birth are the same.
    """
    found = Intake.objects.filter(patient__email__iexact=address).select_related("patient__location")
    newest: dict[tuple, Intake] = {}
    for intake in found.order_by("-started_at"):
        patient = intake.patient
        if not patient.why_no_mail(asked_for=True):
            newest.setdefault((patient.full_name.casefold(), patient.date_of_birth), intake)
    return list(newest.values())
