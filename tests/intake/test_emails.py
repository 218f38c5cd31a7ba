"""Who is written to about an intake and its case, and when."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.door import emails
from intake.models import Urgency
from intake.review import emails as case_emails
from intake.review.actions import acknowledge
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS

TUESDAY = datetime(2027, 3, 2, 15, 0, tzinfo=UTC)  # 10 in the morning at Riverside


def due_minutes(case, person, since):
    """When the announcements go that this person would get, were they sent to whoever is there today."""
    rows = Message.objects.about("case", case.public_id).filter(recipient="", status="scheduled")
    theirs = [row for row in rows.order_by("due_at") if person in KINDS[row.kind].people(row)]
    return [round((row.due_at - since).total_seconds() / 60) for row in theirs]


def test_a_patient_is_reminded_one_and_three_days_after_they_started(location):
    intake = factories.intake(at=location)
    reminders = emails.remind_to_finish(intake)
    assert [row.due_at - intake.started_at for row in reminders] == [timedelta(hours=24), timedelta(hours=72)]
    assert emails.remind_to_finish(intake) == reminders


def test_the_reminder_keeps_its_distance_across_a_change_of_clocks(location):
    with time_machine.travel(datetime(2027, 3, 13, 20, 0, tzinfo=UTC)):  # the night before clocks go forward
        first, _second = emails.remind_to_finish(factories.intake(at=location))
    assert f"{first.due_at:%d %H:%M}" == "14 20:00"


def test_a_patient_in_danger_is_called_and_gets_no_routine_reminder(location, post_office):
    intake = factories.intake(at=location, urgency=Urgency.EMERGENCY)
    emails.remind_to_finish(intake)
    sweep(timezone.now() + timedelta(days=4))
    assert post_office.mails == []


def test_an_invitation_waits_for_its_date_and_is_in_the_language_of_the_patient(location):
    intake = factories.intake(of=factories.patient(at=location, language="es"))
    invitation = emails.invite(intake, at=TUESDAY)
    assert (invitation.due_at, invitation.language) == (TUESDAY, "es")


def test_the_link_can_be_asked_for_three_times_an_hour(location):
    intake = factories.intake(at=location)
    assert [bool(emails.resume_link_requested(intake)) for _ in range(5)] == [True, True, True, False, False]
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert emails.resume_link_requested(intake)


def test_a_link_asked_for_again_is_the_link_that_was_sent_before(location, post_office):
    intake = factories.intake(at=location)
    emails.invite(intake)
    emails.resume_link_requested(intake)
    sweep()
    links = {line for mail in post_office.mails for line in mail.get_content().split() if line.startswith("http")}
    assert len(post_office.mails) == 2
    assert len(links) == 1


def test_an_emergency_is_announced_at_once_and_on_the_clock_to_every_therapist(location, maya, daniel, olga, priya):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    case_emails.case_needs_you(case, now=TUESDAY)
    assert due_minutes(case, maya, TUESDAY) == due_minutes(case, daniel, TUESDAY) == [0, 5, 15, 30, 60]
    assert due_minutes(case, olga, TUESDAY) == due_minutes(case, priya, TUESDAY) == []


def test_managers_hear_of_it_from_the_second_time_on(location, maya, ruth):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    case_emails.case_needs_you(case, now=TUESDAY)
    assert due_minutes(case, ruth, TUESDAY) == [5, 15, 30, 60]


def test_a_case_that_can_wait_is_announced_twice_and_a_routine_one_never(location, maya):
    soon, routine = (factories.case(at=location, answers=answers) for answers in (FOOT_DROP, HEEL_PAIN))
    assert len(case_emails.case_needs_you(soon, now=TUESDAY)) == 2
    assert case_emails.case_needs_you(routine, now=routine.opened_at) == []


def test_once_somebody_has_the_case_nobody_else_is_told(location, maya, daniel, post_office):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    case_emails.case_needs_you(case, now=timezone.now())
    sweep()
    acknowledge(case, by=daniel)
    sweep(timezone.now() + timedelta(hours=2))
    assert post_office.recipients == {maya.email: 1, daniel.email: 1}
    outcomes = set(Message.objects.filter(status="skipped").values_list("outcome", flat=True))
    assert outcomes == {"Somebody acknowledged the case."}


def test_a_case_announced_again_starts_its_clock_again(location, maya):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    case_emails.case_needs_you(case, now=TUESDAY)
    case.version += 1
    case.save()
    later = TUESDAY + timedelta(minutes=40)
    case_emails.case_needs_you(case, now=later)
    assert due_minutes(case, maya, later) == [0, 5, 15, 30, 60]


def test_someone_who_no_longer_works_here_is_not_told(location, maya, daniel, post_office):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    case_emails.case_needs_you(case, now=timezone.now())
    daniel.is_active = False
    daniel.save()
    sweep()
    assert post_office.recipients == {maya.email: 1}


@pytest.mark.parametrize("clinic_is", ["open", "closed"])
def test_an_emergency_does_not_wait_for_the_doors_to_open(location, maya, clinic_is):
    at = TUESDAY if clinic_is == "open" else TUESDAY + timedelta(hours=14)
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    case_emails.case_needs_you(case, now=at)
    assert due_minutes(case, maya, at)[0] == 0
