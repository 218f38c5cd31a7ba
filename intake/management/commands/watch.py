"""`manage.py watch`: what is wrong right now, for cron. It needs the database alone, no worker and no broker."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error

from clinic.running.health import broker_answers
from intake.watchdog.wrong import what_is_wrong


class Command(BaseCommand):
    help = "Prints one line for each alarm and exits with 1; says nothing and exits with 0 when there is none."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            facts = what_is_wrong(broker_answers=broker_answers())
            lines = [fact.line for fact in facts if fact.alarm]
        except Error:
            lines = ["The database does not answer"]
        for line in lines:
            self.stdout.write(line)
        if lines:
            sys.exit(1)
