"""manage.py backup_check [DUMP]: is the newest backup one that brings the clinic back?"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.running.backups import AlreadyAtWork, NotRestorable, check_backup, newest_dump


class Command(BaseCommand):
    help = (
        "Restores a dump into a database of its own, compares migrations, rows, access log and files, drops it again,"
        " and keeps what was found. Exits with 1 when the backup cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dump", nargs="?", type=Path, help="a file of pg_dump; the newest in BACKUPS_DIR")
        parser.add_argument("--files", type=Path, help="archive or folder of FILES_DIR; the newest beside the dump")

    def handle(self, *args: Any, dump: Path | None, files: Path | None, **options: Any) -> None:
        if dump is None and not settings.BACKUPS_DIR:
            raise CommandError("Name a dump, or set BACKUPS_DIR.")
        try:
            dump = dump or newest_dump(Path(settings.BACKUPS_DIR))
        except NotRestorable as reason:
            raise CommandError(str(reason)) from None
        if not dump.is_file():
            raise CommandError(f"{dump} is not there.")
        try:
            found, held = check_backup(dump, files)
        except AlreadyAtWork as reason:
            raise CommandError(str(reason)) from None
        if held is None:
            raise CommandError(f"{dump.name} cannot be used. {found.words}")
        older = f" It is from before this code: {held.older_by} more to migrate." if held.older_by else ""
        self.stdout.write(
            f"{dump.name} is whole: {held.rows} rows, {held.files} files, access log as it was sealed,"
            f" restored and looked at in {found.seconds} seconds.{older}"
        )
        if found.words:
            raise CommandError(found.words)
