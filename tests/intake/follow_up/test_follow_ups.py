"""Some weeks later the patient is asked how it goes, in their own measure; who got worse is screened at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from intake.follow_up import actions as follow_ups
from intake.follow_up.actions import NotOpen, answer, open_for, plan
from intake.follow_up.emails import ask_how_it_goes
from intake.follow_up.page import series_of
from intake.models import Case, Consent, Document, FollowUp, Intake, Urgency
from intake.questionnaire import actions as intakes
from intake.review.emails import CaseNeedsYou
from intake.signing.texts import row_of, text_in
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS

pytestmark = pytest.mark.django_db

GOAL = {"activities_limited": ["walking", "sport"], "goal": "walk the dog", "goal_difficulty": 6}
WEEK = timedelta(weeks=1)


@pytest.fixture
def sent(location):
    """An ordinary intake, sent 14 days ago and a little: pain 6, walking the dog 6."""
    intake = factories.case(at=location, answers=HEEL_PAIN | GOAL).intake
    return sent_weeks_ago(intake, 2)


def sent_weeks_ago(intake, weeks):
    intake.submitted_at = timezone.now() - timedelta(weeks=weeks, days=3)
    Intake.objects.filter(pk=intake.pk).update(submitted_at=intake.submitted_at)
    plan(intake)
    return intake


def later(intake, weeks):
    """Moves the whole series into the past, as if so many weeks had gone by."""
    for row in intake.follow_ups.all():
        FollowUp.objects.filter(pk=row.pk).update(due_at=row.due_at - weeks * WEEK)


# Planned --------------------------------------------------------------------------------------------------------------


def test_the_intake_is_the_first_point(sent):
    first = sent.follow_ups.get(week=0)
    assert (first.pain, first.activity, first.difficulty) == (6, "walk the dog", 6)
    assert first.answered_at == sent.submitted_at


def test_weeks_2_6_and_12_are_planned_for_when_the_doors_are_open(sent):
    rows = sent.follow_ups.exclude(week=0)
    assert [row.week for row in rows] == [2, 6, 12]
    hours = sent.patient.location.opening_hours
    for row in rows:
        assert timedelta(0) <= row.due_at - sent.submitted_at - row.week * WEEK < timedelta(days=4)
        assert hours.is_open(row.due_at)


def test_sending_an_intake_plans_them(location):
    intake = factories.intake(at=location, answers=HEEL_PAIN | GOAL)
    submitted(intake)
    assert intake.follow_ups.count() == 4


def submitted(intake):
    """Sent by its patient, signed as every intake is."""
    consents = {document: True for document in Document}
    intakes.sign_and_submit(
        intake, version=intake.version, signed_name=intake.patient.full_name, choices=consents, language="en"
    )


def test_nothing_is_planned_after_an_emergency(location):
    intake = factories.case(at=location, answers=SADDLE_NUMBNESS).intake
    intake.refresh_from_db()
    assert intake.urgency == Urgency.EMERGENCY
    assert plan(intake) == []
    assert not FollowUp.objects.exists()


def test_a_new_intake_ends_what_the_earlier_one_had_planned(sent):
    again = factories.case(of=sent.patient, answers=HEEL_PAIN).intake
    plan(again)
    assert [row.week for row in sent.follow_ups.all()] == [0, 2]
    assert open_for(sent.patient) is None


def test_an_emergency_ends_it_too_and_plans_nothing_in_its_place(sent):
    again = factories.case(of=sent.patient, answers=SADDLE_NUMBNESS).intake
    again.refresh_from_db()
    plan(again)
    assert [row.week for row in sent.patient.follow_ups.all()] == [0, 2]


def test_planned_twice_is_once(sent):
    plan(sent)
    assert sent.follow_ups.count() == 4
    assert Message.objects.filter(kind="follow_up").count() == 6


# When it can be answered ----------------------------------------------------------------------------------------------


def test_only_the_last_one_that_came_due_is_open(sent):
    assert open_for(sent.patient).week == 2
    later(sent, 5)
    assert open_for(sent.patient).week == 6


def test_it_closes_after_four_weeks(sent):
    later(sent, 16)
    assert open_for(sent.patient) is None


def test_nothing_is_open_before_its_day(sent):
    FollowUp.objects.filter(week=2).update(due_at=timezone.now() + timedelta(hours=1))
    assert open_for(sent.patient) is None


def test_it_is_answered_once(sent):
    row = open_for(sent.patient)
    answer(row, pain=4)
    with pytest.raises(NotOpen):
        answer(row, pain=9)
    row.refresh_from_db()
    assert row.pain == 4


def test_the_database_keeps_no_answer_without_a_number(sent):
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(week=2).update(answered_at=timezone.now(), pain=None)


# Better, the same, worse ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "worse"),
    [
        ({"pain": 6}, False),
        ({"pain": 7}, False),
        ({"pain": 8}, True),
        ({"pain": 6, "difficulty": 8}, False),
        ({"pain": 6, "difficulty": 9}, True),
        ({"pain": 2, "difficulty": None, "change": "worse"}, True),
        ({"pain": 8, "change": "better"}, True),
        ({"pain": 5, "change": ""}, False),
    ],
)
def test_worse_by_word_or_by_numbers(sent, said, worse):
    """Two points of pain or three of difficulty above the lowest before; whatever the numbers, their word counts."""
    done = answer(open_for(sent.patient), **said)
    assert done.follow_up.worse is worse
    assert (done.screening is not None) is worse


def test_it_is_measured_from_the_best_week(sent):
    answer(open_for(sent.patient), pain=2)
    later(sent, 5)
    assert answer(open_for(sent.patient), pain=4).follow_up.worse, (
        "still better than at the start, and worse than it was"
    )


def test_who_got_worse_is_screened_and_a_therapist_has_the_case(sent, maya):
    done = answer(open_for(sent.patient), pain=9, change="worse")

    case = Case.objects.get(intake=done.screening)
    assert case.opened_because == Case.OpenedBecause.WORSE
    assert case.urgency == Urgency.SOON
    words = case.events.first().words
    assert words == "Questions after 2 weeks: the patient says it is worse; pain 9, 6 at its lowest."
    announced = Message.objects.filter(kind="case_needs_you", subject_id=case.public_id).earliest("due_at")
    assert CaseNeedsYou.people(announced) == [maya]


def test_what_nobody_has_seen_waits_until_somebody_has(sent, maya, olga):
    answer(open_for(sent.patient), pain=9)
    assert sent.patient.follow_ups.worse_and_unseen().count() == 1

    with pytest.raises(PermissionDenied):
        follow_ups.seen(sent.patient, by=olga)
    assert follow_ups.seen(sent.patient, by=maya) == 1
    assert follow_ups.seen(sent.patient, by=maya) == 0
    assert sent.follow_ups.get(week=2).seen_by == maya


# The mail -------------------------------------------------------------------------------------------------------------


def mails(post_office, patient):
    return [mail for mail in post_office.mails if mail["To"] == patient.email]


@pytest.fixture
def due(sent):
    """Week 2 came due an hour ago."""
    row = sent.follow_ups.get(week=2)
    FollowUp.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(hours=1))
    Message.objects.filter(kind="follow_up").delete()
    row.refresh_from_db()
    ask_how_it_goes(row)
    return sent


def test_the_patient_is_asked_by_a_mail_that_says_nothing(due, post_office):
    sweep()
    [mail] = mails(post_office, due.patient)
    assert mail["Subject"].startswith("A few short questions from")
    text = mail.get_content()
    assert "one minute" in text
    assert "/l/" in text
    assert not any(word in (mail["Subject"] + text).lower() for word in ("pain", "walk the dog", "quill", "heel"))


def test_at_most_one_reminder(due, post_office):
    for days in range(8):
        sweep(timezone.now() + timedelta(days=days))
    assert [mail["Subject"].split()[-1] for mail in mails(post_office, due.patient)][1:] == ["questions"]


def test_mails_that_waited_too_long_come_as_one(due, post_office):
    """The worker stood still for days: the reminder goes, and not both."""
    FollowUp.objects.filter(week=2).update(due_at=timezone.now() - timedelta(days=5))
    Message.objects.filter(kind="follow_up").update(due_at=timezone.now() - timedelta(days=1))
    sweep()
    assert len(mails(post_office, due.patient)) == 1


def test_no_mail_once_it_was_answered(due, post_office):
    answer(open_for(due.patient), pain=5)
    sweep()
    assert mails(post_office, due.patient) == []


def test_no_mail_to_somebody_who_wants_none(due, post_office):
    refuses_email(due)
    sweep()
    assert mails(post_office, due.patient) == []


def refuses_email(intake):
    Consent.objects.create(
        patient=intake.patient,
        intake=intake,
        text=row_of(text_in("en", Document.EMAIL)),
        document=Document.EMAIL,
        agreed=False,
        signed_name="Ada Quill",
        capacity=Consent.Capacity.PATIENT,
        method=Consent.Method.TYPED,
        intent="I mean it.",
    )


def test_no_mail_while_an_emergency_waits(due, post_office):
    factories.case(of=due.patient, answers=SADDLE_NUMBNESS)
    sweep()
    assert mails(post_office, due.patient) == []


def test_without_an_address_they_are_asked_on_the_status_page_only(location):
    patient = factories.patient(at=location, email="")
    sent_weeks_ago(factories.case(of=patient, answers=HEEL_PAIN).intake, 2)
    assert not Message.objects.filter(kind="follow_up").exists()
    assert open_for(patient).week == 2


# The drawing ----------------------------------------------------------------------------------------------------------


def test_one_point_is_a_point_without_a_line(sent):
    FollowUp.objects.filter(week__gt=0).delete()
    [series] = series_of(sent.patient, timezone.now())
    pain, activity = series.drawings
    assert [point.value for point in pain.points] == [6]
    assert pain.points[0].line == ""
    assert pain.described == "At the start: 6."
    assert "walk the dog" in activity.title


def test_a_missed_week_is_a_gap_and_no_line_goes_over_it(sent):
    later(sent, 4)
    answer(open_for(sent.patient), pain=3, difficulty=0)
    [series] = series_of(sent.patient, timezone.now())
    pain, activity = series.drawings
    assert pain.described == "At the start: 6; After 2 weeks: no answer; After 6 weeks: 3."
    assert [point.line for point in pain.points] == ["", ""]
    assert [missed["week"] for missed in pain.missed] == [2]
    assert activity.points[1].y == activity.bottom


def test_no_pain_at_all_lies_on_the_line_and_keeps_its_number(sent):
    FollowUp.objects.filter(week=0).update(pain=0, difficulty=0)
    answer(open_for(sent.patient), pain=0, difficulty=0)
    [series] = series_of(sent.patient, timezone.now())
    for drawing in series.drawings:
        assert {point.y for point in drawing.points} == {drawing.bottom}
        assert all(point.label_y < drawing.bottom for point in drawing.points)
        assert drawing.points[1].line


def test_weeks_to_come_are_not_drawn(sent):
    [series] = series_of(sent.patient, timezone.now())
    assert [row.week for row in series.rows] == [0, 2]
