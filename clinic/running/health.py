"""Is the process alive, and can it serve? For load balancers; who watches asks `/healthz`, in `intake.watchdog`."""

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; nothing else is looked at."""
    return JsonResponse({"live": True})


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Say 200 while this process can show pages and keep what is sent to it.

    That is while the database answers; else 503. Mail, broker, worker and people who are late have no part in it: the
    form and the advice in an emergency are needed most while those are away.
    """
    ready = database_answers()
    return JsonResponse({"ready": ready, "database": ready}, status=200 if ready else 503)


def database_answers() -> bool:
    """Say whether the database answers at all."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def broker_answers(patience: int = 3) -> bool:
    """Say whether the broker answers within so many seconds."""
    try:
        with current_app.connection_for_write(connect_timeout=patience) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=patience)
    except OperationalError:
        return False
    return True
