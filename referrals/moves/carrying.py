"""What the desk does while it carries a referral: notes, dates, owners, and how it ends."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clinic.links import actions as links
from clinic.links.models import Link
from clinic.messages import actions as messages
from clinic.staff.models import User
from referrals.models import Referral
from referrals.moves import lost, offices
from referrals.moves.answers import drop_appointment
from referrals.moves.asked_emails import patient_was_lost
from referrals.moves.carrier_emails import handed_over
from referrals.moves.enclosing import take_out_what_was_agreed
from referrals.moves.start import away_from_office, end_link
from referrals.moves.steps import (
    NotYet,
    Status,
    What,
    check_may,
    least_busy,
    lock,
    next_date,
    only_from,
    still_open,
    write_down,
)
from referrals.moves.waiting import left_before_closing

NOTES = (What.PHONE, What.FAX, What.NOTE)


@transaction.atomic
def note(referral: Referral, *, words: str, by: User, what: str = What.NOTE, saw: int | None = None) -> Referral:
    """Write down a phone call, a fax or a note. Changes nothing else."""
    check_may(by)
    if what not in NOTES:
        raise ValueError(f"{what} is not a note")
    if not words.strip():
        raise NotYet("Write what was said or sent.")
    referral = lock(referral, saw)
    write_down(referral, what, by=by, note=words.strip())
    return referral


@transaction.atomic
def set_next_check(referral: Referral, *, at: datetime, by: User, words: str = "", saw: int | None = None) -> Referral:
    """Look again at `at`: at most in 90 days, and soon when it is urgent."""
    check_may(by)
    referral = lock(referral, saw)
    still_open(referral, until=at)
    referral.next_check_at = at
    referral.save(update_fields=["next_check_at"])
    write_down(referral, What.NEXT_DATE, by=by, note=words.strip())
    return referral


@transaction.atomic
def hand_over(referral: Referral, *, to: User, by: User, words: str = "", saw: int | None = None) -> Referral:
    """Another person carries it from now on; they must work at the location and carry referrals."""
    check_may(by)
    check_may(to)
    if not to.locations.contains(referral.location):
        raise NotYet(f"{to} does not work at {referral.location}.")
    referral = lock(referral, saw)
    still_open(referral)
    referral.owner = to
    referral.save(update_fields=["owner"])
    write_down(referral, What.HANDED_OVER, by=by, note=f"To {to}. {words}".strip())
    handed_over(referral, by=by)
    return referral


@transaction.atomic
def close(referral: Referral, *, reason: str, by: User, words: str = "", saw: int | None = None) -> Referral:
    """Close the loop.

    With a report only after a therapist read every one; without, for a coded reason. That the patient could not be
    reached is none before the tries are on record (`waiting.left_before_closing`).
    """
    check_may(by)
    referral = lock(referral, saw)
    if referral.reports.unread().exists():
        raise NotYet("A therapist must read the report first.")
    if reason == Referral.EndReason.REPORT_READ and not referral.reports.exists():
        raise NotYet("There is no report. Choose another reason.")
    if referral.status == Status.REPORTED:
        reason = Referral.EndReason.REPORT_READ
    return _end(referral, Status.CLOSED, What.CLOSED, reason, words, by)


@transaction.atomic
def withdraw(referral: Referral, *, reason: str, by: User, words: str = "", saw: int | None = None) -> Referral:
    """Stop it before the specialist saw the patient. The office's link stops working."""
    check_may(by)
    if reason == Referral.EndReason.REPORT_READ:
        raise NotYet("A referral with a report is closed, not withdrawn.")
    return _end(lock(referral, saw), Status.WITHDRAWN, What.WITHDRAWN, reason, words, by)


@transaction.atomic
def reopen(referral: Referral, *, by: User, words: str = "", saw: int | None = None) -> Referral:
    """Take an ended referral up again, from the start: a specialist is chosen anew."""
    check_may(by)
    referral = lock(referral, saw)
    only_from(referral, Status.DRAFT, *Referral.ENDED)
    take_out_what_was_agreed(referral, by=by)
    referral.move_to(
        Status.DRAFT,
        what=What.REOPENED,
        by=by,
        note=words,
        owner=least_busy(referral.location) or by,
        next_check_at=next_date(referral, Status.DRAFT),
        end_reason="",
        ended_at=None,
        **away_from_office(referral),
    )
    lost.tell_them_no_more(referral)
    handed_over(referral, by=by)
    return referral


def link_of(referral: Referral) -> Link | None:
    """The link its office has now, if any."""
    return Link.objects.live().filter(purpose=Link.Purpose.OFFICE, subject_id=referral.public_id).first()


def link_sleeps(referral: Referral) -> bool:
    """The office used up its tries; staff can wake the link."""
    link = link_of(referral)
    return link is not None and link.asleep


@transaction.atomic
def wake_link(referral: Referral, *, by: User, saw: int | None = None) -> Referral:
    """Let the office try again after five wrong tries."""
    check_may(by)
    referral = lock(referral, saw)
    if link_sleeps(referral):
        links.wake(link_of(referral), by=by)
        write_down(referral, What.LINK_WOKEN, by=by)
    return referral


def _end(referral: Referral, status: str, what: str, reason: str, words: str, by: User) -> Referral:
    is_lost = reason == Referral.EndReason.LOST_CONTACT
    if is_lost and (left := left_before_closing(referral)):
        raise NotYet(f"Not yet: still to do before closing: {'; '.join(left)}.")
    day = referral.day_to_come
    office_hears = offices.has_heard_of_it(referral) and (status == Status.WITHDRAWN or day is not None)
    referral.move_to(
        status,
        what=what,
        by=by,
        note=words,
        dropped=day,
        end_reason=reason,
        ended_at=timezone.now(),
        next_check_at=None,
        news_at=None,
    )
    end_link(referral, by=by)
    messages.withdraw(
        subject_type="referral",
        subject_id=referral.public_id,
        why=f"the referral was {referral.status}",
        but=["appointment_off", "referral_withdrawn"],  # what was off or withdrawn before must still be told
    )
    drop_appointment(referral)
    if office_hears:
        offices.is_withdrawn(referral)
    if is_lost:
        lost.tell_the_patient(referral)
        patient_was_lost(referral)
    return referral
