"""How staff get in: password, then a code; out again when they leave the desk or the clinic."""

import time
from importlib import import_module

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.staff.models import Role
from tests import factories
from tests.conftest import TOTP_SECRET

pytestmark = pytest.mark.django_db


def code() -> str:
    """What Maya's authenticator app shows, long enough to type it in."""
    left = 30 - time.time() % 30
    if left < 3:
        time.sleep(left)
    return format_hotp_value(hotp_value(TOTP_SECRET, next(iter(yield_hotp_counters_from_time()))))


def password(browser, user, **more):
    return browser.post(
        reverse("account_login"), {"login": user.email, "password": factories.PASSWORD, **more}, follow=True
    )


def leave_desk_for(browser, minutes):
    """Nobody has used this session for `minutes`."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    session["used_at"] = int(time.time()) - 60 * minutes
    session.save()


def test_password_then_code_then_the_queue(maya):
    browser = Client()
    asked = password(browser, maya, next="/queue/?tier=soon")
    assert asked.redirect_chain[-1][0].startswith(reverse("mfa_authenticate"))
    assert browser.get(reverse("queue")).status_code == 302  # not in yet
    inside = browser.post(asked.redirect_chain[-1][0], {"code": code()}, follow=True)
    assert inside.redirect_chain[-1][0] == "/queue/?tier=soon"
    assert inside.status_code == 200


def test_a_wrong_code_does_not_get_in(maya):
    browser = Client()
    asked = password(browser, maya)
    refused = browser.post(asked.redirect_chain[-1][0], {"code": "000000"})
    assert refused.status_code == 200
    assert browser.get(reverse("queue")).status_code == 302


def test_without_a_second_factor_there_is_one_way_to_go(location):
    nora = factories.staff("Nora Novak", Role.THERAPIST, at=[location])
    browser = Client()
    page = password(browser, nora)
    assert page.redirect_chain[-1][0] == reverse("mfa_activate_totp")
    assert page.status_code == 200
    for name in ("queue", "referrals", "directory"):
        assert browser.get(reverse(name)).url == reverse("mfa_activate_totp")


def test_nobody_signs_up(db):
    page = Client().post(
        reverse("account_signup"), {"email": "x@example.org", "password1": "a" * 14, "password2": "a" * 14}
    )
    assert page.status_code in (200, 403)
    assert not factories.User.objects.exists()


def test_somebody_who_left_the_clinic_is_out_at_the_next_click(maya, sign_in):
    browser = sign_in(maya)
    assert browser.get(reverse("queue")).status_code == 200
    maya.is_active = False
    maya.save()
    assert browser.get(reverse("queue")).url.startswith(reverse("account_login"))


def test_a_desk_left_for_a_quarter_of_an_hour_is_signed_out_and_says_why(maya, sign_in):
    browser = sign_in(maya)
    browser.get(reverse("queue"))
    leave_desk_for(browser, 14)
    assert browser.get(reverse("queue")).status_code == 200

    leave_desk_for(browser, 16)
    page = browser.get(reverse("queue"), follow=True)
    assert page.redirect_chain[-1][0] == f"{reverse('account_login')}?next=/queue/"
    assert "nobody used this page for a while" in page.content.decode()


def test_a_queue_that_only_refreshes_itself_is_a_desk_that_was_left(maya, sign_in):
    browser = sign_in(maya)
    browser.get(reverse("queue"))
    leave_desk_for(browser, 10)
    assert browser.get(reverse("queue_rows")).status_code == 200
    leave_desk_for(browser, 16)
    response = browser.get(reverse("queue_rows"), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (204, reverse("account_login"))
    assert browser.get(reverse("queue")).status_code == 302


def test_polling_does_not_keep_a_session_alive_and_clicking_does(maya, sign_in):
    browser = sign_in(maya)
    browser.get(reverse("queue"))
    leave_desk_for(browser, 10)
    browser.get(reverse("queue_rows"))
    assert time.time() - browser.session["used_at"] > 9 * 60
    browser.get(reverse("queue"))
    assert time.time() - browser.session["used_at"] < 60


def test_what_was_sent_after_the_end_is_not_saved_and_said_so(maya, sign_in, location):
    case = factories.case(at=location)
    browser = sign_in(maya)
    browser.get(reverse("queue"))
    leave_desk_for(browser, 16)
    page = browser.post(reverse("acknowledge", args=[case.public_id]), follow=True)
    assert "was not saved" in page.content.decode()
    case.refresh_from_db()
    assert case.acknowledged_by is None


def test_no_session_outlives_a_working_day(maya, sign_in):
    browser = sign_in(maya)
    browser.get(reverse("queue"))
    session = browser.session
    session["began_at"] = int(time.time()) - 13 * 3600
    session.save()
    assert browser.get(reverse("queue")).status_code == 302
