"""What patients are told of an appointment at an office: made, changed, off, and the day before next.

A mail says when, and never where or with whom. Each new time is told at once; where no mail does it in time, the desk
calls. What was told last is read from the mails that went and the calls that were made.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from clinic.links.actions import address_of
from clinic.messages import actions as messages
from clinic.messages.calendar_file import Entry
from clinic.messages.choice import leads_of
from clinic.messages.facts import moment
from clinic.messages.kinds import kind
from clinic.messages.leads import TOO_CLOSE, USUAL, moments
from clinic.messages.models import Message
from clinic.messages.nearer import worth_until
from intake.door.status_links import extended
from intake.door.to_patients import InTheirLanguage
from intake.models import CallToMake, Patient
from intake.visits import calls
from referrals.models import Appointment, Referral
from referrals.moves.about import about, referral_of
from referrals.moves.heard import GIVEN, heard_last, is_the_same, said_in

A_DAY = timedelta(days=1)  # closer than that, whoever has to travel and to ask for the day off is called
CALLED_WITHIN = timedelta(hours=1)  # of open time


def call_to_make(referral: Referral) -> CallToMake | None:
    """Return the call by which the patient has still to hear of a day."""
    return CallToMake.objects.filter(subject_id=referral.public_id, done_at=None).first()


# Telling --------------------------------------------------------------------------------------------------------------


def tell(appointment: Appointment, *, before: Appointment | None) -> CallToMake | None:
    """Tell the patient of the time that stands now, or return the call that does.

    `before` is the appointment it replaced: their page has shown it, whatever the mails did. A time they heard of last
    and that nothing has replaced meanwhile is not told again. One that is over is no time that was changed.
    """
    referral, heard = appointment.referral, heard_last(appointment.referral)
    known = _to_come([heard.starts_at] if heard and heard.starts_at else [])
    replaced = _to_come([*([before.starts_at] if before else []), *_not_told_yet_that_it_is_off(referral)])
    replaced = [at for at in replaced if not is_the_same(at, appointment.starts_at)]
    remind(appointment)
    if not replaced and any(is_the_same(at, appointment.starts_at) for at in known):
        return call_to_make(referral)
    _give("appointment_moved" if replaced or known else "appointment_made", appointment)
    was_at = next(iter([*replaced, *known]), None)
    return _see_that_they_hear(appointment, was_at=was_at, starts_at=appointment.starts_at)


def _to_come(times: list[datetime]) -> list[datetime]:
    return [at for at in times if at > timezone.now()]


def _not_told_yet_that_it_is_off(referral: Referral) -> list[datetime]:
    """Return the times whose mail that they are off has not gone, and drop it.

    The mail of the new time says that the earlier one does not count, and is the last one they get.
    """
    waiting = Message.objects.about("referral", referral.public_id).filter(kind="appointment_off")
    times = [said_in(mail) for mail in waiting.filter(status=Message.Status.SCHEDULED)]
    messages.withdraw(
        subject_type="referral",
        subject_id=referral.public_id,
        kinds=["appointment_off"],
        why="another day was given",
    )
    return times


def tell_that_it_is_off(appointment: Appointment) -> None:
    """Tell a patient who would still go there at once; not of a time that is over.

    One that is over may have stood for a later time, and no mail have told of that: they would go on the later one.
    """
    heard = heard_last(appointment.referral)
    times = [appointment.starts_at, *([heard.starts_at] if heard and heard.starts_at else [])]
    if was_at := next(iter(_to_come(times)), None):
        for believed in _believed(appointment):
            if believed.starts_at > timezone.now():
                mail_about("appointment_off", believed, *_once_more(believed, appointment))
        _see_that_they_hear(appointment, was_at=was_at, starts_at=None)


def _once_more(believed: Appointment, dropped: Appointment) -> list[int]:
    """Return what tells this mail from one that never went, because another day was given; nothing without one.

    A time of which no mail went either needs none: nobody believes in it.
    """
    told = {mail.status for mail in _mails(GIVEN, believed)}
    if told and not told & {Message.Status.SENT, Message.Status.SENDING}:
        return []
    off = {mail.status for mail in _mails(["appointment_off"], believed)}
    return [dropped.pk] if Message.Status.SKIPPED in off else []


def _believed(appointment: Appointment) -> list[Appointment]:
    """Return it, and those before it of which no mail told that they moved."""
    believed = [appointment]
    for before in appointment.referral.appointments.filter(pk__lt=appointment.pk).order_by("-pk"):
        if mail_told_of(believed[-1]) is not False:
            break
        believed.append(before)
    return believed


def mail_told_of(appointment: Appointment) -> bool | None:
    """Say whether the mail of this time went; None when there was none."""
    statuses = {mail.status for mail in _mails(GIVEN, appointment)}
    return Message.Status.SENT in statuses if statuses else None


def _mails(names: list[str], appointment: Appointment) -> Iterable[Message]:
    """Return the mails of these kinds about one time, by their keys."""
    keys = [f"{name}:{appointment.referral.public_id}:{appointment.pk}" for name in names]
    return Message.objects.filter(key__in=keys)


def tell_no_more(referral: Referral) -> None:
    """Drop what waits to tell of a time that does not stand any more."""
    messages.withdraw(
        subject_type="referral",
        subject_id=referral.public_id,
        kinds=[*GIVEN, "appointment_reminder"],
        why="the appointment was changed",
    )


def remind(appointment: Appointment) -> None:
    """Remind the patient as the clinic has chosen.

    Of what is closer they were just told.
    """
    zone, name = ZoneInfo(appointment.time_zone), "appointment_reminder"
    for hours, at in moments(appointment.starts_at, leads_of(name), zone, settings.QUIET_HOURS, timezone.now()).items():
        mail_about(name, appointment, *([] if hours == USUAL[name] else [hours]), due_at=at)


def mail_about(name: str, appointment: Appointment, *numbers: int, **more: Any) -> Message | None:
    """Schedule a mail of this kind about an appointment; None where none can go."""
    patient = appointment.referral.patient
    if not patient.email:
        return None
    return about(
        appointment.referral,
        name,
        *numbers,
        appointment.pk,  # the last of its key, by which the mail is read
        to=patient.email,
        language=patient.language,
        facts={"starts_at": moment(appointment.starts_at, appointment.time_zone)},
        **more,
    )


def _give(name: str, appointment: Appointment) -> None:
    if appointment.starts_at - timezone.now() >= TOO_CLOSE:
        mail_about(name, appointment)


def _see_that_they_hear(
    appointment: Appointment, *, was_at: datetime | None, starts_at: datetime | None
) -> CallToMake | None:
    """Have the desk call a patient whom no mail tells in time."""
    referral = appointment.referral
    return calls.see_that_they_hear(
        referral.patient,
        where=CallToMake.Where.OFFICE,
        subject_id=referral.public_id,
        location=referral.location,
        time_zone=appointment.time_zone,
        was_at=was_at,
        starts_at=starts_at,
        enough=A_DAY,
    )


def look_before_the_day(referral: Referral, now: datetime, *, to_call: bool = True) -> datetime | None:
    """Return by when somebody must look at a day that is not settled.

    That is one which the patient cannot keep or does not know of; None where there is none. It is before they would set
    out, or the day itself once that is over. `to_call` is False where it is known that no call waits.
    """
    stands = referral.standing_appointment
    if referral.status != Referral.Status.SCHEDULED or stands is None or stands.starts_at <= now:
        return None
    call = call_to_make(referral) if to_call and not stands.answer else None
    if call is None and not stands.cannot_come:
        return None
    was_at = call.was_at if call else None
    first = min(at for at in (was_at, stands.starts_at) if at is not None and at > now)
    before = first - TOO_CLOSE
    return before if before > now else first


def call_is_next(referral: Referral, call: CallToMake) -> None:
    """Make the call the next step: within an open hour, before they would set out."""
    now = timezone.now()
    first = min(at for at in (call.was_at, call.starts_at) if at is not None)
    due = referral.location.opening_hours.after_open_time(now, CALLED_WITHIN)
    referral.next_check_at = min(referral.next_check_at, max(now, min(due, first - TOO_CLOSE)))
    referral.save(update_fields=["next_check_at"])


# Kinds ----------------------------------------------------------------------------------------------------------------


class _OfAnAppointment(InTheirLanguage):
    @staticmethod
    def patient_of(message: Message) -> Patient:
        return referral_of(message).patient

    @staticmethod
    def appointment(message: Message) -> Appointment:
        number = int(message.key.rpartition(":")[2])
        return Appointment.objects.select_related("referral__patient", "referral__location").get(pk=number)

    @classmethod
    def facts(cls, message: Message) -> dict[str, Any]:
        return {"link": address_of(extended(cls.patient_of(message).public_id))}


class _New(_OfAnAppointment):
    """Goes with a file for the calendar.

    The file names no street: that of an office says what the appointment is for.
    """

    @classmethod
    def still_needed(cls, message: Message) -> str:
        appointment = cls.appointment(message)
        if appointment.replaced_at:
            return "The appointment was changed."
        if appointment.starts_at <= timezone.now():
            return "The appointment is over."
        return appointment.referral.patient.why_no_mail()

    @classmethod
    def calendar(cls, message: Message) -> Entry | None:
        return entry_of(cls.appointment(message))


def entry_of(appointment: Appointment, *, street: str = "") -> Entry:
    """Return what a calendar holds of an appointment that stands."""
    uid, number = appointment.referral.public_id, appointment.number_in_calendars
    return Entry(uid, number, appointment.starts_at, street=street)


def entry_off(appointment: Appointment) -> Entry:
    """Return what takes an appointment out of a calendar."""
    uid, number = appointment.referral.public_id, appointment.number_in_calendars + 1
    return Entry(uid, number, appointment.starts_at, is_off=True)


@kind("appointment_made", title="Appointment made", safe=("clinic", "phone", "starts_at", "link"))
class AppointmentMade(_New):
    @classmethod
    def not_gone(cls, message: Message) -> None:
        appointment = cls.appointment(message)
        if appointment.replaced_at is None:
            _call_instead(message, appointment, was_at=None, starts_at=appointment.starts_at)


@kind("appointment_moved", title="Appointment moved", safe=("clinic", "phone", "starts_at", "link"))
class AppointmentMoved(_New):
    @classmethod
    def not_gone(cls, message: Message) -> None:
        appointment = cls.appointment(message)
        """Call about the time they know of: that before, or an earlier one where no mail told of that either."""
        before = appointment.referral.appointments.filter(pk__lt=appointment.pk).order_by("-pk").first()
        heard = heard_last(appointment.referral)
        known = [*([before.starts_at] if before else []), *([heard.starts_at] if heard and heard.starts_at else [])]
        if appointment.replaced_at is None:
            was_at = next(iter([*_to_come(known), *known]), None)
            _call_instead(message, appointment, was_at=was_at, starts_at=appointment.starts_at)


@kind("appointment_off", title="Appointment off", safe=("clinic", "phone", "starts_at", "link"))
class AppointmentOff(_New):
    @classmethod
    def still_needed(cls, message: Message) -> str:
        appointment = cls.appointment(message)
        stands = appointment.referral.standing_appointment
        if stands and stands.starts_at == appointment.starts_at:
            return "The appointment stands again."
        if appointment.starts_at <= timezone.now():
            return "That time is over."
        return appointment.referral.patient.why_no_mail()

    @classmethod
    def calendar(cls, message: Message) -> Entry | None:
        """Take it out, unless another stands by now: the mail of that one moves it."""
        appointment = cls.appointment(message)
        return None if appointment.referral.standing_appointment else entry_off(appointment)

    @classmethod
    def not_gone(cls, message: Message) -> None:
        appointment = cls.appointment(message)
        after = appointment.referral.standing_appointment
        if after is None or after.starts_at != appointment.starts_at:
            _call_instead(
                message, after or appointment, was_at=appointment.starts_at, starts_at=after and after.starts_at
            )


@kind(
    "appointment_reminder",
    title="Appointment reminder",
    safe=("clinic", "phone", "starts_at", "link"),
    category="visits",
    without="Patients hear of an appointment once, when it is made, moved or off. Whoever carries the referral reminds "
    "them. Whom no mail told of it stands in the desk's list of calls.",
)
class AppointmentReminder(_OfAnAppointment):
    @staticmethod
    def worth_until(message: Message) -> datetime:
        return worth_until(message, said_in(message))

    @classmethod
    def still_needed(cls, message: Message) -> str:
        appointment = cls.appointment(message)
        referral = appointment.referral
        if referral.status in Referral.ENDED:
            return "The referral has ended."
        if appointment.replaced_at or referral.status != Referral.Status.SCHEDULED:
            return "The appointment was changed."
        if appointment.cannot_come:
            return "The patient said that they cannot come."
        if appointment.starts_at - timezone.now() < TOO_CLOSE:
            return "The appointment is too close, or over."
        return referral.patient.why_no_mail()

    @classmethod
    def not_gone(cls, message: Message) -> None:
        """Call about a time that no mail and no call has told of before."""
        appointment = cls.appointment(message)
        heard = heard_last(appointment.referral)
        knows = heard is not None and heard.starts_at and is_the_same(heard.starts_at, appointment.starts_at)
        if appointment.replaced_at is None and not appointment.cannot_come and not knows:
            _call_instead(message, appointment, was_at=None, starts_at=appointment.starts_at)


def _call_instead(
    message: Message, appointment: Appointment, *, was_at: datetime | None, starts_at: datetime | None
) -> None:
    referral = Referral.objects.select_for_update().get(pk=appointment.referral_id)
    call = calls.call_instead(
        message,
        referral.patient,
        where=CallToMake.Where.OFFICE,
        location=referral.location,
        time_zone=appointment.time_zone,
        was_at=was_at,
        starts_at=starts_at,
    )
    if call and referral.status == Referral.Status.SCHEDULED:
        call_is_next(referral, call)
