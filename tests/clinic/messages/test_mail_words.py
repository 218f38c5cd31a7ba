"""A mail says that something waits and where, never what or about whom: whatever the records hold."""

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from django.conf import settings as django_settings
from django.db import models
from django.utils import timezone

from clinic.messages.dispatch import mail, sweep
from clinic.messages.facts import NotSafe, moment
from clinic.messages.kinds import KINDS, kind
from clinic.messages.models import Message
from clinic.on_call import emails as about_the_list
from clinic.sign_in import emails as to_staff
from clinic.staff.changes import ClinicChange
from clinic.staff.permissions import Role
from intake.door import emails as to_patients
from intake.door import status_emails
from intake.follow_up.emails import ask_how_it_goes
from intake.handover.actions import hand_over
from intake.models import AppointmentRequest, FollowUp, Intake, Urgency
from intake.review import emails as case_emails
from intake.visits import emails as appointment_emails
from referrals.models import Appointment, ReferralMove, Report
from referrals.moves import asked_emails, covering, lost, offices, telling, undelivered
from referrals.moves import carrier_emails as about_carrying
from referrals.moves import emails as about_referrals
from referrals.moves.delivery_emails import times_answered
from referrals.moves.heard import OF_APPOINTMENTS
from referrals.moves.listing_emails import listing_changed
from referrals.today.emails import morning_list
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS

KEPT = {  # what the product itself reads as a word of its own, or what the address of a mail is taken from
    "status", "language", "time_zone", "email", "slug", "reason", "role", "opened_because", "channel", "consent",
    "wanted", "choice", "end_reason", "what", "digest", "sha256", "file", "from_status", "to_status", "password",
    "reference",
}  # fmt: skip
WITH_WORDS = {name for name, one in KINDS.items() if not one.by_fax}  # a fax has pages
AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]


def marked(row, numbers) -> set[str]:
    """Puts a word of its own into every text of a row, whatever columns it has or will have; returns the words."""
    words, changes = set(), {}
    for field in row._meta.concrete_fields:
        text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
        if not text or field.name in KEPT or (field.max_length or 99) < 2:
            continue
        word = f"zq{next(numbers)}x"[: field.max_length]
        changes[field.name] = word
        words |= {word} if len(word) > 3 else set()
    type(row).objects.filter(pk=row.pk).update(**changes)
    return words


def everything_in(mail) -> str:
    """All of a mail: its headers, and each part as it travels and as it is read.

    What parts them is a number drawn for each mail, and says nothing.
    """
    parts = [part for part in mail.walk() if not part.is_multipart()]
    headers = [f"{name}: {value}" for name, value in mail.items() if name != "Content-Type"]
    return "\n".join([*headers, *(part.as_string() + part.get_payload(decode=True).decode() for part in parts)])


