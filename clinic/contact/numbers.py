"""Numbers of US practices: NPI, phone and fax, ZIP code. Each check raises ValidationError with what to do."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.contact import phones

STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR"
    " PA PR RI SC SD TN TX UT VT VA VI WA WV WI WY AS GU MP"
)
ZERO_FIRST = (
    "CT",
    "MA",
    "ME",
    "NH",
    "NJ",
    "PR",
    "RI",
    "VI",
    "VT",
)  # their ZIP codes begin with 0, which spreadsheets drop
# The clock most people of a state have, where it is not the Eastern one.
ZONE_OF_STATE = {
    "America/Chicago": "AL AR IL IA KS LA MN MS MO NE ND OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
}
LABEL = re.compile(r"[^\W\d_]{0,12}( (phone|fax|line))?\s*[.:]?", re.IGNORECASE)  # such as "Tel." or "Main line:"
SHORTENED = r"\d[.,]\d+E\+?\d+"  # such as 1.23457E+09
ISSUER = "80840"  # health applications, United States: part of the checksum, not of the number


def npi(value: str) -> str:
    """Return the ten digits of an NPI however it was pasted: "NPI: 1234-567-893"."""
    typed = re.sub(r"\.0+$", "", phones.plain(value))
    if re.fullmatch(SHORTENED, typed):
        raise ValidationError(
            "A spreadsheet has shortened this number. Show its column as a number without decimals and save again.",
            code="npi",
        )
    digits = re.sub(r"[\s.()\-/]", "", re.sub(r"^NPI\b( (number|no))?\s*[.:#=]*", "", typed, flags=re.IGNORECASE))
    check_npi(digits)
    return digits


def check_npi(value: str) -> None:
    """Ten digits whose Luhn sum with the issuer prefix ends in 0.

    The first digit is 1 or 2.
    """
    if not re.fullmatch(r"[12]\d{9}", value, re.ASCII):
        raise ValidationError(_("Enter the NPI as 10 digits, such as 1234567893."), code="npi")
    if luhn(ISSUER + value) % 10:
        raise ValidationError(_("This NPI has a mistyped digit. Check it against the letterhead."), code="npi")


def luhn(digits: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total


def us_phone(value: str) -> str:
    """The number as "(207) 555-0142", with " x12" for an extension.

    A word before it, such as "Fax:", is left away.
    """
    typed = phones.read(value)
    if not typed.is_us or typed.note or not re.fullmatch(LABEL, typed.label):
        raise ValidationError(_("Enter a US phone number with area code, such as (207) 555-0142."), code="phone")
    digits = typed.digits
    written = f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    return f"{written} x{typed.extension}" if typed.extension else written


def check_state(value: str) -> None:
    if len(value) != 2 or value not in STATES.split():
        raise ValidationError(_("Enter the two letters of a US state, such as ME."), code="state")


def zone_of(state: str) -> str:
    """Return the clock most people of a state have; the Eastern one for no state."""
    return next((zone for zone, states in ZONE_OF_STATE.items() if state in states.split()), "America/New_York")


def check_zip(value: str) -> None:
    if not re.fullmatch(r"\d{5}(-\d{4})?", value, re.ASCII):
        raise ValidationError(_("Enter a ZIP code, such as 04101 or 04101-1234."), code="zip")
