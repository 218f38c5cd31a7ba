"""What the specialist's office answers: by its link (`office=` names who), or told to the desk by phone (`by=`)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.files.checks import CheckedFile
from clinic.links import actions as links
from clinic.links.models import Link
from clinic.messages import actions as messages
from clinic.staff.models import User
from clinic.staff.permissions import SIGN_REFERRALS
from referrals.models import Appointment, Referral, Report, TalkFile
from referrals.moves import emails, news, schedule, telling, undelivered, uploads
from referrals.moves.steps import NotYet, Status, What, check_may, least_busy, lock, next_date, only_from, write_down


@transaction.atomic
def office_opened(referral: Referral, *, office: str) -> Referral:
    """Write down that a person at the office got past the second factor.

    Only the first time moves a sent referral. It answers nothing yet: what is waited for, and until when, stays.
    """
    referral = lock(referral)
    undelivered.office_opened_it(referral)
    if referral.status == Status.SENT:
        referral.move_to(Status.OPENED, what=What.OPENED, office=office, waits_for=referral.waits_for)
    else:
        write_down(referral, What.OPENED, office=office)
    return referral


@transaction.atomic
def office_accept(
    referral: Referral, *, office: str = "", by: User | None = None, note: str = "", saw: int | None = None
) -> Referral:
    said: dict[str, Any] = {"office": office, "by": by, "saw": saw, "note": note}
    return _answered(referral, Status.ACCEPTED, What.ACCEPTED, why="the office accepted", **said)


@transaction.atomic
def office_decline(
    referral: Referral,
    *,
    reason: str,
    words: str = "",
    office: str = "",
    by: User | None = None,
    saw: int | None = None,
) -> Referral:
    """`reason` is a DeclineReason. The referral waits for the desk to redirect it."""
    said: dict[str, Any] = {"office": office, "by": by, "saw": saw, "note": words, "reason": reason}
    referral = _answered(referral, Status.DECLINED, What.DECLINED, why="the office declined", **said)
    drop_appointment(referral)
    return referral


@transaction.atomic
def office_ask(
    referral: Referral,
    *,
    words: str,
    file: CheckedFile | None = None,
    office: str = "",
    by: User | None = None,
    saw: int | None = None,
) -> Referral:
    """The office needs to know something; the next step is ours."""
    check_may(by)
    if not words.strip():
        raise NotYet(_("Write the question."))
    said: dict[str, Any] = {"office": office, "by": by, "saw": saw, "note": words}
    referral = _answered(referral, Status.QUESTION, What.ASKED, why="the office asked a question", **said)
    _keep_with(referral, What.ASKED, file)
    return referral


def _keep_with(referral: Referral, what: str, file: CheckedFile | None) -> None:
    """Keep a file beside the newest line of this kind."""
    if file is not None:
        row = TalkFile(line=referral.moves.filter(what=what).order_by("-pk")[0])
        uploads.put_into(row, file)
        row.save()


def _answered(
    referral: Referral, to: str, what: str, *, why: str, office: str, by: User | None, saw: int | None, **line: Any
) -> Referral:
    """Move the referral on by what its office said, and stop reminding."""
    check_may(by)
    referral = lock(referral, saw)
    if to == Status.DECLINED:
        line["dropped"] = referral.day_to_come
    if to == Status.QUESTION:
        line["times_proposed_at"] = referral.times_proposed_at  # a question takes back no times
    referral.move_to(to, what=what, office=office, by=by, next_check_at=next_date(referral, to), **line)
    stop_reminding(referral, why)
    news.has_answered(referral, by=by)
    return referral


@transaction.atomic
def answer_question(
    referral: Referral, *, words: str, file: CheckedFile | None = None, by: User, saw: int | None = None
) -> Referral:
    """Answer the office.

    It goes back to where it was: accepted if the office had accepted, else sent. Where it
    has still to say whether it takes the patient, it is reminded anew.
    """
    check_may(by)
    if not words.strip():
        raise NotYet("Write the answer.")
    referral = lock(referral, saw)
    only_from(referral, Status.SENT, Status.QUESTION)
    asked = referral.moves.filter(what=What.ASKED).last()
    accepted = asked is not None and asked.from_status == Status.ACCEPTED
    back_to = Status.ACCEPTED if accepted else Status.SENT
    referral.move_to(
        back_to,
        what=What.ANSWERED,
        note=words,
        by=by,
        next_check_at=next_date(referral, Status.QUESTION if referral.times_proposed_at else back_to),
        times_proposed_at=referral.times_proposed_at,
    )
    _keep_with(referral, What.ANSWERED, file)
    if referral.channel == Referral.Channel.LINK:
        emails.referral_sent(referral)
        if back_to == Status.SENT:
            emails.remind_office(referral, timezone.now())
    return referral


@transaction.atomic
def give_appointment(
    referral: Referral,
    *,
    starts_at: datetime,
    time_zone: str,
    instructions: str = "",
    office: str = "",
    by: User | None = None,
    given_by: str = "",
    saw: int | None = None,
) -> Appointment:
    """Say when the specialist will see the patient, who hears of it.

    `given_by` is who at the office named the time, where `by` only took it. A new one replaces the one before. Where
    no mail tells them in time, the call is what the desk does next.
    """
    check_may(by)
    now = timezone.now()
    if starts_at <= now:
        raise NotYet(_("Give a date and time in the future."))
    referral = lock(referral, saw)
    before = _replace_appointment(referral)
    appointment = Appointment.objects.create(
        referral=referral,
        starts_at=starts_at,
        time_zone=time_zone,
        instructions=instructions,
        given_by=given_by or office or by.name,
    )
    referral.move_to(
        Status.SCHEDULED,
        what=What.SCHEDULED,
        office=office,
        by=by,
        given=appointment,
        dropped=before,
        next_check_at=next_date(referral, Status.SCHEDULED, now, starts_at),
    )
    if referral.channel == Referral.Channel.LINK:
        links.make_link(Link.Purpose.OFFICE, referral.public_id, expires_at=starts_at + schedule.LINK_LIVES)
    stop_reminding(referral, "an appointment was made")
    news.has_answered(referral, by=by)
    appointment.referral = referral
    if call := telling.tell(appointment, before=before):
        telling.call_is_next(referral, call)
    return appointment


@transaction.atomic
def seen(
    referral: Referral, *, office: str = "", by: User | None = None, words: str = "", saw: int | None = None
) -> Referral:
    """The patient went. The report is awaited."""
    check_may(by)
    referral = lock(referral, saw)
    if office:
        _day_has_begun(referral)
    next_check_at = next_date(referral, Status.SEEN)
    referral.move_to(Status.SEEN, what=What.SEEN, office=office, by=by, note=words, next_check_at=next_check_at)
    if office:
        news.has_answered(referral, by=None)
    return referral


@transaction.atomic
def no_show(
    referral: Referral, *, office: str = "", by: User | None = None, words: str = "", saw: int | None = None
) -> Referral:
    """The patient did not come. Outreach starts: the next date is close."""
    check_may(by)
    referral = lock(referral, saw)
    if office:
        _day_has_begun(referral)
    referral.move_to(
        Status.NO_SHOW,
        what=What.NO_SHOW,
        office=office,
        by=by,
        note=words,
        dropped=referral.standing_appointment,
        next_check_at=next_date(referral, Status.NO_SHOW),
    )
    drop_appointment(referral)
    if office:
        news.has_answered(referral, by=None)
    return referral


def _day_has_begun(referral: Referral) -> None:
    """Raise NotYet before the time of the appointment: nobody knows yet how it went."""
    stands = referral.standing_appointment
    if stands is None or stands.starts_at > timezone.now():
        raise NotYet(_("The time of the appointment has not come yet."))


@transaction.atomic
def receive_report(
    referral: Referral,
    *,
    words: str = "",
    file: CheckedFile | None = None,
    sent_by: str = "",
    office: str = "",
    by: User | None = None,
    saw: int | None = None,
) -> Report:
    """Keep what the specialist sent back: words, a checked file (`uploads.CheckedFile`), or both.

    It stays unread until a therapist reads it by name; whoever carries the referral goes on carrying it, and the reader
    is a second person. A report on a closed referral opens it again.
    """
    check_may(by)
    if not words.strip() and file is None:
        raise NotYet(_("Add the report as a file, or write it."))
    referral = lock(referral, saw)
    referral.move_to(
        Status.REPORTED,
        what=What.REPORTED,
        office=office,
        by=by,
        owner=referral.owner or least_busy(referral.location) or referral.decision.by,  # only an ended one has none
        next_check_at=next_date(referral, Status.REPORTED),
        end_reason="",
        ended_at=None,
    )
    report = Report(referral=referral, words=words.strip(), sent_by=sent_by or office or by.name, logged_by=by)
    if file is not None:
        uploads.put_into(report, file)
    report.save()
    stop_reminding(referral, "the report came")
    news.has_answered(referral, by=by)
    emails.report_received(report)
    return report


@transaction.atomic
def read_report(report: Report, *, by: User) -> Report:
    """A therapist has read it, by name. Reading twice keeps the first name."""
    check_may(by, SIGN_REFERRALS)
    referral = lock(report.referral)
    report = Report.objects.select_for_update().get(pk=report.pk)
    if report.read_at is None:
        report.read_at, report.read_by = timezone.now(), by
        report.save(update_fields=["read_at", "read_by"])
        write_down(referral, What.READ, by=by)
    return report


def drop_appointment(referral: Referral) -> None:
    """The appointment no longer stands. A patient who would still go there is told at once."""
    before = _replace_appointment(referral)
    if before is not None:
        telling.tell_that_it_is_off(before)


def _replace_appointment(referral: Referral) -> Appointment | None:
    """Return the appointment that stood until now; what was to be mailed about it is not sent."""
    before = referral.appointments.filter(replaced_at=None).first()
    if before is not None:
        before.replaced_at = timezone.now()
        before.save(update_fields=["replaced_at"])
        telling.tell_no_more(referral)
    return before


def stop_reminding(referral: Referral, why: str) -> None:
    """Nobody is told any more that the office has not answered."""
    messages.withdraw(
        subject_type="referral",
        subject_id=referral.public_id,
        kinds=["referral_not_answered", "referral_not_answered_desk"],
        why=why,
    )
