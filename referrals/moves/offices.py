"""The office hears of a change: by mail where it has a link, else somebody tells it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from clinic.messages.facts import moment
from clinic.messages.models import Message
from clinic.staff.models import User
from intake.models import Urgency
from referrals.models import DeclineReason, OfficeToTell, Referral, Specialist
from referrals.moves import schedule
from referrals.moves.about import about
from referrals.moves.steps import Status, What, lock, write_down
from referrals.moves.undelivered import last_refusal, mails_of

TOLD_WITHIN = timedelta(hours=4)  # of open time
NEVER_REACHED = (Message.Status.SCHEDULED, Message.Status.SKIPPED, Message.Status.FAILED)


def letter_is_newer(referral: Referral, version: int) -> None:
    """Tell the office that the letter was changed after it had it; not one that has declined."""
    if referral.status in (Status.DECLINED, Status.BACK):
        return
    if referral.channel == Referral.Channel.LINK:
        about(referral, "letter_changed", referral.round, version, to=referral.specialist.email)
    else:
        put_down(referral, referral.specialist, OfficeToTell.What.LETTER)


def has_heard_of_it(referral: Referral) -> bool:
    """Say whether it was sent to the office, and may have arrived there.

    An office that declined expects nobody; one of which the desk wrote that it does not answer has said no such thing.
    """
    status = referral.status
    if status == Status.DECLINED:
        declined = referral.moves.filter(what=What.DECLINED).order_by("-pk").first()
        unanswered = declined is not None and declined.reason == DeclineReason.NO_ANSWER
        status = declined.from_status if unanswered else status
    if referral.specialist is None or status in (Status.DRAFT, Status.DECLINED, Status.BACK, *Referral.ENDED):
        return False
    if referral.channel != Referral.Channel.LINK or status != Status.SENT:
        return True
    first = mails_of(referral).filter(kind="referral_sent").order_by("pk").first()
    return first is None or first.status not in NEVER_REACHED or first.doubts > 0


def is_withdrawn(referral: Referral) -> None:
    """Tell the office not to expect the patient.

    Its link has ended, so the day it was sent on says which referral it is.
    """
    office = referral.specialist
    if referral.channel == Referral.Channel.LINK and office.email and last_refusal(office.email) is None:
        sent_at = moment(referral.sent_at, office.time_zone)
        about(referral, "referral_withdrawn", referral.round, to=office.email, facts={"happened_at": sent_at})
    else:
        put_down(referral, office, OfficeToTell.What.WITHDRAWN)


def put_down(referral: Referral, office: Specialist, what: str) -> OfficeToTell:
    """Put it into the desk's list that somebody tells this office.

    What waits there for it tells of the newest from now on.
    """
    waiting = OfficeToTell.objects.filter(referral=referral, specialist=office, done_at=None)
    to_tell = waiting.select_for_update().first()
    if to_tell is None:
        hours, urgency = referral.location.opening_hours, Urgency(referral.urgency)
        due_at = schedule.office_reached_by(urgency, timezone.now(), hours, TOLD_WITHIN)
        return OfficeToTell.objects.create(referral=referral, specialist=office, what=what, due_at=due_at)
    to_tell.what = what
    to_tell.save(update_fields=["what"])
    return to_tell


def newest_letter_went(referral: Referral, *, by: User) -> None:
    """Take off the list that this office is owed the newest letter.

    `by` has sent it.
    """
    waiting = referral.offices_to_tell.filter(specialist=referral.specialist, what=OfficeToTell.What.LETTER)
    waiting.filter(done_at=None).update(done_at=timezone.now(), done_by=by)


@transaction.atomic
def told_by_the_mail(referral: Referral, office: Specialist) -> None:
    """Take off the list what a mail told this office after all."""
    referral = lock(referral)
    waiting = referral.offices_to_tell.filter(specialist=office, what=OfficeToTell.What.WITHDRAWN, done_at=None)
    if waiting.update(done_at=timezone.now()):
        write_down(referral, What.WENT)
