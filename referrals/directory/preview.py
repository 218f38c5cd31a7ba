"""What a file of offices would do to the directory: what is new, what changes, and what is wrong, row by row."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.forms.models import construct_instance

from clinic.contact.names import letters, visible
from clinic.contact.numbers import ZERO_FIRST, zone_of
from clinic.formats.previews import SheetPreview
from clinic.formats.sheets import Line, Sheet, too_many
from clinic.staff.models import Location
from referrals.directory.columns import (
    FIRST_NAME,
    LAST_NAME,
    LISTING,
    columns,
    is_of_plans,
    parts_of,
)
from referrals.directory.forms import ZONES, ListingForm, miles_field, specialties
from referrals.directory.ranking import LANGUAGES
from referrals.directory.reading import LONGEST_CELL
from referrals.models import Specialist

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"
SWITCHES = ("accepts_new_patients", "listed", "wheelchair")
YES = {"yes", "y", "true", "t", "1", "x", "on", "accepting", "open"}
NO = {"no", "n", "false", "f", "0", "off", "not accepting", "closed", "none"}


@dataclass(frozen=True)
class Previewed:
    """Hold what one row would do.

    `changes` are (heading, before, after); `problems` are (heading, what to do).
    """

    line: Line
    name: str
    kind: str
    problems: tuple[tuple[str, str], ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    beware: str = ""
    listing: Specialist | None = None
    fields: dict[str, Any] = field(default_factory=dict)


class Preview(SheetPreview):
    """Every row, judged against the directory as it is now."""

    KINDS = (NEW, CHANGED, SAME, WRONG)

    def hangs_on(self, row: Previewed) -> tuple[Any, ...]:
        return (row.changes, row.listing and row.listing.pk)


class RowForm(ListingForm):
    """Check a row as a listing that is typed.

    What needs the database is looked at for all rows together.
    """

    def lay_out(self) -> None:
        """Lay out nothing: nobody sees this form."""

    def _post_clean(self) -> None:
        exclude = self._get_validation_exclusions()
        try:
            self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
            self.instance.clean_fields(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)


def look(sheet: Sheet, locations: list[Location]) -> Preview:
    """Return what every row would do."""
    return Preview(sheet, tuple(_Looking(locations).rows(sheet)))


class _Looking:
    """Look through a file: the directory is read once, no listing named twice."""

    def __init__(self, locations: list[Location]) -> None:
        self.locations = locations
        self.headings = {column.field: column.heading for column in columns(locations)}
        listings = list(Specialist.objects.all())
        self.by_id = {str(listing.public_id): listing for listing in listings}
        self.by_key = {_key(_of(listing)): listing for listing in listings}
        self.by_npi = {(listing.npi, listing.specialty): listing for listing in listings if listing.npi}
        self.taken: dict[Any, int] = {}

    def rows(self, sheet: Sheet) -> Iterator[Previewed]:
        for line in sheet.lines:
            yield self._row(line)

    def _row(self, line: Line) -> Previewed:
        cells = _named(line.cells)
        name = visible(" · ".join(filter(None, [cells.get("name"), cells.get("practice")])))[:120]
        if line.beyond:
            return Previewed(line, name, WRONG, problems=(("", too_many(line.beyond)),))
        typed, problems = self._as_typed(cells)
        listing, wrong = self._listing(cells, typed)
        problems += wrong
        if listing and not name:
            name = str(listing)
        form = RowForm(
            _form_data(typed, listing, self.locations), instance=copy.copy(listing), locations=self.locations
        )
        said = dict(problems)
        for of_field, words in form.errors.items():
            said.setdefault(self.headings.get(of_field, ""), " ".join(words))
        if not said:
            said |= self._twice(line, form, listing)
        if said:
            return Previewed(line, name, WRONG, problems=tuple(said.items()))
        fields = form.fields_to_save()
        changes = tuple(self._changes(listing, fields)) if listing else ()
        kind = NEW if listing is None else CHANGED if changes else SAME
        return Previewed(
            line, name, kind, (), changes, self._beware(fields, listing), listing, fields if kind != SAME else {}
        )

    def _listing(self, cells: dict[str, str], typed: dict[str, Any]) -> tuple[Specialist | None, list[tuple[str, str]]]:
        """Return the listing a row is about; None for a new one.

        It is known by its number, else by specialty, name, practice and street.
        """
        number = cells.get(LISTING, "").strip()
        if not number:
            return self.by_key.get(_key(typed)), []
        try:
            found = self.by_id.get(str(UUID(number)))
        except ValueError:
            found = None
        if found:
            return found, []
        return None, [(self.headings[LISTING], "No listing has this number. Leave the cell empty to add one.")]

    def _as_typed(self, cells: dict[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return the cells as somebody would type them into the form.

        What no form could take is a problem.
        """
        typed: dict[str, Any] = {}
        problems: list[tuple[str, str]] = []
        for of_field, cell in cells.items():
            if of_field == LISTING or not cell.strip():
                continue  # an empty cell says nothing: what is on file stays
            if len(cell) > LONGEST_CELL:
                problems.append((self.headings[of_field], f"Shorten this cell to {LONGEST_CELL} characters."))
                continue
            try:
                typed[of_field] = _read(of_field, cell)
            except ValidationError as error:
                problems.append((self.headings[of_field], error.messages[0]))
        state, zip_code = typed.get("state", ""), typed.get("zip_code", "")
        if state in ZERO_FIRST and zip_code.isascii() and zip_code.isdigit() and len(zip_code) in (3, 4):
            typed["zip_code"] = zip_code.zfill(5)  # a spreadsheet took it for a number
        return typed, problems

    def _twice(self, line: Line, form: RowForm, listing: Specialist | None) -> dict[str, str]:
        """Say whether an earlier row is about the same listing.

        Or another listing is what this one would become.
        """
        key = _key(form.cleaned_data)
        other = self.by_key.get(key)
        if other and listing and other != listing:
            return {self.headings["name"]: f"This provider is already listed at this office: {other}."}
        for mark in filter(None, (key, listing and listing.pk)):
            if mark in self.taken:
                return {self.headings["name"]: f"Row {self.taken[mark]} is about the same listing."}
        self.taken |= dict.fromkeys(filter(None, (key, listing and listing.pk)), line.number)
        return {}

    def _changes(self, listing: Specialist, fields: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        for of_field, value in fields.items():
            before = getattr(listing, of_field)
            if of_field == "miles":
                for location in self.locations:
                    old, new = (miles.get(location.slug) for miles in (before, value))
                    if old != new:
                        yield self.headings[miles_field(location)], _words(old), _words(new)
            elif before != value:
                yield self.headings[of_field], _words(before), _words(value)

    def _beware(self, fields: dict[str, Any], listing: Specialist | None) -> str:
        other = self.by_npi.get((fields["npi"], fields["specialty"])) if listing is None else None
        if other is None:
            return ""
        return f"The same NPI is listed: {other}. To change that one, export the directory and keep its number."


def _named(cells: dict[str, str]) -> dict[str, str]:
    """Return the cells with one name, where the file has the first and the last."""
    cells = dict(cells)
    parts = [cells.pop(part, "").strip() for part in (FIRST_NAME, LAST_NAME)]
    if not cells.get("name", "").strip():
        cells["name"] = " ".join(filter(None, parts))
    return cells


def _of(listing: Specialist) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in ("specialty", "name", "practice", "street")}


