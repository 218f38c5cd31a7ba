"""A second step handed over needs a fresh proof; addresses left from before are no way in; codes as they are copied."""

from datetime import timedelta
from importlib import import_module
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.account.models import EmailAddress, EmailConfirmation
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.staff.signing_in import HandedOverCode, SpentCode
from tests import factories
from tests.clinic.sign_in.test_second_step import (
    code_of,
    hands_over,
    has_second_step,
    nora,
    proves_it,
    replace,
    set_up,
    signed_in,
)
from tests.clinic.sign_in.test_sign_in import code, password

pytestmark = pytest.mark.django_db
__all__ = ["nora"]


def test_a_browser_that_a_manager_left_open_makes_no_code(maya, ruth):
    """The attack: whoever finds it ends Maya's second step, and her password alone opens the rest."""
    browser = signed_in(ruth)
    session = browser.session
    session["began_at"] -= 600
    session.save()
    asked = browser.post(reverse("hand_over_code", args=[maya.public_id]))
    back = urlencode({"next": reverse("person", args=[maya.public_id])})
    assert asked.url == f"{reverse('mfa_reauthenticate')}?{back}"
    assert has_second_step(maya)
    assert not HandedOverCode.objects.exists()
    assert "Nothing was changed yet" in browser.get(asked.url).content.decode()
    browser.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})
    browser.post(asked.url, {"code": "000000"})
    assert browser.post(reverse("hand_over_code", args=[maya.public_id])).status_code == 302
    assert has_second_step(maya)
    assert AccessLog.objects.filter(subject="wrong code", subject_id=ruth.public_id).exists()


def test_the_proof_of_a_manager_is_old_after_five_minutes(maya, ruth, sign_in):
    browser = proves_it(sign_in(ruth))
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        assert browser.post(reverse("hand_over_code", args=[maya.public_id])).status_code == 302
    assert has_second_step(maya)


def test_having_just_signed_in_is_no_proof(maya, ruth):
    assert signed_in(ruth).post(reverse("hand_over_code", args=[maya.public_id])).status_code == 302
    assert has_second_step(maya)


def test_what_was_open_with_the_second_step_before_is_over(maya, ruth, sign_in):
    """The attack: whoever has Maya's phone and laptop stays signed in, and works on once she has set up a new phone."""
    thief = signed_in(maya)
    assert thief.get(reverse("queue")).status_code == 200
    said = hands_over(ruth, maya, sign_in)
    own = Client()
    password(own, maya)
    set_up(own, handed_over=said)
    assert has_second_step(maya)
    assert thief.get(reverse("queue")).url.startswith(reverse("account_login"))


def test_another_app_ends_what_others_have_open_and_not_ones_own_page(maya):
    thief, own = signed_in(maya), Client()
    SpentCode.objects.all().delete()
    own.post(password(own, maya).redirect_chain[-1][0], {"code": code()})
    SpentCode.objects.all().delete()
    _secret, done = replace(own, code())
    assert done.url == reverse("mfa_view_recovery_codes")
    assert own.get(reverse("queue")).status_code == 200
    assert thief.get(reverse("queue")).url.startswith(reverse("account_login"))


def test_an_address_added_before_that_page_was_closed_is_no_way_in(maya):
    """The migration takes them all away: each let its owner sign in and ask for a new password."""
    row = EmailAddress.objects.create(user=maya, email="me@elsewhere.example", verified=True, primary=True)
    EmailConfirmation.create(row).save()
    assert opens_with("me@elsewhere.example")
    forget = import_module("clinic.staff.migrations.0005_no_other_addresses").forget_other_addresses
    forget(apps, schema_editor=None)
    assert not EmailAddress.objects.exists()
    assert not opens_with("me@elsewhere.example")
    assert opens_with(maya.email)


def opens_with(address) -> bool:
    """Whether this address and the password lead to the second step."""
    sent = Client().post(reverse("account_login"), {"login": address, "password": factories.PASSWORD})
    return sent.status_code == 302


COPIED = ["{} {}", "{}\u00a0{}", "{}\u200b{}", "{}-{}", "\u202f{}{}\ufeff"]


@pytest.mark.parametrize("written", COPIED, ids=ascii)
def test_a_code_is_taken_with_the_spaces_it_was_copied_with(maya, nora, ruth, sign_in, written):
    browser = Client()
    asked = password(browser, maya)
    digits = code()
    assert (
        browser.post(asked.redirect_chain[-1][0], {"code": written.format(digits[:3], digits[3:])}).status_code == 302
    )
    said = hands_over(ruth, nora, sign_in)
    browser = Client()
    password(browser, nora)
    secret = browser.get(reverse("mfa_activate_totp")).context["form"].secret
    digits = code_of(secret)
    typed = {"code": written.format(digits[:3], digits[3:]), "handed_over": written.format(said[:7], said[7:])}
    browser.post(reverse("mfa_activate_totp"), typed)
    assert has_second_step(nora)
