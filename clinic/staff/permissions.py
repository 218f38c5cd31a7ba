"""Who may do what: the roles, and one table of what each may, read by the code and by the tests."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


class Role(TextChoices):
    THERAPIST = "therapist", "Physical therapist"
    FRONT_DESK = "front_desk", "Front desk"
    MANAGER = "manager", "Clinic manager"


SEE_CASES = "see cases"  # the queue, answers, flags
DECIDE_CASES = "decide cases"  # acknowledge, decide, second look
CARRY_REFERRALS = "carry referrals"  # choose a specialist, send, move, close
SIGN_REFERRALS = "sign referrals"  # put a clinical name under a letter; read a report
MANAGE_DIRECTORY = "manage directory"
SEE_MESSAGES = "see messages"
INVITE_PATIENTS = "invite patients"
FIND_PATIENTS = "find patients"  # the search, and the page of one patient
ANSWER_REQUESTS = "answer requests"  # appointments asked for, details to confirm, paper forms
SEE_ACCESS_LOG = "see access log"
SEE_PROMISES = "see promises"  # how many were kept, and how long referrals took, without a patient
SEE_SCORECARD = "see scorecard"  # how often each rule was right, without a patient
ASSIGN_CASES = "assign cases"  # give a therapist's open cases to a colleague, without seeing them
KEEP_WATCH = "keep watch"  # what waits and who was told, without a patient; the on-call list
MANAGE_ACCOUNTS = "manage accounts"  # who works here, and how each signs in
MANAGE_LOCATIONS = "manage locations"  # hours, closed days, phones; every change of the clinic itself

PERMISSIONS: dict[str, set[str]] = {
    Role.THERAPIST: {
        SEE_CASES, DECIDE_CASES, CARRY_REFERRALS, SIGN_REFERRALS, SEE_MESSAGES, INVITE_PATIENTS, ANSWER_REQUESTS,
        FIND_PATIENTS, KEEP_WATCH, SEE_SCORECARD,
    },
    Role.FRONT_DESK: {
        CARRY_REFERRALS, MANAGE_DIRECTORY, SEE_MESSAGES, INVITE_PATIENTS, ANSWER_REQUESTS, FIND_PATIENTS,
    },
    Role.MANAGER: {
        CARRY_REFERRALS, MANAGE_DIRECTORY, SEE_MESSAGES, INVITE_PATIENTS, ANSWER_REQUESTS, SEE_ACCESS_LOG, SEE_PROMISES,
        MANAGE_ACCOUNTS, MANAGE_LOCATIONS, FIND_PATIENTS, KEEP_WATCH, SEE_SCORECARD, ASSIGN_CASES,
    },
}  # fmt: skip


def staff_may(permission: str) -> Callable[[View], View]:
    """Guard a view: signed-in staff without `permission` get 403; strangers were already sent to sign in."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not (request.user.is_authenticated and request.user.may(permission)):
                raise PermissionDenied
            request.user.remember_places()
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # the walk over every route reads it
        return guarded

    return guard
