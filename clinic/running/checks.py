"""What `check --deploy` refuses of a server: what would make pages, mails or restores fail once patients are there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

NO_DOMAIN_OF_OURS = "plumbline.invalid"


@checks.register(deploy=True)
def a_server_is_set_up(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for each part of a production that is missing.

    Without backups it is a warning.
    """
    if not settings.PRODUCTION:
        return []
    found: list[CheckMessage] = []
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        hint = "Run `manage.py collectstatic --no-input`. Without it every page ends in an error."
        found.append(checks.Error("No static files are collected.", hint=hint, id="clinic.E011"))
    if settings.MESSAGE_ID_DOMAIN == NO_DOMAIN_OF_OURS:
        hint = "Set MESSAGE_ID_DOMAIN to a domain of yours. Mail servers take others for a sign of spam."
        found.append(checks.Error("Message-IDs of mails end with a domain of nobody.", hint=hint, id="clinic.E012"))
    if not settings.TRUSTED_PROXIES:
        hint = "Set TRUSTED_PROXIES to the number of proxies in front: one, as a rule."
        words = "No proxy is believed that a visit came by https: every page leads to itself."
        found.append(checks.Error(words, hint=hint, id="clinic.E013"))
    if not settings.BACKUPS_DIR:
        hint = "Set BACKUPS_DIR to the folder of the dumps, and let cron run `manage.py backup_check`."
        found.append(checks.Warning("Nobody looks whether a backup can be restored.", hint=hint, id="clinic.W014"))
    return found


@checks.register(checks.Tags.database, deploy=True)
def the_tables_are_those_of_this_code(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Return an error when a migration is missing, which the pages of this code need."""
    if not settings.PRODUCTION or not databases:
        return []
    try:
        executor = MigrationExecutor(connections["default"])
    except DatabaseError:
        return [checks.Error("The database does not answer.", id="clinic.E015")]
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return []
    return [checks.Error("Tables are missing or old.", hint="Run `manage.py migrate`.", id="clinic.E016")]
