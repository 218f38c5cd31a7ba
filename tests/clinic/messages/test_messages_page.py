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
from intake.door import emails
from tests import factories

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
