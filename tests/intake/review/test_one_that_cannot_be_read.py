"""A row that cannot be read stops no sweep: every emergency behind it is raised, and the log names a number alone."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from clinic.messages.alarms import held_up_since
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.running.each import each_by_itself
from intake import tasks
from intake.handover.untouched import give_back, raise_untaken
from intake.models import Case, CaseEvent
from intake.questionnaire.actions import open_cases_for_abandoned
from intake.review import desk_tasks
from intake.review.emails import ask_one
from intake.review.forgotten import take_back_forgotten
from intake.visits.emails import AppointmentAsked
from tests import factories
from tests.answers import SADDLE_NUMBNESS
from tests.intake.review.test_cases import opened

pytestmark = pytest.mark.django_db
NOWHERE = "Nowhere/At_All"  # as it may be written into the table by hand


@pytest.fixture
def harbor():
    """A place that is read before the other, until somebody breaks its clock."""
    return factories.location("Harbor")


@pytest.fixture
def breaks(monkeypatch):
    """`breaks(harbor)` makes its clock one that nothing can be counted by."""

    def broken(place) -> None:
        type(place).objects.filter(pk=place.pk).update(time_zone=NOWHERE)
        monkeypatch.setattr(type(place), "zone", property(lambda one: ZoneInfo(one.time_zone)))

    return broken


def handed(place, to, by) -> Case:
    case = factories.case(at=place, answers=SADDLE_NUMBNESS, acknowledged_by=to)
    case.move_to(case.status, event=CaseEvent.Kind.HANDED_OVER, by=by)
    Case.objects.filter(pk=case.pk).update(held_until=timezone.now() - timedelta(minutes=1))
    return case


def give_back_to_anybody(person):
    return give_back(person, why="the mail about it did not reach them")


@pytest.mark.parametrize("swept", ["handed over", "the mail did not arrive", "its lease is over"])
def test_an_emergency_behind_it_waits_for_anybody_again(harbor, location, maya, daniel, swept, caplog, breaks):
    daniel.locations.add(harbor)
    broken, whole = (handed(place, daniel, maya) for place in (harbor, location))
    breaks(harbor)
    sweeps = {
        "handed over": raise_untaken,
        "the mail did not arrive": partial(give_back_to_anybody, daniel),
        "its lease is over": take_back_forgotten,
    }
    assert sweeps[swept]() == 1
    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.status, whole.status) == (Case.Status.IN_REVIEW, Case.Status.WAITING)
    assert f"number {broken.pk}: ZoneInfoNotFoundError" in caplog.text
    assert broken.patient.last_name not in caplog.text


def test_a_form_that_was_left_behind_it_is_called_about(harbor, location, maya, breaks):
    long_ago = timezone.now() - timedelta(days=2)
    for place in (harbor, location):
        intake = factories.intake(at=place)
        type(intake).objects.filter(pk=intake.pk).update(started_at=long_ago)
    breaks(harbor)
    assert open_cases_for_abandoned(timezone.now()) == 1
    assert Case.objects.get().location == location


def test_a_late_task_at_a_clock_that_no_database_knows_hides_no_other(harbor, location, maya):
    """The desk's tasks were found by one question to the database, which such a clock refuses as a whole."""
    for place in (harbor, location):
        decision = factories.decision(on=factories.case(at=place, acknowledged_by=maya), by=maya)
        factories.desk_task(of=decision, due_on=timezone.now().date() - timedelta(days=30))
    type(harbor).objects.filter(pk=harbor.pk).update(time_zone="Mars/Olympus")
    assert desk_tasks.raise_late() == 2, "there the clock of the clinic counts"
    assert Case.objects.get(location=location).is_open


def test_one_sweep_that_breaks_keeps_no_other_from_its_turn(location, maya, monkeypatch):
    """Raising what nobody has taken came after two others, and had no turn when one of them broke."""
    opened(location, SADDLE_NUMBNESS)
    Message.objects.all().delete()
    monkeypatch.setattr("intake.handover.untouched.raise_untaken", lambda now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.take_back_forgotten()
    assert Message.objects.filter(kind="case_needs_you").exists()


def test_only_a_database_that_is_away_ends_a_sweep(db, monkeypatch):
    """A lock that did not come free, or two at once, is one row's bad luck."""

    def act(number) -> bool:
        if number == 1:
            raise OperationalError
        return True

    assert each_by_itself([1, 2, 3], act, failed="It did not work") == 2
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        each_by_itself([1, 2, 3], act, failed="It did not work")


# The mails ------------------------------------------------------------------------------------------------------------


def test_a_mail_whose_case_cannot_be_read_takes_no_alarm_of_the_same_sweep_with_it(location, maya, post_office):
    """Each alarm looks for others to the same reader, and fell with one of them."""
    whole, broken = (ask_one(factories.case(at=location, answers=SADDLE_NUMBNESS), maya) for _ in range(2))
    Message.objects.filter(pk=broken.pk).update(subject_id=maya.public_id)
    sweep()
    assert post_office.recipients == {maya.email: 1}
    assert set(Message.objects.values_list("pk", "status")) == {(whole.pk, "sent"), (broken.pk, "failed")}


def test_an_alarm_that_cannot_be_read_hides_no_other_from_the_band(location, maya, priya, monkeypatch):
    opened(location, SADDLE_NUMBNESS, now=timezone.now())
    factories.message(at=location, kind="appointment_asked", recipient="")
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Message.objects.update(created_at=an_hour_ago, due_at=an_hour_ago)
    monkeypatch.setattr(AppointmentAsked, "still_needed", lambda message: 1 / 0)
    assert len(held_up_since()) == 2
