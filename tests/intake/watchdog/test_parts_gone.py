"""An emergency is past its limit and one part of the machine is gone: three places say so, and Maya gets in.

Pages, `/healthz` and `manage.py watch` ask the database alone, when somebody looks: nothing has to run for them.
"""

from datetime import timedelta

import pytest
from celery import current_app
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message, SweepBeat
from intake.models import Case
from intake.watchdog import on_pages
from tests.clinic.sign_in.test_sign_in import code, password
from tests.intake.patients import Phone
from tests.intake.watchdog.test_what_is_wrong import watch
from tests.workers import NO_BROKER

PAST = timedelta(minutes=1)
NO_CACHE = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere/at/all"}
STAFF_PAGES = ("queue", "referrals", "directory", "messages", "today", "patients")


def nothing(post_office, settings, monkeypatch):
    """All parts are there."""


def no_worker(post_office, settings, monkeypatch):
    SweepBeat.objects.update(worker_at=timezone.now() - 2 * PAST)


def no_beat(post_office, settings, monkeypatch):
    SweepBeat.objects.update(at=timezone.now() - 2 * PAST, worker_at=timezone.now() - 2 * PAST)


def no_broker(post_office, settings, monkeypatch):
    no_beat(post_office, settings, monkeypatch)
    monkeypatch.setitem(on_pages._last, "until", 0.0)
    for name in ("broker_read_url", "broker_write_url", "broker_url"):  # those that follow it first
        monkeypatch.setattr(current_app.conf, name, NO_BROKER)


def no_cache(post_office, settings, monkeypatch):
    settings.CACHES = {"default": NO_CACHE}


def no_mail(post_office, settings, monkeypatch):
    post_office.close()


def wrong_password(post_office, settings, monkeypatch):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "clinic", "not this one"


def sender_refused(post_office, settings, monkeypatch):
    post_office.refuse_sender = "550 not from you"


def put_off(post_office, settings, monkeypatch):
    post_office.refuse_sender = "451 later"


def hanging(post_office, settings, monkeypatch):
    post_office.delay, settings.EMAIL_TIMEOUT = 3.0, 0.5


MACHINES = {
    no_worker: "No worker runs",
    no_beat: "Nobody sends mails and alarms",
    no_broker: "The broker does not answer",
}
MAIL = (no_mail, wrong_password, sender_refused, put_off, hanging)


@pytest.mark.parametrize("gone", [nothing, *MACHINES, no_cache, *MAIL])
def test_an_emergency_past_its_limit_is_said_by_all_three_and_sign_in_works(
    gone, location, maya, post_office, settings, monkeypatch, client
):
    now = timezone.now()
    SweepBeat.objects.update_or_create(id=1, defaults={"at": now, "worker_at": now})
    case = Phone().starts().answers("safety-check", emergency_now=["saddle_numb"]).case
    gone(post_office, settings, monkeypatch)
    if gone in MAIL:
        Message.objects.filter(kind="case_needs_you").update(due_at=now, first_due_at=now)
        sweep()
        SweepBeat.objects.exclude(mail_refused_since=None).update(mail_refused_since=now - 2 * PAST)
        Message.objects.update(created_at=now - 2 * PAST, first_due_at=now - 2 * PAST)
    Case.objects.filter(pk=case.pk).update(acknowledge_by=now - PAST, decide_by=now - PAST)

    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["cases"]) == (503, False)
    failed, said = watch()
    assert failed
    assert "1 emergency case past its time" in said

    browser = Client()
    asked = password(browser, maya)
    inside = browser.post(asked.redirect_chain[-1][0], {"code": code()}, follow=True)
    assert inside.status_code == 200
    for name in STAFF_PAGES:
        assert "1 emergency case past its time" in browser.get(reverse(name)).text, name
    if gone in MACHINES:
        assert MACHINES[gone] in said
    if gone in MAIL:
        assert "The mail server takes no mail" in said
        assert answer.json()["mail"] is False
