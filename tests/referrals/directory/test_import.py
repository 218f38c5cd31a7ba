"""Offices from a file: looked at first, then put in, whole or not at all."""

import csv
from io import StringIO
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.urls import reverse

from clinic.formats.sheets import MOST_BYTES
from clinic.messages.models import Message
from referrals import moves
from referrals.directory import actions
from referrals.directory.preview import NEW, SAME, WRONG
from referrals.models import DirectoryImport, Specialist
from tests import factories
from tests.referrals.directory.sheets import HEADINGS, ROW, kept, put_in, sheet, upload


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


def only(content, by):
    """The one row of a file, as it is previewed."""
    [row] = actions.preview_of(kept(content, by)).rows
    return row


# As spreadsheets write them -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("code", ["utf-8-sig", "utf-8", "windows-1252", "utf-16"])
def test_every_separator_and_code_page_is_read(priya, separator, code):
    row = only(sheet({"Name": "Inés Muñoz", "Practice": "Casco; Nerve, Center"}, separator=separator, code=code), priya)
    assert (row.kind, row.fields["name"], row.fields["practice"]) == (NEW, "Inés Muñoz", "Casco; Nerve, Center")
    assert row.fields["insurance_plans"] == ["Harbor PPO", "Medicare"]


def test_the_line_that_names_the_separator_is_no_heading(priya):
    row = only(b"sep=;\r\n" + sheet({}, separator=";", code="utf-8"), priya)
    assert (row.kind, row.line.number) == (NEW, 2)


def test_headings_are_known_by_the_names_others_give_them(priya):
    text = (
        "Provider Type,First Name,Last Name,Clinic,Address 1,Town,ST,Zip/Postal Code,Telephone,Insurances,"
        "Accepting new patients?,Fax Number,Shoe size\n"
        "neurologist,Noor,Adeyemi,Casco,1 Harbor St,Portland,me,4101,+1 (207) 555.0142 ext 9,"
        "Aetna|Cigna,N,207 555 0143,44"
    )
    preview = actions.preview_of(kept(text.encode(), priya))
    [row] = preview.rows
    assert row.problems == ()
    said = {name: row.fields[name] for name in ("name", "zip_code", "state", "phone", "fax", "accepts_new_patients")}
    assert said == {
        "name": "Noor Adeyemi",
        "zip_code": "04101",  # Excel had taken it for a number
        "state": "ME",
        "phone": "(207) 555-0142 x9",
        "fax": "(207) 555-0143",
        "accepts_new_patients": False,
    }
    assert row.fields["insurance_plans"] == ["Aetna", "Cigna"]
    assert preview.sheet.unused == ("Shoe size",)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04rest", "workbook"),
        (b"\x81\x8d\x8f", "no text"),
        (b"", "empty"),
        (b"a,b\n1,2", "“Specialty” and “Practice” and “Name”"),
        (b"Specialty,Practice,Name", "no rows"),
        (b"Specialty,Practice,Name,Provider\na,b,c,d", "Two columns"),
        (b'Specialty,Practice,Name\n"a,b,c', "quotation mark"),
        (b"x" * (MOST_BYTES + 1), "larger than 1 MB"),
        (b"Specialty,Practice,Name\n" + b"a,b,c\n" * 1001, "1001 rows"),
        (b"Specialty,Practice,Name\na,b,c\n" + b"a," * 200, "Row 3 has 201 cells"),
    ],
)
def test_what_cannot_be_read_says_why_and_keeps_nothing(desk, content, says):
    answer = desk.post(reverse("directory_import"), {"file": upload(content)})
    assert answer.status_code == 422
    assert says in answer.text or "This file is empty" in answer.text
    assert not DirectoryImport.objects.exists()


