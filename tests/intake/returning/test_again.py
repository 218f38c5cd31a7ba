"""A patient comes back months later. What they said then is shown and asked: is this still right?"""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from clinic.messages.models import Message
from intake import triage
from intake.models import Intake
from intake.questionnaire import actions as intakes
from intake.returning.actions import NoAddress, invite_again, start_again
from intake.review.case_page import CasePage
from intake.review.earlier import Earlier
from intake.review.opening import open_case
from intake.versions.protocols import keep_assessment
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import opens_form, page_address

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
    return opens_form(start_again(before.patient, occasion=AGAIN))


def test_a_new_intake_begins_with_nothing_answered_but_the_age(before):
    intake = start_again(before.patient, occasion=AGAIN)
    assert intake.answers == {"age": before.patient.age_on(intake.started_at.date())}
    assert intake.pages_done == {}
    assert intake.earlier == before
    assert not hasattr(intake, "case")


def test_only_what_screens_for_nothing_is_carried(before):
    carried = start_again(before.patient, occasion=AGAIN).carried
    assert carried.keys() == {"treatments_tried", "imaging_date", "goal"}
    assert not carried.keys() & triage.screening_questions(triage.shipped())


def test_an_answer_of_last_time_is_shown_and_asked(ada, before):
    ada.opens_page("anything-else")
    day = before.submitted_at.astimezone(before.patient.location.zone)
    assert 'value="walk the dog"' in ada.html
    assert f"From your last visit on {day:%B} {day.day}, {day.year}. {STILL_RIGHT}" in ada.text


def test_the_line_belongs_to_the_field_for_a_screen_reader(ada):
    ada.opens_page("anything-else")
    assert 'aria-describedby="id_goal_helptext"' in ada.html


def test_looking_at_it_answers_nothing(ada):
    ada.opens_page("anything-else")
    assert "goal" not in ada.intake.answers
    assert "anything-else" not in ada.intake.pages_done


def test_saving_the_page_answers_it_and_the_line_goes(ada):
    ada.answers("anything-else", goal="walk the dog")
    assert ada.intake.answers["goal"] == "walk the dog"
    assert STILL_RIGHT not in ada.opens_page("anything-else").text


def test_what_is_cleared_stays_cleared(ada):
    ada.answers("anything-else", goal="x")
    ada.answers("anything-else", more={"goal": ""})
    assert "walk the dog" not in ada.opens_page("anything-else").html


@pytest.mark.parametrize("page", [page.id for page in triage.pages(triage.shipped())])
def test_no_page_comes_with_a_warning_sign_filled_in(before, page):
    """Every page, also those that earlier answers would open."""
    intake = start_again(before.patient, occasion=AGAIN)
    Intake.objects.filter(pk=intake.pk).update(
        answers={"age": 44, "pain_regions": ["heel_right", "neck_back_mid"], "care_before": "yes"}
    )
    phone = opens_form(intake)
    phone.opens_page(page)
    screening = triage.screening_questions(triage.shipped()) - {"age", "pain_regions", "care_before"}
    assert not [name for name in phone.asks if name in screening and is_filled_in(phone.html, name)]


def is_filled_in(html, name):
    """Whether a box of the question is checked. Questions that screen are all answered by boxes, but for the age."""
    return " checked" in html.split(f'id="div_id_{name}"')[1].split('id="div_id_')[0]


def test_a_follow_up_of_an_offered_answer_is_on_the_page_with_it(ada):
    ada.answers("daily-life", care_before="yes", treatments_tried=["ice_heat"], treatment_response="no_help")
    Intake.objects.filter(pk=ada.intake.pk).update(answers=ada.intake.answers | {"imaging_done": ["xray"]})
    ada.opens(f"{page_address('daily-life')}?more")
    assert "imaging_date" in ada.asks
    assert 'name="imaging_date_year" value="2025"' in ada.html


def test_an_answer_the_protocol_no_longer_has_is_left_out(before):
    Intake.objects.filter(pk=before.pk).update(answers=EARLIER | {"imaging_done": ["crystal_ball"]})
    assert "imaging_done" not in start_again(before.patient, occasion=AGAIN).carried


def test_started_twice_is_one(before):
    first = start_again(before.patient, occasion=AGAIN)
    assert start_again(before.patient, occasion=AGAIN) == first


