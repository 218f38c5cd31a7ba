"""Answering requests for a new link, away from the page on which they were made.

An address that is on file gets mails for each person who is written to there, since families share one: the link to
their status page if they ever sent a form, and the link to their newest form if it is not sent yet. Either way the link
before it ends. The date of birth tells which is whose; the mail does not. An address that is not on file gets nothing.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from clinic.links.actions import renew_link
from clinic.links.models import Link, LinkRequest
from clinic.links.requests import forget_old
from clinic.messages.models import Message
from clinic.running.each import each_by_itself
from intake.door import emails
from intake.door.status_emails import status_link
from intake.door.status_links import STATUS_LINK_LIVES
from intake.models import Intake, LeftOut

MOST_PEOPLE = 5  # at one address; more is no household
LEFT_OUT_STANDS = timedelta(days=14)  # as long as a link to a form lives; a name somebody made up goes with it


def answer_link_requests(now: datetime) -> int:
    """Look at every request that waits; returns how many were answered.

    Several workers may run it at once. One that cannot be answered keeps nobody else's link away: it is looked at again
    the next time, for a day.
    """
    waiting = list(LinkRequest.objects.exclude(address="").order_by("pk").values_list("pk", flat=True))
    answered = each_by_itself(waiting, _answer, failed="A request for a link was not answered")
    forget_old(now)
    LeftOut.objects.filter(asked_at__lt=now - LEFT_OUT_STANDS).delete()
    return answered


def _answer(number: int) -> bool:
    """Answer one; False where another worker has it, or has answered it."""
    waits = LinkRequest.objects.exclude(address="").select_for_update(skip_locked=True)
    waiting = waits.filter(pk=number).first()
    if waiting is None:
        return False
    _mail_links(waiting.address)
    waiting.address = ""
    waiting.save(update_fields=["address"])
    return True


def _mail_links(address: str) -> None:
    """Mail a link to each of the first few people there; the desk is told of the others, who have to ask again."""
    everybody = _forms_of_each(address)
    for sent, begun in everybody[MOST_PEOPLE:]:
        LeftOut.objects.update_or_create(patient=(begun or sent).patient, defaults={"asked_at": timezone.now()})
    for sent, begun in everybody[:MOST_PEOPLE]:
        if _mails_each(sent, begun):
            LeftOut.objects.filter(patient__in=[form.patient_id for form in (sent, begun) if form]).delete()


def _mails_each(sent: Intake | None, begun: Intake | None) -> bool:
    """Say whether anything was mailed to this person; an address gets only so many mails in a while."""
    to_page = bool(sent and status_link(sent.patient))
    if to_page:
        renew_link(Link.Purpose.STATUS, sent.patient.public_id, expires_at=timezone.now() + STATUS_LINK_LIVES)
    to_form = bool(begun and emails.resume_link_requested(begun))
    if to_form:
        renew_link(Link.Purpose.INTAKE, begun.public_id, expires_at=timezone.now() + emails.LINK_LIVES)
    return to_page or to_form


def _forms_of_each(address: str) -> list[tuple[Intake | None, Intake | None]]:
    """For each person who is written to at this address: the newest form they sent, and a newer one not sent yet.

    Somebody who began twice is one person: their name and date of birth are the same. Anybody may begin forms with this
    address, so whoever has sent one comes first; then whoever waited longest for a link, then the newest.
    """
    found = Intake.objects.filter(patient__email__iexact=address, taken_back_at=None)
    found = found.select_related("patient__location")
    forms: dict[tuple, list[Intake]] = {}
    for intake in found.order_by("-started_at"):
        patient = intake.patient
        if not patient.why_no_mail(asked_for=True):
            forms.setdefault((patient.full_name.casefold(), patient.date_of_birth), []).append(intake)
    of_each = [
        (next((intake for intake in own if intake.submitted_at), None), None if own[0].submitted_at else own[0])
        for own in forms.values()
    ]
    return sorted(of_each, key=lambda forms: (forms[0] is None, _told_last(*forms)))


def _told_last(sent: Intake | None, begun: Intake | None) -> datetime:
    """Return when this person last had a link they could ask for; whoever never had one comes first."""
    subjects = [intake.public_id for intake in (begun,) if intake]
    subjects += [intake.patient.public_id for intake in (sent,) if intake]
    mails = Message.objects.filter(kind__in=("intake_link", "status_link"), subject_id__in=subjects)
    return mails.aggregate(at=Max("created_at"))["at"] or datetime.min.replace(tzinfo=UTC)
