"""`manage.py read_bounces`: what came back, from the mailbox, from files, or from a mail server's pipe."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.messages.came_back import take_mail
from clinic.messages.mailbox import read_mailbox


class Command(BaseCommand):
    help = "Reads bounces and complaints: the mailbox of BOUNCE_MAILBOX, or the mails that are named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("mails", nargs="*", help="files of one mail each; - is the mail on standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["mails"]
        taken = sum(take_mail(_read(name)) for name in names) if names else read_mailbox()
        self.stdout.write(f"{taken} {'report' if taken == 1 else 'reports'} taken.")


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