@pytest.mark.parametrize(
    ("answered", "days", "goes_on"),
    [(True, 0, True), (True, 10, False), (False, 10, True)],
    ids=["answered today", "answered ten days ago", "nothing answered yet"],
)
def test_a_no_of_another_day_stands_in_for_no_warning_sign(before, answered, days, goes_on):
    """The page before promises that questions about warning signs start empty."""
    first = start_again(before.patient, occasion=AGAIN)
    if answered:
        intakes.save_page(first, "safety-check", {"emergency_now": ["none"]}, version=first.version)
    Intake.objects.filter(pk=first.pk).update(started_at=timezone.now() - timedelta(days=days))
    now = start_again(before.patient, occasion=AGAIN)
    assert (now == first) is goes_on
    assert ("emergency_now" in now.answers) is (answered and goes_on)


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


# On the case page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def came_back(before):
    """The new intake was sent: another goal, and another phone number since."""
    intake = start_again(before.patient, occasion=AGAIN)
    before.patient.phone = "(207) 555-0188"
    before.patient.save()
    answers = HEEL_PAIN | {"age": intake.answers["age"], "goal": "ride a bike", "pain_worst": 8}
    Intake.objects.filter(pk=intake.pk).update(answers=answers)
    intake.refresh_from_db()
    case = open_case(intake, keep_assessment(intake, "submit"), because="flag")
    return case


@pytest.mark.django_db(transaction=True)  # history is dated by its transaction
def test_staff_see_what_changed_beside_what_it_was(came_back, sign_in, maya):
    page = sign_in(maya).get(came_back.get_absolute_url()).content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Contact details that changed" in words
    assert "Before: (207) 555-0111 Now: (207) 555-0188" in words
    assert "Before: 6 Now: 8" in words
    assert reverse("case", args=[came_back.intake.earlier.case.public_id]) in page


@pytest.mark.django_db(transaction=True)  # history is dated by its transaction
def test_what_did_not_change_is_not_listed(came_back):
    told = Earlier(CasePage(came_back))
    assert [one.what for one in told.details] == ["Phone"]
    assert "How did it start?" not in [one.what for one in told.answers]


def test_answers_offered_and_not_confirmed_are_named(came_back):
    told = Earlier(CasePage(came_back))
    assert "What have you tried?" in told.not_confirmed
    assert told.taken_over == []


def test_a_therapist_invites_from_a_decided_case(before, maya, sign_in):
    factories.decision(on=before.case, by=maya)
    browser = sign_in(maya)
    assert "Invite this patient again" in browser.get(before.case.get_absolute_url()).content.decode()
    browser.post(reverse("invite_again", args=[before.case.public_id]))
    intake = Intake.objects.latest("pk")
    assert (intake.patient, intake.occasion) == (before.patient, AGAIN)
    assert Message.objects.get(kind="intake_invitation").subject_id == intake.public_id


# On the page that invites ---------------------------------------------------------------------------------------------


def details_of(patient, **more):
    born = patient.date_of_birth
    parts = {f"date_of_birth_{part}": getattr(born, part) for part in ("month", "day", "year")}
    names = {"first_name": patient.first_name.upper(), "last_name": patient.last_name}
    return names | parts | {"email": "other@patients.example", "language": "en"} | more


def test_the_desk_is_asked_whether_it_is_the_patient_on_file(before, sign_in, priya):
    desk = sign_in(priya)
    page = desk.post(reverse("invite"), details_of(before.patient))
    assert page.status_code == 422
    assert "Is this patient on file already?" in page.content.decode()
    assert Intake.objects.count() == 1

    desk.post(reverse("invite"), details_of(before.patient, who=str(before.patient.public_id)))
    intake = Intake.objects.latest("pk")
    assert intake.patient == before.patient
    assert Message.objects.get(kind="intake_invitation").recipient == before.patient.email


def test_somebody_else_of_the_same_name_is_a_new_patient(before, sign_in, priya):
    sign_in(priya).post(reverse("invite"), details_of(before.patient, who="new"))
    assert Intake.objects.latest("pk").patient != before.patient


def test_a_patient_of_another_location_is_not_told(before, sign_in, olga):
    page = sign_in(olga).post(reverse("invite"), details_of(before.patient))
    assert page.status_code == 302
    assert Intake.objects.latest("pk").patient != before.patient


def test_an_id_that_was_not_offered_invites_nobody(before, sign_in, priya, other_location):
    stranger = factories.case(at=other_location).patient
    sign_in(priya).post(reverse("invite"), details_of(before.patient, who=str(stranger.public_id)))
    assert Intake.objects.filter(occasion=AGAIN).count() == 0
