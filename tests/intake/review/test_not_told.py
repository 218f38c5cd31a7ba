"""A mail that tells of a decision does not go: the desk calls or writes instead, once."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.instead import look_after_late_mails
from clinic.messages.models import Message
from intake.models import Case, DeskTask
from intake.review import actions as cases
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.review.test_cases import MONDAY_MORNING, agree, opened
from tests.intake.review.test_desk_tasks import HERE, UNREACHED
from tests.intake.review.test_never_screened import takes_the_steps

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_monday():
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


def leaves(location, maya, kind) -> Case:
    """A case whose decision is told by a mail of this kind."""
    case = opened(location, HEEL_PAIN)
    if kind == "not_reached":
        takes_the_steps(case, maya)
        agree(case, maya, **UNREACHED)
    else:
        agree(case, maya, **HERE)
    assert Message.objects.get(kind=kind).status == Message.Status.SCHEDULED
    return case


def left_to_write():
    return DeskTask.objects.filter(what="write")


@pytest.mark.parametrize("kind", ["decision_made", "not_reached"])
@pytest.mark.parametrize("why", ["no address", "refused", "not wanted"])
def test_what_a_mail_does_not_tell_the_desk_tells(location, maya, post_office, kind, why):
    case = leaves(location, maya, kind)
    if why == "no address":
        case.patient.email = ""
        case.patient.save()
    elif why == "refused":
        post_office.refuse[case.patient.email] = "550 no such mailbox"
    else:
        factories.consent(case.intake, "email", agreed=False)
    sweep(timezone.now() + timedelta(seconds=10))
    assert Message.objects.get(kind=kind).status in (Message.Status.FAILED, Message.Status.SKIPPED)
    task = left_to_write().get()
    assert (task.patient, task.due_on) == (case.patient, date(2026, 3, 3))
    look_after_late_mails()
    sweep(timezone.now() + timedelta(minutes=10))
    assert left_to_write().count() == 1


def test_whom_no_mail_may_go_to_when_it_is_decided_the_desk_tells(location, maya):
    case = opened(location, HEEL_PAIN)
    case.patient.email = ""
    case.patient.save()
    agree(case, maya, **HERE)
    assert "a therapist has decided" in left_to_write().get().words


def test_a_mail_that_waits_too_long_is_told_by_the_desk_once(location, maya):
    leaves(location, maya, "decision_made")
    look_after_late_mails()
    assert not left_to_write().exists()
    with time_machine.travel(MONDAY_MORNING + timedelta(days=1, minutes=1)):
        look_after_late_mails()
        look_after_late_mails()
    assert left_to_write().count() == 1


def test_of_a_case_that_is_open_again_the_desk_tells_nothing(location, maya, post_office):
    case = leaves(location, maya, "decision_made")
    cases.reopen(case, by=maya, words="A letter.")
    sweep(timezone.now() + timedelta(seconds=10))
    look_after_late_mails()
    assert not left_to_write().exists()
