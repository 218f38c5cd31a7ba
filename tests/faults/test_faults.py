"""A round of the faults on each broker: nothing is lost, nothing comes twice that is not known by name.

Redis and RabbitMQ are those of the system; `.ci/run` installs them. Twenty: `python -m tests.faults --rounds 20`.
"""

import subprocess
import sys

import pytest

from tests.faults.brokers import BROKERS
from tests.floors import BASE

FAULTS = {  # each once, and each broker; all of them on all takes minutes
    "valkey": ["database", "mail"],
    "redis": ["worker", "broker"],
    "rabbitmq": ["data", "beat"],
}


@pytest.mark.usefixtures("django_db_setup")  # what the migrations come to is kept by then
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_parts_fail_while_mails_go_out(name):
    if missing := BROKERS[name].missing():
        pytest.skip(missing)
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--broker", name, "--faults", *FAULTS[name]],
        cwd=BASE,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
