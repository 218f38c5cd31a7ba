"""The table of who is told: no change without a row, no row without its change, and each row walked."""

import ast
import inspect
from collections import Counter
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.models import AppointmentRequest, Case, CaseEvent, DeskTask, PatientFile
from intake.watchdog.views import PARTS
from referrals.management.commands import told as command
from referrals.models import Referral, ReferralMove
from referrals.told.rows import Band, Mail, Page, Task, Thing
from referrals.told.table import TABLE, every_change
from tests.floors import SOURCES, name_of
from tests.referrals.told import (  # noqa: F401  walks are known by being read
    on_carried,
    on_cases,
    on_decisions,
    on_deliveries,
    on_directory,
    on_faxes,
    on_files,
    on_intakes,
    on_many,
    on_messages,
    on_people,
    on_proposals,
    on_referrals,
    on_visits,
)
from tests.referrals.told.house import NOON, House
from tests.referrals.told.lock_order import Locks
from tests.referrals.told.walking import what_is_missing
from tests.referrals.told.walks import WALKS
from tests.routes import ROUTES

ROWS = [row for _thing, row in every_change()]
TOLD = [told for row in ROWS for told in row.told]
WAYS = [way for told in TOLD for way in (told.by, *(instead.by for instead in told.otherwise))]
NOT_A_CHANGE = {  # what is written, and changes nothing that somebody has to hear of
    "clinic.links.actions": {"make_link", "prolong"},  # every mail that needs one makes it
    "clinic.on_call.actions": {"they_know"},  # notes that somebody was told of a change
    "intake.questionnaire.unsent": {"keep_unsent"},  # words on a page that is not saved yet
    "intake.questionnaire.elsewhere": {"save_danger"},  # goes by `save_page`, which has its rows
    "clinic.typed.actions": {"keep"},  # the same of staff
}


def moves_of(table) -> set[tuple[str, str]]:
    return {(before, after) for before, every in table.items() for after in every}


def moves_in(thing) -> set[tuple[str, str]]:
    return {move for row in TABLE[thing] for move in row.moves}


# Without a gap --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("thing", "kinds"), [(Thing.CASE, CaseEvent.Kind), (Thing.REFERRAL, ReferralMove.What)])
def test_every_line_that_is_written_down_has_a_row(thing, kinds):
    assert {row.event for row in TABLE[thing] if row.event} == set(kinds)


@pytest.mark.parametrize(("thing", "table"), [(Thing.CASE, Case.MOVES), (Thing.REFERRAL, Referral.MOVES)])
def test_every_move_of_the_table_of_moves_has_a_row_and_every_row_its_move(thing, table):
    begun = {move for move in moves_in(thing) if move[0] == "-"}
    lines_only = {(state, state) for state in table}  # a line that changes no status needs no entry there
    assert moves_of(table) - moves_in(thing) == set()
    assert moves_in(thing) - begun - lines_only - moves_of(table) == set()


@pytest.mark.parametrize(
    ("thing", "states"),
    [
        (Thing.VISIT, AppointmentRequest.State),
        (Thing.FILE, PatientFile.Scan),
        (Thing.MESSAGE, Message.Status),
    ],
)
def test_every_state_is_come_to_or_left_in_a_row(thing, states):
    assert {state for move in moves_in(thing) for state in move} - {"-"} == set(states)


def test_every_kind_of_message_tells_somebody_of_something():
    assert {way.kind for way in WAYS if isinstance(way, Mail)} == set(KINDS)


def test_every_line_of_the_desks_list_is_told_of():
    assert {way.what for way in WAYS if isinstance(way, Task)} == set(DeskTask.What)


def test_every_page_and_band_is_there():
    assert {way.route for way in WAYS if isinstance(way, Page)} - set(ROUTES) == set()
    assert {way.part for way in WAYS if isinstance(way, Band)} - {*PARTS, "on_call", "calls"} == set()


def actions() -> set[str]:
    """Return every action of the product: a public function that is one transaction, by its dotted name."""
    found = set()
    for path in SOURCES:
        module = name_of(path)
        if ".models." in module or ".versions." in module:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _is_one_transaction(node):
                found.add(f"{module}.{node.name}")
    return found


def _is_one_transaction(node) -> bool:
    return any(ast.unparse(one).startswith("transaction.atomic") for one in node.decorator_list)


def test_every_action_has_a_row():
    known = {f"{made.__module__}.{made.__qualname__}" for row in ROWS for made in map(inspect.unwrap, row.made_by)}
    known |= {f"{module}.{name}" for module, names in NOT_A_CHANGE.items() for name in names}
    assert sorted(actions() - known) == []


def test_every_row_says_who_hears_or_why_nobody_and_what_if_not():
    assert [row.words for row in ROWS if bool(row.told) == bool(row.nobody)] == []
    assert [str(told) for told in TOLD if bool(told.otherwise) == bool(told.enough)] == []
    assert [words for words, times in Counter(row.words for row in ROWS).items() if times > 1] == []


def test_every_row_is_walked():
    assert set(WALKS) == {row.words for row in ROWS}


def test_the_page_is_what_the_table_says(tmp_path, monkeypatch):
    call_command("told", check=True, stdout=StringIO())
    monkeypatch.setattr(command.Command, "path", tmp_path / "told.md")
    command.Command.path.write_text("Nobody hears of anything.")
    with pytest.raises(CommandError, match="not fresh"):
        call_command("told", check=True)


# Each row walked ------------------------------------------------------------------------------------------------------


@pytest.fixture
def house(location, other_location, maya, daniel, priya, ruth, olga, settings):
    people = {"maya": maya, "daniel": daniel, "priya": priya, "ruth": ruth, "olga": olga}
    with time_machine.travel(NOON, tick=False) as clock:
        yield House(clock, settings, location=location, elsewhere=other_location, **people)


@pytest.mark.parametrize("thing", Thing)
def test_whoever_has_to_hear_does_and_is_missed_where_they_do_not(house, thing):
    wrong, known = {}, set()
    for row in TABLE[thing]:
        locks = Locks()
        with house.undone():
            wrong[row.words] = list(what_is_missing(house, thing, row, locks.watch(WALKS[row.words]), known=known))
        wrong[row.words] += locks.wrong
    assert "\n".join(f"{words}: {one}" for words, missing in wrong.items() for one in missing) == ""
