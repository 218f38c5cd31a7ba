"""`manage.py sweep_messages`: one sweep without a broker, for cron or for a person."""

from django.core.management.base import BaseCommand

from clinic.messages import dispatch


class Command(BaseCommand):
    help = "Sends what is due, as the worker does every few seconds; safe while workers run, needs no broker."

    def handle(self, *args, **options):
        settled = dispatch.sweep()
        counts = ", ".join(f"{count} {status}" for status, count in sorted(settled.items()))
        self.stdout.write(counts or "Nothing was due.")
