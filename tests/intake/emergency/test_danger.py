"""What stands until a therapist has decided: told on every page where a patient stops, goes on or comes back."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import secret_of
from intake.door.form_links import link_to
from intake.emergency.danger import danger_of, urgency_now
from intake.models import Case, Contact, Urgency
from intake.review import actions as cases
from intake.visits import actions as appointments
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.patients import ADA, Phone
from tests.referrals.status_page import Page

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # Tuesday, 10 a.m. at the clinic
NIGHT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # Tuesday, 2 a.m.
ACT = "Call 911 now or go to the nearest emergency room"
AGAIN = "Call 911 or go to the nearest emergency room now"  # on a page that says other things too
BANNER = "Call 911 or go to the nearest emergency room now."
LIFELINE = ('href="tel:988"', 'href="sms:988"')
THOUGHTS = {"worry_level": 9, "low_mood": "every_day", "self_harm": "thoughts"}
UNSURE = {"emergency_now": ["unsure"]}


@pytest.fixture
def ada(location, maya):
    return Phone().starts()


def main_of(phone) -> str:
    return " ".join(re.sub(r"<span[^>]*>|</span>", "", phone.html.split("<main")[1].split("</main>")[0]).split())


def sent(answers) -> Phone:
    phone = Phone().starts().answers_everything(answers)
    return phone.submits()


def tells_thoughts(phone, **more):
    phone.answers("daily-life", activities_limited=["sleep"], worry_level=9, move_fear=None)
    phone.answers("mood", low_mood="every_day")
    return phone.presses_save("mood", low_mood="every_day", self_harm="thoughts", **more)


# Thoughts of self-harm ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [DAY, NIGHT], ids=["open", "closed"])
def test_thoughts_of_self_harm_name_988_whether_the_clinic_is_open_or_not(location, maya, moment):
    with time_machine.travel(moment):
        ada = sent(HEEL_PAIN | THOUGHTS)
        assert ada.intake.urgency == Urgency.URGENT
        assert all(link in main_of(ada) for link in LIFELINE)
        assert "signs below" not in ada.text, "no list of signs stands on this page"
        ada.opens("intake_appointment")
        assert all(link in main_of(ada) for link in LIFELINE)


def test_an_emergency_of_the_body_does_not_hide_them(ada):
    tells_thoughts(ada).answers("safety-check", emergency_now=["saddle_numb"])
    assert ada.heading == ACT
    assert all(link in main_of(ada) for link in LIFELINE)


def test_they_do_not_hide_what_is_urgent_about_the_body(location, maya):
    with time_machine.travel(DAY):
        ada = sent(HEEL_PAIN | THOUGHTS | UNSURE)
    assert "urgent care" in main_of(ada)
    assert "one swollen calf" in main_of(ada)
    assert "988" in main_of(ada)


def test_taking_the_answer_back_takes_988_from_no_page(location, maya):
    with time_machine.travel(DAY):
        ada = Phone().starts().answers_everything(HEEL_PAIN | THOUGHTS)
        ada.answers("mood", low_mood="every_day", self_harm="no")
        ada.submits()
    assert ada.intake.answers["self_harm"] == "no"
    assert "988" in main_of(ada)


def test_they_are_told_at_once_and_stay_on_top_of_the_questions(ada):
    tells_thoughts(ada)
    assert "Call or text 988 at any hour" in ada.text
    assert "Call or text 988 at any hour" in ada.opens("intake_check").text


# Where the patient stops ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stops_by", ["intake_leave", "intake_save"])
def test_whoever_stops_after_an_urgent_answer_reads_what_to_do(ada, stops_by):
    ada.answers("safety-check", emergency_now=["unsure"])
    assert "urgent care" not in main_of(ada), "the questions are asked in peace"
    ada.sends(reverse("intake_leave")) if stops_by == "intake_leave" else ada.opens(stops_by)
    assert "urgent care" in main_of(ada)
    assert "Signs to watch for" in main_of(ada)


@pytest.mark.parametrize(("answers", "words"), [(HEEL_PAIN | UNSURE, "urgent care"), (SADDLE_NUMBNESS, AGAIN)])
def test_a_browser_that_opens_the_link_later_reads_it_too(location, maya, answers, words):
    ada = sent(answers)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        later = Phone()
        later.sends(f"/l/{secret_of(link_to(ada.intake))}/", {name: ADA[name] for name in ADA if "birth" in name})
        assert "We have your answers" in later.text
        assert words in main_of(later)


def test_the_last_page_says_the_level_first_and_that_nobody_sends_help(location, maya):
    with time_machine.travel(NIGHT):
        ada = sent(SADDLE_NUMBNESS)
    page = main_of(ada)
    assert page.index("Emergency: get help now") < page.index('href="tel:911"') < page.index("Your answers have been")
    assert "No help has been sent" in page
    assert "Closed now. Opens today at 8:00 AM" in ada.text
    assert "8:00 AM to 6:00 PM" in page


def test_once_a_therapist_has_decided_the_last_page_sends_to_the_status_page(location, maya):
    ada = sent(TEMPLE_HEADACHE)
    factories.decision(on=ada.case, by=maya)
    ada.opens("intake_done")
    assert "Your page says what comes next" in ada.text
    assert "call you" not in main_of(ada)
    assert "book now" not in ada.text


# When the call comes --------------------------------------------------------------------------------------------------


def urgent(location, **fields) -> Case:
    case = factories.case(at=location, answers=HEEL_PAIN | UNSURE)
    for name, value in fields.items():
        setattr(case, name, value)
    case.save()
    return case


def said(case, now) -> str:
    return " ".join(danger_of(case.patient, "en", now).says)


def test_today_is_said_only_while_the_call_is_due_today(location):
    case = urgent(location, decide_by=DAY + timedelta(hours=4))
    assert "A clinician will call you today" in said(case, DAY)
    late = said(case, DAY + timedelta(hours=5))
    assert "we are late" in late
    assert "today" not in late
    assert danger_of(case.patient, "en", DAY + timedelta(hours=5)).late


def test_a_closed_clinic_says_when_it_opens_and_calls(location):
    case = urgent(location, decide_by=datetime(2026, 11, 23, 14, 0, tzinfo=UTC))
    words = said(case, datetime(2026, 11, 21, 3, 0, tzinfo=UTC))  # Friday, 10 p.m.
    assert "open Monday, November 23 at 8:00 AM: that is when we call you." in words
    assert "urgent care" in words


def test_a_clinic_without_known_hours_names_the_hour_of_the_call(location):
    location.hours = {}
    location.save()
    night = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 10 p.m.
    case = urgent(location, decide_by=night + timedelta(hours=4))
    assert "A clinician will call you by tomorrow at 2:00 AM" in said(case, night)


def test_after_the_call_none_is_promised_until_there_is_news(location, maya):
    case = urgent(location, decide_by=DAY + timedelta(hours=4))
    cases.record_contact(case, outcome=Contact.Outcome.REACHED, safety_advice_given=True, words="", by=maya, now=DAY)
    assert said(case, DAY).startswith("We spoke with you. Do what we told you.")
    case.move_to(case.status, event="new_flag", now=DAY + timedelta(minutes=5))
    assert "A clinician will call you today" in said(case, DAY + timedelta(minutes=6))


@pytest.mark.parametrize("outcome", ["no_answer", "message", "reached_other"])
def test_a_call_that_did_not_reach_the_patient_ends_no_promise(location, maya, outcome):
    case = urgent(location, decide_by=DAY + timedelta(hours=4))
    cases.record_contact(case, outcome=outcome, safety_advice_given=False, words="", by=maya, now=DAY)
    assert "will call you today" in said(case, DAY)


# Raised, lowered, more than one form ----------------------------------------------------------------------------------


def test_what_staff_raised_is_of_the_kind_the_answers_show(location, maya):
    calm, thoughts = (factories.case(at=location, answers=HEEL_PAIN | more) for more in ({}, THOUGHTS))
    for case in (calm, thoughts):
        cases.raise_tier(case, tier=Urgency.EMERGENCY, by=maya)
    assert danger_of(calm.patient, "en").calls_911
    stands = danger_of(thoughts.patient, "en")
    assert (stands.calls_988, stands.calls_911) == (True, False)


def test_nothing_stands_once_every_case_is_decided(location, maya):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    other = factories.case(of=case.patient, answers=HEEL_PAIN | UNSURE)
    assert urgency_now(case.patient) == danger_of(case.patient, "en").urgency == Urgency.EMERGENCY
    factories.decision(on=case, by=maya)
    assert urgency_now(case.patient) == danger_of(case.patient, "en").urgency == Urgency.URGENT
    factories.decision(on=other, by=maya)
    assert danger_of(case.patient, "en") is None


@pytest.mark.parametrize("way", ["again", "status_worse"])
def test_a_new_form_begun_in_an_emergency_is_not_calm(location, maya, way):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    ada = Page(case.patient)
    ada.sends(reverse(way))
    assert ada.asks == ["emergency_now"]
    assert BANNER in ada.text
    ada.opens("intake_emergency")
    assert ada.heading == ACT, "the banner leads to the advice, not in a circle"
    assert "New numbness (less feeling, or none) between the legs" in ada.text
    ada.answers_everything(HEEL_PAIN).submits()
    assert "Emergency: get help now" in main_of(ada)
    assert "Cold and hot packs" not in ada.text


# Visits ---------------------------------------------------------------------------------------------------------------


def test_whoever_was_sent_to_the_emergency_room_books_no_visit_until_a_therapist_clears_it(location, maya):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    factories.decision(on=case, by=maya, tier=Urgency.EMERGENCY)
    ada = Page(case.patient).opens("status_appointment")
    assert "Please call us about a visit" in ada.text
    assert "Which days" not in ada.text
    with pytest.raises(appointments.NotOffered):
        appointments.ask(case.intake, days=[], times=[], reason="new", location=location)
    newer = factories.case(of=case.patient, answers=HEEL_PAIN)
    factories.decision(on=newer, by=maya)
    assert "Which days" in ada.opens("status_appointment").text


# Got worse ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("moment", "opens"), [(DAY, ""), (NIGHT, "Closed now. Opens today at 8:00 AM")])
def test_the_page_before_i_got_worse_promises_no_reader_at_night(location, maya, moment, opens):
    with time_machine.travel(moment, tick=False):
        case = factories.case(at=location, answers=HEEL_PAIN)
        ada = Page(case.patient).opens("status_worse")
    assert "told at once" not in ada.text
    assert "Your therapists see it when we are open" in ada.text
    assert opens in ada.text
    assert ("Closed now" in ada.text) is bool(opens)
