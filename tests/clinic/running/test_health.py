"""What load balancers and the person on watch are told."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from clinic.messages.models import SweepBeat
from clinic.running import health


@pytest.fixture
def swept(db):
    """A worker swept so many seconds ago."""

    def ago(seconds):
        at = timezone.now() - timedelta(seconds=seconds)
        SweepBeat.objects.update_or_create(id=1, defaults={"at": at, "worker_at": at})

    return ago


def test_a_living_process_says_so_to_anybody(client):
    assert client.get("/livez").json() == {"live": True}


def test_healthy_when_database_broker_and_sweep_are_well(client, swept):
    swept(2)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    told = answer.json()
    assert told.pop("seconds_since_sweep") in range(2, 30)
    assert told == {
        "healthy": True,
        "database": True,
        "broker": True,
        "sweep": True,
        "worker": True,
        "clocks": True,
        "alarms": True,
        "mail": True,
        "came_back": True,
        "cases": True,
        "second_looks": True,
        "backups": True,
        "therapists": True,
    }
    assert not answer.cookies


def test_a_worker_that_never_swept_makes_it_not_healthy(client, db):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["sweep"] is False
    assert answer.json()["seconds_since_sweep"] is None


def test_a_worker_silent_for_over_a_minute_makes_it_not_healthy(client, swept):
    swept(59)
    assert client.get("/healthz").status_code == 200
    swept(65)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["sweep"] is False


def test_a_balancer_never_takes_the_form_away_because_mail_broker_or_worker_are_away(
    client, swept, location, maya, monkeypatch
):
    """Patients read what to do in an emergency on the very pages that would be gone."""
    from clinic.celery import app

    swept(600)
    SweepBeat.objects.update(mail_refused_since=timezone.now() - timedelta(minutes=10))
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    told = client.get("/healthz")
    assert told.status_code == 503
    assert [part for part in ("mail", "broker", "worker", "sweep") if told.json()[part]] == []
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "database": True})
    assert client.get("/intake/start/").status_code == 200


def test_a_process_without_a_database_is_alive_and_not_ready(client, monkeypatch):
    def refused():
        raise DatabaseError("password of clinic")

    monkeypatch.setattr(health.connection, "cursor", refused)
    assert client.get("/livez").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "database": False})


def test_a_missing_broker_is_named_without_its_address(client, swept, monkeypatch):
    from clinic.celery import app

    swept(1)
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://:hidden@127.0.0.1:1/0")
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["broker"] is False
    assert answer.json()["database"] is True
    assert "hidden" not in json.dumps(answer.json())


def test_a_missing_database_is_an_answer_and_not_a_crash(client, monkeypatch):
    def refused():
        raise DatabaseError("password of clinic")

    monkeypatch.setattr(health.connection, "cursor", refused)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] is False
    assert b"password" not in answer.content
