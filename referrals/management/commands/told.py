"""`manage.py told`: writes docs/told.md, who is told of every change of state."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.told.drawing import document

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "told.md"


class Command(BaseCommand):
    help = "Writes docs/told.md: who is told of every change of state, and what happens when it does not arrive."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is fresh")

    def handle(self, *, check: bool, **options: Any) -> None:
        text = document()
        if not check:
            DOCUMENT.write_text(text, encoding="utf-8")
            self.stdout.write("told.md written.")
        elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
            raise CommandError("docs/told.md is not fresh: run manage.py told.", returncode=2)
        else:
            self.stdout.write("docs/told.md is fresh.")
