"""What a patient may take along from the status page, and who looked at the record."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from icalendar import Calendar
from pypdf import PdfReader

from clinic.audit.models import AccessLog
from intake import triage
from intake.models import AnswerChange, Urgency
from intake.visits import actions as visits
from referrals import moves as actions
from tests import factories
from tests.answers import HEEL_PAIN
from tests.referrals.status_page import Page, appointment, at

pytestmark = pytest.mark.django_db

# Files to take along -------------------------------------------------------------------------------------------------


def test_the_calendar_file_is_neutral_and_in_utc(sent, page):
    made = appointment(sent)
    phone = page().opens("status_calendar", sent.public_id)
    assert phone.page["Content-Type"].startswith("text/calendar")
    assert "attachment" in phone.page["Content-Disposition"]
    file = Calendar.from_ical(phone.page.content)
    event = file.walk("VEVENT")[0]
    assert event["SUMMARY"] == "Appointment"
    assert event.start == made.starts_at.replace(microsecond=0)
    assert phone.page.content.decode().count("Z\r\n") >= 3, "start, end and stamp are in UTC, which needs no zone"
    assert file.walk("VTIMEZONE") == []
    for word in ("eurolog", "Katz", "Graciela", "therap", "pain"):
        assert word not in phone.page.content.decode()


def event_of(phone, subject_id):
    """The method of the file and its event, without the lines that a reader of few zones passes over."""
    content = phone.opens("status_calendar", subject_id).page.content
    plain = b"\r\n".join(line for line in content.split(b"\r\n") if not line.startswith(b"RDATE"))
    file = Calendar.from_ical(plain)
    return str(file["METHOD"]), file.walk("VEVENT")[0]


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("America/New_York", "2027-03-15 09:30", "2027-03-15 13:30"),  # the day after the clocks went forward
        ("America/New_York", "2027-03-13 09:30", "2027-03-13 14:30"),
        ("America/New_York", "2027-11-08 09:30", "2027-11-08 14:30"),
        ("America/Phoenix", "2027-07-01 08:00", "2027-07-01 15:00"),
        ("America/Denver", "2027-07-01 08:00", "2027-07-01 14:00"),
        ("Pacific/Honolulu", "2027-03-15 16:00", "2027-03-16 02:00"),
        ("America/Puerto_Rico", "2027-03-15 09:30", "2027-03-15 13:30"),
    ],
)
def test_a_calendar_shows_the_right_hour_whatever_zones_it_knows(sent, zone, wall, utc):
    starts = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))
    with at(datetime(2027, 3, 1, 17, tzinfo=UTC)):
        actions.give_appointment(sent, starts_at=starts, time_zone=zone, office="Ellen Park, RN")
        _method, event = event_of(Page(sent.patient), sent.public_id)
    assert f"{event.start:%Y-%m-%d %H:%M}" == utc
    assert event.start.utcoffset() == timedelta()
    assert event["DTEND"].dt > event["DTSTART"].dt


def test_a_visit_moved_twice_and_dropped_is_one_event_in_the_calendar(sent, page, priya):
    seen = []
    for days in (3, 5, 9):
        appointment(sent, days=days)
        seen.append(event_of(page(), sent.public_id))
    actions.no_show(sent, by=priya)
    seen.append(event_of(page(), sent.public_id))
    assert [method for method, _event in seen] == ["PUBLISH"] * 3 + ["CANCEL"]
    assert len({event["UID"] for _method, event in seen}) == 1
    assert [event["SEQUENCE"] for _method, event in seen] == [0, 2, 4, 5]
    assert seen[-1][1]["STATUS"] == "CANCELLED"
    assert "This appointment is off" in page().text


def test_a_visit_here_that_moved_by_a_request_of_its_own_and_is_off_is_one_event(location, priya):
    first = factories.appointment_request(at=location)
    patient, soon = first.patient, timezone.now() + timedelta(days=3)
    visits.book(first, starts_at=soon, by=priya, seen=visits.stamp(first))
    seen = [event_of(Page(patient), first.public_id)]
    more = visits.ask(first.intake, days=[], times=[], reason="move", location=location)
    visits.book(more, starts_at=soon + timedelta(days=1), by=priya, seen=visits.stamp(more))
    seen.append(event_of(Page(patient), more.public_id))
    more.refresh_from_db()
    visits.book(more, starts_at=soon + timedelta(days=2), by=priya, seen=visits.stamp(more))
    seen.append(event_of(Page(patient), more.public_id))
    more.refresh_from_db()
    visits.close(more, answer="We are closed that day.", by=priya, seen=visits.stamp(more))
    seen.append(event_of(Page(patient), more.public_id))
    assert [method for method, _event in seen] == ["PUBLISH"] * 3 + ["CANCEL"]
    assert len({event["UID"] for _method, event in seen}) == 1
    numbers = [event["SEQUENCE"] for _method, event in seen]
    assert numbers == sorted(set(numbers))


def test_a_visit_that_is_off_and_over_has_no_file(sent, page, priya):
    appointment(sent)
    actions.no_show(sent, by=priya)
    with at(timezone.now() + timedelta(days=4)):
        phone = Page(sent.patient)
        assert phone.opens("status_calendar", sent.public_id).page.status_code == 404


@pytest.fixture
def answered(location):
    intake = factories.intake(at=location, answers=HEEL_PAIN, submitted=True)
    AnswerChange.objects.create(
        intake=intake, question="age", before=45, after=46, urgency_before=Urgency.ROUTINE, urgency_after=0
    )
    return intake


def test_the_answers_as_data_hold_every_answer_and_change(answered):
    phone = Page(answered.patient).opens("status_answers_json", answered.public_id)
    data = json.loads(phone.page.content)
    assert {row["id"]: row["value"] for row in data["answers"]} == answered.answers
    assert all(row["question"] and row["answer"] for row in data["answers"])
    assert [(change["before"], change["after"]) for change in data["changes"]] == [(45, 46)]
    assert (data["answered_by"], data["language_of_the_form"]) == ("patient", "en")
    assert data["submitted_at"]
    assert "urgency" not in phone.page.content.decode()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_answers_as_a_page_are_tagged_and_in_the_language_of_the_reader(answered, language, tmp_path):
    phone = Page(answered.patient)
    phone.client.cookies["django_language"] = language
    phone.opens("status_answers_pdf", answered.public_id)
    assert phone.page["Content-Type"] == "application/pdf"
    (tmp_path / "answers.pdf").write_bytes(phone.page.content)
    pdf = PdfReader(tmp_path / "answers.pdf")
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"].startswith(language)
    text = " ".join(one.extract_text() for one in pdf.pages)
    with translation.override(language):
        question = triage.shipped().questions["age"].text_in(language)
    assert " ".join(question.split()) in " ".join(text.split())


def test_what_somebody_typed_is_never_markup_in_the_file(location):
    typed = {**HEEL_PAIN, "anything_else": '#panic() *x* $y$ <b> \\ "quoted"'}
    intake = factories.intake(at=location, answers=typed, submitted=True)
    assert Page(intake.patient).opens("status_answers_pdf", intake.public_id).page.content.startswith(b"%PDF")


# Who looked ----------------------------------------------------------------------------------------------------------


def test_who_looked_names_staff_the_office_and_the_patient(sent, page, sign_in, maya):
    sign_in(maya).get(sent.case.get_absolute_url())
    sign_in(maya).get(sent.case.get_absolute_url())
    AccessLog.objects.create(actor="office", page="office", subject="referral", patient_id=sent.patient_id)
    text = page().opens("status_looked").text
    assert "Maya Ortiz, physical therapist" in text
    assert "Your answers and what we noted about them, 2 times" in text
    assert "The other office we wrote to" in text
    assert "You, or somebody with your link" in text
    assert "lists in which your name stands" in text


def test_who_looked_holds_nobody_else_s_rows_and_comes_in_pages(page, sent, maya, location):
    other = factories.patient(at=location)
    AccessLog.objects.create(
        actor="staff", user=maya, role="therapist", page="case", subject="case", patient_id=other.pk
    )
    assert "Maya" not in page().opens("status_looked").text
    for day in range(40):
        with at(timezone.now() - timedelta(days=day + 1)):
            AccessLog.objects.create(actor="office", page="office", subject="referral", patient_id=sent.patient_id)
    assert "Page 1 of 2" in page().opens("status_looked").text
