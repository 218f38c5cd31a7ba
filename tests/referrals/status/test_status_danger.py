"""The status page while danger stands: what to do comes first, and no call is promised that may not come."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from clinic.links.actions import secret_of
from intake.door.status_links import link_to_status
from intake.models import Urgency
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.patients import Phone
from tests.referrals.status_page import Page

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # Wednesday, 10 a.m. at the clinic
FRIDAY_NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
ACT = "Call 911 or go to the nearest emergency room now"
UNSURE = HEEL_PAIN | {"emergency_now": ["unsure"]}
PLAN = HEEL_PAIN | {"worry_level": 9, "low_mood": "every_day", "self_harm": "plan_now"}


def sends(answers) -> Phone:
    phone = Phone().starts()
    phone.has_answered(answers)
    return phone.submits()


@pytest.mark.parametrize("later", [timedelta(), timedelta(hours=2)], ids=["at once", "after its clock ran out"])
def test_an_emergency_promises_no_call_and_says_that_no_help_was_sent(location, later):
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    with time_machine.travel(FRIDAY_NIGHT + later, tick=False):
        ada = Page(case.patient)
    assert 'href="tel:911"' in ada.html
    assert "Do not wait for us to call" in ada.text
    assert "No help has been sent" in ada.text
    assert "Closed now. Opens Monday" in ada.text
    for promise in ("A therapist calls you", "keep your phone near", "We said: by", "The next step", "Nothing is open"):
        assert promise not in ada.text


def test_an_urgent_form_of_friday_night_is_not_promised_a_call_today(location, maya):
    with time_machine.travel(FRIDAY_NIGHT):
        ada = sends(UNSURE).opens("status")
    assert "will call you today" not in ada.text
    assert "open Monday, November 23 at 8:00 AM: that is when we call you." in ada.text
    assert "By when Monday, November 23 at 9:00" in ada.text, "the end of the first open hour"


def test_a_call_two_days_late_is_not_promised_for_today(location, maya):
    with time_machine.travel(DAY):
        patient = sends(UNSURE).intake.patient
    with time_machine.travel(DAY + timedelta(days=2)):
        ada = Phone().opens(_link(patient))
        ada.sends(_link(patient), {f"date_of_birth_{part}": value for part, value in _born(patient).items()})
    assert "we are late. Do not wait for us. Please call us now." in ada.text
    assert "will call you today" not in ada.text


def test_that_somebody_takes_the_case_is_not_what_the_patient_is_promised(location):
    case = factories.case(at=location, answers=UNSURE)
    with time_machine.travel(case.acknowledge_by + timedelta(minutes=5)):
        assert "We are late" not in Page(case.patient).text
    with time_machine.travel(case.decide_by + timedelta(minutes=5)):
        assert "We are late" in Page(case.patient).text


def test_two_emergencies_that_stand_are_both_told(location):
    first = factories.case(at=location, answers=PLAN)
    factories.case(of=first.patient, answers=SADDLE_NUMBNESS)
    ada = Page(first.patient)
    assert "Call or text 988 now, or call 911." in ada.text
    assert ACT in ada.text


@pytest.mark.parametrize(
    "name", ["status", "again", "status_files", "follow_up", "status_answers", "status_looked", "status_worse"]
)
@pytest.mark.parametrize(
    ("answers", "words"), [(SADDLE_NUMBNESS, ACT), (PLAN, "Call or text 988 now"), (UNSURE, "urgent care")]
)
def test_every_page_of_the_status_says_it(location, name, answers, words):
    case = factories.case(at=location, answers=answers)
    assert words in Page(case.patient).opens(name).text


def test_closing_the_page_takes_the_advice_along(location):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    ada = Page(case.patient)
    ada.sends(reverse("status_leave"))
    assert "is closed on this device" in ada.text
    assert ACT in ada.text


@pytest.mark.parametrize(("tier", "visit"), [(Urgency.EMERGENCY, False), (Urgency.URGENT, True)])
def test_a_case_decided_as_serious_sends_first_to_what_was_told(location, maya, tier, visit):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS if tier == Urgency.EMERGENCY else UNSURE)
    untold = factories.decision(on=case, by=maya, tier=tier, refer=False)
    assert "You do what we told you" not in Page(untold.case.patient).text, "nobody has spoken with her"
    case.contacts.create(outcome="reached", safety_advice_given=True, by=maya)
    ada = Page(case.patient)
    assert "You do what we told you" in ada.text
    assert "You plan your visit" not in ada.text
    assert ("Ask for an appointment" in ada.text) is visit


def test_the_date_of_birth_is_asked_with_911_beside_it(location):
    case = factories.case(at=location, answers=HEEL_PAIN)
    assert "In an emergency, do not wait for us. Call 911." in Phone().opens(_link(case.patient)).text


def _link(patient) -> str:
    return f"/l/{secret_of(link_to_status(patient))}/"


def _born(patient) -> dict:
    born = patient.date_of_birth
    return {"month": born.month, "day": born.day, "year": born.year}
