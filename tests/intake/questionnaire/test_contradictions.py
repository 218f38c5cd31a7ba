"""“None of these” or “I am not sure” checked beside a danger: it is asked again, and the danger does not wait for that.

Scripts keep such a pair from being sent; without scripts and on paper it comes.
"""

import pytest
from django.urls import reverse

from intake import triage
from intake.models import AnswerChange, Urgency
from intake.triage.deciding.contradicting import readings
from tests.answers import SADDLE_NUMB_LABEL
from tests.intake.patients import Phone

pytestmark = pytest.mark.django_db

PROTOCOL = triage.shipped()


@pytest.fixture
def ada(location, maya):
    return Phone().starts()


@pytest.mark.parametrize(
    ("chosen", "may_mean"),
    [
        (["saddle_numb", "none"], [["saddle_numb"], ["none"]]),
        (["none", "fainted", "chest_pain"], [["chest_pain", "fainted"], ["none"]]),
        (["fainted", "none", "unsure"], [["fainted"], ["none"], ["unsure"]]),
        (["none", "unsure"], [["none"], ["unsure"]]),
    ],
)
def test_what_a_contradictory_answer_may_mean(chosen, may_mean):
    assert readings(PROTOCOL.questions["emergency_now"], chosen) == may_mean


@pytest.mark.parametrize(
    ("chosen", "counts"),
    [
        (["saddle_numb", "none"], ["saddle_numb"]),
        (["chest_pain", "unsure"], ["chest_pain"]),
        (["face_droop", "fainted", "none", "unsure"], ["face_droop", "fainted"]),
    ],
)
def test_an_emergency_beside_none_of_these_is_saved_and_told_at_once(ada, chosen, counts):
    ada.answers("safety-check", emergency_now=chosen)

    assert ada.page.wsgi_request.path == reverse("intake_emergency")
    assert ada.case.urgency == Urgency.EMERGENCY
    assert ada.intake.answers["emergency_now"] == counts


@pytest.mark.parametrize("chosen", [["fainted", "unsure"], ["none", "unsure"], ["fainted", "none", "unsure"]])
def test_an_urgent_one_has_its_case_while_the_patient_is_asked_which_of_both(ada, chosen):
    ada.answers("safety-check", emergency_now=chosen)

    assert ada.case.urgency == Urgency.URGENT
    assert "cannot go together with another answer" in ada.errors
    assert ada.html.count(" checked") == len(chosen), "all stay on the screen"
    ada.presses_save("safety-check", emergency_now=["none"])
    assert ada.intake.answers["emergency_now"] == ["none"]


def test_maya_reads_on_the_case_what_was_checked_together(ada, sign_in, maya):
    ada.answers("safety-check", emergency_now=["saddle_numb", "none"])

    page = sign_in(maya).get(ada.case.get_absolute_url()).content.decode()
    assert f"These were checked together: {SADDLE_NUMB_LABEL}; None of these." in page


def test_what_was_sent_stays_beside_however_it_is_mended(ada):
    ada.answers("safety-check", emergency_now=["none"])
    ada.answers("safety-check", emergency_now=["saddle_numb", "none"])
    ada.reads_the_advice()
    ada.answers("safety-check", emergency_now=["none"])

    kept = AnswerChange.objects.filter(question="emergency_now").values_list("before", "sent", "after")
    assert list(kept) == [
        (["none"], ["saddle_numb", "none"], ["saddle_numb"]),
        (["saddle_numb"], None, ["none"]),
    ]
    assert ada.case.urgency == Urgency.EMERGENCY


def test_one_that_adds_nothing_to_a_danger_known_before_is_asked_again(ada):
    ada.answers("safety-check", emergency_now=["saddle_numb"])
    ada.reads_the_advice()
    ada.answers("safety-check", emergency_now=["saddle_numb", "none"])

    assert "cannot go together" in ada.errors
    assert ada.intake.answers["emergency_now"] == ["saddle_numb"]
    assert ada.intake.changes.count() == 0
