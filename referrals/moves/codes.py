"""The code an office opens its referrals with: made by the desk, for a number on file, good once and not for long."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from clinic.links.actions import keyed
from clinic.staff.models import User
from referrals.models import OfficeCode, Referral, Specialist
from referrals.moves.carrying import link_of
from referrals.moves.steps import NotYet, check_may, lock

CODE_DIGITS = 6
READ_OUT_LIVES = timedelta(hours=1)
FAX_LIVES_DAYS = 2  # working days: a fax lies until somebody takes it
LATEST = 3
Way = OfficeCode.Way


@transaction.atomic
def make_code(referral: Referral, *, way: str, by: User) -> OfficeCode:
    """Make a code for the office that has this referral.

    It opens everything that office has from us.
    """
    check_may(by)
    referral = lock(referral)
    office = referral.specialist
    if office is None or link_of(referral) is None:
        raise NotYet("This office has no link from us that opens. A code alone opens nothing.")
    number = office.fax if way == Way.FAX else office.phone
    if not number:
        raise NotYet("There is no fax number of this office on file. Read the code out.")
    return OfficeCode.objects.create(
        specialist=office, way=way, number=number, made_by=by, expires_at=_ends(referral, way, timezone.now())
    )


def _ends(referral: Referral, way: str, now: datetime) -> datetime:
    if way == Way.FAX:
        return referral.location.opening_hours.after_working_days(now, FAX_LIVES_DAYS)
    return now + READ_OUT_LIVES


def digits_of(code: OfficeCode) -> str:
    """Return its six digits, which only the holder of LINK_KEY can compute."""
    number = int.from_bytes(keyed("office code", str(code.pk))[:8]) % 10**CODE_DIGITS
    return f"{number:0{CODE_DIGITS}}"


def take_code(office: Specialist, digits: str) -> bool:
    """Use up the living code of this office with these digits; False for none.

    Of two who type it at once, one is let in. A code that went to a number which was corrected since opens nothing.
    """
    now = timezone.now()
    living = OfficeCode.objects.living(now)
    of_office = living.filter(specialist__in=Specialist.objects.of_the_office_of(office)).select_related("specialist")
    theirs = [code for code in of_office if code.went_where_the_office_is]
    right = [code.pk for code in theirs if constant_time_compare(digits_of(code), digits)]
    return any(living.filter(pk=pk).update(used_at=now) for pk in right)


def latest_codes(referral: Referral) -> list[OfficeCode]:
    """Return the last codes that were made for its office."""
    if referral.specialist is None:
        return []
    office = Specialist.objects.of_the_office_of(referral.specialist)
    return list(OfficeCode.objects.filter(specialist__in=office).select_related("made_by")[:LATEST])
