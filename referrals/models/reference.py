"""The number by which people speak of a referral on the phone, on a fax or in a mail: "MK-482739".

It is drawn, so it says nothing of the patient and counts nothing. Its letters sound unlike one another and make no
words. Of the 121 million there are so few are in use that one heard wrongly is nobody else's.
"""

import re
import secrets

from django.apps import apps
from django.db.models import CharField, Func

LETTERS = "CFHJKLMRWXY"
DIGITS = 6
WRITTEN = re.compile(rf"[{LETTERS}]{{2}}-\d{{{DIGITS}}}", re.ASCII)
TYPED = re.compile(rf"([{LETTERS}]{{2}})[\s.\-]*((?:\d[\s.\-]*){{{DIGITS}}})", re.ASCII | re.IGNORECASE)


def new_reference() -> str:
    """Return a number no referral has."""
    referrals = apps.get_model("referrals", "Referral").objects
    while True:
        letters = "".join(secrets.choice(LETTERS) for _ in range(2))
        drawn = f"{letters}-{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        if not referrals.filter(reference=drawn).exists():
            return drawn


def read_reference(typed: str) -> str:
    """Return the number somebody typed, as it is written; "" for anything else."""
    found = TYPED.fullmatch(typed.strip())
    return f"{found[1].upper()}-{re.sub(r'[^0-9]', '', found[2])}" if found else ""


class Drawn(Func):
    """Draw one in the database, for rows of a release that does not know of it."""

    template = (
        f"(substr('{LETTERS}', 1 + floor(random() * {len(LETTERS)})::int, 1)"
        f" || substr('{LETTERS}', 1 + floor(random() * {len(LETTERS)})::int, 1)"
        f" || '-' || lpad(floor(random() * {10**DIGITS})::int::text, {DIGITS}, '0'))"
    )
    arity = 0
    output_field = CharField()
