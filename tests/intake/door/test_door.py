"""Who a browser is on a page: one frozen object on the request, from which the log and the page's own field follow."""

from dataclasses import FrozenInstanceError

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from clinic.audit.models import AccessLog
from intake.door import draft, status_cookie
from intake.door.door import NOBODY, door_of
from intake.door.form_links import link_to
from intake.door.frame import show_patient
from intake.door.status_links import link_to_status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(location):
    return factories.patient(at=location)


@pytest.fixture
def intake(location):
    intake = factories.intake(at=location)
    link_to(intake)
    return intake


def asks(opened, address="/status/"):
    """A page that the browser with this answer's cookies asks for."""
    request = RequestFactory().get(address)
    request.COOKIES = {name: morsel.value for name, morsel in opened.cookies.items()}
    request.user, request.resolver_match = AnonymousUser(), resolve(address)
    request._messages = CookieStorage(request)
    return request


def on_the_status_page_of(patient):
    link = link_to_status(patient)
    return status_cookie.open_status(RequestFactory().get("/"), HttpResponse(), patient, link)


def with_the_form_of(intake):
    return draft.remember(RequestFactory().get("/"), HttpResponse(), intake)


def test_a_page_of_nobody_in_particular_has_nobody():
    request = RequestFactory().get("/")
    assert door_of(request) is NOBODY
    assert NOBODY.whose == ""


def test_a_page_of_a_form_knows_form_patient_and_link_and_puts_nothing_else_on_the_request(intake):
    request = asks(with_the_form_of(intake))
    before = set(vars(request))
    answer = draft.patient_page(lambda request, intake: HttpResponse(intake.public_id))(request)
    assert answer.content.decode() == str(intake.public_id)
    assert set(vars(request)) - before == {"door"}
    assert (request.door.intake, request.door.patient) == (intake, intake.patient)
    assert request.door.link == link_to(intake)
    assert not request.door.idle
    assert not request.door.sent_from_here


def test_no_view_can_say_that_it_is_somebody_else(patient, location):
    request = asks(on_the_status_page_of(patient))

    def view(request, patient):
        request.door.patient = factories.patient(at=location)

    with pytest.raises(FrozenInstanceError):
        status_cookie.status_page(view)(request)


@pytest.mark.parametrize("shows", [True, False], ids=["shows", "is said to show nothing"])
def test_a_status_page_that_shows_somebody_is_in_the_log_once(patient, shows):
    """Also a view that was declared to show nothing, and then does: the row is written where the page is made."""
    request = asks(on_the_status_page_of(patient))

    def view(request, patient):
        return show_patient(request, patient, "status/answers.html", intakes=[])

    assert status_cookie.status_page(view, shows=shows)(request).status_code == 200
    assert AccessLog.objects.get().patient_id == patient.pk


def test_what_shows_nothing_and_does_is_in_no_log(patient):
    request = asks(on_the_status_page_of(patient))
    status_cookie.status_page(lambda request, patient: HttpResponse(status=204), shows=False)(request)
    assert not AccessLog.objects.exists()
