"""manage.py createsuperuser: refused, because nobody here may do everything; `setup_clinic` makes the first manager."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Makes nobody: `manage.py setup_clinic` makes the first manager."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what Django's own command takes, so that it ends with the sentence below."""
        parser.add_argument("--noinput", "--no-input", action="store_true")
        for name in ("--email", "--name", "--role", "--database"):
            parser.add_argument(name)

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("Nobody here may do everything. `manage.py setup_clinic` makes the first manager.")
