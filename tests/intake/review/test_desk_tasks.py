"""What decisions leave to the desk ends: done in time, or a therapist hears of it. Nothing ends it silently."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.models import Message
from intake.models import Case, CaseEvent, DeskTask, Urgency
from intake.review import actions as cases
from intake.review import desk_tasks
from intake.review.outcomes import WhatBecomes
from intake.visits import actions as visits
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_case_page import decision as sent_form
from tests.intake.review.test_cases import MONDAY_MORNING, agree, opened, reached
from tests.intake.review.test_never_screened import takes_the_steps
from tests.source import one_line

pytestmark = pytest.mark.django_db

HERE = {"specialist": "physical_therapist", "reason": "other", "words": "Direct access."}
UNREACHED = {"reason": "not_reached", "words": "Three tries.", "becomes": WhatBecomes(outcome="closed")}
HOSPITAL = WhatBecomes(outcome="more", needs="The scan of May.", needs_from="hospital", by_when=date(2026, 3, 9))


@pytest.fixture(autouse=True)
def _it_is_monday():
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


def treated(location, maya, answers=HEEL_PAIN, **more) -> tuple[Case, DeskTask]:
    """A patient is treated here: routine by March 16, soon by March 9, urgent by March 3."""
    case = opened(location, answers)
    reached(case, maya)
    agree(case, maya, **HERE, **more)
    return case, DeskTask.objects.get(what="book", decision__case=case)


def books(case, by, day, *, at, visit=None, **more):
    """Book a visit at ten on a day of March, or move `visit` to it."""
    visit = visit or factories.appointment_request(at=at, of=case.patient)
    visit.refresh_from_db()
    starts_at = datetime(2026, 3, day, 10, tzinfo=at.zone)
    return visits.book(visit, starts_at=starts_at, by=by, seen=visits.stamp(visit), **more)


def calls_off(visit, by) -> None:
    visit.refresh_from_db()
    visits.close(visit, answer="We are closed.", by=by, seen=visits.stamp(visit))


def waits(task) -> bool:
    task.refresh_from_db()
    return task.done_at is None


def evening(day, location) -> datetime:
    return datetime(2026, 3, day, 23, 0, tzinfo=location.zone)


# Late -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "due", "raised"),
    [(TEMPLE_HEADACHE, 3, 4), (FOOT_DROP, 9, 11), (HEEL_PAIN, 16, 24)],
    ids=["urgent", "soon", "routine"],
)
def test_a_visit_nobody_booked_is_a_therapists_case_again(location, maya, answers, due, raised):
    """Of an urgent patient the day after its day; the desk has a day more for a soon one, a week for a routine one."""
    case, task = treated(location, maya, answers)
    assert task.due_on.day == due
    assert desk_tasks.raise_late(evening(raised - 1, location)) == 0
    after = evening(raised - 1, location) + timedelta(hours=2)
    assert desk_tasks.raise_late(after) == 1
    case.refresh_from_db()
    assert case.status == Case.Status.WAITING
    assert case.events.last().words == f"No visit is booked on or before {task.due_on:%a %b} {due}."
    task.refresh_from_db()
    assert task.dropped
    assert desk_tasks.raise_late(after) == 0
    told = Message.objects.about("case", case.public_id).filter(kind="case_needs_you", status="scheduled")
    assert told.exists() is (case.urgency > Urgency.ROUTINE)


def test_a_letter_nobody_wrote_is_a_therapists_case_again(location, maya):
    case = opened(location, TEMPLE_HEADACHE)
    case.patient.email = ""
    case.patient.save()
    takes_the_steps(case, maya)
    agree(case, maya, **UNREACHED)
    task = DeskTask.objects.get()
    assert (task.what, task.due_on.day) == ("write", 3)
    assert desk_tasks.raise_late(evening(4, location)) == 1
    case.refresh_from_db()
    assert case.is_open
    assert "Nobody called the patient or wrote to them by Tue Mar 3." in case.events.last().words


def test_information_that_never_came_opens_the_case_the_day_after(location, maya):
    case = opened(location, HEEL_PAIN)
    agree(case, maya, becomes=HOSPITAL)
    assert desk_tasks.raise_late(evening(9, location)) == 0
    assert desk_tasks.raise_late(evening(9, location) + timedelta(hours=2)) == 1
    case.refresh_from_db()
    assert case.is_open
    assert DeskTask.objects.get().dropped
    assert case.events.last().words == "The information asked for did not come by Mon Mar 9: The scan of May."


# A visit --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "left"), [(16, False), (17, True)])
def test_only_a_visit_by_its_day_settles_what_a_therapist_asked_for(location, maya, priya, day, left):
    case, task = treated(location, maya)
    visit = books(case, priya, day, at=location)
    assert waits(task) is left
    assert task.visit == (None if left else visit)
    assert (case.events.last().kind == CaseEvent.Kind.TASK_DONE) is not left


def test_a_later_visit_settles_it_with_a_reason_on_record(location, maya, priya):
    case, task = treated(location, maya)
    books(case, priya, 20, at=location, later_is_right="Away until the 18th.")
    assert not waits(task)
    assert (task.done_by, task.visit_on.day, task.done_words) == (priya, 20, "Away until the 18th.")
    said = case.events.last()
    assert (said.by, said.words) == (priya, "Book a visit. Booked for Fri Mar 20, Riverside. Away until the 18th.")


def test_that_an_urgent_patient_may_wait_longer_is_for_a_therapist_to_say(location, maya, priya):
    case, _task = treated(location, maya, TEMPLE_HEADACHE)
    books(case, priya, 12, at=location, later_is_right="Away until the 10th.")
    case.refresh_from_db()
    assert case.is_open
    assert "later than Tue Mar 3. Away until the 10th." in case.events.filter(kind="reopened").last().words
    other, task = treated(location, maya, TEMPLE_HEADACHE)
    books(other, maya, 12, at=location, later_is_right="Her own doctor sees her daily until then.")
    other.refresh_from_db()
    assert not other.is_open
    assert not waits(task)


def test_the_desk_reads_by_what_day_and_is_told_when_a_visit_leaves_it_to_do(location, maya, priya, sign_in):
    case, task = treated(location, maya)
    visit = factories.appointment_request(at=location, of=case.patient)
    browser, address = sign_in(priya), reverse("appointment_request", args=[visit.public_id])
    assert "A therapist wants it on or before Mon Mar 16." in one_line(browser.get(address).text)
    sent = {"do": "book", "seen": visits.stamp(visit), "day": "2026-03-20", "at": "10:00", "answer": ""}
    page = one_line(browser.post(address, sent, follow=True).text)
    assert "A therapist wants a visit on or before Mon Mar 16. It is still to be booked" in page
    assert waits(task)
    visit.refresh_from_db()
    sent |= {"seen": visits.stamp(visit), "later": "Away until the 18th."}
    assert "still to be booked" not in browser.post(address, sent, follow=True).text
    assert not waits(task)


@pytest.mark.parametrize("day", [None, 17])
def test_a_visit_that_is_off_or_moved_past_its_day_brings_the_task_back(location, maya, priya, day):
    case, task = treated(location, maya)
    visit = books(case, priya, 12, at=location)
    assert not waits(task)
    if day:
        books(case, priya, day, at=location, visit=visit)
    else:
        calls_off(visit, priya)
    assert waits(task)
    assert (task.done_by, task.visit, task.visit_on) == (None, None, None)
    said = case.events.last()
    assert (said.by, said.kind) == (priya, CaseEvent.Kind.UNDONE)
    assert "Book a visit by Mon Mar 16: the visit on Thu Mar 12 is off" in said.words


def test_a_visit_that_the_patient_asked_to_move_is_followed(location, maya, priya):
    """Moved within its days it still settles the task; the other one that is booked does when it is off."""
    case, task = treated(location, maya)
    first = books(case, priya, 5, at=location)
    moved = books(
        case, priya, 6, at=location, visit=factories.appointment_request(at=location, of=case.patient, reason="move")
    )
    assert moved.moved_from == first
    task.refresh_from_db()
    assert (task.visit, task.visit_on.day) == (moved, 6)
    other = books(case, priya, 10, at=location)
    calls_off(moved, priya)
    task.refresh_from_db()
    assert task.visit == other
    calls_off(other, priya)
    assert waits(task)


def test_a_visit_that_was_not_come_to_brings_it_back(location, maya, priya, sign_in):
    case, task = treated(location, maya)
    visit = books(case, priya, 12, at=location)
    with time_machine.travel(evening(12, location), tick=False):
        browser, address = sign_in(priya), reverse("appointment_request", args=[visit.public_id])
        assert address in browser.get(reverse("requests")).text
        assert "They did not come" in browser.get(address).text
        visit.refresh_from_db()
        browser.post(address, {"do": "close", "seen": visits.stamp(visit), "answer": "Please call us."})
    assert waits(task)
    assert not Message.objects.filter(kind="visit_off").exists(), "nobody is told that a visit of the past is off"


def test_a_visit_booked_before_the_decision_settles_it_only_in_time_and_while_it_stands(location, maya, priya):
    case = opened(location, HEEL_PAIN)
    visit = books(case, priya, 12, at=location)
    agree(case, maya, **HERE)
    task = DeskTask.objects.get()
    assert (task.visit, task.done_by) == (visit, priya)
    assert case.events.last().by is None, "nobody did anything just now"
    calls_off(visit, priya)
    assert waits(task)
    other = opened(location, HEEL_PAIN)
    books(other, priya, 20, at=location)
    agree(other, maya, **HERE)
    assert waits(DeskTask.objects.get(decision__case=other))


def test_a_case_that_is_open_again_takes_no_task_back(location, maya, priya):
    case, task = treated(location, maya)
    visit = books(case, priya, 12, at=location)
    cases.reopen(case, by=maya, words="A letter.")
    calls_off(visit, priya)
    assert not waits(task)
    agree(case, maya, **HERE)
    assert DeskTask.objects.filter(done_at=None).count() == 1


def test_whoever_books_elsewhere_settles_it_without_a_right_to_the_case(location, other_location, maya, olga):
    case, task = treated(location, maya)
    visit = books(case, olga, 12, at=other_location)
    assert not waits(task)
    assert (task.visit, task.done_by) == (visit, olga)
    assert case.events.last().words == "Book a visit. Booked for Thu Mar 12, Hillcrest."
    calls_off(visit, olga)
    assert waits(task)


# By hand --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Enter the day of the visit, or say in words why there is none."),
        ({"visit_on": "2026-03-17"}, "The visit is later than Mon Mar 16: say in words why that is right."),
        ({"visit_on": "2026-02-27"}, "Enter a day since the visit was asked for"),
        ({"visit_on": "tomorrow"}, "Enter the day of the visit as a date."),
    ],
)
def test_a_visit_is_not_called_booked_without_its_day_or_a_reason(location, maya, priya, sign_in, sent, said):
    _case, task = treated(location, maya)
    page = sign_in(priya).post(reverse("task_done", args=[task.public_id]), sent, follow=True)
    assert f"Nothing was saved. {said}" in one_line(page.text)
    assert waits(task)


def test_a_visit_noted_for_a_day_comes_back_when_it_did_not_take_place(location, maya, priya, sign_in):
    case, task = treated(location, maya)
    browser = sign_in(priya)
    browser.post(reverse("task_done", args=[task.public_id]), {"visit_on": "2026-03-12"})
    assert not waits(task)
    nothing = reverse("came_to_nothing", args=[task.public_id])
    assert nothing in browser.get(reverse("requests")).text
    browser.post(nothing)
    assert not waits(task), "nobody said what became of it"
    browser.post(nothing, {"words": "She did not come."})
    assert waits(task)
    assert case.events.last().words.endswith("the visit on Thu Mar 12 did not take place. She did not come.")
    assert nothing not in browser.get(reverse("requests")).text


def test_a_visit_of_a_decision_that_counts_no_more_does_not_come_back(location, maya, priya, sign_in):
    """Maya opened the case again and refers the patient instead; Priya's list was drawn before."""
    case, task = treated(location, maya)
    desk_tasks.finish(task, by=priya, visit_on=date(2026, 3, 12))
    later = MONDAY_MORNING + timedelta(hours=1)
    cases.reopen(case, by=maya, words="She called.", now=later)
    case.refresh_from_db()
    anew = {"tier": case.urgency, "specialist": "orthopedist", "refer": True, "reason": "other", "words": "Worse."}
    cases.decide(case, version=case.version, verdicts={}, by=maya, now=later, **anew)
    browser = sign_in(priya)
    browser.post(reverse("came_to_nothing", args=[task.public_id]), {"words": "She did not come."})
    assert not waits(task)
    case.refresh_from_db()
    assert (case.status, case.events.last().kind) == (Case.Status.DECIDED, CaseEvent.Kind.DECIDED)


