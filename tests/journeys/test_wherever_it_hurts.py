"""A danger sign counts wherever the pain is and however old it is: walked on a phone, in both languages."""

import pytest
from django.utils.translation import gettext, override

from intake.models import Case, Intake, Urgency
from tests.answers import HEALTHY, HEEL_PAIN
from tests.journeys.words import label

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LOCALES = {"en": "en-US", "es": "es-US"}
ADVICE = ("Call 911 now", "or go to the nearest emergency room")

# A neck that has hurt for more than a year, at a desk, with nothing dangerous about it.
NECK_PAIN = HEALTHY | {
    "age": 44,
    "pain_regions": ["neck_back_mid"],
    "pain_worst": 5,
    "symptom_quality": ["dull_ache"],
    "pain_timing": ["end_of_day"],
    "rest_effect": "better",
    "onset_when": "over_1_year",
    "onset_how": "gradual",
    "progression": "up_and_down",
    "recent_injury": ["none"],
    "headache_signs": ["none"],
    "chest_signs": ["none"],
    "hand_signs": ["none"],
    "walking_change": ["none"],
    "bladder_change": ["none"],
    "aggravators": ["sitting"],
    "neck_move_effect": ["neck_only"],
}


@pytest.fixture
def patient(phone, maya, language):
    """Somebody with a phone set to the language, at the first question."""
    patient = phone(locale=LOCALES[language])
    patient.opens("/intake/start/")
    patient.gives_details()
    patient.goes_on()
    patient.says_who("patient")
    return patient


def is_told_to_get_help(patient, language, rule, *because):
    """At once, in their language, for the reason they gave; and staff have a case while the form is unfinished."""
    assert patient.page.url.endswith("/intake/emergency/")
    assert patient.page.locator("html").get_attribute("lang") == language
    with override(language):
        assert patient.heading == " ".join(map(gettext, ADVICE))
        patient.sees(gettext("Nobody is reading this form right now"), gettext("Because you told us"))
    patient.sees(*(label(question, option, language) for question, option in because))
    case = Case.objects.get()
    assert case.urgency == Urgency.EMERGENCY
    assert rule in [flag["rule"] for flag in case.flags]
    assert case.intake.submitted_at is None


def test_heel_pain_and_control_of_the_bladder_lost_is_an_emergency_on_the_first_page(patient, language):
    patient.answers_page(HEEL_PAIN | {"emergency_now": ["lost_control"]})
    patient.goes_on()
    is_told_to_get_help(patient, language, "cauda_equina", ("emergency_now", "lost_control"))


@pytest.mark.parametrize(
    "signs",
    [
        {"bladder_change": ["cannot_go"], "bladder_since": "days", "saddle_change": "no", "bowel_change": "no"},
        {"bladder_change": ["leaking"], "bladder_since": "days", "saddle_change": "no", "bowel_change": "yes_new"},
    ],
    ids=["cannot pee", "bladder and bowel leak"],
)
def test_heel_pain_and_a_bladder_that_fails_is_an_emergency_where_it_is_asked(patient, language, signs):
    """Nothing on the first page said so; a heel has no nerve of the bladder, and the sign counts all the same."""
    answers = HEEL_PAIN | signs | {"sexual_change": "no"}
    patient.has_answered(answers, until="bladder_change")
    patient.answers_page(answers)
    patient.goes_on()
    is_told_to_get_help(patient, language, "sphincter_loss", ("bladder_change", signs["bladder_change"][0]))


def test_neck_pain_of_a_year_and_new_double_vision_is_an_emergency(patient, language):
    answers = NECK_PAIN | {"neck_artery_signs": ["double_vision"], "neck_artery_since": "new"}
    patient.has_answered(answers, until="neck_artery_signs")
    patient.answers_page(answers)
    patient.goes_on()
    is_told_to_get_help(patient, language, "cervical_artery_dissection", ("neck_artery_signs", "double_vision"))


@pytest.mark.parametrize("language", ["es"], indirect=True)  # in English it is walked in `test_patient.py`
def test_an_ordinary_heel_pain_is_asked_about_the_bladder_and_walks_on_to_the_end(patient):
    asked = []
    while "/intake/page/" in patient.page.url:
        asked += patient.asked
        patient.answers_page(HEEL_PAIN)
        patient.goes_on()
    assert patient.page.url.endswith("/intake/check/")
    assert "bladder_change" in asked
    assert not {"bladder_since", "saddle_change", "bowel_change", "sexual_change"} & set(asked)
    assert len(asked) <= 28
    assert Intake.objects.get().urgency == Urgency.ROUTINE
    assert not Case.objects.exists()
