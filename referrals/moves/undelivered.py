"""A mail to the office that did not arrive is a state of the referral, until somebody does something about it.

The outbox tells of it: a mail was refused or given up, waits for an address, or has waited too long for the server. It
ends when somebody sends it again, by mail or otherwise, or corrects the address; when the mail goes after all; and with
every move of the referral, because whoever made it has reached the office.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clinic.links.actions import replace_link
from clinic.links.models import Link
from clinic.messages import actions as messages
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message, MessageQuerySet
from clinic.staff.models import User
from intake.models import CallToMake, Urgency
from referrals.models import Appointment, Referral, Specialist
from referrals.moves import schedule
from referrals.moves.about import about
from referrals.moves.steps import Status, What, lock, next_date, write_down

WITH_THE_LINK = ("referral_sent", "referral_not_answered", "letter_changed", "times_answered")
TOO_LONG = timedelta(hours=1)  # for a mail to wait for the mail server
WAITS = "The last mail to this address was refused. It waits until the address is corrected."


def why_it_waits(message: Message, referral: Referral) -> str:
    """Return why a mail to an office waits for somebody, or "".

    Its address was refused, and nothing went there since. What staff sent again since then is tried.
    """
    refused = last_refusal(message.recipient)
    if refused is None or message.retries.filter(pgh_created_at__gt=refused.settled_at).exists():
        return ""
    pressed = referral.moves.filter(what=What.SENT_AGAIN, at__gt=refused.settled_at).exists()
    return "" if pressed else WAITS


def last_refusal(address: str) -> Message | None:
    """Return the mail refused there last; None where one went there since."""
    there = Message.objects.to(address)
    refused = there.refused().order_by("settled_at").last()
    if refused is None or there.filter(status=Message.Status.SENT, settled_at__gt=refused.settled_at).exists():
        return None
    return refused


def did_not_arrive(message: Message) -> bool:
    """Say whether it failed, waits for its address, or waits for the server too long."""
    if message.status == Message.Status.FAILED:
        return True
    if message.status not in Message.UNSETTLED:
        return False
    return message.outcome == WAITS or timezone.now() - message.due_since > TOO_LONG


def moved_since(referral: Referral, message: Message) -> bool:
    """Say whether the referral moved on since the mail was due: whoever moved it has reached the office."""
    moves = referral.moves.filter(at__gt=message.due_since).exclude(what=What.SENT)
    return moves.exclude(from_status=F("to_status")).exists()


def mails_of(referral: Referral) -> MessageQuerySet:
    """Return the mails with the link to the office that has the referral now."""
    own = Message.objects.about("referral", referral.public_id).filter(kind__in=WITH_THE_LINK)
    return own.filter(key__regex=rf"^[a-z_]+:{referral.public_id}:{referral.round}(:|$)")


@transaction.atomic
def notice(referral: Referral) -> None:
    """Put down, once, that a mail did not arrive.

    The next step is ours, in one open hour, and the carrier hears.
    """
    referral = lock(referral)
    if referral.undelivered_at is not None or not referral.is_open:
        return
    now = timezone.now()
    by = schedule.office_reached_by(Urgency(referral.urgency), now, referral.location.opening_hours)
    referral.undelivered_at, referral.next_check_at = now, min(by, referral.next_check_at)
    referral.save(update_fields=["undelivered_at", "next_check_at"])
    write_down(referral, What.UNDELIVERED)
    write_to_the_carrier(referral)


def write_to_the_carrier(referral: Referral) -> Message:
    """Write, in the name of nothing but the place, that an office was not reached."""
    times = referral.moves.filter(what=What.UNDELIVERED).count()
    return about(referral, "referral_undelivered", times)


@transaction.atomic
def went(referral: Referral) -> None:
    """End it where the mail went after all; not while another one that is needed has failed."""
    failed = mails_of(referral).needing_a_person()
    if referral.undelivered_at is None or any(not KINDS[one.kind].still_needed(one) for one in failed):
        return
    referral = lock(referral)
    if referral.undelivered_at is not None:
        _over(referral)
        write_down(referral, What.WENT)


@transaction.atomic
def try_again(referral: Referral, *, by: User, note: str = "") -> None:
    """Let every mail that did not arrive go again.

    The referral is held before its mails, as by every move.
    """
    referral = lock(referral)
    for message in mails_of(referral).needing_a_person():
        messages.send_again(message, by=by)
    messages.try_now(mails_of(referral))
    tried_again(referral, by=by, note=note)


@transaction.atomic
def tried_again(referral: Referral, *, by: User, note: str = "") -> None:
    """End it because `by` did something. Where that does not help it begins again."""
    referral = lock(referral)
    if referral.undelivered_at is not None:
        _over(referral)
        write_down(referral, What.SENT_AGAIN, by=by, note=note)


def address_corrected(specialist: Specialist, *, by: User) -> None:
    """Let the mails go that did not reach this office at the address before."""
    for referral in Referral.objects.filter(specialist=specialist, undelivered_at__isnull=False).order_by("pk"):
        try_again(referral, by=by, note=f"To {specialist.email}")


def another_link(referral: Referral) -> None:
    """Give the office another link: the one before may have gone to somebody else."""
    live = Link.objects.live().filter(purpose=Link.Purpose.OFFICE, subject_id=referral.public_id).first()
    if live:
        replace_link(live)


def office_opened_it(referral: Referral) -> None:
    """End it without a word: the office has the link."""
    if referral.undelivered_at is not None:
        _over(referral)


def _over(referral: Referral) -> None:
    """Go back to the next step of its status, with a date of its own.

    One that waits goes back to its wait.
    """
    now = timezone.now()
    stands = referral.standing_appointment if referral.status == Status.SCHEDULED else None
    referral.undelivered_at = None
    if referral.waits_for:
        referral.next_check_at = _date_of_the_wait(referral)
    elif not (stands and _waits_for_the_patient(referral, stands)):
        starts_at = stands.starts_at if stands else now if referral.status == Status.SCHEDULED else None
        referral.next_check_at = next_date(referral, referral.status, now, starts_at)
    referral.save(update_fields=["undelivered_at", "next_check_at"])


def _date_of_the_wait(referral: Referral) -> datetime:
    """Return until when it waits.

    That is the date it had before a mail did not arrive, unless somebody has set another since.
    """
    before = referral.history.filter(undelivered_at=None).order_by("-pgh_id").first()
    since = referral.history.filter(undelivered_at__isnull=False)
    noticed = since.filter(pgh_id__gt=before.pgh_id).order_by("pgh_id").first() if before else None
    if noticed is None or not before.waits_for or noticed.next_check_at != referral.next_check_at:
        return referral.next_check_at
    return before.next_check_at


def _waits_for_the_patient(referral: Referral, stands: Appointment) -> bool:
    """Say whether another day is to be found, or the patient to be called: that date stays."""
    return stands.cannot_come or CallToMake.objects.filter(subject_id=referral.public_id, done_at=None).exists()
