"""When staff pages and `/healthz` say that an alarm reached nobody: about a case, and only while that is so."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from clinic.messages.actions import send_again
from clinic.messages.alarms import held_up_since
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.sign_in import emails as about_accounts
from intake.review.actions import acknowledge
from intake.review.forgotten import raise_again
from tests import factories
from tests.answers import SADDLE_NUMBNESS

pytestmark = pytest.mark.django_db

FULL, NO_SUCH_PERSON = "452 mailbox full", "550 no such person"


@pytest.fixture
def at_noon():
    with time_machine.travel(timezone.now().replace(hour=17, minute=0), tick=False) as clock:
        yield clock


@pytest.fixture
def emergency(at_noon, location, maya):
    return factories.danger_in(factories.intake(at=location, answers=SADDLE_NUMBNESS))


def sweeps_for(clock, minutes):
    """Mail goes out each half minute for so long."""
    for _ in range(2 * minutes):
        sweep(timezone.now())
        clock.shift(timedelta(seconds=30))


# What is no alarm -----------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_for_somebody_whose_mailbox_is_full_are_no_alarm(at_noon, maya, post_office, client):
    """The attack: anybody on the internet makes the load balancer take the pages away."""
    post_office.refuse[maya.email] = FULL
    about_accounts.wrong_sign_ins(maya, times=5, networks=1)
    about_accounts.new_device(maya)
    sweeps_for(at_noon, 5)
    assert Message.objects.unsettled().exists()
    assert held_up_since() == []
    assert client.get("/healthz").json()["alarms"] is True


def test_one_full_mailbox_among_others_is_no_alarm_about_a_case(at_noon, emergency, maya, daniel, post_office):
    post_office.refuse[maya.email] = FULL
    sweeps_for(at_noon, 4)
    assert post_office.recipients[daniel.email]
    assert held_up_since() == []


# What is one ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [FULL, NO_SUCH_PERSON])
def test_the_only_therapist_who_cannot_be_mailed_is_one(at_noon, emergency, maya, post_office, client, answer):
    post_office.refuse[maya.email] = answer
    sweeps_for(at_noon, 3)
    assert len(held_up_since()) == 1
    assert client.get("/healthz").json()["alarms"] is False


def test_it_ends_when_a_later_announcement_reaches_somebody(at_noon, emergency, maya, ruth, post_office):
    post_office.refuse[maya.email] = NO_SUCH_PERSON
    sweeps_for(at_noon, 3)
    assert len(held_up_since()) == 1
    sweeps_for(at_noon, 3)
    assert post_office.recipients == {ruth.email: 1}
    assert held_up_since() == []


def test_it_ends_when_somebody_takes_the_case_all_the_same(at_noon, emergency, maya, post_office):
    post_office.refuse[maya.email] = NO_SUCH_PERSON
    sweeps_for(at_noon, 3)
    acknowledge(emergency, by=maya)
    assert held_up_since() == []


def test_it_stands_for_as_long_as_nobody_is_reached(at_noon, emergency, maya, post_office):
    """Also through the hourly step: a new announcement does not hide that the last one failed."""
    post_office.refuse[maya.email] = NO_SUCH_PERSON
    sweeps_for(at_noon, 61)
    for _ in range(70):
        at_noon.shift(timedelta(minutes=1))
        raise_again()
        sweep(timezone.now())
        assert len(held_up_since()) == 1


# The address of a colleague -------------------------------------------------------------------------------------------


@pytest.fixture
def failed(at_noon, emergency, maya, post_office):
    post_office.refuse[maya.email] = NO_SUCH_PERSON
    sweep(timezone.now())
    return Message.objects.needing_a_person().get()


def test_nobody_sends_an_alarm_to_another_address(failed, maya, priya, sign_in, post_office):
    """The attack: the desk "corrects" Maya's address to a mailbox nobody reads; all that waits for her goes there."""
    other = factories.message(at=failed.location, kind="report_received", recipient=maya.email)
    desk = sign_in(priya)
    assert 'name="to"' not in desk.get(reverse("message", args=[failed.pk])).text
    desk.post(reverse("message", args=[failed.pk]), {"to": "nobody@elsewhere.example"})
    sweep(timezone.now())
    failed.refresh_from_db()
    other.refresh_from_db()
    assert (failed.recipient, other.recipient) == (maya.email, maya.email)
    assert failed.status == "failed", "it was tried again, at the address of the account"
    with pytest.raises(PermissionDenied):
        send_again(failed, to="nobody@elsewhere.example", by=priya)


def test_corrected_on_the_account_it_goes_there_and_is_not_skipped(failed, maya, priya, post_office):
    maya.email = "maya.ortiz@plumbline.example"
    maya.save()
    assert send_again(failed, by=priya)
    sweep(timezone.now())
    assert post_office.recipients == {"maya.ortiz@plumbline.example": 1}


def test_what_waits_for_her_goes_to_the_address_of_the_account_too(at_noon, maya, post_office):
    about_accounts.wrong_sign_ins(maya, times=5, networks=1)
    maya.email = "maya.ortiz@plumbline.example"
    maya.save()
    sweep(timezone.now())
    assert post_office.recipients == {"maya.ortiz@plumbline.example": 1}
