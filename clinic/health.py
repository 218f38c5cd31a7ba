"""Is the process alive, and is everything it needs there? For load balancers and for the person on watch."""

from datetime import timedelta

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.utils import timezone
from kombu.exceptions import OperationalError

SWEEP_MAY_BE_SILENT = timedelta(seconds=60)


@login_not_required
def livez(request):
    """200 as long as this process answers at all; nothing else is looked at."""
    return JsonResponse({"live": True})


@login_not_required
def readyz(request):
    """200 when database, broker and sweep are well, else 503; says which one is not, and never why."""
    checks = {"database": _database_answers(), "broker": _broker_answers(), "sweep": False}
    age = _seconds_since_sweep() if checks["database"] else None
    checks["sweep"] = age is not None and age <= SWEEP_MAY_BE_SILENT.total_seconds()
    ready = all(checks.values())
    return JsonResponse({"ready": ready, **checks, "seconds_since_sweep": age}, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_write(connect_timeout=3) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)
    except OperationalError:
        return False
    return True


def _seconds_since_sweep() -> int | None:
    """None when no worker has ever swept, or the tables are not there yet."""
    from clinic.messages.dispatch import last_sweep_at

    try:
        at = last_sweep_at()
    except DatabaseError:
        return None
    return None if at is None else max(0, round((timezone.now() - at).total_seconds()))