WRONG_CELLS = [
    ({"NPI": "1234567890"}, "NPI", "mistyped digit"),
    ({"NPI": "1.23457E+09"}, "NPI", "shortened"),
    ({"Phone": "call us"}, "Phone", "US phone number"),
    ({"ZIP": "4101-1"}, "ZIP", "ZIP code"),
    ({"State": "XX"}, "State", "two letters"),
    ({"Specialty": "Wizard"}, "Specialty", "“Wizard” is no specialty of this directory"),
    ({"Name": ""}, "Name", "provider's name"),
    ({"Plans": "x" * 81}, "Plans", "80 characters"),
    ({"Languages": "English; Klingon"}, "Languages", "“Klingon” is no language"),
    ({"Listed": "maybe"}, "Listed", "yes or no"),
    ({"Latitude": "43.6"}, "Longitude", "both latitude and longitude"),
    ({"Latitude": "430", "Longitude": "-70"}, "Latitude", "-90 to 90"),
    ({"Days to a first visit": "soon"}, "Days to a first visit", "number of days"),
    ({"Email": "office at casco"}, "Email", "valid email"),
    ({"Listing": "42"}, "Listing", "No listing has this number"),
    ({"Notes": "x" * 6001}, "Notes", "6000 characters"),
]


@pytest.mark.parametrize(("cells", "heading", "says"), WRONG_CELLS)
def test_what_is_wrong_is_said_at_its_column_in_words(priya, cells, heading, says):
    row = only(sheet(cells, headings=tuple(dict.fromkeys([*HEADINGS, *cells]))), priya)
    assert row.kind == WRONG
    assert [words for at, words in row.problems if at == heading and says in words], row.problems


def rows_to_correct(desk, one) -> list[list[str]]:
    content = b"".join(desk.get(reverse("rows_to_correct", args=[one.public_id]))).decode("utf-8-sig")
    return list(csv.reader(StringIO(content, newline="")))


@pytest.mark.parametrize(
    ("headings", "row", "says"),
    [
        ("Specialty,Practice,Name,Notes", "neurologist,Casco, Nerve Center,Noor Adeyemi,Call first", "1 cell stands"),
        ("Specialty,Practice,Name,Notes", "neurologist,Casco, Nerve Center,Noor Adeyemi,", "1 cell stands"),  # shifted
        ("Specialty,Practice,Name,Notes", "neurologist,A, B, C,Noor Adeyemi,Call first", "2 cells stand"),
        ("Specialty,Practice,Name,Notes,", "neurologist,Casco, Nerve Center,Noor Adeyemi,Call first", "1 cell stands"),
    ],
)
def test_a_row_with_more_cells_than_headings_is_left_out_and_loses_none(desk, priya, headings, row, says):
    """It went in one column off, and its last cells were gone."""
    one = kept(f"{headings}\n{row}".encode(), priya)
    [previewed] = actions.preview_of(one).rows
    assert (previewed.kind, len(previewed.problems)) == (WRONG, 1)
    assert says in previewed.problems[0][1]
    assert "quotation marks" in previewed.problems[0][1]
    header, cells = rows_to_correct(desk, one)
    assert cells[: len(row.split(","))] == row.split(",")
    assert (len(header), header[-1], says in cells[-1]) == (len(cells), "What is wrong", True)


def test_the_rows_to_correct_are_left_out_again_until_they_are_right(desk, priya):
    one = kept(b"Specialty,Practice,Name,Notes\nneurologist,Casco, Nerve Center,Noor Adeyemi,Call first", priya)
    header, cells = rows_to_correct(desk, one)
    for right in (False, True):
        written = StringIO(newline="")
        if right:
            cells = ["neurologist", "Casco, Nerve Center", "Noor Adeyemi", "Call first", "", cells[-1]]
        csv.writer(written).writerows([header, cells])
        [row] = actions.preview_of(kept(written.getvalue().encode(), priya)).rows
        assert ("under no heading" in row.problems[0][1]) is not right
    assert row.line.cells["practice"] == "Casco, Nerve Center"


def test_a_column_without_a_heading_before_the_others_shifts_nothing(priya):
    text = sheet({}).decode("utf-8-sig").splitlines()
    assert only("\n".join([f",{text[0]}", f"0,{text[1]}"]).encode(), priya).kind == NEW


def test_a_heading_never_acts_where_the_rows_go_out_again(desk, priya):
    acts = '=HYPERLINK("https://elsewhere.example","Listing")'
    one = kept(sheet({"NPI": "1234567890"}, headings=(*HEADINGS, acts)), priya)
    header, _row = rows_to_correct(desk, one)
    assert header[len(HEADINGS)] == f"'{acts}"


# New, changed, the same -----------------------------------------------------------------------------------------------