def test_that_there_is_no_visit_is_for_a_therapist_to_decide_with(location, maya, priya):
    case, task = treated(location, maya)
    desk_tasks.finish(task, by=priya, words="Goes to a clinic near her work.")
    case.refresh_from_db()
    assert case.is_open
    assert case.events.last().words == "No visit is booked: Goes to a clinic near her work."


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"done_words": ""}, "booked for a day, or somebody says why"),
        ({"visit_on": date(2026, 3, 17)}, "later_visit_has_a_reason"),
        ({"what": "write", "visit_on": date(2026, 3, 12)}, "only_a_booking_that_is_done_has_a_visit"),
    ],
)
def test_the_database_refuses_a_task_that_ends_silently(location, maya, priya, fields, constraint):
    _case, task = treated(location, maya)
    done = {"done_at": timezone.now(), "done_by": priya}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DeskTask.objects.filter(pk=task.pk).update(**done | fields)


# How far ahead --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "days"), [(TEMPLE_HEADACHE, 4), (FOOT_DROP, 14), (HEEL_PAIN, 60)], ids=["urgent", "soon", "routine"]
)
@pytest.mark.parametrize("outcome", ["treat", "more"])
def test_the_day_lies_no_farther_ahead_than_the_urgency_allows(location, maya, sign_in, answers, days, outcome):
    case = opened(location, answers)
    reached(case, maya)
    browser, decide = sign_in(maya), reverse("decide", args=[case.public_id])
    today = date(2026, 3, 2)
    sent = sent_form(case, outcome=outcome, needs="The scan.", needs_from="hospital")
    for day in (today - timedelta(days=1), today + timedelta(days=days + 1)):
        [slip] = browser.post(decide, sent | {"by_when": day}).context["decision_form"].errors["by_when"]
        last = today + timedelta(days=days)
        assert (
            slip == f"A case that is {case.tier.label.lower()} takes a day from Mon Mar 2 to {last:%a %b} {last.day}."
        )
    fields = {
        "outcome": outcome,
        "refer": False,
        "needs": "x",
        "needs_from": "hospital",
        "reason": "other",
        "words": "x",
    }
    with pytest.raises(IntegrityError, match="no day that lies farther ahead"), transaction.atomic():
        factories.decision(on=case, by=maya, by_when=day, at=MONDAY_MORNING, **fields)
    assert browser.post(decide, sent | {"by_when": last}).status_code == 302


def test_an_emergency_two_people_treat_here_is_seen_within_days(location, maya):
    case = opened(location, SADDLE_NUMBNESS)
    reached(case, maya)
    far = WhatBecomes(outcome="treat", by_when=date(2026, 3, 7))
    with pytest.raises(IntegrityError, match="no day that lies farther ahead"), transaction.atomic():
        agree(case, maya, **HERE, becomes=far)


def test_where_the_doors_open_too_seldom_the_day_is_not_put_off_for_them(location, maya):
    location.hours = {"mon": ["08:00", "18:00"]}
    location.save()
    _case, task = treated(location, maya, TEMPLE_HEADACHE)
    assert task.due_on == date(2026, 3, 6)
