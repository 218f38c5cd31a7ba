"""A forgotten password: the mail goes through the outbox like every other, and tells a stranger nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.staff.emails import password_reset


def ask(email):
    return Client().post(reverse("account_reset_password"), {"email": email})


def test_maya_chooses_a_new_password_by_the_link_in_her_mail(maya, post_office, settings):
    assert ask(maya.email).url == reverse("account_reset_password_done")
    sweep()
    [mail] = post_office.mails
    assert mail["X-Message-Key"] == f"password_reset:{maya.public_id}:1"
    [path] = re.findall(rf"{re.escape(settings.SITE_URL)}(\S+)", mail.get_content())
    browser = Client()
    form = browser.get(path, follow=True)
    new = "a-plumb-line-hangs-true-7"
    browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    maya.refresh_from_db()
    assert maya.check_password(new)


def test_no_row_holds_the_link(maya):
    ask(maya.email)
    assert Message.objects.get().facts == {}


@pytest.mark.parametrize("email", ["nobody@plumbline.example", "someone@elsewhere.example"])
def test_a_stranger_hears_the_same_and_nobody_is_written_to(maya, email):
    known, unknown = ask(maya.email), ask(email)
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert Message.objects.count() == 1


def test_nobody_is_flooded(maya):
    assert [bool(password_reset(maya)) for _ in range(5)] == [True, True, True, False, False]


@pytest.mark.parametrize("why", ["left", "too late"])
def test_a_link_that_is_no_longer_wanted_is_not_sent(maya, post_office, why):
    ask(maya.email)
    later = timezone.now() + timedelta(hours=2 if why == "too late" else 0)
    maya.is_active = why != "left"
    maya.save()
    with time_machine.travel(later):
        sweep(timezone.now() + timedelta(seconds=1))
    assert post_office.mails == []
