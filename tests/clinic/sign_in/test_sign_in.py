"""How staff get in: password, then a code; out again when they leave the desk or the clinic."""

import re
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
    assert (response.status_code, response["HX-Redirect"]) == (204, "/account/login/?next=/queue/")
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


# Several windows ----------------------------------------------------------------------------------------------------

OF_THE_PAGE = {"HX-Request": "true", "HX-Current-URL": "http://testserver/queue/?tier=soon"}
TO_SIGN_IN = "/account/login/?next=/queue/%3Ftier%3Dsoon"


def test_signed_out_in_another_window_the_queue_leads_to_the_sign_in_and_back(maya, sign_in):
    """Its rows ask for themselves: a sign-in in their place would be a page within the page."""
    browser = sign_in(maya)
    browser.get(reverse("queue"))
    browser.logout()
    answer = browser.get(reverse("queue_rows"), headers=OF_THE_PAGE)
    assert (answer.status_code, answer["HX-Redirect"], answer.content) == (204, TO_SIGN_IN, b"")


def test_the_way_back_leads_to_no_other_house(maya, sign_in):
    elsewhere = OF_THE_PAGE | {"HX-Current-URL": "https://elsewhere.example//evil.example/"}
    answer = Client().get(reverse("queue_rows"), headers=elsewhere)
    assert answer["HX-Redirect"] == "/account/login/?next=/queue/"


def test_rows_of_whoever_signed_in_meanwhile_do_not_stand_on_a_colleagues_page(maya, daniel, sign_in):
    page = sign_in(maya).get(reverse("queue")).text
    drawn_for = re.search(r'"X-Drawn-For":\s*"([^"]+)"', page)[1]
    answer = sign_in(daniel).get(reverse("queue_rows"), headers=OF_THE_PAGE | {"X-Drawn-For": drawn_for})
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert sign_in(maya).get(reverse("queue_rows"), headers={"X-Drawn-For": drawn_for}).status_code == 200


# A page nobody uses -------------------------------------------------------------------------------------------------


def test_a_page_left_alone_closes_and_is_back_after_the_sign_in(maya, sign_in):
    browser = sign_in(maya)
    page = browser.get("/queue/?tier=soon").text
    assert 'data-idle="900"' in page
    assert "/account/left/?to=/queue/%3Ftier%3Dsoon" in page
    leave_desk_for(browser, 16)
    assert browser.get("/account/left/?to=/queue/%3Ftier%3Dsoon").url == TO_SIGN_IN


def test_a_window_left_alone_closes_while_its_reader_works_in_another_and_puts_no_end_off(maya, sign_in):
    browser = sign_in(maya)
    browser.get(reverse("queue"))
    leave_desk_for(browser, 10)
    page = browser.get("/account/left/?to=/queue/").text
    assert "This page is closed" in page
    assert 'href="/queue/"' in page
    assert time.time() - browser.session["used_at"] > 9 * 60


def test_a_closed_page_leads_nowhere_else(maya, sign_in):
    assert 'href="/queue/"' in sign_in(maya).get("/account/left/?to=//evil.example/").text


# The door -----------------------------------------------------------------------------------------------------------


def test_the_code_has_the_focus_and_a_mistake_takes_it(maya):
    browser = Client()
    asked = password(browser, maya)
    assert re.search(r'<input[^>]*name="code"[^>]*autofocus', asked.text)
    wrong = browser.post(asked.redirect_chain[-1][0], {"code": "000000"})
    assert "autofocus" not in wrong.text


def test_with_the_cache_gone_staff_come_in_and_whoever_guesses_is_slowed(maya, settings):
    gone = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere/at/all"}
    settings.CACHES = {"default": gone}
    stranger = Client()
    for _try in range(6):
        answer = stranger.post(reverse("account_login"), {"login": maya.email, "password": "guessed-it-wrong"})
    assert "Many wrong tries were made here" in answer.text

    browser = Client(REMOTE_ADDR="198.51.100.7")
    asked = password(browser, maya)
    inside = browser.post(asked.redirect_chain[-1][0], {"code": code()}, follow=True)
    assert inside.status_code == 200
    assert inside.redirect_chain[-1][0] == reverse("queue")


def test_password_and_recovery_codes_are_one_press_from_every_page(maya, sign_in):
    page = sign_in(maya).get(reverse("messages")).text
    for name in ("account_change_password", "mfa_view_recovery_codes", "mfa_index"):
        assert f'href="{reverse(name)}"' in page
