"""`/healthz` and `/metrics`: for whoever is on watch. Pages are there to be read while an alarm stands."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from clinic.messages import dispatch
from clinic.running.health import broker_answers, database_answers
from clinic.staff.models import Location
from intake.watchdog.metrics import metrics as all_metrics
from intake.watchdog.wrong import PARTS, what_is_wrong


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when nothing is wrong that somebody must act on, else 503.

    It says which part, and never why or about whom.
    A location where nobody treats is named as a fact and leaves the answer at 200: its cases go to the whole house.
    So are cases that can wait and are past their time. `backups` is true where nobody said where they lie.
    """
    answers = broker_answers()
    checks = {"database": database_answers()} | dict.fromkeys(PARTS, False) | {"broker": answers}
    more: dict[str, bool | int | None] = {"therapists": None, "seconds_since_sweep": None}
    if checks["database"]:
        try:
            checks |= _well(answers)
            more = {"therapists": not Location.objects.without_a_therapist().exists()}
            more["seconds_since_sweep"] = _seconds_since_sweep()
        except Error:  # the tables are not there yet
            pass
    healthy = all(checks.values())
    return JsonResponse({"healthy": healthy, **checks, **more}, status=200 if healthy else 503)


def _well(answers: bool) -> dict[str, bool]:
    wrong = {fact.part for fact in what_is_wrong(broker_answers=answers) if fact.alarm}
    return {part: part not in wrong for part in PARTS}


def _seconds_since_sweep() -> int | None:
    at = dispatch.last_sweep_at()
    return None if at is None else max(0, round((timezone.now() - at).total_seconds()))


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the numbers to whoever brings the token.

    Without it, and where none is set, there is no such page.
    """
    brought = request.headers.get("Authorization", "")
    if not (settings.METRICS_TOKEN and constant_time_compare(brought, f"Bearer {settings.METRICS_TOKEN}")):
        raise Http404
    told = all_metrics(timezone.now(), broker_answers=broker_answers())
    return HttpResponse(told, content_type="text/plain; version=0.0.4; charset=utf-8")
