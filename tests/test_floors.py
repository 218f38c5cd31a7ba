"""The rooms of the house and their order: a room imports what stands before it, and every room says who is in it."""

import ast

import pytest

from tests.floors import APPS, BASE, MODULES, SOURCES, arrows, circles, imported, name_of, room_of

# A room imports only rooms before it. Loose modules of an app, such as its addresses, see every room.
FLOORS = {
    "intake": [
        "triage",  # the engine: plain Python
        "models",  # the tables
        "versions",  # which protocol runs
        "review",  # the therapist's cases
        "emergency",  # what danger stands, and its page
        "door",  # which patient this browser is
        "signing",  # documents and signatures
        "files",  # what patients send
        "returning",  # got worse, or comes again
        "follow_up",  # the weeks after
        "questionnaire",  # the patient's form
        "guide",  # where does it hurt, before any form
        "paper",  # the form on paper
        "visits",  # visits at the clinic
        "desk",  # the front desk's pages about patients
        "templatetags",
        "management",
    ],
    "referrals": [
        "models",
        "letter",  # what goes to an office
        "moves",  # all that may happen to a referral, and who is told
        "directory",  # the listings of offices
        "desk",  # who carries it
        "office",  # who answers
        "status",  # what the patient sees of it
    ],
}
LOOSE = {
    "intake": {"apps", "asking_urls", "checks", "context", "seen", "staff_urls", "tasks", "urls"},
    "referrals": {"apps", "urls"},
}
BELOW_ALL_ROOMS = {"intake.seen"}  # a row of the access log: every room that shows somebody writes one

# Circles of files there still are. A new one fails, and one that was opened leaves this list.
CIRCLES = [
    {"clinic.embedded", "clinic.embedded.postgres", "clinic.embedded.valkey"},
    {"clinic.staff.models", "clinic.staff.permissions"},
    {"clinic.messages.actions", "clinic.messages.bell", "clinic.messages.dispatch", "clinic.messages.tasks"},
    {"referrals.moves.directory", "referrals.moves.emails"},
    {
        f"intake.triage.{name}"
        for name in ("alarms", "compiling", "outcome", "protocol", "reading", "reasons", "resolving", "rows")
    },
]


def may_name_any_app(name: str) -> bool:
    return name.startswith("clinic.demo") or name in ("clinic.urls", "clinic.celery")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(BASE)))
def test_an_app_imports_no_later_one(path):
    later = APPS[APPS.index(path.relative_to(BASE).parts[0]) + 1 :]
    if not may_name_any_app(name_of(path)):
        assert {name for name in imported(path) if name.split(".")[0] in later} == set()


@pytest.mark.parametrize("app", FLOORS)
def test_rooms_import_one_way(app):
    order = [f"{app}.{room}" for room in FLOORS[app]]
    against = {
        pair
        for (room, other), pairs in arrows().items()
        for pair in pairs
        if room in order
        and other.split(".")[0] == app
        and pair[1] not in BELOW_ALL_ROOMS
        and (other not in order or order.index(other) > order.index(room))
    }
    assert against == set()


@pytest.mark.parametrize("app", FLOORS)
def test_every_room_stands_in_the_table(app):
    rooms = {room_of(name) for name in MODULES if name.startswith(f"{app}.")} - {app}
    assert rooms == {f"{app}.{room}" for room in FLOORS[app]}


@pytest.mark.parametrize("app", LOOSE)
def test_few_modules_stand_in_no_room(app):
    loose = {name.partition(".")[2] for name, path in MODULES.items() if path.parent == BASE / app and "." in name}
    assert loose == LOOSE[app]
    assert len(loose) <= 12


def test_no_circle_of_files_is_new():
    found = [set(circle) for circle in circles()]
    assert [circle for circle in found if circle not in CIRCLES] == []
    assert [circle for circle in CIRCLES if circle not in found] == [], "it was opened: take it from the list"


@pytest.mark.parametrize("room", [f"{app}/{room}" for app in FLOORS for room in FLOORS[app]])
def test_a_room_says_who_is_in_it(room):
    if room in ("intake/templatetags", "intake/management"):
        return  # Django's own names
    says = ast.get_docstring(ast.parse((BASE / room / "__init__.py").read_text()))
    assert says
    assert len(says.split("\n\n")[0].split()) >= 3
