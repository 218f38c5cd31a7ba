"""An emergency answer: told at once, a case at once, advice that stays."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.messages.models import Message
from intake.models import Case, Urgency
from tests.answers import SADDLE_NUMB_LABEL, SADDLE_NUMBNESS
from tests.intake.patients import Phone

pytestmark = pytest.mark.django_db

NEVER_SAID = ("we have been alerted", "someone will contact you shortly", "stay on this page", "probably", "help is on")
ILLNESSES = ("cauda equina", "stroke", "embolism", "heart attack", "compression", "infection")


@pytest.fixture
def ada(location, maya):
    return Phone().starts()


@pytest.fixture
def numb(ada):
    """Ada has just said that she is numb between the legs."""
    return ada.answers("safety-check", emergency_now=["saddle_numb"])


def test_the_advice_comes_right_after_the_answer(numb):
    assert numb.page.wsgi_request.path == reverse("intake_emergency")
    assert numb.heading == "Call 911 now or go to the nearest emergency room"
    assert numb.html.index("Emergency</span>" if "Emergency</span>" in numb.html else "Emergency") < numb.html.index(
        "<h1>"
    )
    assert 'href="tel:911"' in numb.html


def test_the_answer_is_saved_and_a_case_is_open_before_anything_else_happens(numb):
    assert numb.intake.answers["emergency_now"] == ["saddle_numb"]
    assert numb.case.urgency == Urgency.EMERGENCY
    assert numb.case.opened_because == Case.OpenedBecause.FLAG
    assert [flag["rule"] for flag in numb.case.flags] == ["cauda_equina"]
    assert Message.objects.filter(kind="case_needs_you", subject_id=numb.case.public_id).exists()


def test_the_advice_gives_the_reason_in_the_patients_words_and_names_no_illness(numb):
    assert "Because you told us" in numb.text
    assert SADDLE_NUMB_LABEL in numb.text
    said = numb.text.lower()
    assert not [word for word in (*NEVER_SAID, *ILLNESSES) if word in said]


def test_the_advice_says_that_nobody_is_reading_and_when_the_clinic_is_open(numb):
    assert "Nobody is reading this form right now" in numb.text
    assert "No help has been sent" in numb.text
    assert "8:00 AM to 6:00 PM" in numb.text
    assert "(207) 555-0142" in numb.text


def test_the_advice_tells_what_to_do_for_everybody(numb):
    for words in ("Do not drive yourself", "ask anyone near you to call 911", "Take along", "711", "Text 911"):
        assert words in numb.text


def test_there_is_one_way_on_and_no_other_link(numb):
    main = numb.html.split("<main")[1].split("</main>")[0]
    assert set(re.findall(r'href="([^"]+)"', main)) <= {"tel:911", "tel:+12075550142"}
    assert main.count("<button") == 1
    assert "I have read this" in main


def test_having_read_it_is_recorded_and_leads_on_or_out(numb):
    assert numb.intake.emergency_seen_at is not None
    assert numb.intake.emergency_read_at is None
    numb.reads_the_advice()
    assert numb.intake.emergency_read_at is not None
    assert "Go on with the questions" in numb.text
    assert "Stop here" in numb.text


def test_the_advice_stays_on_top_of_every_later_page(numb):
    numb.reads_the_advice()
    for name in ("intake_check", "intake_save", "intake_leave"):
        assert "Call 911 or go to the nearest emergency room now." in numb.opens(name).text
    assert "Call 911 or go to the nearest emergency room now." in numb.opens_page("about-you").text


def test_leaving_takes_the_advice_along(numb):
    numb.sends(reverse("intake_leave"))
    assert "Call 911 or go to the nearest emergency room now." in numb.text
    assert numb.opens("intake_check").page.status_code == 404


def test_a_changed_answer_is_kept_beside_the_first_and_the_advice_stands(numb):
    numb.reads_the_advice()
    numb.answers("safety-check", emergency_now=["none"])
    change = numb.intake.changes.get()
    assert (change.before, change.after) == (["saddle_numb"], ["none"])
    assert (change.urgency_before, change.urgency_after) == (Urgency.EMERGENCY, Urgency.ROUTINE)
    assert numb.intake.urgency == numb.case.urgency == Urgency.EMERGENCY
    assert not numb.case.flags[0]["still"], "staff see that it no longer fires"
    numb.opens("intake_emergency")
    assert "You have changed an answer since" in numb.text
    assert "New numbness (less feeling, or none) between the legs" in numb.text


def test_another_emergency_interrupts_again(numb):
    numb.reads_the_advice()
    numb.answers("safety-check", emergency_now=["saddle_numb", "face_droop"])
    assert numb.page.wsgi_request.path == reverse("intake_emergency")
    assert "I have read this" in numb.text


def test_the_same_emergency_does_not_interrupt_every_page_once_read(numb):
    numb.reads_the_advice()
    numb.answers("about-you", age=38, sex_at_birth="male")
    assert numb.asks == ["pain_regions"]


@pytest.mark.parametrize(
    ("first", "later", "told", "kept"),
    [
        (["face_droop"], ["face_droop", "speech_trouble", "vision_loss"], True, 2),
        (["face_droop"], ["vision_loss"], True, 2),
        (["face_droop", "speech_trouble"], ["face_droop"], False, 2),
        (["saddle_numb"], ["saddle_numb", "fainted"], False, 2),  # fainting asks for a call, and is no reason for this
        (["saddle_numb"], ["saddle_numb", "unsure"], False, 1),
    ],
)
def test_more_reasons_for_an_emergency_that_was_read_are_told_and_on_record(ada, first, later, told, kept):
    ada.answers("safety-check", emergency_now=first)
    ada.reads_the_advice()
    ada.answers("safety-check", emergency_now=later)
    assert (ada.page.wsgi_request.path == reverse("intake_emergency")) is told
    assert ada.intake.assessments.count() == kept


def test_every_reason_is_named_to_the_patient_and_noted_on_the_case(ada):
    ada.answers("safety-check", emergency_now=["face_droop"])
    ada.reads_the_advice()
    ada.answers("safety-check", emergency_now=["face_droop", "speech_trouble"])
    assert "One side of the face drooping; Slurred speech" in ada.text
    assert "Fires by other answers: Stroke or TIA" in [event.words for event in ada.case.events.all()]


def test_an_emergency_that_had_gone_and_comes_by_other_answers_interrupts_again(numb):
    """She takes the numbness back, and some pages later describes it in other words."""
    numb.reads_the_advice()
    numb.answers("safety-check", emergency_now=["none"])
    numb.answers_up_to("bladder-and-bowel", SADDLE_NUMBNESS | {"emergency_now": ["none"]})
    assert numb.page.wsgi_request.path == reverse("intake_emergency")
    assert "I have read this" in numb.text
    assert numb.case.flags[0]["still"]


def test_an_emergency_is_told_even_when_another_answer_of_the_page_is_missing(ada):
    ada.answers("safety-check", emergency_now=["saddle_numb", "chest_pain"])
    assert ada.page.wsgi_request.path == reverse("intake_emergency")


def test_a_double_press_also_lands_on_the_advice(ada):
    ada.opens_page("safety-check")
    for _press in range(2):
        ada.presses_save("safety-check", emergency_now=["saddle_numb"]) if not _press else ada.sends(
            "/intake/page/1/", {"emergency_now": "saddle_numb", "version": "0"}
        )
        assert ada.page.wsgi_request.path == reverse("intake_emergency")
    assert Case.objects.count() == 1


def test_thoughts_of_self_harm_name_988_and_the_word_is_not_alone(ada):
    ada.answers("daily-life", activities_limited=["sleep"], worry_level=9, move_fear=None)
    ada.answers("mood", low_mood="every_day")
    ada.presses_save("mood", low_mood="every_day", self_harm="plan_now")
    assert ada.heading == "Call or text 988 now, or call 911"
    assert {"tel:988", "sms:988", "tel:911"} <= set(re.findall(r'href="([^"]+)"', ada.html))
    assert "You do not have to be alone with this." in ada.text
    assert "Stay with somebody, or ask somebody to come. You can call or text 988 at any hour." in ada.text
    assert "emergency room" not in re.search(r'(?s)emergency-act">.*?</div>', ada.html)[0]
    ada.reads_the_advice()
    assert "Call or text 988 now" in ada.opens("intake_check").text


def test_an_urgent_answer_opens_a_case_at_once_without_the_emergency_page(ada):
    ada.answers("safety-check", emergency_now=["unsure"])
    assert ada.case.urgency == Urgency.URGENT
    assert ada.asks == ["sex_at_birth"]


def test_who_has_no_emergency_is_not_shown_the_page(ada):
    ada.opens("intake_emergency")
    assert ada.asks == ["emergency_now"]
    ada.reads_the_advice()
    assert ada.intake.emergency_read_at is None


def test_the_last_page_repeats_the_advice_and_offers_no_self_care(numb):
    numb.reads_the_advice()
    numb.answers_everything(SADDLE_NUMBNESS)
    numb.submits()
    assert "Emergency: get help now" in numb.text
    assert "Call 911 or go to the nearest emergency room now" in numb.text
    assert "Cold and hot packs" not in numb.text
    assert "book now" not in numb.text


def test_the_time_is_kept_when_it_was_first_shown(numb):
    first = numb.intake.emergency_seen_at
    numb.opens("intake_emergency")
    assert numb.intake.emergency_seen_at == first <= timezone.now()
