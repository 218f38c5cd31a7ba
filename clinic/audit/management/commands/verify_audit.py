"""`manage.py verify_audit`: has anybody changed the access log?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.audit import chain


class Command(BaseCommand):
    help = "Checks every sealed row of the access log; names the first broken seal and row and exits with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", default="", help="a digest kept elsewhere, which must still be in the chain")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            whole = chain.verify(options["head"])
        except chain.Broken as broken:
            raise CommandError(f"The access log is broken. {broken}") from broken
        self.stdout.write(
            f"The access log is whole: {whole.rows} rows in {whole.seals} seals, {whole.unsealed} not sealed yet."
            f" Head: {whole.head or 'none'}"
        )