def test_a_row_about_a_listing_changes_it_and_an_empty_cell_leaves_what_is_on_file(priya):
    listing = factories.specialist(
        name="Inés Muñoz", practice="Casco Nerve Center", street="1 Harbor Street", phone="(207) 555-0170"
    )
    headings = ("Specialty", "Name", "Practice", "Street", "Phone", "Email", "Hours")
    row = only(
        sheet({"Name": "Ines  Munoz", "Phone": "207 555 0199", "Hours": "8 to 5"}, headings=headings),
        priya,
    )
    assert row.listing == listing
    assert {heading: after for heading, _before, after in row.changes} == {
        "Name": "Ines Munoz",
        "Phone": "(207) 555-0199",
        "Hours": "8 to 5",
    }


def test_two_rows_about_one_listing_and_one_that_would_become_another_are_wrong(priya):
    listing = factories.specialist(name="Lena Fischer", practice="Casco Nerve Center", street="2 Harbor Street")
    other = factories.specialist(name="Noor Adeyemi", practice="Casco Nerve Center", street="1 Harbor Street")
    content = sheet(
        {"Name": "Sam Ash"},
        {"Name": "sam ash"},
        {"Listing": str(listing.public_id)},
        headings=("Listing", *HEADINGS),
    )
    first, second, third = actions.preview_of(kept(content, priya)).rows
    assert (first.kind, second.kind, third.kind) == (NEW, WRONG, WRONG)
    assert "Row 2 is about the same listing" in second.problems[0][1]
    assert str(other) in third.problems[0][1]


def test_the_same_npi_under_another_name_is_pointed_out(priya):
    listing = factories.specialist(name="N. Adeyemi", npi=ROW["NPI"])
    assert str(listing) in only(sheet({}), priya).beware


def test_what_goes_out_comes_in_again_unchanged(desk, priya, location, other_location):
    nasty = {
        "name": "=HYPERLINK(1)", "practice": "'=2+2", "street": "@home", "focus": "-1+1", "credentials": "+MD",
        "opening_hours": "Mon, Tue; \"8\" to 5", "notes": "first line\nsecond; line, with \"quotes\"\n=3",
    }  # fmt: skip
    first = factories.specialist(
        **nasty,
        insurance_plans=["Aetna, Inc; of Maine"],
        referral_plans=["A", "B|C"],
        languages=["en", "es"],
        miles={"riverside": 4, "hillcrest": 1.5, "gone": 9},
        wheelchair=False,
        wait_days=0,
        latitude=43.6591,
        longitude=-70.25684321,
        time_zone="America/Denver",
        phone="(207) 555-0142 x9",
    )
    factories.specialist(listed=False, insurance_plans=[], languages=[], npi="", fax="", email="", miles={})
    factories.specialist(confirmed_at=priya.joined_at, confirmed_by=priya, wheelchair=True, accepts_new_patients=False)
    before = list(Specialist.objects.order_by("pk").values())
    content = b"".join(desk.get(reverse("directory_file") + "?unlisted=on"))
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "'=2"))], "a spreadsheet would act"
    assert "''=2+2" in cells
    preview = actions.preview_of(kept(content, priya))
    assert [(row.kind, row.problems, row.changes) for row in preview.rows] == [(SAME, (), ())] * 3
    assert list(Specialist.objects.order_by("pk").values()) == before
    # And into an empty directory, where only the numbers are others.
    Specialist.objects.all().delete()
    for row in rows[1:]:
        row[0] = ""
    written = StringIO(newline="")
    csv.writer(written).writerows(rows)
    put_in(written.getvalue().encode(), priya)
    apart = {"id", "public_id", "confirmed_at", "confirmed_by_id", "miles"}

    def as_said(listings):
        return sorted(repr(sorted((name, row[name]) for name in row.keys() - apart)) for row in listings)

    assert as_said(Specialist.objects.values()) == as_said(before)
    assert Specialist.objects.get(name=first.name).miles == {"riverside": 4, "hillcrest": 1.5}


# Put in, whole or not at all ------------------------------------------------------------------------------------------


