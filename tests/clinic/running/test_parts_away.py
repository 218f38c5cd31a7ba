"""An emergency while broker, worker, beat, cache or mail have been away for ten minutes: told, or seen to be untold.

The parts are real processes and servers. Only the ten minutes are moved back in the rows, by the clock of the database.
"""

import time
from datetime import timedelta

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone

from clinic.messages import dispatch
from clinic.messages.models import Message, SweepBeat
from intake.watchdog.wrong import what_is_wrong
from tests.intake.patients import Phone
from tests.workers import NO_BROKER

pytestmark = pytest.mark.django_db(transaction=True)

TWO_MINUTES = 120  # seconds
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def ada(location, maya):
    """Ada is about to say that she is numb between the legs."""
    return Phone().starts()


def says_she_is_numb(ada):
    ada.answers("safety-check", emergency_now=["saddle_numb"])
    assert ada.case is not None


@pytest.fixture
def no_broker(monkeypatch):
    for name in ("broker_read_url", "broker_write_url", "broker_url"):  # those that follow it first
        monkeypatch.setattr(current_app.conf, name, NO_BROKER)


def nobody_swept_for_ten_minutes():
    long_ago = timezone.now() - TEN_MINUTES
    SweepBeat.objects.update_or_create(id=1, defaults={"at": long_ago, "worker_at": long_ago})


def alerts(post_office, person) -> int:
    return post_office.recipients[person.email]


def within_two_minutes(happens, why):
    began = time.monotonic()
    while not happens():
        assert time.monotonic() - began < TWO_MINUTES, why
        time.sleep(0.2)


# The broker, the workers, the clock ---------------------------------------------------------------------------------


def test_broker_away(ada, maya, workers, watch, post_office, no_broker, client):
    nobody_swept_for_ten_minutes()
    with workers(broker=NO_BROKER), watch():
        says_she_is_numb(ada)
        within_two_minutes(lambda: alerts(post_office, maya), "nobody was told while the broker was away")
    told = client.get("/healthz")
    assert (told.status_code, told.json()["broker"], told.json()["worker"]) == (503, False, False)


def test_worker_away(ada, maya, watch, post_office, sign_in):
    nobody_swept_for_ten_minutes()
    with watch():
        says_she_is_numb(ada)
        within_two_minutes(lambda: alerts(post_office, maya), "nobody was told while no worker ran")
        assert "No worker runs" in sign_in(maya).get("/messages/").text


def test_worker_away_an_emergency_that_nobody_took_for_an_hour_is_raised_by_the_watch(ada, maya, watch, post_office):
    """Being told does not end with the steps that were scheduled when the case opened."""
    says_she_is_numb(ada)
    long_ago = timezone.now() - timedelta(minutes=61)
    Message.objects.filter(kind="case_needs_you").update(status="sent", due_at=long_ago, settled_at=long_ago)
    nobody_swept_for_ten_minutes()
    with watch():
        within_two_minutes(lambda: alerts(post_office, maya) == 1, "nobody was told again while no worker ran")


def test_beat_away_the_first_alert_goes_by_the_bell_and_the_next_by_the_watch(ada, maya, workers, watch, post_office):
    with workers(beat=False), watch():
        within_two_minutes(lambda: SweepBeat.objects.exists(), "the watch did not take over")
        says_she_is_numb(ada)
        within_two_minutes(lambda: alerts(post_office, maya) == 1, "the bell woke nobody")
        nobody_swept_for_ten_minutes()
        second = Message.objects.filter(kind="case_needs_you", status="scheduled").order_by("due_at").first()
        Message.objects.filter(pk=second.pk).update(due_at=timezone.now())  # five minutes later
        within_two_minutes(lambda: alerts(post_office, maya) == 2, "the second alert waited for beat")


def test_watch_away_the_workers_do_not_need_it(ada, maya, workers, post_office):
    with workers():
        says_she_is_numb(ada)
        within_two_minutes(lambda: alerts(post_office, maya), "nobody was told")


def test_everything_but_the_pages_away_every_page_says_so(ada, maya, no_broker, sign_in, client):
    nobody_swept_for_ten_minutes()
    says_she_is_numb(ada)
    assert "Mail and alarms have stood still" in sign_in(maya).get("/queue/").text
    assert client.get("/healthz").status_code == 503


def test_the_watch_steps_back_when_a_worker_sweeps_again(ada, maya, workers, watch, post_office, client):
    nobody_swept_for_ten_minutes()
    with watch():
        within_two_minutes(lambda: "sweep" not in parts_wrong(), "the watch did not take over")
        assert dispatch.silent_worker()
        with workers():
            within_two_minutes(lambda: not dispatch.silent_worker(), "no worker was seen")
            says_she_is_numb(ada)
            within_two_minutes(lambda: alerts(post_office, maya), "nobody was told")
            time.sleep(6)  # the watch has looked once more
    assert alerts(post_office, maya) == 1


def parts_wrong() -> set[str]:
    return {fact.part for fact in what_is_wrong()}


# The cache and the mail server ----------------------------------------------------------------------------------------


def test_cache_away(ada, maya, workers, post_office, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere/at/all"}
    }
    with workers():
        says_she_is_numb(ada)
        within_two_minutes(lambda: alerts(post_office, maya), "nobody was told while the cache was away")


def test_mail_away_every_page_says_so_and_it_goes_when_mail_is_back(ada, maya, workers, post_office, sign_in, client):
    post_office.close()
    with workers():
        says_she_is_numb(ada)
        hers = Message.objects.filter(recipient=maya.email)
        within_two_minutes(hers.exists, "nobody tried")
        within_two_minutes(hers.exclude(outcome="").exists, "the mail server seems to be there")
        a_minute_ago = timezone.now() - timedelta(seconds=61)
        Message.objects.update(created_at=a_minute_ago)
        Message.objects.exclude(first_due_at=None).update(first_due_at=a_minute_ago)
        assert "reached nobody" in sign_in(maya).get("/queue/").text
        assert (client.get("/healthz").status_code, client.get("/healthz").json()["alarms"]) == (503, False)
        post_office.open()
        within_two_minutes(lambda: alerts(post_office, maya) == 1, "it did not go when mail was back")
        within_two_minutes(lambda: client.get("/healthz").json()["alarms"], "the alarm stayed")
    assert "Alarms to staff do not go out" not in Client().get("/").text
