"""What the faults happen to: a clinic with workers, broker, database, and a mail server that fails as well."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from clinic.embedded.processes import spawn, stop
from clinic.messages.dispatch import LEASE
from clinic.messages.models import Message, SweepBeat
from intake.door import emails
from tests import factories
from tests.faults.brokers import Broker
from tests.faults.ledger import Ledger
from tests.post_office import CUT, HANG, LOST_REPLY, STEPS, PostOffice, Trouble

MAILS = 20  # due in each round
TROUBLES = 5  # of the mail server, in each round
ROUND_ENDS = 150  # seconds; what has not gone by then is lost
Status = Message.Status
AT_ONE_ADDRESS = ("recipient", "text", "end")
KINDS_OF_TROUBLE = [
    *((step, what) for step in STEPS for what in ("451 busy", "421 later", "554 never", HANG, CUT)),
    *(("end", LOST_REPLY), ("end", LOST_REPLY), ("login", "535 wrong password"), ("recipient", "451 greylisted")),
]


@dataclass
class Stage:
    """One clinic. `folder` is for logs; `rare` decides all that is left to chance."""

    folder: Path
    broker: Broker
    office: PostOffice
    location: object
    rare: random.Random
    database: object = None  # of this run alone, where it can be stopped

    def __post_init__(self):
        self.running = ExitStack()
        self.numbers = 0

    # Processes ------------------------------------------------------------------------------------------------------

    def worker(self, *, beat=True) -> subprocess.Popen:
        """One more worker, with a beat inside."""
        return self._celery(
            *("worker", "--concurrency", 2, "--without-gossip", "--without-mingle", "--without-heartbeat"),
            *("--hostname", f"machine{self.numbers}@%h"),
            *(("--beat", *self._schedule()) if beat else ()),
        )

    def beat(self) -> subprocess.Popen:
        return self._celery("beat", *self._schedule())

    def _schedule(self) -> tuple:
        return "--schedule", self.folder / f"beat-{self.numbers}"

    def _celery(self, *words) -> subprocess.Popen:
        self.numbers += 1
        process = spawn(
            [sys.executable, "-m", "celery", "-A", "clinic", *words],
            log=self.folder / "workers.log",
            on_parent_death=signal.SIGKILL,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.faults.settings"},
        )
        self.running.callback(stop, process, patience=10)
        return process

    def is_up(self) -> None:
        """Wait until a worker sweeps."""
        began = self.database_now()
        self.until(lambda: SweepBeat.objects.filter(worker_at__gt=began).exists(), "no worker swept")

    def kill(self, process: subprocess.Popen) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    # Mails ----------------------------------------------------------------------------------------------------------

    def mails_are_due(self, count=MAILS, *, troubles=TROUBLES) -> Ledger:
        """Write rows, and find trouble for some of them. The ledger holds them from now on."""
        intakes = [factories.intake(at=self.location) for _ in range(count)]
        with transaction.atomic():
            rows = [emails.invite(intake) for intake in intakes]
        ledger = Ledger({row.key: intake.patient.email for row, intake in zip(rows, intakes, strict=True)})
        addresses = list(ledger.due.values())
        self.office.trouble += [self._trouble(self.rare.choice(addresses)) for _ in range(troubles)]
        return ledger

    def _trouble(self, address: str) -> Trouble:
        step, what = self.rare.choice(KINDS_OF_TROUBLE)
        times = 2 if what == "451 greylisted" else 1
        return Trouble(step, what, address if step in AT_ONE_ADDRESS else "", times)

    def some_have_gone(self, ledger: Ledger) -> None:
        """Wait until sending has begun, and then for a moment more."""
        here = len(self.office.mails)
        self.until(lambda: self.hurry(ledger) or len(self.office.mails) > here, "no mail arrived")
        time.sleep(self.rare.uniform(0, 0.4))

    def hurry(self, ledger: Ledger) -> None:
        """What only waits for its next try has it now."""
        mine = Message.objects.filter(key__in=list(ledger.due), status=Status.SCHEDULED, due_at__gt=Now())
        mine.update(due_at=Now())

    def all_settled(self, ledger: Ledger) -> None:
        """Wait until each mail has ended."""
        end = time.monotonic() + ROUND_ENDS
        while time.monotonic() < end and Message.objects.filter(key__in=list(ledger.due)).unsettled().exists():
            self.hurry(ledger)
            time.sleep(0.2)
        ledger.met = list(self.office.met_so_far)
        self.office.met_so_far.clear()
        self.office.trouble = []

    def a_lease_later(self) -> None:
        """Nobody sends now; leases are counted by the database's clock: moving them back is the same as waiting."""
        Message.objects.filter(status=Status.SENDING).update(lease_until=F("lease_until") - LEASE)

    def account(self, ledgers: list[Ledger]) -> None:
        """Write down what became of each, and begin with an empty mailbox."""
        arrived = Counter(mail["X-Message-Key"] for mail in self.office.mails)
        ids = {(mail["X-Message-Key"], mail["Message-ID"]) for mail in self.office.mails}
        for ledger in ledgers:
            ledger.rows = {row.key: row for row in Message.objects.filter(key__in=list(ledger.due))}
            ledger.arrived = Counter({key: arrived[key] for key in ledger.due})
            ledger.ids = Counter(key for key, _id in ids if key in ledger.due)
        for kept in (self.office.mails, self.office.envelopes, self.office.senders):
            kept.clear()

    # Time -----------------------------------------------------------------------------------------------------------

    def database_now(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]

    def until(self, happened, why, *, seconds=ROUND_ENDS) -> None:
        end = time.monotonic() + seconds
        while not self._true(happened):
            assert time.monotonic() < end, f"{why} within {seconds} s; see {self.folder}"
            time.sleep(0.05)

    @staticmethod
    def _true(happened) -> bool:
        try:
            return bool(happened())
        except OperationalError:  # the database is away; nothing has happened yet
            connection.close()
            return False
