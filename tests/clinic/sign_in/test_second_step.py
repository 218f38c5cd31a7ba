"""The second step: set up by a code somebody hands over, replaced with a code that works, never only removed; whoever
it belongs to hears of each change, and keys that are lost are found at the start.
"""

import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.messages.models import Message
from clinic.staff.models import Role
from clinic.staff.signing_in import HandedOverCode, SpentCode
from tests import factories
from tests.clinic.sign_in.test_sign_in import code, password
from tests.conftest import TOTP_SECRET

pytestmark = pytest.mark.django_db
HOUSE = Path(__file__).resolve().parents[3]


def code_of(secret) -> str:
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def signed_in(user) -> Client:
    browser = Client()
    asked = password(browser, user)
    inside = browser.post(asked.redirect_chain[-1][0], {"code": code()}, follow=True)
    assert inside.status_code == 200
    return browser


@pytest.fixture
def nora(location):
    """Somebody new, who has a password and no second step."""
    return factories.staff("Nora Novak", Role.THERAPIST, at=[location])


def set_up(browser, **given):
    """Sends the page that sets up a second step, with a right code of the new app."""
    page = browser.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    return browser.post(reverse("mfa_activate_totp"), {"code": code_of(secret), **given})


def has_second_step(user) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def told(user) -> list[str]:
    """The kinds of mails about somebody's account, in order."""
    return list(Message.objects.about("user", user.public_id).order_by("created_at").values_list("kind", flat=True))


def events() -> list[tuple]:
    return list(AccessLog.objects.order_by("pk").values_list("subject", "user__email"))


# Setting it up ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, {"handed_over": ""}, {"handed_over": "AAAA-BBBB-CCCC"}])
def test_a_password_alone_sets_up_no_second_step(nora, given):
    browser = Client()
    password(browser, nora)
    assert set_up(browser, **given).status_code == 200
    assert not has_second_step(nora)


def proves_it(browser) -> Client:
    """Whoever sits there types a code of their own app once more, one that has not opened anything yet."""
    SpentCode.objects.all().delete()
    done = browser.post(f"{reverse('mfa_reauthenticate')}?next={reverse('people')}", {"code": code()})
    assert done.url == reverse("people")
    return browser


def hands_over(ruth, user, sign_in) -> str:
    how_known = {"why": "Stands before me."}
    page = proves_it(sign_in(ruth)).post(reverse("hand_over_code", args=[user.public_id]), how_known)
    return re.search(r'<p class="code">([-A-Z0-9]+)</p>', page.content.decode())[1]


def test_a_new_person_gets_in_with_the_code_the_manager_says(nora, ruth, sign_in, django_capture_on_commit_callbacks):
    said = hands_over(ruth, nora, sign_in)
    browser = Client()
    password(browser, nora)
    with django_capture_on_commit_callbacks(execute=True):
        done = set_up(browser, handed_over=said.lower().replace("-", " "))
    assert done.url == reverse("mfa_view_recovery_codes")
    assert has_second_step(nora)
    assert told(nora) == ["second_step_changed", "second_step_changed"]
    assert events() == [("code handed over", ruth.email), ("signed in", nora.email), ("second step set up", nora.email)]
    assert browser.get(reverse("queue")).status_code == 200


def test_a_code_works_once_and_for_one_person(nora, ruth, location, sign_in):
    said = hands_over(ruth, nora, sign_in)
    other = factories.staff("Otto Orr", Role.THERAPIST, at=[location])
    browser = Client()
    password(browser, other)
    set_up(browser, handed_over=said)
    assert not has_second_step(other)
    browser = Client()
    password(browser, nora)
    set_up(browser, handed_over=said)
    assert has_second_step(nora)
    Authenticator.objects.all().delete()
    set_up(browser, handed_over=said)
    assert not has_second_step(nora)


def test_a_code_ends_after_a_day_and_when_another_is_made(nora, ruth, sign_in):
    first = hands_over(ruth, nora, sign_in)
    second = hands_over(ruth, nora, sign_in)
    browser = Client()
    password(browser, nora)
    set_up(browser, handed_over=first)
    assert not has_second_step(nora)
    HandedOverCode.objects.update(expires_at=timezone.now())
    set_up(browser, handed_over=second)
    assert not has_second_step(nora)


