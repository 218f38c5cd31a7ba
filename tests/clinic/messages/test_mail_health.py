"""Since when the mail server takes nothing is kept, whatever it does instead; one reader's full mailbox is not that."""

import pytest
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message, SweepBeat
from intake.door import emails
from tests import factories

pytestmark = pytest.mark.django_db


def health() -> SweepBeat:
    return SweepBeat.objects.get()


@pytest.fixture
def ada(location):
    intake = factories.intake(at=location)
    emails.invite(intake)
    return intake.patient


def again():
    Message.objects.update(due_at=timezone.now())
    sweep()


def test_the_last_good_hand_over_is_kept(ada, post_office):
    before = timezone.now()
    sweep()
    assert before < health().mail_went_at
    assert health().mail_refused_since is None


def away(post_office, ada):
    post_office.close()


def refuses_the_sender(post_office, ada):
    post_office.refuse_sender = "550 not from you"


def puts_the_sender_off(post_office, ada):
    post_office.refuse_sender = "451 later"


def falls_silent(post_office, ada):
    post_office.swallow[ada.email] = 1


@pytest.mark.parametrize("how", [away, refuses_the_sender, puts_the_sender_off, falls_silent])
def test_since_when_it_fails_stays_the_first_time_and_ends_with_the_next_that_goes(ada, post_office, how):
    how(post_office, ada)
    sweep()
    since = health().mail_refused_since
    assert since is not None
    if how is not falls_silent:
        again()
        assert health().mail_refused_since == since, "the first refusal counts, not the last"
    if how is away:
        post_office.open()
    post_office.refuse_sender = ""
    again()
    assert health().mail_refused_since is None
    assert health().mail_went_at > since


@pytest.mark.parametrize("answer", ["452 mailbox full", "550 no such person"])
def test_one_reader_the_server_does_not_take_is_not_the_server(ada, post_office, answer):
    post_office.refuse[ada.email] = answer
    sweep()
    assert health().mail_refused_since is None


def test_what_is_put_off_keeps_when_it_was_due_first(ada, post_office):
    due = Message.objects.get().due_at
    post_office.close()
    for _ in range(3):
        sweep(Message.objects.get().due_at)
    assert Message.objects.get().due_at > due
    assert Message.objects.get().due_since == due
