"""Is the process alive, and is everything that mails and alarms need there?

The first is for load balancers, the second for the person on watch and nobody else: pages are there to be read while
an alarm stands.
"""

from datetime import timedelta

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.utils import timezone
from kombu.exceptions import OperationalError

from clinic.messages import dispatch
from clinic.messages.alarms import alarms_held_up
from clinic.staff.models import Location

SWEEP_MAY_BE_SILENT = timedelta(seconds=60)


@login_not_required
def livez(request):
    """200 as long as this process answers at all; nothing else is looked at."""
    return JsonResponse({"live": True})


@login_not_required
def readyz(request):
    """200 when all that mails and alarms need is well, else 503; says which part is not, and never why.

    A location where nobody treats is named as a fact and leaves the answer at 200: its cases go to the whole house.
    """
    checks = {"database": _database_answers(), "broker": _broker_answers(), "sweep": False}
    checks |= {"worker": False, "alarms": False}
    age = _seconds_since_sweep() if checks["database"] else None
    checks["sweep"] = age is not None and age <= SWEEP_MAY_BE_SILENT.total_seconds()
    told = {"therapists": None}
    if checks["database"]:
        more, told = _alarms_and_people()
        checks |= more
    ready = all(checks.values())
    answer = {"ready": ready, **checks, **told, "seconds_since_sweep": age}
    return JsonResponse(answer, status=200 if ready else 503)


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


def _alarms_and_people() -> tuple[dict, dict]:
    """What must be well, and what is only told."""
    try:
        checks = {"worker": not dispatch.silent_worker(), "alarms": not alarms_held_up()}
        return checks, {"therapists": not Location.objects.without_a_therapist().exists()}
    except DatabaseError:
        return {}, {"therapists": None}


def _seconds_since_sweep() -> int | None:
    """None when no worker has ever swept, or the tables are not there yet."""
    try:
        at = dispatch.last_sweep_at()
    except DatabaseError:
        return None
    return None if at is None else max(0, round((timezone.now() - at).total_seconds()))