def test_codes_are_not_guessed(nora, ruth, sign_in):
    said = hands_over(ruth, nora, sign_in)
    browser = Client()
    password(browser, nora)
    for _ in range(5):
        set_up(browser, handed_over="AAAA-BBBB-CCCC")
    slowed = set_up(browser, handed_over=said)
    assert "Wait" in slowed.content.decode()
    assert not has_second_step(nora)


def test_no_row_holds_the_code(nora, ruth, sign_in):
    said = hands_over(ruth, nora, sign_in)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(staff_handedovercode)::text FROM staff_handedovercode")
        assert said.replace("-", "") not in cursor.fetchone()[0]


def test_only_a_manager_of_the_same_location_hands_over_a_code(nora, ruth, maya, olga, sign_in):
    assert sign_in(maya).post(reverse("hand_over_code", args=[nora.public_id])).status_code == 403
    assert sign_in(ruth).post(reverse("hand_over_code", args=[olga.public_id])).status_code == 404
    assert has_second_step(olga)


def test_nobody_hands_a_code_to_themselves(ruth, sign_in):
    assert sign_in(ruth).post(reverse("hand_over_code", args=[ruth.public_id])).status_code == 404
    assert has_second_step(ruth)
    with pytest.raises(IntegrityError, match="nobody_hands_a_code_to_themselves"), transaction.atomic():
        HandedOverCode.objects.create(user=ruth, made_by=ruth, code_hash=b"x", expires_at=timezone.now())


def test_the_first_manager_gets_a_code_from_the_server(nora):
    shown = StringIO()
    call_command("second_step_code", nora.email, stdout=shown)
    browser = Client()
    password(browser, nora)
    set_up(browser, handed_over=shown.getvalue().splitlines()[0])
    assert has_second_step(nora)
    with pytest.raises(CommandError):
        call_command("second_step_code", "nobody@plumbline.example")


def test_a_manager_finds_the_page_and_others_do_not(ruth, priya, sign_in):
    foot = reverse("people")
    assert foot in sign_in(ruth).get(reverse("referrals")).content.decode()
    assert foot not in sign_in(priya).get(reverse("referrals")).content.decode()


def test_the_demo_shows_who_waits_for_a_code(nora, maya, settings):
    settings.DEMO = True
    page = Client().get(reverse("demo_start"))
    assert page.status_code == 200
    assert "Waits for a manager" in page.content.decode()


def test_the_demo_shows_where_each_of_them_works(maya, location, settings):
    settings.DEMO = True
    page = Client().get(reverse("demo_start")).content.decode()
    assert f'data-label="Works at">{location.name}</td>' in page


# Replacing it -------------------------------------------------------------------------------------------------------


def test_a_browser_that_was_left_open_cannot_remove_the_second_step(maya):
    browser = signed_in(maya)
    browser.post(reverse("mfa_deactivate_totp"))
    assert has_second_step(maya)


def replace(browser, current):
    page = browser.get(reverse("replace_second_step"))
    secret = page.context["form"].secret
    return secret, browser.post(reverse("replace_second_step"), {"code": code_of(secret), "current": current})


def test_another_app_needs_a_code_that_works_now(maya):
    browser = signed_in(maya)
    for wrong in ("", "000000", code()):  # the last one has opened the door already
        _secret, page = replace(browser, wrong)
        assert page.status_code == 200
    [kept] = Authenticator.objects.filter(user=maya, type=Authenticator.Type.TOTP)
    assert kept.wrap().validate_code(code())


def test_with_a_recovery_code_the_new_app_takes_the_place_of_the_old_one(maya):
    spare = RecoveryCodes.activate(maya).get_unused_codes()[0]
    browser = signed_in(maya)
    secret, done = replace(browser, spare)
    assert done.url == reverse("mfa_view_recovery_codes")
    page = browser.get(done.url).content.decode()
    assert spare not in page
    from clinic.sign_in.second_step import authenticator_for

    assert authenticator_for(maya, format_hotp_value(hotp_value(TOTP_SECRET, 1))) is None
    assert authenticator_for(maya, code_of(secret)).type == Authenticator.Type.TOTP
    assert told(maya) == ["new_device", "second_step_changed"]
    assert ("second step new", maya.email) in events()


def test_a_password_does_not_open_the_recovery_codes_of_a_stolen_session(maya):
    browser = signed_in(maya)
    session = browser.session
    session["began_at"] -= 3600
    session.save()
    asked = browser.get(reverse("mfa_generate_recovery_codes"))
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    browser.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    assert browser.get(reverse("mfa_generate_recovery_codes")).url.startswith(reverse("mfa_reauthenticate"))