@pytest.fixture
def everything(location, maya, priya, ruth, settings):
    """One of every kind of message, about records in which every text is marked; and the marks."""
    numbers = count(101)
    marks = {"1980", "zq100x"}
    patient = factories.patient(at=location, date_of_birth=date(1980, 2, 29), email="someone@patients.example")
    intake = factories.intake(of=patient, answers={**FOOT_DROP, "other_words": "zq100x"}, started_at=timezone.now())
    case = factories.case(of=patient, answers=FOOT_DROP)
    emergency = factories.case(at=location, answers=SADDLE_NUMBNESS)
    specialist = factories.specialist(email="office@nerves.example")
    referral = factories.referral(
        after=factories.decision(on=case, by=maya, reason="other", words="x"), owner=priya, to=specialist
    )
    appointment = Appointment.objects.create(
        referral=referral, starts_at=timezone.now() + timedelta(days=9), time_zone="America/New_York"
    )
    report = Report.objects.create(referral=referral, words="words", sent_by="someone")
    ReferralMove.objects.create(referral=referral, to_status="sent", what=ReferralMove.What.SENT, by=maya)
    follow_up = FollowUp.objects.create(
        patient=patient, intake=intake, week=2, due_at=timezone.now() + timedelta(days=14), activity="words"
    )
    visit = AppointmentRequest.objects.create(
        patient=patient, intake=intake, location=location, days=[], times=[], reason="new", words="words",
        answer_by=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    rows = [
        visit,
        follow_up,
        patient,
        intake,
        case,
        emergency,
        specialist,
        referral,
        appointment,
        report,
        maya,
        priya,
        ruth,
    ]
    rows += [visit, referral.decision, case.intake, emergency.intake, emergency.patient]
    for row in rows:
        marks |= marked(row, numbers)
        row.refresh_from_db()
    ids = {str(row.public_id) for row in rows if hasattr(row, "public_id")}

    to_patients.invite(intake)
    to_patients.remind_to_finish(intake)
    to_patients.resume_link_requested(intake)
    status_emails.answers_received(intake)
    status_emails.status_link(patient)
    settings.TEXT_URL = "https://texts.example.org/send"
    shift = factories.on_call(maya, at=location)
    about_the_list.put_on_call(shift)
    about_the_list.taken_off_call(shift)
    case_emails.case_needs_you(emergency, now=timezone.now())
    case_emails.case_is_with_you(factories.case(at=location, acknowledged_by=maya), by=None, now=timezone.now())
    case_emails.case_taken_over(emergency, of=maya, now=timezone.now())
    for name in case_emails.TO_THE_PATIENT:
        case_emails.tell_the_patient(referral.decision, name)
    about_referrals.referral_sent(referral)
    about_referrals.remind_office(referral)
    for name in OF_APPOINTMENTS:
        telling.mail_about(name, appointment)
    listing_changed(specialist, version=1, by=maya)
    about_referrals.report_received(report)
    appointment.answered_at = timezone.now()
    asked_emails.patient_cannot_come(appointment)
    asked_emails.back_with_therapist(referral)
    asked_emails.patient_was_lost(referral)
    lost.tell_the_patient(referral)
    referral.status = "question"  # of this mail alone
    about_carrying.referral_answered(referral)
    referral.refresh_from_db()
    about_carrying.handed_over(referral, by=maya)
    line = ReferralMove.objects.create(
        referral=referral, to_status=referral.status, what=ReferralMove.What.HANDED_OVER, by=maya
    )
    about_carrying.many_handed_over([line], to=referral.owner, by=maya)
    covering.cover(
        priya, covered_by=ruth, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(days=9), by=priya
    )
    case_emails.tell_who_carries(case)
    nora = factories.staff("Nora Penn", Role.FRONT_DESK)  # works nowhere by now
    left_by = factories.referral(after=factories.decision(on=factories.case(of=patient), by=maya), owner=nora)
    about_carrying.referrals_left(nora, left_by.location, timezone.now())
    offices.letter_is_newer(referral, 2)
    times_answered(referral)
    ReferralMove.objects.create(
        referral=referral, to_status="withdrawn", what=ReferralMove.What.WITHDRAWN, by=maya, to=specialist
    )
    offices.is_withdrawn(referral)
    undelivered.write_to_the_carrier(referral)
    to_staff.password_reset(maya)
    to_staff.new_device(maya)
    to_staff.password_changed(maya)
    to_staff.account_changed(maya, to=maya.email)
    closed = ClinicChange.objects.create(what=ClinicChange.What.LEFT, person=maya, by=priya)
    to_staff.colleague_changed(ruth, maya, closed, at=location)
    to_staff.invited(factories.staff("Ivo Inn", at=[location]))
    to_staff.second_step_changed(maya)
    to_staff.wrong_sign_ins(maya, times=200, networks=12)
    [_mail, _reminder] = ask_how_it_goes(follow_up)
    noa = factories.staff("Noa Beck", at=[location])
    taken = factories.case(of=patient, answers=HEEL_PAIN, acknowledged_by=noa)
    hand_over([taken.public_id], of=noa, to={location.pk: maya}, by=noa)
    morning_list(maya, location, timezone.localdate())
    appointment_emails.tell_the_desk(visit)
    visit.patient_said_at = timezone.now()
    appointment_emails.tell_the_desk_they_cannot_come(visit)
    AppointmentRequest.objects.update(
        state="booked", starts_at=timezone.now() + timedelta(days=9), answered_by=priya, answered_at=timezone.now()
    )
    visit.refresh_from_db()
    appointment_emails.booked(visit)
    appointment_emails.off(visit, visit.starts_at)
    appointment_emails.answered(visit)
    return marks, ids


def test_there_is_one_of_every_kind(everything):
    assert set(Message.objects.values_list("kind", flat=True)) == WITH_WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mail_holds_a_word_or_an_id_from_a_record(everything, language):
    marks, ids = everything
    assert len(marks) > 40
    for message in Message.objects.select_related("location"):
        message.language = language
        written = mail(message, *KINDS[message.kind].render(message)).message()
        assert written["To"] == message.recipient
        del written["To"]
        text = everything_in(written)
        words = AN_ID.sub("", text)  # one in twenty runs draws an id with 1980 in it
        assert {mark for mark in marks if mark in words} == set(), message.kind
        assert written["X-Message-Key"] == message.key
        del written["X-Message-Key"]
        text = everything_in(written)
        assert {one for one in ids if one in text} == set(), message.kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_has_a_subject_a_body_and_no_empty_place(everything, language):
    for message in Message.objects.select_related("location"):
        message.language = language
        subject, body = KINDS[message.kind].render(message)
        assert 10 < len(subject) < 79, message.kind
        assert "\n" not in subject
        assert len(body) > 80, message.kind
        assert "{" not in subject + body
        assert "  " not in body, message.kind
        assert max(map(len, body.splitlines())) < 500  # a longer line would be broken up on its way


def test_what_the_mail_server_gets_is_what_was_tested(everything, post_office):
    marks, ids = everything
    Message.objects.filter(kind="case_needs_you").exclude(due_at__lte=timezone.now()).delete()
    sweep(timezone.now() + timedelta(days=8))
    assert {mail["X-Message-Key"].split(":")[0] for mail in post_office.mails} >= {"referral_sent", "report_received"}
    for arrived in post_office.mails:
        del arrived["To"], arrived["X-Message-Key"]
        text = re.sub(r"UID:[0-9a-f-]{36}", "UID", everything_in(arrived))  # a calendar knows it by what the key names
        assert not {mark for mark in marks | ids if mark in text}
    enclosed = {mail["Subject"] for mail in post_office.mails if "text/calendar" in everything_in(mail)}
    assert len(enclosed) == 2, "made and moved: what is off stands by then, and is not mailed"


def test_a_link_in_a_mail_holds_a_secret_and_opens_one_thing(everything):
    from clinic.links.actions import find

    message = Message.objects.get(kind="intake_invitation")
    _subject, body = KINDS[message.kind].render(message)
    [address] = [line for line in body.splitlines() if line.startswith("http")]
    assert find(address.rstrip("/").rsplit("/")[-1]).subject_id == message.subject_id


@pytest.fixture
def reminder(location, monkeypatch):
    """One whose facts are those of its row alone: no referral has to be there."""
    monkeypatch.setattr(KINDS["appointment_reminder"].source, "facts", lambda message: {})
    message = Message(kind="appointment_reminder", language="en", location=location)
    link = f"http://localhost:8000/l/{'x' * 43}/"
    message.facts = {"starts_at": "2027-03-13T10:30:00-05:00[America/New_York]", "link": link}
    return message


def test_an_appointment_is_told_on_the_clock_of_its_place(reminder):
    for at, zone, words in [
        ("2027-03-13T15:30:00+00:00", "America/New_York", "Saturday, March 13, 2027 at 10:30 AM EST"),
        ("2027-03-14T15:30:00+00:00", "America/New_York", "Sunday, March 14, 2027 at 11:30 AM EDT"),
        ("2027-07-01T00:05:00+00:00", "America/Denver", "Wednesday, June 30, 2027 at 6:05 PM MDT"),
    ]:
        reminder.facts["starts_at"] = moment(timezone.datetime.fromisoformat(at), zone)
        assert words in KINDS["appointment_reminder"].render(reminder)[1]


# The guard ------------------------------------------------------------------------------------------------------------


def test_words_that_use_something_undeclared_are_not_written(reminder):
    careless = replace(KINDS["appointment_reminder"], safe=frozenset({"clinic", "starts_at", "link"}))
    with pytest.raises(NotSafe, match="phone"):
        careless.render(reminder)


def test_a_fact_that_was_not_declared_is_not_used(reminder):
    reminder.facts["round"] = 1
    with pytest.raises(NotSafe, match="round"):
        KINDS["appointment_reminder"].render(reminder)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("link", "http://localhost:8000/referrals/?patient=Ada"),
        ("link", "http://localhost:8000/l/Ada Quill/"),
        ("link", "http://localhost:8000/cases/6f8b2a52-2f7c-4a4e-9a39-52f7b0a4c6d1/"),
        ("link", "https://elsewhere.example/l/" + "x" * 43 + "/"),
        ("link", "http://localhost:8000.elsewhere.example/"),
        ("starts_at", "Tuesday, with Dr. Adeyemi, neurologist"),
        ("starts_at", "2027-03-13T10:30:00-05:00[America/New_York] Ada"),
        ("round", "1, for Ada"),
        ("round", True),
        ("clinic", "Spine Center"),
    ],
)
def test_a_fact_cannot_carry_more_than_its_form(reminder, name, value):
    anything = replace(KINDS["appointment_reminder"], safe=frozenset({"clinic", "phone", "link", "starts_at", "round"}))
    reminder.facts[name] = value
    with pytest.raises(NotSafe):
        anything.render(reminder)


