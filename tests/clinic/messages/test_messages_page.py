"""Staff see what was written, what waits and what could not be delivered, and put it right."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.links.actions import make_link
from clinic.links.models import MOST_WRONG_TRIES, Link
from clinic.messages.models import Message, SweepBeat
from clinic.sign_in.emails import password_changed
from intake.door import emails
from intake.models import Intake, Patient
from intake.review import emails as case_emails
from referrals.moves import emails as about_referrals
from tests import factories
from tests.answers import FOOT_DROP

Status = Message.Status


@pytest.fixture
def failed(location):
    intake = factories.intake(of=factories.patient(at=location, email="ada@wrong.example"))
    emails.invite(intake)
    outcome = "The mail server refused this address or message (550)."
    Message.objects.update(status=Status.FAILED, outcome=outcome, settled_at=timezone.now(), attempts=1)
    return Message.objects.get()


@pytest.fixture
def at_the_desk(sign_in, priya):
    return sign_in(priya)


def test_what_needs_a_person_comes_first_with_its_reason(at_the_desk, failed, location):
    factories.message(at=location)
    page = at_the_desk.get(reverse("messages"))
    assert list(page.context["page_obj"]) == [failed]
    assert b"The mail server refused this address or message (550)." in page.content
    assert b"1 message could not be sent" in page.content


def test_without_trouble_it_opens_with_what_waits(at_the_desk, location):
    later = factories.message(at=location, due_at=timezone.now() + timedelta(days=1))
    soon = factories.message(at=location)
    assert list(at_the_desk.get(reverse("messages")).context["page_obj"]) == [soon, later]


@pytest.mark.parametrize("show", ["failed", "waiting", "sent", "skipped"])
def test_an_empty_part_says_what_would_be_there(at_the_desk, show):
    page = at_the_desk.get(reverse("messages"), {"show": show})
    assert page.status_code == 200
    assert b"No messages here" in page.content


@pytest.mark.parametrize(
    "query", ["show=everything", "location=elsewhere", "kind=%00", "page=-4", "page=x", "show=&location=&kind=&page="]
)
def test_any_address_of_the_list_shows_a_list(at_the_desk, failed, query):
    assert at_the_desk.get(f"{reverse('messages')}?{query}").status_code == 200


def test_messages_of_another_location_do_not_exist(sign_in, olga, failed):
    browser = sign_in(olga)
    assert list(browser.get(reverse("messages"), {"show": "failed"}).context["page_obj"]) == []
    assert browser.get(reverse("message", args=[failed.pk])).status_code == 404
    assert browser.post(reverse("message", args=[failed.pk]), {"to": "olga@example.org"}).status_code == 404
    failed.refresh_from_db()
    assert failed.status == Status.FAILED


def test_looking_at_messages_is_on_record(at_the_desk, failed, priya):
    at_the_desk.get(reverse("messages"))
    at_the_desk.get(reverse("message", args=[failed.pk]))
    assert list(AccessLog.objects.values_list("page", "subject", "user")) == [
        ("messages", "list", priya.pk),
        ("messages", "listed", priya.pk),
        ("message", "message", priya.pk),
    ]


def test_the_desk_corrects_an_address_and_the_message_waits_again(at_the_desk, failed):
    answer = at_the_desk.post(reverse("message", args=[failed.pk]), {"to": "ada@right.example"}, follow=True)
    assert b"It will be sent again in a few seconds." in answer.content
    failed.refresh_from_db()
    assert (failed.status, failed.recipient) == (Status.SCHEDULED, "ada@right.example")


@pytest.mark.parametrize("address", ["", "ada", "ada@right.example\nBcc: all@example.org", "x" * 300 + "@example.org"])
def test_a_useless_address_is_an_error_at_the_field(at_the_desk, failed, address):
    page = at_the_desk.post(reverse("message", args=[failed.pk]), {"to": address})
    assert page.status_code == 422
    assert page.context["form"].errors["to"]
    failed.refresh_from_db()
    assert failed.status == Status.FAILED


def test_sending_again_twice_is_sending_again_once(at_the_desk, failed):
    for _ in range(2):
        answer = at_the_desk.post(reverse("message", args=[failed.pk]), {"to": "ada@right.example"}, follow=True)
    assert b"Somebody else has already dealt with this message." in answer.content
    assert failed.retries.count() == 1


def test_the_desk_wakes_a_sleeping_link(at_the_desk, failed):
    link = make_link(Link.Purpose.INTAKE, failed.subject_id, expires_at=timezone.now() + timedelta(days=1))
    assert b"fell asleep" not in at_the_desk.get(reverse("messages")).content
    Link.objects.update(wrong_tries=MOST_WRONG_TRIES)
    page = at_the_desk.get(reverse("messages"))
    assert b"Intake invitation to ada@wrong.example" in page.content
    at_the_desk.post(reverse("wake_sleeping_link", args=[link.pk]))
    assert not Link.objects.asleep().exists()


def test_nobody_wakes_a_link_of_another_location(sign_in, olga, failed):
    link = make_link(Link.Purpose.INTAKE, failed.subject_id, expires_at=timezone.now() + timedelta(days=1))
    Link.objects.update(wrong_tries=MOST_WRONG_TRIES)
    assert sign_in(olga).post(reverse("wake_sleeping_link", args=[link.pk])).status_code == 404
    assert Link.objects.asleep().exists()


def test_a_silent_worker_is_shown_on_every_staff_page(at_the_desk, location):
    alarm = b"Mail and alarms have stood still since"
    SweepBeat.objects.create(at=timezone.now())
    assert alarm not in at_the_desk.get(reverse("messages")).content
    SweepBeat.objects.update(at=timezone.now() - timedelta(seconds=61))
    assert alarm in at_the_desk.get(reverse("messages")).content
    SweepBeat.objects.all().delete()
    assert b"Mail and alarms have never run" in at_the_desk.get(reverse("messages")).content


def test_due_messages_are_printed_as_json_lines(location, capsys):
    due = factories.message(at=location)
    later = factories.message(at=location, due_at=timezone.now() + timedelta(days=1))
    factories.message(at=location, status=Status.SENT, settled_at=timezone.now())
    call_command("due_messages")
    [line] = capsys.readouterr().out.splitlines()
    expected = {"key": due.key, "recipient": due.recipient, "kind": due.kind, "due_at": due.due_at.isoformat()}
    assert json.loads(line) == expected
    call_command("due_messages", "--all")
    assert [json.loads(line)["key"] for line in capsys.readouterr().out.splitlines()] == [due.key, later.key]


# Whose it is ----------------------------------------------------------------------------------------------------------


def fails(message):
    Message.objects.filter(pk=message.pk).update(status=Status.FAILED, outcome="Refused.", settled_at=timezone.now())
    return Message.objects.get(pk=message.pk)


@pytest.fixture
def case(location, maya):
    return factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya)


@pytest.fixture
def referral(case, maya, priya):
    return factories.referral(after=factories.decision(on=case, by=maya), owner=priya, to=factories.specialist())


def to_the_patient(case, _referral):
    return emails.invite(case.intake)


def to_the_office(_case, referral):
    return about_referrals.referral_sent(referral)


def alarm(case, _referral):
    return case_emails.case_needs_you(case, now=timezone.now())[0]


def of_an_account(_case, referral):
    return password_changed(referral.owner)


@pytest.mark.parametrize(
    ("mail", "who", "name", "carrier", "leads_to"),
    [
        (to_the_patient, "maya", "patient", "maya", "case"),
        (to_the_patient, "priya", "patient", "", "patient"),
        (to_the_office, "priya", "office", "priya", "referral"),
        (alarm, "maya", "patient", "maya", "case"),
        (alarm, "priya", "", "", ""),
        (alarm, "ruth", "", "", ""),
        (of_an_account, "ruth", "", "", ""),
    ],
)
def test_a_failed_message_says_whose_it_is_to_those_who_may_know(
    case, referral, maya, priya, ruth, sign_in, mail, who, name, carrier, leads_to
):
    """Who sees no cases is told of no alarm whose it is."""
    people, office = {"maya": maya, "priya": priya, "ruth": ruth}, referral.specialist
    message, browser = fails(mail(case, referral)), sign_in(people[who])
    if message.location is None:
        Message.objects.filter(pk=message.pk).update(location=case.location)
    named = {"patient": (case.patient.full_name, case.patient.phone), "office": (office.practice, office.phone)}
    for page in (browser.get(reverse("messages")), browser.get(reverse("message", args=[message.pk]))):
        for whose, (says, phone) in named.items():
            assert (says in page.text) is (phone in page.text) is (whose == name), (whose, page.request["PATH_INFO"])
        assert (f"{people[carrier].name} has it" if carrier else "has it") in page.text or not carrier
        addresses = {"case": case, "patient": case.patient, "referral": referral}
        for route, subject in addresses.items():
            assert (reverse(route, args=[subject.public_id]) in page.text) is (route == leads_to), route
    logged = AccessLog.objects.filter(patient_id=case.patient_id)
    assert logged.count() == (2 if leads_to else 0)


def test_what_went_names_nobody(case, at_the_desk):
    to_the_patient(case, None)
    assert case.patient.full_name not in at_the_desk.get(reverse("messages")).text


@pytest.mark.parametrize("status", ["sent", "failed", "scheduled", "skipped"])
def test_who_does_not_see_the_patient_does_not_see_the_address(at_the_desk, failed, other_location, status):
    """They are at another location by now, or gave another address; the row stays where it was written."""
    settled = None if status == "scheduled" else timezone.now()
    Message.objects.update(status=status, settled_at=settled)

    def pages() -> str:
        shown = at_the_desk.get(reverse("messages"), {"show": {"scheduled": "waiting"}.get(status, status)})
        return shown.text + at_the_desk.get(reverse("message", args=[failed.pk])).text

    assert pages().count("ada@wrong.example") >= 2
    patient = Intake.objects.get().patient
    for gone in ({"location": other_location}, {"email": "ada@new.example", "location": failed.location}):
        Patient.objects.filter(pk=patient.pk).update(**gone)
        assert "ada@wrong.example" not in pages()
        assert "A patient" in pages()


def test_an_address_of_staff_or_of_an_office_is_no_secret(at_the_desk, location, maya):
    factories.message(at=location, kind="password_changed", recipient=maya.email)
    assert maya.email in at_the_desk.get(reverse("messages")).text
