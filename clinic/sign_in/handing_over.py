"""Codes a manager hands over, in person, to set up a second step.

Whoever has a password must not be able to set up the second step too: a new account, and one whose phone is lost, waits
for a code that another person has given out.
"""

import hmac
import secrets
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from clinic.audit.actions import account_event
from clinic.links.actions import keyed
from clinic.sign_in import emails
from clinic.staff.changes import ClinicChange
from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_ACCOUNTS
from clinic.staff.signing_in import HandedOverCode

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another
LENGTH = 12
LIVES = timedelta(hours=24)


@transaction.atomic
def hand_over(user: User, *, by: User | None, page: str, words: str = "") -> str:
    """Return a code to say to `user`; it is shown once. Their second step, if they have one, ends, and with it
    whatever was opened by it.

    `by` is a manager and never the person themselves; None is somebody at the server, for the first manager. `words`
    say how it is known that they asked: kept where a second step ends. Of that the managers elsewhere hear.
    """
    if by is not None and (by.pk == user.pk or not by.may(MANAGE_ACCOUNTS)):
        raise PermissionDenied
    User.objects.select_for_update().get(pk=user.pk)
    ended, _rows = Authenticator.objects.filter(user=user).delete()
    if ended:
        sign_out(user)
        done = ClinicChange.objects.create(what=ClinicChange.What.SECOND_STEP, person=user, by=by, words=words)
        if by is not None:
            emails.tell_managers(user, done, list(user.locations.exclude(pk__in=by.locations.values("pk"))))
    HandedOverCode.objects.filter(user=user).delete()
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    HandedOverCode.objects.create(user=user, code_hash=_hash(user, code), made_by=by, expires_at=timezone.now() + LIVES)
    account_event(page, user, "code handed over", by=by)
    emails.second_step_changed(user)
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def sign_out(user: User, *, but: str | None = None) -> None:
    """End every session of this person, `but` one: another second step must not leave open what a stolen one opened."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(pk=but):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def spends(user: User, typed: str) -> bool:
    """Whether this is the code that waits for this person; it is used up by that."""
    waiting = HandedOverCode.objects.filter(user=user, expires_at__gt=timezone.now()).first()
    if waiting is None or not hmac.compare_digest(bytes(waiting.code_hash), _hash(user, typed)):
        return False
    gone, _rows = HandedOverCode.objects.filter(pk=waiting.pk).delete()
    return gone == 1


def _hash(user: User, typed: str) -> bytes:
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())
    return keyed("second step code", f"{user.public_id}:{plain}")
