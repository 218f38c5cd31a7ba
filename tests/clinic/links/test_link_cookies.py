"""The cookies of patients and offices: what is signed for one room is nothing in another, and each of them ends."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from clinic.links.cookie import SignedCookie
from intake.door import draft, status_cookie
from referrals.office import session

EACH = {"intake": draft.COOKIE, "status": status_cookie.COOKIE, "office": session.COOKIE}
DAY = SignedCookie("day", salt="a day", life=timedelta(hours=24))


def browser_that_holds(**cookies):
    request = RequestFactory().get("/")
    request.COOKIES = cookies
    return request


def carried_on(response):
    """The next request of the browser that got this response."""
    return browser_that_holds(**{name: morsel.value for name, morsel in response.cookies.items()})


@pytest.mark.parametrize(
    ("name", "salt"), [("intake", "intake.draft"), ("status", "intake.status"), ("office", "referrals.office")]
)
def test_what_a_browser_has_open_stays_open_over_an_upgrade(name, salt):
    """Names and salts are those of the cookies that are out there: another one would close every open form."""
    signed = signing.dumps(["as", "before"], salt=salt)
    assert EACH[name].held_by(browser_that_holds(**{f"plumbline_{name}": signed})) == ["as", "before"]


@pytest.mark.parametrize("name", EACH)
def test_a_cookie_of_one_room_is_nothing_in_another(name):
    value = EACH[name].keep(HttpResponse(), ["key"]).cookies[EACH[name].name].value
    others = [other for other in EACH.values() if other.called != name]
    assert [other.held_by(browser_that_holds(**{other.name: value})) for other in others] == [None, None]


@pytest.mark.parametrize("value", ["", "x", "x:y:z", "a" * 5000])
def test_what_somebody_made_up_is_nothing(value):
    assert DAY.held_by(browser_that_holds(plumbline_day=value)) is None


def test_one_written_anew_with_each_page_ends_when_its_first_one_would():
    """A form in constant use would else stay open for good on a phone that others use."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        began = int(timezone.now().timestamp())
        clock.shift(timedelta(hours=23))
        request = carried_on(DAY.keep(HttpResponse(), {"at": began}))
        assert DAY.held_by(request) == {"at": began}
        clock.shift(timedelta(hours=1, seconds=2))
        assert DAY.held_by(request) is None


def test_one_written_once_ends_by_its_signature():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        request = carried_on(DAY.keep(HttpResponse(), ["key"]))
        clock.shift(timedelta(hours=24, seconds=2))
        assert DAY.held_by(request) is None


def test_in_production_no_other_host_and_no_script_can_set_or_read_it(settings):
    settings.PRODUCTION = True
    cookie = DAY.keep(HttpResponse(), ["key"]).cookies["__Host-day"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert cookie["samesite"] == "Lax"


def test_a_browser_that_leaves_holds_nothing():
    assert DAY.forget(HttpResponse()).cookies["plumbline_day"].value == ""
