"""Keep what the migrations come to, so that every later process of the tests loads it instead of migrating.

A hundred migrations keep a processor busy for twenty seconds, what they come to is loaded in two. It lies in `.state/`
under a name made from all it comes from, so that a changed migration or package makes it anew. Where the servers of the
tests are not ours, nothing is kept: every process migrates.
"""

import fcntl
import hashlib
import os
import re
import subprocess
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from clinic.embedded import postgres
from clinic.embedded.running import STATE

FOLDER = STATE / "tests-database"
OURS = re.compile(r"(?<![\w.])(?:clinic|intake|referrals)(?:\.[a-z_]+)+")  # what a migration may name
LOADED = "migrated"  # the database new ones are made after


def name() -> str:
    """Return what the kept file is called: a digest of everything the database comes from."""
    base = settings.BASE_DIR
    migrations = [*base.glob("*/migrations/*.py"), *base.glob("*/*/migrations/*.py")]
    named = {module for path in migrations for module in OURS.findall(path.read_text("utf-8"))}
    behind = [path for module in named if (path := base / f"{module.replace('.', '/')}.py").is_file()]
    digest = hashlib.sha256()
    for path in sorted({*migrations, *behind, *base.glob("requirements*.txt")}):
        digest.update(str(path.relative_to(base)).encode() + path.read_bytes())
    return f"{digest.hexdigest()[:16]}.sql"


class Kept:
    """The database as the migrations leave it: `load` before it is made, `keep` right after.

    The first of several processes that begin at once makes it; the others wait for it and load it.
    """

    def __init__(self):
        self.tool = postgres.tool("pg_dump")
        self.file = FOLDER / name()
        self.turn = ExitStack()

    def load(self) -> None:
        if self.tool is None:
            return
        FOLDER.mkdir(exist_ok=True)
        lock = self.turn.enter_context((FOLDER / "lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        if self.file.is_file():
            self._run("psql", "postgres", "-c", f"CREATE DATABASE {LOADED}")
            self.fill(LOADED)
            self.turn.close()
            settings.DATABASES["default"]["TEST"]["TEMPLATE"] = LOADED

    def fill(self, database: str) -> None:
        """Load it into an empty database, where it is kept."""
        if self.tool is not None and self.file.is_file():
            self._run("psql", database, "-v", "ON_ERROR_STOP=1", "-f", str(self.file))

    def keep(self) -> None:
        if self.tool is None or self.file.is_file():
            return
        for older in FOLDER.glob("*.sql"):
            older.unlink()
        fresh = self.file.with_suffix(f".{os.getpid()}")
        self._run("pg_dump", connection.settings_dict["NAME"], "--no-owner", "-f", str(fresh))
        fresh.rename(self.file)
        self.turn.close()

    def _run(self, tool: str, database: str, *words: str) -> None:
        own = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
        command = [postgres.tool(tool), f"--dbname={own}", *words]
        subprocess.run(command, check=True, capture_output=True, cwd=Path("/"))
