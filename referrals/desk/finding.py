"""Looking for a referral: by its patient, its office, a phone number or its own number, in one line.

What was typed names a patient, so it stands in the session and no address holds it; the address says which of them.
"""

import re
from secrets import token_hex

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q

from clinic.contact import names, phones
from intake.models import Patient
from referrals.desk.looking import LONGEST, read
from referrals.models import Specialist
from referrals.models.reference import read_reference
from referrals.models.referral import ReferralQuerySet

KEPT = "referrals_looked_for"  # in the session: {how the address names it: what was typed}
MOST_KEPT = 5
FEWEST_DIGITS, TEN = 4, 10  # of a phone number: the end by which people know it, and a US one


def keep(session: SessionBase, typed: str) -> str:
    """Keep what was typed; return how the address names it."""
    name = token_hex(4)
    newest = list(session.get(KEPT, {}).items())[-MOST_KEPT + 1 :]
    session[KEPT] = dict([*newest, (name, names.visible(typed)[:LONGEST])])
    return name


def fitting(rows: ReferralQuerySet, typed: str) -> ReferralQuerySet:
    """Return the referrals that what was typed may mean; none for a single letter."""
    if reference := read_reference(typed):
        return rows.filter(reference=reference)
    looked, found = read(typed), Q(pk__in=())
    if looked.is_enough:
        found |= Q(patient__in=Patient.objects.fitting(looked.query))
    if offices := _offices(typed):
        found |= Q(specialist__in=offices)
    return rows.filter(found)


def _offices(typed: str) -> list[int]:
    """Return the listings whose name, practice, phone or fax this may be."""
    digits = re.sub(r"\D", "", phones.plain(typed))
    digits = digits.removeprefix("1") if len(digits) > TEN else digits
    if not any(sign.isalpha() for sign in typed) and len(digits) >= FEWEST_DIGITS:
        return [pk for pk, *numbers in Specialist.objects.values_list("pk", "phone", "fax") if _ends(numbers, digits)]
    is_enough = any(len(part) > 1 and part not in names.NOT_A_NAME for part in names.parts(typed))
    return _called(typed) if is_enough else []


def _called(typed: str) -> list[int]:
    rows = Specialist.objects.values_list("pk", "name", "practice")
    return [pk for pk, *texts in rows if names.found_in(typed, *texts)]


def _ends(numbers: list[str], digits: str) -> bool:
    return any(dialed.endswith(digits) for number in numbers for dialed in phones.dialed_in(number))
