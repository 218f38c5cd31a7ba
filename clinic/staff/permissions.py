"""Who may do what: one table, read by the code and by the tests."""

from functools import wraps

from django.core.exceptions import PermissionDenied

from clinic.staff.models import Role

SEE_CASES = "see cases"  # the queue, answers, flags
DECIDE_CASES = "decide cases"  # acknowledge, decide, second look
CARRY_REFERRALS = "carry referrals"  # choose a specialist, send, move, close
SIGN_REFERRALS = "sign referrals"  # put a clinical name under a letter; read a report
MANAGE_DIRECTORY = "manage directory"
SEE_MESSAGES = "see messages"
INVITE_PATIENTS = "invite patients"
ANSWER_REQUESTS = "answer requests"  # appointments asked for, details to confirm, paper forms
SEE_ACCESS_LOG = "see access log"
SEE_PROMISES = "see promises"  # how many promises to patients were kept
MANAGE_ACCOUNTS = "manage accounts"  # hand over a code for somebody's second step

PERMISSIONS = {
    Role.THERAPIST: {
        SEE_CASES, DECIDE_CASES, CARRY_REFERRALS, SIGN_REFERRALS, SEE_MESSAGES, INVITE_PATIENTS, ANSWER_REQUESTS,
    },
    Role.FRONT_DESK: {CARRY_REFERRALS, MANAGE_DIRECTORY, SEE_MESSAGES, INVITE_PATIENTS, ANSWER_REQUESTS},
    Role.MANAGER: {
        CARRY_REFERRALS, MANAGE_DIRECTORY, SEE_MESSAGES, INVITE_PATIENTS, ANSWER_REQUESTS, SEE_ACCESS_LOG, SEE_PROMISES,
        MANAGE_ACCOUNTS,
    },
}  # fmt: skip


def staff_may(permission: str):
    """Guard a view: signed-in staff without `permission` get 403; strangers were already sent to sign in."""

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not (request.user.is_authenticated and request.user.may(permission)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission
        return guarded

    return guard
