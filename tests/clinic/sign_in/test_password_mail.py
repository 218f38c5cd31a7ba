"""A forgotten password: the mail goes through the outbox like every other, and tells a stranger nothing."""

import re
import statistics
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.sign_in import tries
from clinic.sign_in.emails import password_reset
from clinic.sign_in.resets import answer
from clinic.staff.signing_in import ResetRequest, SignInTry


def asks(email, **meta):
    return Client().post(reverse("account_reset_password"), {"email": email}, **meta)


def ask(email):
    """Somebody asks on the page, and a worker looks whose address it is."""
    page = asks(email)
    answer(timezone.now())
    return page


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


def test_a_new_password_by_mail_buys_no_new_codes(maya, post_office, settings):
    """Whoever reads the mailbox has the password with each mail; codes are what is left between them and the door."""
    for number in range(21):
        tries.begin(SignInTry.Step.CODE, maya.email, f"{11 + number}.7.7.7", b"")
        SignInTry.objects.update(at=F("at") - timedelta(minutes=1))
    ask(maya.email)
    sweep()
    [path] = re.findall(rf"{re.escape(settings.SITE_URL)}(\S+)", post_office.mails[0].get_content())
    browser, new = Client(), "a-plumb-line-hangs-true-7"
    browser.post(browser.get(path, follow=True).request["PATH_INFO"], {"password1": new, "password2": new})
    maya.refresh_from_db()
    assert maya.check_password(new)
    assert SignInTry.objects.filter(step=SignInTry.Step.CODE).count() == 21


def test_no_row_holds_the_link(maya):
    ask(maya.email)
    assert Message.objects.get().facts == {}


@pytest.mark.parametrize("email", ["nobody@plumbline.example", "someone@elsewhere.example"])
def test_a_stranger_hears_the_same_and_nobody_is_written_to(maya, email):
    known, unknown = ask(maya.email), ask(email)
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert Message.objects.count() == 1


def test_the_page_does_the_same_work_for_a_stranger(maya):
    def work(email):
        with CaptureQueriesContext(connection) as queries:
            page = asks(email)
        return page.status_code, [re.sub(r"'[^']*'| ?-?\d+", "?", query["sql"]) for query in queries.captured_queries]

    work("warm@plumbline.example")
    known = work(maya.email)
    assert known == work("nobody@plumbline.example")
    assert not [sql for sql in known[1] if "staff_user" in sql or "messages_message" in sql]


def test_the_time_of_the_page_tells_nobody_apart(maya):
    """Both in turn, so that a slow moment of the machine meets both alike."""
    took = {maya.email: [], "nobody@plumbline.example": []}
    asks("warm@plumbline.example")
    for number in range(40):
        for email, times in took.items():
            ResetRequest.objects.all().delete()
            began = time.perf_counter()
            asks(email, REMOTE_ADDR=f"198.51.{number}.7")
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.75 < known / unknown < 1.34


def test_a_page_asked_too_often_says_the_same_and_writes_nothing(maya):
    answers = [asks(maya.email) for _ in range(5)]
    assert {(page.status_code, page.url) for page in answers} == {(302, reverse("account_reset_password_done"))}
    assert ResetRequest.objects.count() == 3


def test_the_address_stands_nowhere_once_it_was_looked_at(maya):
    ask("nobody@plumbline.example")
    assert ResetRequest.objects.get().address == ""


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
