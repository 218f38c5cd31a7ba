"""Reminders are stopped by one press, by the mail program or by hand; whatever a patient must hear goes on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.kinds import CATEGORIES, KINDS
from clinic.messages.models import MailStop, Message
from clinic.messages.stopping import choose, message_of, stop, stop_address, stops_of
from clinic.messages.writing import mail
from intake.door import emails
from intake.visits import emails as visit_emails
from tests import factories
from tests.clinic.messages import test_mail_words
from tests.referrals.status_page import Page

everything = test_mail_words.everything
SOON = timedelta(days=5)


@pytest.fixture
def reminder(location):
    intake = factories.intake(of=factories.patient(at=location, email="ada@patients.example"))
    return emails.remind_to_finish(intake)[0]


@pytest.fixture
def arrived(reminder, post_office):
    """The reminder as the mail program of its reader has it."""
    sweep(timezone.now() + timedelta(hours=25))
    return post_office.mails[0]


def address_in(mail) -> str:
    return mail["List-Unsubscribe"].strip(" <>").removeprefix("http://localhost:8000")


def test_only_reminders_carry_the_headers_and_never_what_is_safe_asked_for_or_new(everything):
    carry = {}
    for message in Message.objects.select_related("location"):
        headers = mail(message, *KINDS[message.kind].render(message)).extra_headers
        carry[message.kind] = headers.get("List-Unsubscribe-Post")
        assert ("List-Unsubscribe" in headers) == bool(carry[message.kind])
    assert {name for name, post in carry.items() if post == "List-Unsubscribe=One-Click"} == {
        name for name, kind in KINDS.items() if kind.category
    }


def test_a_mail_program_stops_it_by_one_press_without_cookie_or_sign_in(reminder, arrived):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(address_in(arrived), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    [made] = MailStop.objects.all()
    patient = reminder.subject_id
    assert (made.category, made.how, made.ended_at) == ("forms", "one_press", None)
    assert made.reader_id != patient, "it is the patient who is asked no more, not this one form"
    browser.post(address_in(arrived), {"List-Unsubscribe": "One-Click"})
    assert MailStop.objects.count() == 1


def test_looking_changes_nothing_and_names_nobody(arrived):
    browser = Client()
    for way in (browser.get, browser.head):
        assert way(address_in(arrived)).status_code == 200
    page = browser.get(address_in(arrived)).content.decode()
    assert MailStop.objects.count() == 0
    assert "Stop these reminders?" in page
    assert "Quill" not in page


@pytest.mark.parametrize("secret", ["x" * 43, "short", "%00" * 9, "ñ" * 43])
def test_an_address_we_did_not_make_stops_nothing(location, secret):
    factories.message(at=location)
    assert Client().post(f"/messages/stop/{secret}/").status_code == 404
    assert MailStop.objects.count() == 0


def test_the_proof_of_one_message_is_none_for_another(reminder, location):
    other = emails.remind_to_finish(factories.intake(at=location))[0]
    mine, theirs = (stop_address(one).rstrip("/").rsplit("/")[-1] for one in (reminder, other))
    assert message_of(mine) == reminder
    assert message_of(mine[:21] + theirs[21:]) is None
    invitation = emails.invite(factories.intake(at=location))
    assert stop_address(invitation) == ""


def test_what_is_turned_off_does_not_go_and_what_must_be_heard_does(location, priya, post_office):
    patient = factories.patient(at=location, email="ada@patients.example")
    visit = factories.appointment_request(
        at=location,
        of=patient,
        state="booked",
        starts_at=timezone.now().replace(microsecond=0) + SOON,
        answered_by=priya,
        answered_at=timezone.now(),
    )
    stop(patient.public_id, "visits", how="one_press")
    visit_emails.booked(visit)
    sweep(timezone.now() + SOON - timedelta(hours=23))
    told = {mail["X-Message-Key"].split(":")[0] for mail in post_office.mails}
    assert told == {"appointment_booked"}
    left = Message.objects.get(kind="visit_reminder")
    assert (left.status, left.outcome) == ("skipped", "The patient has turned off these reminders.")


def test_the_patient_chooses_on_their_page_and_staff_read_it(location, maya, sign_in):
    case = factories.case(at=location)
    patient = case.patient
    page = Page(patient).opens("status_mails")
    assert page.filled["wanted"] == list(CATEGORIES)
    page.sends(reverse("status_mails"), page.filled | {"wanted": ["visits"]})
    assert "We have kept your choice." in page.text
    assert {one.category for one in stops_of(patient.public_id)} == {"forms", "follow_up"}
    client = sign_in(maya)
    for address in (reverse("patient", args=[patient.public_id]), case.get_absolute_url()):
        read = client.get(address).content.decode()
        assert "Mails turned off" in read
        assert "Questions some weeks later" in read
    page.sends(reverse("status_mails"), page.filled | {"wanted": list(CATEGORIES)})
    assert not stops_of(patient.public_id).exists()
    assert MailStop.objects.count() == 2, "what was off once stays on record"


def test_a_category_nobody_knows_is_refused(location):
    patient = factories.patient(at=location)
    with pytest.raises(ValueError, match="no category"):
        stop(patient.public_id, "everything", how="page")
    choose(patient.public_id, ["visits"])
    assert {one.category for one in stops_of(patient.public_id)} == {"forms", "follow_up"}
