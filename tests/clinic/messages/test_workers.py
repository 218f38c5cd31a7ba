"""Real workers, a real broker and a real mail server: killed, doubled, silenced, and nothing is lost or sent twice."""

import os
import signal
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from clinic.embedded import valkey
from clinic.messages import dispatch
from clinic.messages.bell import SWEEP
from clinic.messages.models import Message, SweepBeat
from intake.door import emails
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
Status = Message.Status


def invitations(count, location):
    """Rows that are due, and their keys."""
    shared = factories.intake(at=location)
    for _ in range(count):
        patient = factories.patient(at=location)
        patient.intakes.create(protocol=shared.protocol)
    with transaction.atomic():
        for intake in shared.protocol.intakes.exclude(pk=shared.pk).select_related("patient__location"):
            emails.invite(intake)
    return set(Message.objects.values_list("key", flat=True))


def all_settled():
    end = time.monotonic() + 60
    while Message.objects.unsettled().exists():
        assert time.monotonic() < end, f"{Message.objects.unsettled().count()} messages are still on their way"
        time.sleep(0.1)


def copies(post_office) -> dict[str, int]:
    """How many mails arrived by key; mails with the same key must have the same Message-ID."""
    arrived = {}
    for mail in list(post_office.mails):
        arrived.setdefault(mail["X-Message-Key"], []).append(mail["Message-ID"])
    assert all(len(set(ids)) == 1 for ids in arrived.values())
    return {key: len(ids) for key, ids in arrived.items()}


def a_lease_later():
    """Leases are counted by the database's clock; moving them back is the same as waiting."""
    Message.objects.filter(status=Status.SENDING).update(lease_until=F("lease_until") - dispatch.LEASE)


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_one_mail_at_most(location, workers, post_office):
    keys = invitations(200, location)
    post_office.delay = 0.005
    with workers() as worker:
        post_office.wait_for(70)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    assert len(post_office.mails) < 200, "it was killed too late to prove anything"
    a_lease_later()
    with workers():
        all_settled()
    arrived = copies(post_office)
    assert set(arrived) == keys
    assert sorted(arrived.values())[-2:] in ([1, 1], [1, 2])
    assert set(Message.objects.values_list("status", flat=True)) == {Status.SENT}
    assert Message.objects.count() == 200


def test_two_workers_at_once_send_nothing_twice(location, workers, post_office):
    keys = invitations(200, location)
    post_office.delay = 0.002
    with workers(sweeps_at_once=4), workers(sweeps_at_once=4):
        all_settled()
    assert copies(post_office) == dict.fromkeys(keys, 1)


@pytest.fixture
def broker(tmp_path, monkeypatch):
    """A broker of this test's own that can be stopped and started again, and the app that rings it."""
    door = tmp_path / "door"
    door.mkdir()
    here = {"state": tmp_path, "sockets": door, "logs": tmp_path}

    def point_at(url):
        monkeypatch.setattr(current_app.conf, "broker_url", url)

    return lambda: valkey.server(**here, throwaway=True), point_at


def test_while_the_broker_is_down_saving_goes_on_and_the_mail_goes_when_it_is_back(
    location, workers, post_office, broker
):
    start_broker, point_at = broker
    running = ExitStack()
    with start_broker() as (_process, url):
        point_at(url)
        running.enter_context(workers(broker=url))
        invitations(1, location)
        post_office.wait_for(1)
    intake = factories.intake(at=location)
    before = time.monotonic()
    with transaction.atomic():
        emails.invite(intake)
    assert time.monotonic() - before < 0.2
    assert Message.objects.get(status=Status.SCHEDULED).subject_id == intake.public_id
    with start_broker():
        all_settled()  # a worker that lost its broker looks for it every few seconds
        running.close()
    assert list(copies(post_office).values()) == [1, 1]


def test_a_worker_that_loses_its_broker_in_the_middle_of_a_task_goes_on(location, workers, post_office, broker):
    """It has a task that it can neither finish by the broker's books nor give back."""
    start_broker, point_at = broker
    post_office.delay = 1.5
    with ExitStack() as running:
        with start_broker() as (_process, url):
            point_at(url)
            worker = running.enter_context(workers(broker=url))
            invitations(1, location)
            end = time.monotonic() + 60
            while not Message.objects.exclude(handed_over_at=None).exists():
                assert time.monotonic() < end, "the worker did not begin"
                time.sleep(0.05)
        time.sleep(3)
        assert worker.poll() is None, "the worker ended with its broker"
        with start_broker():
            all_settled()
            before = SweepBeat.objects.get().worker_at
            while SweepBeat.objects.get().worker_at == before:
                assert time.monotonic() < end + 60, "the worker does not hear the broker any more"
                time.sleep(0.1)
            running.close()


def test_whoever_rings_by_the_same_line_for_ever_finds_the_broker_again(broker):
    """Beat has one connection as long as it lives."""
    start_broker, _point_at = broker
    with start_broker() as (_process, url):
        line = current_app.connection_for_write(url)
        beat = current_app.amqp.Producer(line, auto_declare=False)
        current_app.send_task(SWEEP, producer=beat)
    with start_broker():
        for _ in range(2):
            current_app.send_task(SWEEP, producer=beat)
        assert line.default_channel.client.llen("celery") == 2
        line.release()


def test_without_any_broker_cron_can_sweep(location, post_office, broker, capsys):
    _start, point_at = broker
    point_at("redis+socket:///nowhere/at/all")
    invitations(3, location)
    call_command("sweep_messages")
    assert capsys.readouterr().out == "3 sent\n"
    assert len(post_office.mails) == 3


def test_a_killed_worker_is_noticed_within_a_minute(location, workers, post_office):
    with workers() as worker:
        end = time.monotonic() + 30
        while dispatch.silent_worker():
            assert time.monotonic() < end
            time.sleep(0.2)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert dispatch.silent_worker()
