"""`manage.py flow`: writes docs/flow.md, how a referral moves."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from referrals.told.flow import document

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "flow.md"


class Command(BaseCommand):
    help = "Writes docs/flow.md: how a referral moves, who may move it, and who hears."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is fresh")

    def handle(self, *, check: bool, **options: Any) -> None:
        text = document()
        if not check:
            DOCUMENT.write_text(text, encoding="utf-8")
            self.stdout.write("flow.md written.")
        elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != text:
            raise CommandError("docs/flow.md is not fresh: run manage.py flow.", returncode=2)
        else:
            self.stdout.write("docs/flow.md is fresh.")
