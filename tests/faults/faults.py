"""The faults. Each does its harm on a stage while mails go out, waits until all have ended, and keeps the ledger."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.db.models import F

from clinic.messages.models import Message, SweepBeat
from clinic.running.health import broker_answers, database_answers
from intake.watchdog.wrong import what_is_wrong
from tests.faults.ledger import Ledger
from tests.faults.stage import Stage

OVER_A_MINUTE = timedelta(seconds=61)
TEN_MINUTES = timedelta(minutes=10)


class Fault:
    """What goes wrong, a round at a time. The parts it needs run from the first round to the last."""

    words = ""

    def __init__(self, stage: Stage):
        self.stage = stage

    @contextmanager
    def parts(self) -> Iterator[None]:
        try:
            self.start()
            self.stage.is_up()
            yield
        finally:
            self.stage.running.close()

    def start(self) -> None:
        self.worker = self.stage.worker()

    def round(self) -> Ledger:
        raise NotImplementedError

    def ends(self, ledger: Ledger) -> Ledger:
        self.stage.all_settled(ledger)
        return ledger


def staff_see(part: str) -> bool:
    """Whether pages, `/healthz` and the watchdog say so once a minute has passed, which is moved back in its row."""
    ago = {name: F(name) - OVER_A_MINUTE for name in ("at", "worker_at", "mail_refused_since")}
    SweepBeat.objects.update(**ago)
    return part in {fact.part for fact in what_is_wrong()}


class WorkerKilled(Fault):
    words = "worker SIGKILLed"

    def round(self) -> Ledger:
        ledger = self.stage.mails_are_due()
        self.stage.some_have_gone(ledger)
        self.stage.kill(self.worker)
        self.stage.a_lease_later()
        ledger.seen = staff_see("worker")
        ledger.kills = 1
        self.start()
        return self.ends(ledger)


class BrokerStopped(Fault):
    words = "broker stopped"

    def round(self) -> Ledger:
        first = self.stage.mails_are_due()
        self.stage.some_have_gone(first)
        self.stage.broker.stop()
        ledger = self.stage.mails_are_due()
        ledger.due |= first.due
        time.sleep(self.stage.rare.uniform(0, 4))
        ledger.seen = staff_see("worker") and not broker_answers()
        self.stage.broker.start()
        return self.ends(ledger)


class BrokerEmptied(Fault):
    words = "broker data lost"

    def round(self) -> Ledger:
        ledger = self.stage.mails_are_due()
        self.stage.some_have_gone(ledger)
        self.stage.broker.lose()
        self.stage.broker.start()
        return self.ends(ledger)


class BeatDoubled(Fault):
    words = "beat doubled"

    def start(self) -> None:
        super().start()
        self.stage.worker()  # on another machine, with a beat of its own
        self.stage.beat()

    def round(self) -> Ledger:
        return self.ends(self.stage.mails_are_due())


class MailAway(Fault):
    words = "mail server away ten minutes"

    def round(self) -> Ledger:
        office = self.stage.office
        office.close()
        ledger = self.stage.mails_are_due()
        refused = SweepBeat.objects.exclude(mail_refused_since=None)
        self.stage.until(refused.exists, "nobody tried to send")
        ledger.seen = staff_see("mail")
        rows = Message.objects.filter(key__in=list(ledger.due))
        ago = {name: F(name) - TEN_MINUTES for name in ("due_at", "first_due_at", "created_at")}
        rows.filter(status=Message.Status.SCHEDULED).update(**ago)
        office.open()
        return self.ends(ledger)


class DatabaseRestarted(Fault):
    words = "PostgreSQL restarted"

    def round(self) -> Ledger:
        ledger = self.stage.mails_are_due()
        self.stage.some_have_gone(ledger)
        connection.close()
        self.stage.database.stop()
        ledger.seen = not database_answers()
        connection.close()
        ledger.kills = 1
        time.sleep(self.stage.rare.uniform(0, 2))
        self.stage.database.start()
        time.sleep(3)  # by now each sweep has met the broken line and ended
        self.stage.a_lease_later()
        return self.ends(ledger)


FAULTS = {
    "worker": WorkerKilled,
    "broker": BrokerStopped,
    "data": BrokerEmptied,
    "beat": BeatDoubled,
    "database": DatabaseRestarted,
    "mail": MailAway,
}
