"""What happened to a referral, line by line, and what its patient has heard of the appointment that stands."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as date_format

from referrals.models import Appointment, Referral, ReferralMove, TalkFile
from referrals.moves.heard import heard_last, is_the_same
from referrals.moves.telling import call_to_make

Status = Referral.Status
What = ReferralMove.What


@dataclass(frozen=True)
class HistoryLine:
    """One line of the timeline. `state` is a mark of the look: is-done, is-now or is-late."""

    at: object
    words: str
    who: str
    note: str
    state: str
    file: TalkFile | None = None


LATE = (What.DECLINED, What.NO_SHOW, What.CANNOT_COME, What.UNDELIVERED, What.TRIED)
STATES = dict.fromkeys(LATE, "late") | {What.ASKED: "now"}


def timeline(referral: Referral) -> list[HistoryLine]:
    """Return what happened, newest first."""
    lines = []
    for move in referral.moves.select_related("by", "to", "appointment", "appointment_before", "file").order_by("-pk"):
        words = move.get_what_display()
        if move.what in (What.SENT, What.DECLINED, What.ACCEPTED, What.OPENED) and move.to:
            words = f"{words}: {move.to.practice}"
        said = f"{move.get_reason_display()}. {move.note}".strip() if move.reason else move.note
        note = "\n".join(filter(None, [_days(move), said]))
        file = getattr(move, "file", None)
        lines.append(HistoryLine(move.at, words, _who(move), note, STATES.get(move.what, "done"), file))
    return lines


def _who(move: ReferralMove) -> str:
    if move.by:
        return move.by.name
    if move.what in ReferralMove.BY_ITSELF:
        return "Noticed by itself"
    return "The patient, on their page" if move.by_patient else f"{move.office}, at the office"


def _days(move: ReferralMove) -> str:
    """Return which day a line is about, and which it was before."""
    now, before = move.appointment, move.appointment_before
    if now and before and now.starts_at != before.starts_at:
        return f"{_in_words(now)}, before {_in_words(before)}"
    if now:
        return _in_words(now)
    return f"Off: {_in_words(before)}" if before else ""


def _in_words(appointment: Appointment) -> str:
    local = appointment.starts_at.astimezone(ZoneInfo(appointment.time_zone))
    return f"{date_format(local, 'D, M j, Y, g:i A')} {local.tzname()}"


@dataclass(frozen=True)
class PatientKnows:
    """What the patient heard of the appointment that stands, or not yet.

    `answered` is what they said of it on their page.
    """

    words: str
    answered: str = ""


def patient_knows(referral: Referral) -> PatientKnows | None:
    """Return what the patient heard of the appointment that stands; None for none."""
    stands = referral.standing_appointment
    if referral.status != Status.SCHEDULED or stands is None:
        return None
    heard, zone = heard_last(referral), referral.location.zone
    answered = f"{stands.get_answer_display()}: {_at(stands.answered_at, zone)}" if stands.answer else ""
    if not (heard and heard.starts_at and is_the_same(heard.starts_at, stands.starts_at)):
        call = call_to_make(referral)
        return PatientKnows(
            "Patient told: not yet. Call them." if call else "Patient told: a mail is on its way.", answered
        )
    way = f"{heard.by}, by phone" if heard.by else "mail"
    return PatientKnows(f"Patient told: {way}, {_at(heard.at, zone)}", answered)


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return date_format(moment.astimezone(zone), "M j, g:i A")
