"""What a list of people would do: who is invited, known, or invited before, and what is wrong, row by row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clinic.contact.names import letters, visible
from clinic.formats import sheets
from clinic.formats.previews import SheetPreview
from clinic.formats.sheets import Column, Line, Sheet, too_many
from clinic.staff.models import LocationQuerySet, User
from intake.door.contact import LANGUAGE_NAMES, InvitationForm
from intake.door.written_dates import whole_date
from intake.inviting.people import invited_already, on_file
from intake.models import InvitationList, Patient

MOST_ROWS = 200  # each is a letter to somebody; a list as long as that is looked through by a person
NEW, AGAIN, STANDS, WRONG = "new", "again", "stands", "wrong"
COLUMNS = (
    Column("first_name", "First name", "first givenname patientfirstname firstnames"),
    Column("last_name", "Last name", "last surname familyname patientlastname lastnames"),
    Column("date_of_birth", "Date of birth", "dob birthdate birthday born dateofbirth"),
    Column("email", "Email", "emailaddress mail patientemail"),
    Column("phone", "Phone", "phonenumber telephone tel mobile cell cellphone homephone"),
    Column("language", "Language", "preferredlanguage lang"),
    Column("location", "Location", "clinic site office"),
    Column("insurance_plan", "Insurance plan", "insurance plan"),
    Column("referred_by", "Referred by", "referrer referringprovider"),
    Column("address", "Address", "streetaddress homeaddress"),
    Column("what_is_wrong", sheets.WHAT_IS_WRONG, only_out=True),
)
HEADINGS = {column.field: column.heading for column in COLUMNS}
NEEDED = ("first_name", "last_name", "date_of_birth", "email")
IN_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class Previewed:
    """Hold what one row would do.

    It invites somebody new, or a `patient` who is on file; else `problems` say why not.
    """

    line: Line
    name: str
    kind: str
    problems: tuple[tuple[str, str], ...] = ()
    patient: Patient | None = None
    contact: dict[str, Any] = field(default_factory=dict)


class Preview(SheetPreview):
    """Every row, judged against who is on file and invited now."""

    KINDS = (NEW, AGAIN, STANDS, WRONG)

    def hangs_on(self, row: Previewed) -> tuple[Any, ...]:
        return (row.patient and row.patient.pk,)


def read(text: str) -> Sheet:
    """Return the rows of a list, by the fields their headings name."""
    return sheets.read(text, COLUMNS, missing=_missing, most_rows=MOST_ROWS)


def _missing(fields: set[str]) -> list[str]:
    return [HEADINGS[name] for name in NEEDED if name not in fields]


def only_the_rows(text: str, numbers: set[int]) -> str:
    """Return a list with its headings and these rows alone, each where it stood."""
    return sheets.emptied(text, but=numbers)


def look(kept: InvitationList, user: User) -> Preview:
    """Return what every row would do, for whoever added the list."""
    sheet = read(kept.text)
    return Preview(sheet, tuple(_Looking(user, day_first=kept.day_first).rows(sheet)))


class _Looking:
    """Look through a list, nobody invited twice by it."""

    def __init__(self, user: User, *, day_first: bool) -> None:
        self.user, self.day_first = user, day_first
        self.locations: LocationQuerySet = user.locations.with_a_therapist()
        self.places = {letters(place.name): place.slug for place in self.locations}
        self.taken: dict[Any, int] = {}

    def rows(self, sheet: Sheet) -> Iterator[Previewed]:
        for line in sheet.lines:
            yield self._row(line)

    def _row(self, line: Line) -> Previewed:
        name = visible(f"{line.cells.get('first_name', '')} {line.cells.get('last_name', '')}")[:120]
        if line.beyond:
            return Previewed(line, name, WRONG, (("", too_many(line.beyond)),))
        form = InvitationForm(self._typed(line.cells), locations=self.locations)
        if not form.is_valid():
            problems = {HEADINGS.get(of_field, ""): " ".join(words) for of_field, words in form.errors.items()}
            return Previewed(line, name, WRONG, tuple(problems.items()))
        contact = form.contact()
        who = (letters(contact["first_name"]), letters(contact["last_name"]), contact["date_of_birth"])
        if who in self.taken:
            return Previewed(line, name, WRONG, (("", f"Row {self.taken[who]} is about the same person."),))
        self.taken[who] = line.number
        return self._judged(line, name, contact)

    def _judged(self, line: Line, name: str, contact: dict[str, Any]) -> Previewed:
        """Say who it may be.

        One on file is invited again, and who only may be one is left to a person.
        """
        who = (self.user, contact["first_name"], contact["last_name"], contact["date_of_birth"])
        if invited_already(*who):
            return Previewed(line, name, STANDS, contact=contact)
        found, near = on_file(*who)
        if len(found) == 1 and not near and found[0].email:
            return Previewed(line, name, AGAIN, patient=found[0], contact=contact)
        if found or near:
            words = "Somebody with this birth date and such a name is on file. Invite this person by hand."
            return Previewed(line, name, WRONG, (("", words),))
        return Previewed(line, name, NEW, contact=contact)

    def _typed(self, cells: dict[str, str]) -> dict[str, Any]:
        """Return the cells as somebody would type them into the form."""
        typed: dict[str, Any] = {name: cell.strip() for name, cell in cells.items()}
        month, day, year = self._date(typed.pop("date_of_birth", ""))
        typed |= {"date_of_birth_month": month, "date_of_birth_day": day, "date_of_birth_year": year}
        language = letters(typed.get("language", ""))
        known = {letters(word): code for code, word in LANGUAGE_NAMES.items()} | {"spanish": "es"}
        typed["language"] = known.get(language, language) or "en"
        place = typed.get("location", "")
        typed["location"] = self.places.get(letters(place), place)
        return typed

    def _date(self, cell: str) -> tuple[str, str, str]:
        """Return month, day and year; of 5/6/1961 by what was said of the list.

        What is no date stays in one box.
        """
        numbers = IN_NUMBERS.fullmatch(cell)
        if numbers:
            first, second, year = numbers.groups()
            return (second, first, year) if self.day_first else (first, second, year)
        return whole_date(cell) or (cell, "", "")
