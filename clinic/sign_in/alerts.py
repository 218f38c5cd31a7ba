"""Telling people that somebody tries to sign in as them: found in the database by a worker, never on the page.

The page must do the same for a name somebody has and for one nobody has, or it would tell them apart.
"""

from datetime import datetime, timedelta

from clinic.messages.models import Message
from clinic.sign_in import emails
from clinic.sign_in.tries import account_key
from clinic.staff.models import User
from clinic.staff.signing_in import SignInTry

WORTH_A_MAIL = 5  # wrong tries in an hour; everybody mistypes
HOUR = timedelta(hours=1)


def tell_of_wrong_tries(now: datetime) -> int:
    """Write to everybody as whom many wrong tries were made within the hour; returns to how many."""
    tried = SignInTry.objects.filter(at__gt=now - HOUR)
    if tried.count() < WORTH_A_MAIL:
        return 0
    told = 0
    for user in User.objects.filter(is_active=True):
        own = tried.filter(account_key=account_key(user.email))
        times = own.count()
        if times < WORTH_A_MAIL or _told_within_the_hour(user, now):
            continue
        networks = own.values("network_key").distinct().count()
        emails.wrong_sign_ins(user, times=times, networks=networks)
        told += 1
    return told


def _told_within_the_hour(user: User, now: datetime) -> bool:
    told = Message.objects.about("user", user.public_id).filter(kind="wrong_sign_ins")
    return told.filter(created_at__gt=now - HOUR).exists()