def _key(fields: dict[str, Any]) -> tuple[str, ...]:
    """Return what tells one listing from another, by letters and digits alone."""
    own = [letters(fields.get(name) or "") for name in ("name", "practice", "street")]
    return (fields.get("specialty") or "", *own)


def _words(value: Any) -> str:
    """Return a value of a listing as the preview says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _read(of_field: str, cell: str) -> Any:
    """Return one cell as the form takes it."""
    if is_of_plans(of_field):
        return "\n".join(parts_of(cell))  # a line break at the end says that it is one
    cell = cell.strip()
    if of_field in SWITCHES:
        return _yes_or_no(cell)
    if of_field == "specialty":
        return _named_in(cell, specialties(), "specialty")
    if of_field == "time_zone":
        return _named_in(cell, ZONES, "time zone")
    if of_field == "languages":
        return [_named_in(part, LANGUAGES.items(), "language") for part in parts_of(cell)]
    return cell.upper() if of_field == "state" else cell


def _yes_or_no(cell: str) -> bool:
    said = cell.casefold().strip(" .")
    if said not in YES | NO:
        raise ValidationError("Write yes or no.")
    return said in YES


def _named_in(cell: str, choices: Any, what: str) -> str:
    """Return the value of a choice that is named by its label or by itself."""
    wanted = letters(cell)
    for value, label in choices:
        if wanted in (letters(str(label)), letters(value)):
            return value
    known = ", ".join(str(label) for _value, label in choices)
    raise ValidationError(f"“{cell[:40]}” is no {what} of this directory. Known are: {known}.")


def _form_data(typed: dict[str, Any], listing: Specialist | None, locations: list[Location]) -> dict[str, Any]:
    """Return what the form of this listing would hold, the cells typed over it."""
    if listing is None:
        zone = zone_of(typed.get("state", "").upper())
        data: dict[str, Any] = {"accepts_new_patients": True, "listed": True, "time_zone": zone}
    else:
        data = {name: getattr(listing, name) for name in ListingForm.Meta.fields}
        data |= {miles_field(place): listing.miles.get(place.slug) for place in locations}
        data |= {name: "\n".join(value) for name, value in data.items() if is_of_plans(name)}
    data |= typed
    if data.get("wheelchair") is not None:
        data["wheelchair"] = str(data["wheelchair"])  # as its list of choices says it
    return {name: value for name, value in data.items() if value is not None}
