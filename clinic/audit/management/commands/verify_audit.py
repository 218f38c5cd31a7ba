"""`manage.py verify_audit`: has anybody changed the access log?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.audit import chain


class Command(BaseCommand):
    help = "Checks every sealed row of the access log; names the first broken seal and row and exits with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", default="", help="a digest kept elsewhere, which must still be in the chain")

    def handle(self, *args: Any, **options: Any) -> None:
        found = chain.check(options["head"])
        if not found.whole:
            raise CommandError(f"The access log is broken. {found.words}")
        self.stdout.write(
            f"The access log is whole: {found.rows} rows in {found.seals} seals, {found.unsealed} not sealed yet."
            f" Head: {found.words or 'none'}"
        )
