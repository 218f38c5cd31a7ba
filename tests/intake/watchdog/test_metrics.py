"""What Prometheus reads: numbers of the whole house, for whoever brings the token, and nothing of anybody."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messages.models import Message, SweepBeat
from intake.models import Case
from intake.watchdog.metrics import HELP
from tests import factories
from tests.answers import SADDLE_NUMBNESS

pytestmark = pytest.mark.django_db
TOKEN = "a token that nobody guesses"


@pytest.fixture
def numbers(settings, client):
    """What `/metrics` says, by name and labels."""
    settings.METRICS_TOKEN = TOKEN

    def asked():
        answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
        assert all(re.fullmatch(r'plumbline_\w+(\{\w+="\w+"\})? \d+(\.\d+)?(e\+\d+)?', line) for line in lines)
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    return asked


@pytest.mark.parametrize("brought", [None, "", TOKEN, "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer \u00e9"])
@pytest.mark.parametrize("token", ["", TOKEN])
def test_without_the_token_there_is_no_such_page(settings, client, token, brought):
    settings.METRICS_TOKEN = token
    headers = {} if brought is None else {"authorization": brought}
    assert client.get("/metrics", headers=headers).status_code == 404


def test_a_clinic_with_a_late_emergency_and_a_mail_server_that_refuses(numbers, location, maya):
    now = timezone.now()
    SweepBeat.objects.update_or_create(
        id=1,
        defaults={
            "at": now - timedelta(seconds=3),
            "worker_at": now - timedelta(seconds=90),
            "mail_refused_since": now - timedelta(minutes=10),
        },
    )
    case = factories.case(at=location, answers=SADDLE_NUMBNESS)
    Case.objects.update(opened_at=now - timedelta(minutes=20), acknowledge_by=now - timedelta(minutes=5))
    factories.message(at=location)
    Message.objects.update(due_at=now - timedelta(minutes=20))
    told = numbers()
    assert told['plumbline_well{part="mail"}'] == told['plumbline_well{part="cases"}'] == 0
    assert told['plumbline_well{part="worker"}'] == 0
    assert told['plumbline_well{part="sweep"}'] == told['plumbline_well{part="backups"}'] == 1
    assert told["plumbline_mail_refused_seconds"] >= 600
    assert told['plumbline_cases_waiting{tier="emergency"}'] == told['plumbline_cases_late{tier="emergency"}'] == 1
    assert 1200 <= told['plumbline_oldest_waiting_case_seconds{tier="emergency"}'] < 1300
    assert told['plumbline_cases_waiting{tier="routine"}'] == 0
    assert told["plumbline_messages_due"] == Message.objects.unsettled().count() > 0
    assert told["plumbline_oldest_due_message_seconds"] >= 1200
    assert {re.match(r"\w+", name)[0] for name in told} == set(HELP) - {"plumbline_backup_age_seconds"}
    assert case.patient.last_name not in str(told)


def test_a_clinic_where_nothing_happened_yet_has_numbers_too(numbers):
    told = numbers()
    assert told["plumbline_messages_due"] == told["plumbline_mail_refused_seconds"] == 0
    assert 'plumbline_seconds_since_sweep{by="worker"}' not in told, "never is no number of seconds"
