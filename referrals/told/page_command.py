"""Write a page of `docs/` from the code, or say whether it is fresh: what `manage.py told` and `flow` share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser


class PageCommand(BaseCommand):
    """Write the page at `path` as `document` has it; with `--check`, only compare."""

    path: ClassVar[Path]
    document: ClassVar[Callable[[], str]]
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether it is fresh")

    def handle(self, *, check: bool, **options: Any) -> None:
        path, text = self.path, self.document()
        if not check:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"{path.name} written.")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError(f"docs/{path.name} is not fresh: run manage.py {path.stem}.", returncode=2)
        else:
            self.stdout.write(f"docs/{path.name} is fresh.")