def five_hundred() -> bytes:
    rows = [{"Name": f"Noor Adeyemi {number}"} for number in range(500)]
    for place, number in enumerate(range(7, 500, 12)):
        if place < 40:
            rows[number] |= WRONG_CELLS[place % 7][0]
    return sheet(*rows)


def test_of_500_rows_with_40_wrong_ones_460_come_in_and_40_are_listed(desk, priya):
    answer = desk.post(reverse("directory_import"), {"file": upload(five_hundred())}, follow=True)
    assert "<b>460</b> new" in answer.text
    assert "<b>40</b> left out" in answer.text
    assert not Specialist.objects.exists(), "only looked at"
    one = DirectoryImport.objects.get()
    wrong = actions.preview_of(one).of(WRONG)
    assert len(wrong) == 40
    desk.post(reverse("confirm_import", args=[one.public_id]), {"saw": actions.preview_of(one).mark})
    assert Specialist.objects.count() == 460
    one.refresh_from_db()
    assert [number for number, _name, _problems in one.left_out] == [row.line.number for row in wrong]
    shown = desk.get(reverse("one_import", args=[one.public_id])).text
    assert all(f'<th scope="row" role="rowheader">{row.line.number}</th>' in shown for row in wrong)
    # The others go out as they came, are corrected, and come in.
    content = b"".join(desk.get(reverse("rows_to_correct", args=[one.public_id]))).decode("utf-8-sig")
    back = list(csv.DictReader(StringIO(content, newline="")))
    assert len(back) == 40
    assert all(row["What is wrong"] for row in back)
    names = {f"Noor Adeyemi {number}" for number in range(500)} - {*Specialist.objects.values_list("name", flat=True)}
    fixed = [ROW | {"Name": name} for name in names]
    put_in(sheet(*fixed, headings=(*HEADINGS, "What is wrong")), priya)
    assert Specialist.objects.count() == 500


def test_nothing_is_half_written(priya):
    """The database goes away in the middle: not one row of the file stays."""
    listing = factories.specialist(name="Lena Fischer", practice="Casco Nerve Center", street="1 Harbor Street")
    one = kept(sheet({}, {"Name": "Lena Fischer", "Phone": "207 555 0111"}), priya)
    mark = actions.preview_of(one).mark
    with (
        mock.patch.object(actions, "change_listing", side_effect=DatabaseError),
        pytest.raises(DatabaseError),
    ):
        actions.confirm_import(one, saw=mark, by=priya)
    assert [*Specialist.objects.all()] == [listing]
    one.refresh_from_db()
    assert one.confirmed_at is None
    assert not one.rows.exists()


def test_a_directory_changed_meanwhile_is_looked_at_once_more(desk, priya):
    one = kept(sheet({}), priya)
    mark = actions.preview_of(one).mark
    factories.specialist(name=ROW["Name"], practice=ROW["Practice"], street=ROW["Street"])
    answer = desk.post(reverse("confirm_import", args=[one.public_id]), {"saw": mark})
    assert answer.status_code == 409
    assert "Somebody changed the directory" in answer.text
    assert Specialist.objects.count() == 1


def test_pressed_twice_it_is_put_in_once(desk, priya):
    one = kept(sheet({}), priya)
    mark = actions.preview_of(one).mark
    for says in ("The offices are in the directory", "Nothing was done now: this file was put in before"):
        answer = desk.post(reverse("confirm_import", args=[one.public_id]), {"saw": mark}, follow=True)
        assert [says in str(message) for message in answer.context["messages"]] == [True]
    assert (Specialist.objects.count(), one.rows.count()) == (1, 1)


def test_who_may_not_change_the_directory_puts_nothing_in(priya, maya):
    one = kept(sheet({}), priya)
    for act in (
        lambda: kept(sheet({}), maya),
        lambda: actions.confirm_import(one, saw=actions.preview_of(one).mark, by=maya),
        lambda: actions.undo_import(one, by=maya),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_new_fax_in_a_file_is_told_to_whoever_carries_a_referral_there(chosen, priya, ruth):
    office = chosen.specialist
    moves.send(chosen, by=priya)
    headings = ("Listing", "Fax")
    put_in(sheet({"Listing": str(office.public_id), "Fax": "207 555 0199"}, headings=headings), ruth)
    assert Message.objects.get(kind="listing_changed").recipient == priya.email
