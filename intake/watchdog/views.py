"""`/readyz`: for the person on watch and nobody else. Pages are there to be read while an alarm stands."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from clinic.messages import dispatch
from clinic.running.health import broker_answers, database_answers
from clinic.staff.models import Location
from intake.watchdog.wrong import what_is_wrong

PARTS = ("sweep", "worker", "broker", "clocks", "alarms", "mail", "came_back", "cases", "second_looks")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when nothing is wrong that somebody must act on, else 503.

    It says which part, and never why or about whom.
    A location where nobody treats is named as a fact and leaves the answer at 200: its cases go to the whole house.
    So are cases that can wait and are past their time.
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
    ready = all(checks.values())
    return JsonResponse({"ready": ready, **checks, **more}, status=200 if ready else 503)


def _well(answers: bool) -> dict[str, bool]:
    wrong = {fact.part for fact in what_is_wrong(broker_answers=answers) if fact.alarm}
    return {part: part not in wrong for part in PARTS}


def _seconds_since_sweep() -> int | None:
    at = dispatch.last_sweep_at()
    return None if at is None else max(0, round((timezone.now() - at).total_seconds()))
