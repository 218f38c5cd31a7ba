"""`manage.py sweep_messages`: one sweep without a broker; with --watch, one whenever no worker sweeps."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.celery import app
from clinic.messages import dispatch
from clinic.messages.watch import Watch


class Command(BaseCommand):
    help = "Sends what is due, as the worker does every few seconds; safe while workers run, needs no broker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--watch", action="store_true", help="stay, and do so in place of a worker whenever none sweeps"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["watch"]:
            app.loader.import_default_modules()  # the tasks of every app
            watch = Watch()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: watch.stop.set())  # a mail under way is finished first
            watch.run()
            return
        settled = dispatch.sweep(in_place_of_worker=True)
        counts = ", ".join(f"{count} {status}" for status, count in sorted(settled.items()))
        self.stdout.write(counts or "Nothing was due.")
