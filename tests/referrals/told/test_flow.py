"""The page of the moves: every arrow of the table, who may, who hears; and it says what the code does."""

import inspect
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from referrals.management.commands import flow as command
from referrals.models import Referral, ReferralMove
from referrals.told.flow import DESK, MAY, OFFICE, PATIENT, document
from referrals.told.rows import Thing
from referrals.told.table import TABLE

PAGE = document()
SECTIONS = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")[1:]}


def lines_of(section):
    """Return the rows of a section, each as its cells."""
    rows = [line.strip("| ").split(" | ") for line in SECTIONS[section].splitlines() if line.startswith("| ")]
    return rows[2:]


@pytest.mark.parametrize("status", Referral.Status)
def test_every_arrow_of_the_table_is_drawn_and_no_other(status):
    drawn = {cells[1] for cells in lines_of(status.label)}
    assert drawn == {Referral.Status(after).label for after in Referral.MOVES[status]}
    for after in Referral.MOVES[status]:
        assert f"    {status.value} --> {after}\n" in PAGE


def test_every_line_of_the_history_stands_somewhere():
    written = {cells[0] for section in SECTIONS for cells in lines_of(section)}
    assert written == set(ReferralMove.What.labels)


def test_nobody_is_left_out_of_who_may_and_who_hears():
    assert [cells for section in SECTIONS for cells in lines_of(section) if "" in cells or len(cells) != 4] == []


def test_who_may_is_whom_the_action_takes():
    """`office=` names somebody there, `by=` one of staff; what takes neither is the patient's, or noticed by itself."""
    for made in {made for row in TABLE[Thing.REFERRAL] if row.event for made in row.made_by}:
        said, takes = MAY.get(made, DESK), inspect.signature(made).parameters
        by_office = "office" in takes and takes["office"].annotation is str
        assert (OFFICE in said) == by_office, made
        assert (PATIENT in said) == ("comes" in takes), made
        assert (said.startswith(("nobody", PATIENT)) or said == OFFICE) == ("by" not in takes), made


def test_what_is_back_with_a_therapist_is_not_the_desks_to_redirect():
    assert lines_of("Back with the therapist")[0][2] == "a therapist"
    assert lines_of("Declined")[0][2] == "the desk"


def test_the_page_is_fresh_and_a_stale_one_is_noticed(tmp_path, monkeypatch):
    call_command("flow", check=True, stdout=StringIO())
    monkeypatch.setattr(command.Command, "path", tmp_path / "flow.md")
    with pytest.raises(CommandError, match="not fresh"):
        call_command("flow", check=True)
    call_command("flow", stdout=StringIO())
    call_command("flow", check=True, stdout=StringIO())
