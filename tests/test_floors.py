"""The rooms of the house and their order: a room imports what stands before it, and every room says who is in it."""

import ast

import pytest

from tests.floors import APPS, BASE, SOURCES, arrows, circles, imported, modules_in, name_of, room_of

# A room imports only rooms before it. Loose modules of an app, such as its addresses, see every room; a room with
# rooms of its own, such as the engine, is opened by its face, which sees them all.
FLOORS = {
    "clinic": [
        "environment",  # what a clinic sets
        "embedded",  # the demo's servers
        "contact",  # names and phone numbers as typed
        "formats",  # dates and times in each language, files of a spreadsheet
        "faces",  # the letters pages and PDFs are set in
        "web",  # every request, and the pages for what is wrong
        "files",  # what comes from outside
        "paper",  # PDFs and their fonts
        "audit",  # who saw what
        "links",  # in place of accounts
        "staff",  # who works here
        "messages",  # the outbox
        "typed",  # what staff typed and did not send
        "on_call",  # who hears first while the doors are closed
        "sign_in",  # staff at the door
        "owning",  # the manager: locations, who works there, every change of them
        "running",  # beat, health, log
        "templatetags",
        "management",
    ],
    "intake": [
        "triage",  # the engine: plain Python
        "models",  # the tables
        "versions",  # which protocol runs
        "watchdog",  # what is wrong right now
        "body",  # the drawing of a person
        "review",  # the therapist's cases
        "scorecard",  # how cases ended, and what the rules were worth
        "handover",  # open cases given to a colleague
        "emergency",  # what danger stands, and its page
        "door",  # which patient this browser is
        "signing",  # documents and signatures
        "files",  # what patients send
        "returning",  # got worse, or comes again
        "follow_up",  # the weeks after
        "questionnaire",  # the patient's form
        "by_phone",  # answers keyed in during a call
        "guide",  # where does it hurt, before any form
        "paper",  # the form on paper
        "visits",  # visits at the clinic
        "inviting",  # patients who are asked for a form
        "desk",  # the front desk's pages about patients
        "templatetags",
        "management",
    ],
    "intake.triage": [
        "reading",  # a protocol's files, and the data they become
        "deciding",  # what one patient's answers mean
        "asking",  # what to ask, and when
        "many",  # many intakes at once
        "checking",  # what a protocol is checked by
    ],
    "referrals": [
        "models",
        "letter",  # what goes to an office
        "moves",  # all that may happen to a referral, and who is told
        "directory",  # the listings of offices
        "desk",  # who carries it
        "numbers",  # what a manager counts
        "leaving",  # a colleague who goes, and what they carried
        "looking_back",  # who saw, changed and sent what
        "patients",  # finding a patient, and the page of one
        "today",  # what there is to do, on paper and in the morning
        "office",  # who answers
        "status",  # what the patient sees of it
        "told",  # who hears of every change, in all three parts
        "templatetags",
        "management",
    ],
    "demo": [
        "invented",  # a clinic that is not
        "mail",  # what it sends, kept here
        "management",
    ],
}
LOOSE = {
    "clinic": {"apps", "celery", "settings", "urls", "wsgi"},
    "intake": {"apps", "asking_urls", "checks", "context", "seen", "staff_urls", "tasks", "urls"},
    "intake.triage": {"errors", "urgency"},
    "referrals": {"apps", "urls"},
    "demo": {"__main__", "apps", "look", "start", "urls"},
}
BELOW_ALL_ROOMS = {
    "clinic.celery",  # the application of tasks, which imports none of them
    "intake.seen",  # a row of the access log: every room that shows somebody writes one
    "intake.triage.errors",  # what a protocol or an answer is refused with
    "intake.triage.urgency",  # the four tiers
}


def may_name_any_app(name: str) -> bool:
    return name in ("clinic.urls", "clinic.celery")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(BASE)))
def test_an_app_imports_no_later_one(path):
    later = APPS[APPS.index(path.relative_to(BASE).parts[0]) + 1 :]
    if not may_name_any_app(name_of(path)):
        assert {name for name in imported(path) if name.split(".")[0] in later} == set()


@pytest.mark.parametrize("house", FLOORS)
def test_rooms_import_one_way(house):
    order = [f"{house}.{room}" for room in FLOORS[house]]
    against = {
        pair
        for (room, other), pairs in arrows(house).items()
        for pair in pairs
        if room in order
        and pair[1] not in BELOW_ALL_ROOMS
        and (other not in order or order.index(other) > order.index(room))
    }
    assert against == set()


@pytest.mark.parametrize("house", FLOORS)
def test_every_room_stands_in_the_table(house):
    rooms = {room_of(name, house) for name in modules_in(house)} - {house}
    assert rooms == {f"{house}.{room}" for room in FLOORS[house]}


@pytest.mark.parametrize("house", LOOSE)
def test_few_modules_stand_in_no_room(house):
    loose = {name.removeprefix(f"{house}.") for name in modules_in(house) - {house} if room_of(name, house) == house}
    assert loose == LOOSE[house]
    assert len(loose) <= 12


def test_no_file_imports_itself_in_the_end():
    assert circles() == []


@pytest.mark.parametrize("room", [f"{house.replace('.', '/')}/{room}" for house in FLOORS for room in FLOORS[house]])
def test_a_room_says_who_is_in_it(room):
    if room.endswith(("/templatetags", "/management")):
        return  # Django's own names
    says = ast.get_docstring(ast.parse((BASE / room / "__init__.py").read_text()))
    assert says
    assert len(says.split("\n\n")[0].split()) >= 3
