"""Is the process alive? For load balancers; who watches asks `/readyz`, in `intake.watchdog`."""

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; nothing else is looked at."""
    return JsonResponse({"live": True})


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
