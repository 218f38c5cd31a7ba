"""Break a clinic's parts while mails go out, and print what became of each mail:

    .venv/bin/python -m tests.faults --rounds 20                               # all of it; an hour or more
    .venv/bin/python -m tests.faults --broker redis --faults worker mail       # a round of two of them

In each round twenty mails or more are due, and the mail server fails five times besides: a no for now or for good, a
silence, a cut line at any step, a lost answer, a wrong password, greylisting. Ends with 1 where a promise was broken.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from clinic.embedded import postgres
from tests.faults.brokers import BROKERS, running
from tests.post_office import PostOffice

NAMES = ("worker", "broker", "data", "beat", "database", "mail")  # of the faults, which need settings to be read
COLUMNS = ("due", "once", "twice", "told", "lost", "wrong", "unclear", "kills", "met")
LINE = "{:9}  {:29} {:>6} " + " ".join("{:>7}" for _ in COLUMNS) + "  {:>5}  {:>6}"


class Database:
    """PostgreSQL of this run, which can be stopped and comes back at the same address."""

    def __init__(self, folder: Path):
        self.where = (folder, folder / "sockets", folder / "logs")
        for place in self.where[1:]:
            place.mkdir(mode=0o711)
        self.url, self.up = "", ExitStack()

    def start(self) -> None:
        _process, self.url = self.up.enter_context(postgres.server(*self.where, throwaway=False))

    def stop(self) -> None:
        self.up.close()
        shutil.rmtree(self.where[1] / "postgres")  # where its socket was


def set_up(folder: Path, urls: dict[str, str]) -> None:
    """Django, and the tables: loaded from where the tests keep them, else by migrating."""
    os.environ.update(urls, PLUMBLINE_ENV="test", QUIET_HOURS="none", FILES_DIR=str(folder / "files"))
    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from tests.kept_database import Kept

    Kept().fill(postgres.NAME)
    call_command("migrate", verbosity=0)


def one_broker(name: str, faults: list[str], rounds: int, seed: int) -> bool:
    """Run every fault on one broker; returns whether every promise was kept."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plumbline-faults-", dir="/tmp")))
        folder.chmod(0o711)
        broker = stack.enter_context(running(name, folder / "broker"))
        database = Database(folder)
        database.start()
        stack.callback(database.stop)
        office = PostOffice()
        office.open()
        stack.callback(office.close)
        office.delay = 0.02
        urls = {"DATABASE_URL": database.url, "BROKER_URL": broker.url}
        set_up(folder, urls | {"EMAIL_URL": f"smtp://clinic:secret@127.0.0.1:{office.port}"})

        from tests import factories
        from tests.faults.faults import FAULTS
        from tests.faults.stage import Stage

        location = factories.location("Riverside")
        factories.staff("Maya Ortiz", at=[location])
        stage = Stage(folder, broker, office, location, random.Random(seed), database)
        try:
            return all([one_fault(FAULTS[fault](stage), rounds) for fault in faults])
        except BaseException:
            keep = Path(tempfile.mkdtemp(prefix="plumbline-faults-kept-", dir="/tmp"))
            shutil.copy(folder / "workers.log", keep)
            print(f"The log of the workers: {keep / 'workers.log'}", flush=True)
            raise


def one_fault(fault, rounds: int) -> bool:
    from tests.faults.ledger import faults_in

    began = time.monotonic()
    with fault.parts():
        ledgers = [fault.round() for _ in range(rounds)]
    fault.stage.account(ledgers)
    total, wrong = Counter(), []
    for number, ledger in enumerate(ledgers, start=1):
        found = ledger.count()
        total.update(found)
        wrong += [f"    round {number}: {what}" for what in faults_in(found)]
    seen = f"{total['seen']:d}/{total['to see']:d}" if total["to see"] else "-"
    seconds = f"{time.monotonic() - began:.0f} s"
    row = LINE.format(fault.stage.broker.name, fault.words, rounds, *(total[name] for name in COLUMNS), seen, seconds)
    print("\n".join([row, *wrong]), flush=True)
    return not wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--broker", choices=sorted(BROKERS), help="without it, each that is installed")
    parser.add_argument("--faults", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    asked = parser.parse_args()
    if asked.broker:
        if missing := BROKERS[asked.broker].missing():
            parser.error(missing)
        return 0 if one_broker(asked.broker, asked.faults, asked.rounds, asked.seed) else 1
    print(f"seed {asked.seed}")
    print(LINE.format("broker", "fault", "rounds", *COLUMNS, "seen", "took"), flush=True)
    failed = 0
    for name, broker in BROKERS.items():
        if missing := broker.missing():
            print(missing, flush=True)
            continue
        more = ["--rounds", asked.rounds, "--seed", asked.seed, "--broker", name, "--faults", *asked.faults]
        failed += bool(subprocess.call([sys.executable, "-m", "tests.faults", *map(str, more)]))
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
