"""The columns of a file of offices: their headings, the names others give them, what a listing shows in each."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from clinic.formats import sheets
from clinic.formats.sheets import kept_apart
from clinic.staff.models import Location
from referrals.directory.forms import OF_PLANS, ZONES, miles_field, specialties
from referrals.directory.ranking import LANGUAGES
from referrals.models import Specialist

SEVERAL = re.compile(r"[;,|/]")  # between plans or languages of one cell, where no line breaks are
LISTING, FIRST_NAME, LAST_NAME = "listing", "first_name", "last_name"  # what a file may hold besides the fields


@dataclass(frozen=True)
class Column(sheets.Column):
    """Hold one column of the directory: `shows` is the cell of a listing.

    Without it a column only comes in.
    """

    shows: Callable[[Specialist], Any] | None = None


def _own(field: str) -> Callable[[Specialist], Any]:
    return lambda listing: getattr(listing, field)


def _yes_or_no(field: str) -> Callable[[Specialist], str]:
    words = {True: "yes", False: "no", None: ""}
    return lambda listing: words[getattr(listing, field)]


def _lines(field: str) -> Callable[[Specialist], str]:
    """Return one plan a line.

    One alone that looks like several ends in a line break, so that it stays one.
    """

    def shows(listing: Specialist) -> str:
        text = "\n".join(getattr(listing, field))
        return f"{text}\n" if SEVERAL.search(text) and "\n" not in text else text

    return shows


def columns(locations: Iterable[Location]) -> list[Column]:
    """Return every column, in the order they go out.

    The miles from each of these locations are among them.
    """
    return [
        Column(LISTING, "Listing", "listingid id", lambda listing: str(listing.public_id)),
        Column("specialty", "Specialty", "speciality providertype type", _specialty),
        Column("focus", "Focus", "subspecialty focusarea specialinterest interests", _own("focus")),
        Column("name", "Name", "provider providername physician doctor fullname specialist", _own("name")),
        Column(FIRST_NAME, "First name", "first givenname providerfirstname"),
        Column(LAST_NAME, "Last name", "last surname familyname providerlastname"),
        Column("credentials", "Credentials", "credential degree degrees title suffix", _own("credentials")),
        Column("npi", "NPI", "npinumber nationalprovideridentifier", _own("npi")),
        Column(
            "practice",
            "Practice",
            "practicename office officename clinic group facility organization",
            _own("practice"),
        ),
        Column("street", "Street", "address address1 streetaddress addressline1 officeaddress", _own("street")),
        Column("city", "City", "town", _own("city")),
        Column("state", "State", "st", _own("state")),
        Column("zip_code", "ZIP", "zipcode postalcode zippostalcode postcode", _own("zip_code")),
        Column("time_zone", "Time zone", "timezone tz", lambda listing: zone_name(listing.time_zone)),
        Column("phone", "Phone", "phonenumber telephone tel officephone workphone businessphone", _own("phone")),
        Column("fax", "Fax", "faxnumber officefax workfax businessfax", _own("fax")),
        Column("email", "Email", "emailaddress mail officeemail", _own("email")),
        Column("opening_hours", "Hours", "openinghours officehours", _own("opening_hours")),
        Column("wait_days", "Days to a first visit", "wait typicalwait waitdays waittime", _own("wait_days")),
        Column(
            "insurance_plans",
            "Plans",
            "plan insurance insurances insuranceplans plansaccepted insuranceaccepted acceptedinsurance acceptedplans",
            _lines("insurance_plans"),
        ),
        Column(
            "referral_plans", "Plans that need a referral", "pcpreferral referralrequired", _lines("referral_plans")
        ),
        Column(
            "authorization_plans",
            "Plans that need an authorization",
            "priorauthorization authorizationrequired priorauth",
            _lines("authorization_plans"),
        ),
        Column("languages", "Languages", "language languagesspoken", _languages),
        Column("wheelchair", "Wheelchair", "wheelchairaccessible accessible accessibility", _yes_or_no("wheelchair")),
        Column(
            "accepts_new_patients",
            "New patients",
            "acceptsnewpatients acceptingnewpatients seesnewpatients",
            _yes_or_no("accepts_new_patients"),
        ),
        Column("listed", "Listed", "active", _yes_or_no("listed")),
        Column("notes", "Notes", "note comment comments remarks", _own("notes")),
        Column("latitude", "Latitude", "lat", _own("latitude")),
        Column("longitude", "Longitude", "lon lng long", _own("longitude")),
        *(_miles(location) for location in locations),
        Column("confirmed_at", "Last confirmed", "", _confirmed_on, only_out=True),
        Column("confirmed_by", "Confirmed by", "", _confirmed_by, only_out=True),
        Column("what_is_wrong", sheets.WHAT_IS_WRONG, only_out=True),
    ]


def _miles(location: Location) -> Column:
    return Column(
        miles_field(location), f"Miles from {location.name}", "", lambda listing: listing.miles.get(location.slug)
    )


def _specialty(listing: Specialist) -> str:
    return dict(specialties()).get(listing.specialty, listing.specialty)


def _languages(listing: Specialist) -> str:
    return "\n".join(LANGUAGES.get(code, code) for code in listing.languages)


def _confirmed_on(listing: Specialist) -> str:
    return f"{listing.confirmed_at:%Y-%m-%d}" if listing.confirmed_at else ""


def _confirmed_by(listing: Specialist) -> str:
    return str(listing.confirmed_by or "")


def zone_name(zone: str) -> str:
    return dict(ZONES).get(zone, zone)


# Cells ----------------------------------------------------------------------------------------------------------------


def table_of(listings: Iterable[Specialist], locations: Iterable[Location]) -> tuple[list[str], list[list[Any]]]:
    """Return the headings and the rows in which listings go out."""
    going_out = [column for column in columns(locations) if column.shows]
    return [column.heading for column in going_out], [
        [kept_apart(column.shows(listing)) for column in going_out if column.shows] for listing in listings
    ]


def parts_of(cell: str) -> list[str]:
    """Return what a cell names: one a line, else with signs between them."""
    parts: Sequence[str] = cell.splitlines() if re.search(r"[\r\n]", cell) else SEVERAL.split(cell)
    return [part.strip() for part in parts if part.strip()]


def is_of_plans(field: str) -> bool:
    return field in OF_PLANS
