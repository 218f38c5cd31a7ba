"""Whoever changes a listing, a mail or a line of the desk's list waits for a move, and no move waits for them in turn.

A listing is held before a referral; its mails, its calls and what an office has to be told are held after it.
"""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from clinic.messages import actions as messages
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from referrals import moves as actions
from referrals.models import OfficeToTell, Referral
from referrals.moves import directory, offices
from referrals.moves.steps import lock
from tests.at_once import at_once
from tests.referrals.conftest import OFFICE
from tests.referrals.told.walking import post

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "front@ashportneuro.example"
BLOCKS_SOMEBODY = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


@pytest.fixture
def refused(letters, sent):
    """The office's server has refused the mail with the link."""
    with post(takes=False):
        sweep(timezone.now())
    sent.refresh_from_db()
    assert sent.undelivered_at
    return sent


def meet(referral, move, other):
    """Let a move go on once the other waits for the referral it holds; return what both came to."""
    held = threading.Event()

    def moving():
        with transaction.atomic():
            lock(referral)
            held.set()
            _until_somebody_waits()
            return move()

    def meanwhile():
        held.wait()
        return other()

    return at_once(moving, meanwhile)


def _until_somebody_waits():
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute(BLOCKS_SOMEBODY)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("the other never came to wait")


def nobody_waited_for_ever(came_to):
    assert [one for one in came_to if isinstance(one, (OperationalError, AssertionError))] == []


def test_a_decline_sets_the_listing_right_while_somebody_notes_a_call(letters, sent, priya, ruth):
    actions.office_decline(sent, reason="not_taking", office=OFFICE)
    came_to = meet(
        sent,
        lambda: actions.note(sent, words="They called.", by=priya),
        lambda: actions.update_listing(sent, by=ruth),
    )
    nobody_waited_for_ever(came_to)
    assert not Referral.objects.get().specialist.accepts_new_patients


@pytest.mark.parametrize("way", ["in the directory", "on the referral", "under the mails"])
def test_an_address_is_corrected_while_the_letter_goes_by_fax(refused, priya, ruth, way):
    office, [mail] = refused.specialist, Message.objects.filter(kind="referral_sent")
    correct = {
        "in the directory": lambda: directory.change_listing(office, by=ruth, email=NEW),
        "on the referral": lambda: actions.send_again(refused, by=ruth, email=NEW),
        "under the mails": lambda: messages.send_again(mail, by=ruth, to=NEW),
    }[way]
    came_to = meet(refused, lambda: actions.send_otherwise(refused, channel="fax", by=priya), correct)
    nobody_waited_for_ever(came_to)
    assert Referral.objects.get().channel == "fax"


def test_a_mail_tells_an_office_in_the_moment_somebody_has_called_it(letters, sent, priya):
    with transaction.atomic():
        row = offices.put_down(sent, sent.specialist, OfficeToTell.What.WITHDRAWN)
    came_to = meet(
        sent,
        lambda: actions.office_was_told(row, by=priya),
        lambda: offices.told_by_the_mail(sent, sent.specialist),
    )
    nobody_waited_for_ever(came_to)
    assert not OfficeToTell.objects.filter(done_at=None).exists()