def test_a_browser_left_open_after_signing_in_shows_no_code_that_replaces_the_second_step(maya):
    RecoveryCodes.activate(maya)
    Authenticator.objects.filter(user=maya).update(created_at=timezone.now() - timedelta(days=30))
    browser = signed_in(maya)
    for page in ("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"):
        assert browser.get(reverse(page)).url.startswith(reverse("mfa_reauthenticate")), page


def test_a_browser_left_open_cannot_lead_alarms_to_another_mailbox(maya):
    browser, before = signed_in(maya), maya.email
    for action in ("action_add", "action_primary"):
        browser.post("/account/email/", {action: "1", "email": "me@elsewhere.example"})
    maya.refresh_from_db()
    assert maya.email == before
    assert not EmailAddress.objects.filter(email="me@elsewhere.example").exists()


def test_a_new_password_is_told_and_written_down(maya):
    browser = signed_in(maya)
    new = "a-plumb-line-hangs-true-7"
    change = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    browser.post(reverse("account_change_password"), change)
    maya.refresh_from_db()
    assert maya.check_password(new)
    assert told(maya) == ["new_device", "password_changed"]
    assert events()[-1] == ("password changed", maya.email)


def test_the_old_password_is_not_guessed_in_an_open_session(maya, sign_in):
    browser = sign_in(maya)
    new = "a-plumb-line-hangs-true-7"
    for _ in range(5):
        browser.post(reverse("account_change_password"), {"oldpassword": "x", "password1": new, "password2": new})
    change = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
    assert "Wait" in browser.post(reverse("account_change_password"), change).content.decode()
    maya.refresh_from_db()
    assert maya.check_password(factories.PASSWORD)


def test_a_wrong_code_is_written_down(maya):
    browser = Client()
    asked = password(browser, maya)
    browser.post(asked.redirect_chain[-1][0], {"code": "000000"})
    assert AccessLog.objects.filter(subject="wrong code", subject_id=maya.public_id, user=None).exists()


def test_who_is_back_within_half_a_minute_is_told_that_the_code_was_used(maya):
    with time_machine.travel(timezone.now(), tick=False):
        signed_in(maya)
        browser = Client()
        asked = password(browser, maya)
        again = browser.post(asked.redirect_chain[-1][0], {"code": code()}).content.decode()
    assert "This code was used already. Wait until your phone shows the next one." in again
    wrong = browser.post(asked.redirect_chain[-1][0], {"code": "000000"}).content.decode()
    assert "Incorrect code." in wrong
    assert AccessLog.objects.filter(subject="wrong code", subject_id=maya.public_id, user=None).count() == 2


# Lost keys ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def keys_lost(maya, settings):
    """The second steps there are were made with a key this server does not have."""
    from clinic.environment import sealing

    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    sealing._keys.cache_clear()
    yield
    sealing._keys.cache_clear()


def test_with_lost_keys_the_second_step_says_so_and_does_not_break(maya, keys_lost):
    browser = Client()
    asked = password(browser, maya)
    page = browser.post(asked.redirect_chain[-1][0], {"code": code()})
    assert page.status_code == 200
    assert "cannot be read on this server" in page.content.decode()


def test_with_lost_keys_the_web_does_not_start(maya, keys_lost, capsys):
    from clinic.sign_in.lost_keys import refuse_lost_keys

    with pytest.raises(SystemExit) as end:
        refuse_lost_keys()
    assert end.value.code == 3
    said = capsys.readouterr().err
    assert said.startswith("FIELD_KEYS cannot read the second step of 1 of 1 people")
    assert said.count("\n") == 1
    call_command("second_step_code", maya.email, stdout=StringIO())
    refuse_lost_keys()


def test_with_the_right_keys_it_starts(maya):
    from clinic.sign_in.lost_keys import refuse_lost_keys

    refuse_lost_keys()


def test_the_web_asks_before_it_serves():
    """The web process as gunicorn loads it, with a function in place of the look at the database."""
    program = (
        "import django; django.setup(); from clinic.sign_in import lost_keys;"
        "lost_keys.refuse_lost_keys = lambda: print('asked'); import clinic.wsgi"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert said.stdout == "asked\n"