def test_a_message_that_is_not_safe_is_held_back_where_staff_see_it(everything, post_office, monkeypatch, caplog):
    leaky = replace(KINDS["referral_sent"], safe=KINDS["referral_sent"].safe - {"phone"})
    monkeypatch.setitem(KINDS, "referral_sent", leaky)
    sweep()
    message = Message.objects.get(kind="referral_sent")
    assert (message.status, message.outcome) == ("failed", "Held back: its words could have given something away.")
    assert not [mail for mail in post_office.mails if mail["X-Message-Key"] == message.key]
    assert "phone" in caplog.text


def test_a_kind_can_declare_known_facts_only():
    with pytest.raises(ValueError, match="diagnosis"):
        kind("anything", title="Anything", safe=("diagnosis",))
    assert "anything" not in KINDS


def test_every_word_of_a_kind_is_a_template_of_its_own(settings):
    folders = {path.name for path in (settings.BASE_DIR / "templates" / "emails").iterdir() if path.is_dir()}
    assert folders == WITH_WORDS


def test_an_emergency_is_never_told_by_mail_alone(everything):
    """The subject, which a locked phone shows, names no tier; the case waits in the queue until somebody takes it."""
    Intake.objects.update(urgency=Urgency.EMERGENCY)
    texts = [KINDS["case_needs_you"].render(one)[0] for one in Message.objects.filter(kind="case_needs_you")]
    assert texts
    assert not any(word in text.lower() for text in texts for word in ("emergency", "urgent", "soon", "routine"))
