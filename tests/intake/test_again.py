"""A patient comes back months later. What they said then is shown and asked: is this still right?"""

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied

from clinic.links.actions import address_of
from intake import triage
from intake.actions import intakes
from intake.actions.again import NoAddress, invite_again, start_again
from intake.models import Intake
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone

pytestmark = pytest.mark.django_db

AGAIN = Intake.Occasion.AGAIN
EARLIER = HEEL_PAIN | {
    "care_before": "yes",
    "treatments_tried": ["ice_heat"],
    "treatment_response": "helped_short",
    "imaging_done": ["xray", "mri"],
    "imaging_date": "2025-03-02",
    "goal": "walk the dog",
    "activities_limited": ["walking", "sport"],
    "goal_difficulty": 7,
}
STILL_RIGHT = "Is this still right?"


@pytest.fixture
def before(location):
    return factories.case(at=location, answers=EARLIER).intake


@pytest.fixture
def ada(before):
    """Ada's phone, with her new intake open."""
    return opens(start_again(before.patient, occasion=AGAIN))


def opens(intake):
    """By its link and the date of birth."""
    born = intake.patient.date_of_birth
    phone = Phone()
    address = address_of(intakes.link_to(intake)).removeprefix(settings.SITE_URL)
    parts = {f"date_of_birth_{part}": getattr(born, part) for part in ("month", "day", "year")}
    return phone.sends(address, parts)


def test_a_new_intake_begins_with_nothing_answered_but_the_age(before):
    intake = start_again(before.patient, occasion=AGAIN)
    assert intake.answers == {"age": before.patient.age_on(intake.started_at.date())}
    assert intake.pages_done == {}
    assert intake.earlier == before
    assert not hasattr(intake, "case")


def test_only_what_screens_for_nothing_is_carried(before):
    carried = start_again(before.patient, occasion=AGAIN).carried
    assert carried.keys() == {"treatments_tried", "imaging_done", "imaging_date", "goal"}
    assert not carried.keys() & triage.screening_questions(triage.shipped())


def test_an_answer_of_last_time_is_shown_and_asked(ada, before):
    ada.opens_page("goals")
    day = before.submitted_at.astimezone(before.patient.location.zone)
    assert 'value="walk the dog"' in ada.html
    assert f"From your last visit on {day:%B} {day.day}, {day.year}. {STILL_RIGHT}" in ada.text


def test_the_line_belongs_to_the_field_for_a_screen_reader(ada):
    ada.opens_page("goals")
    assert 'aria-describedby="id_goal_helptext"' in ada.html


def test_looking_at_it_answers_nothing(ada):
    ada.opens_page("goals")
    assert "goal" not in ada.intake.answers
    assert "goals" not in ada.intake.pages_done


def test_saving_the_page_answers_it_and_the_line_goes(ada):
    ada.answers("goals", goal="walk the dog")
    assert ada.intake.answers["goal"] == "walk the dog"
    assert STILL_RIGHT not in ada.opens_page("goals").text


def test_what_is_cleared_stays_cleared(ada):
    ada.answers("goals", goal="x")
    ada.answers("goals", more={"goal": ""})
    assert "walk the dog" not in ada.opens_page("goals").html


@pytest.mark.parametrize("page", [page.id for page in triage.pages(triage.shipped())])
def test_no_page_comes_with_a_warning_sign_filled_in(before, page):
    """Every page, also those that earlier answers would open."""
    intake = start_again(before.patient, occasion=AGAIN)
    Intake.objects.filter(pk=intake.pk).update(
        answers={"age": 44, "pain_regions": ["heel_right", "neck_back_mid"], "care_before": "yes"}
    )
    phone = opens(intake)
    phone.opens_page(page)
    screening = triage.screening_questions(triage.shipped()) - {"age", "pain_regions", "care_before"}
    assert not [name for name in phone.asks if name in screening and is_filled_in(phone.html, name)]


def is_filled_in(html, name):
    """Whether a box of the question is checked. Questions that screen are all answered by boxes, but for the age."""
    return " checked" in html.split(f'id="div_id_{name}"')[1].split('id="div_id_')[0]


def test_a_follow_up_of_an_offered_answer_is_on_the_page_with_it(ada):
    ada.answers("care-so-far", care_before="yes", treatments_tried=["ice_heat"], treatment_response="no_help")
    ada.opens_page("tests-and-specialists")
    assert "imaging_date" in ada.asks
    assert 'name="imaging_date_year" value="2025"' in ada.html


def test_an_answer_the_protocol_no_longer_has_is_left_out(before):
    Intake.objects.filter(pk=before.pk).update(answers=EARLIER | {"imaging_done": ["crystal_ball"]})
    assert "imaging_done" not in start_again(before.patient, occasion=AGAIN).carried


def test_started_twice_is_one(before):
    first = start_again(before.patient, occasion=AGAIN)
    assert start_again(before.patient, occasion=AGAIN) == first


def test_staff_invite_somebody_they_know_and_the_patient_stays_the_same_row(before, priya):
    intake = invite_again(before.patient, by=priya)
    assert (intake.patient, intake.invited_by) == (before.patient, priya)


def test_nobody_invites_a_patient_of_another_location(before, olga):
    with pytest.raises(PermissionDenied):
        invite_again(before.patient, by=olga)
    assert Intake.objects.count() == 1


def test_without_an_address_nothing_is_begun(before, priya):
    before.patient.email = ""
    before.patient.save()
    with pytest.raises(NoAddress):
        invite_again(before.patient, by=priya)
    assert Intake.objects.count() == 1
