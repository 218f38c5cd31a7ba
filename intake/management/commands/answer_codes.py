"""`manage.py answer_codes`: verify the codes of submitted intakes against their assessments, or make them again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from intake.versions.codes import differing_rows


class Command(BaseCommand):
    help = "Verify the few-bytes form of every submitted intake against its assessment; --rebuild mends it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="write every row that is missing or differs again")

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        with transaction.atomic():
            differing = list(differing_rows(make_again=rebuild))
        if not differing:
            self.stdout.write("Every submitted intake has its code, equal to what its answers give.")
        elif rebuild:
            self.stdout.write(f"Made again: {len(differing)} rows.")
        else:
            self.stderr.write(f"Missing or different: {len(differing)} rows. Run again with --rebuild.")
            raise SystemExit(1)
