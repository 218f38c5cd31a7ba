"""An emergency that nobody would hear of: at a location without a therapist, whoever leaves and whenever."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.staff.models import Role
from intake.door import draft
from intake.door.form_links import link_to
from intake.review.actions import acknowledge
from tests import factories
from tests.answers import SADDLE_NUMBNESS

pytestmark = pytest.mark.nobody_treats


@pytest.fixture
def hillcrest(other_location):
    return other_location


def emergency_at(location):
    return factories.danger_in(factories.intake(at=location, answers=SADDLE_NUMBNESS))


def left(person):
    """The person has an account no more."""
    person.is_active = False
    person.save()


# Who is told ----------------------------------------------------------------------------------------------------------


def test_at_a_location_without_a_therapist_every_therapist_and_manager_of_the_clinic_hears_at_once(
    location, hillcrest, olga, ruth, priya, post_office
):
    emergency_at(location)
    sweep()
    assert post_office.recipients == {olga.email: 1, ruth.email: 1}


def test_they_find_it_in_their_queue_and_can_take_it(location, olga, ruth, priya, sign_in):
    case = emergency_at(location)
    assert case.patient.last_name in sign_in(olga).get("/queue/").text
    assert acknowledge(case, by=olga).acknowledged_by == olga
    assert sign_in(olga).get(f"/cases/{case.public_id}/").status_code == 200


def test_once_somebody_treats_there_again_it_is_theirs_alone(location, olga, maya, sign_in, post_office):
    case = emergency_at(location)
    sweep()
    assert post_office.recipients == {maya.email: 1}
    assert sign_in(olga).get(f"/cases/{case.public_id}/").status_code == 404


def test_who_is_told_is_found_when_the_message_goes(location, maya, daniel, post_office):
    emergency_at(location)
    left(maya)
    late = factories.staff("Lena Park", Role.THERAPIST, at=[location])
    sweep()
    assert post_office.recipients == {daniel.email: 1, late.email: 1}


def test_when_the_last_therapist_leaves_after_the_case_was_opened_the_clinic_hears(
    location, maya, olga, ruth, post_office
):
    emergency_at(location)
    left(maya)
    sweep()
    assert post_office.recipients == {olga.email: 1, ruth.email: 1}


def test_where_nobody_at_all_is_left_to_tell_it_fails_where_it_is_seen(location, priya, client, sign_in):
    emergency_at(location)
    sweep()
    assert Message.objects.needing_a_person().get().outcome == "There is nobody to tell: whoever could act has left."
    assert client.get("/healthz").json()["alarms"] is False
    assert "Alarms to staff" in sign_in(priya).get("/messages/").text


def test_sent_again_it_looks_for_its_people_once_more(location, priya, sign_in, request, post_office):
    emergency_at(location)
    sweep()
    failed = Message.objects.needing_a_person().get()
    maya, desk = request.getfixturevalue("maya"), sign_in(priya)
    assert 'name="to"' not in desk.get(f"/messages/{failed.pk}/").text
    assert desk.post(f"/messages/{failed.pk}/").status_code == 302
    sweep()
    assert post_office.recipients == {maya.email: 1}


# Who says so ----------------------------------------------------------------------------------------------------------


def test_every_staff_page_names_the_location(location, hillcrest, olga, ruth, priya, sign_in):
    for person in (ruth, priya, olga):
        page = sign_in(person).get("/messages/").text
        assert "Riverside has no therapist" in page
        assert "Hillcrest has no therapist" not in page


def test_healthz_and_check_say_so_and_stop_when_there_is_one(location, client, request):
    assert client.get("/healthz").json()["therapists"] is False
    assert "Riverside has no therapist" in checked()
    request.getfixturevalue("maya")
    assert client.get("/healthz").json()["therapists"] is True
    assert "no therapist" not in checked()


def checked() -> str:
    said = StringIO()
    call_command("check", databases=["default"], stderr=said, stdout=said)
    return said.getvalue()


def test_a_therapist_who_left_treats_nowhere(location, maya, client):
    left(maya)
    assert client.get("/healthz").json()["therapists"] is False


# What patients are offered --------------------------------------------------------------------------------------------


def test_patients_are_offered_only_where_somebody_treats(location, hillcrest, olga):
    page = Client().get("/intake/start/").text
    assert "Hillcrest" in page
    assert "Riverside" not in page


def test_where_nobody_treats_anywhere_the_start_says_whom_to_call(location):
    page = Client().get("/intake/start/")
    assert "cannot take forms online" in page.text
    assert location.phone in page.text
    assert '<form id="answers"' not in page.text


def test_a_form_already_begun_there_goes_on(location, maya):
    browser = Client()
    intake = factories.intake(at=location)
    link_to(intake)
    browser.cookies = draft.remember(RequestFactory().get("/"), HttpResponse(), intake).cookies
    left(maya)
    page = browser.get("/intake/contact/")
    assert page.status_code == 200
    assert "Riverside" in page.text
