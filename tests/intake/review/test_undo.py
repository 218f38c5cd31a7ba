"""A press by mistake is taken back within ten minutes, with the clock there was; afterwards it is what happened."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from intake.models import Case, CaseEvent
from intake.review import actions as cases
from intake.review.undo import may_undo, undo
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN
from tests.intake.review.test_cases import MONDAY_MORNING, kinds, opened, told_of
from tests.source import one_line

pytestmark = pytest.mark.django_db

Kind = CaseEvent.Kind
SOON = MONDAY_MORNING + timedelta(minutes=9)


def test_a_case_taken_by_mistake_waits_again_under_the_clock_it_had(location, maya, daniel):
    case = opened(location, FOOT_DROP)
    due = case.acknowledge_by
    cases.acknowledge(case, by=maya, now=MONDAY_MORNING)
    case = undo(case, by=maya, now=SOON)
    assert (case.status, case.acknowledged_by, case.acknowledge_by) == (Case.Status.WAITING, None, due)
    assert kinds(case) == [Kind.OPENED, Kind.ACKNOWLEDGED, Kind.UNDONE]
    assert daniel.email in told_of(case)


def test_a_case_handed_back_by_mistake_is_theirs_again(location, maya):
    case = cases.acknowledge(opened(location, FOOT_DROP), by=maya, now=MONDAY_MORNING)
    due, taken = case.acknowledge_by, case.acknowledged_at
    cases.hand_back(case, by=maya, now=MONDAY_MORNING + timedelta(minutes=1))
    case = undo(case, by=maya, now=SOON)
    assert (case.status, case.acknowledged_by) == (Case.Status.IN_REVIEW, maya)
    assert (case.acknowledge_by, case.acknowledged_at) == (due, taken)


def test_after_ten_minutes_it_is_what_happened(location, maya):
    case = cases.acknowledge(opened(location, HEEL_PAIN), by=maya, now=MONDAY_MORNING)
    assert may_undo(case, maya, now=MONDAY_MORNING + timedelta(minutes=10))
    with pytest.raises(cases.CaseChanged):
        undo(case, by=maya, now=MONDAY_MORNING + timedelta(minutes=10, seconds=1))


def test_nobody_takes_back_what_another_did_or_what_somebody_acted_on(location, maya, daniel):
    case = cases.acknowledge(opened(location, HEEL_PAIN), by=maya, now=MONDAY_MORNING)
    assert may_undo(case, daniel, now=SOON) is None
    cases.hand_back(case, by=maya, now=MONDAY_MORNING)
    cases.acknowledge(case, by=daniel, now=MONDAY_MORNING)
    with pytest.raises(cases.CaseChanged):
        undo(case, by=maya, now=SOON)


def test_a_page_that_is_behind_takes_back_no_later_press(location, maya, sign_in):
    """It offers to undo that she took the case; in her other window she has handed it back since."""
    case, browser = factories.case(at=location, answers=FOOT_DROP), sign_in(maya)
    address = [case.public_id]
    browser.post(reverse("acknowledge", args=address))
    seen = re.search(r'name="seen" value="(\d+)"', browser.get(case.get_absolute_url()).text)[1]
    browser.post(reverse("hand_back", args=address))
    answer = browser.post(reverse("undo", args=address), {"seen": seen}, follow=True)
    assert "Too late to take it back" in answer.text
    case.refresh_from_db()
    assert case.status == Case.Status.WAITING


def test_the_page_offers_it_and_the_press_does_it(location, maya, sign_in):
    case, browser = factories.case(at=location, answers=FOOT_DROP), sign_in(maya)
    browser.post(reverse("acknowledge", args=[case.public_id]))
    assert "Undo: acknowledged" in one_line(browser.get(case.get_absolute_url()).content.decode())
    browser.post(reverse("undo", args=[case.public_id]))
    case.refresh_from_db()
    assert case.status == Case.Status.WAITING
    assert "Undo:" not in browser.get(case.get_absolute_url()).content.decode()
