"""What a row of the table is made of: one change of state, whom it has to reach, by what, and what if it does not."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from clinic.messages.kinds import KINDS
from intake.models import DeskTask

AT_ONCE = "at once"


class Thing(StrEnum):
    """What changes."""

    INTAKE = "An intake"
    CASE = "A case"
    REFERRAL = "A referral"
    VISIT = "A visit"
    FILE = "A file"
    MESSAGE = "A message"
    PERSON = "A person"


class Who(StrEnum):
    """Who hears of it."""

    PATIENT = "the patient"
    THERAPIST = "therapists"
    DESK = "the desk"
    CARRIER = "whoever carries it, else the desk"
    MANAGER = "managers"
    OFFICE = "the office"
    COLLEAGUE = "the colleague it is about"
    STAFF = "everybody on staff there"


@dataclass(frozen=True)
class Mail:
    """A message of this kind, by mail or by text."""

    kind: str

    def __str__(self) -> str:
        kind = KINDS[self.kind]
        way = "fax" if kind.by_fax else "text" if kind.by_text else "mail"
        return f"{way} “{kind.title}”"


PAGES = {
    "case": "the case",
    "clinic_changes": "Changes of the clinic",
    "intake_emergency": "the emergency page",
    "intake_files": "the files of the form",
    "messages": "Messages",
    "office_room": "the office's room",
    "on_watch": "On watch",
    "paper": "Forms on paper",
    "patient": "the patient's page among staff's",
    "promises": "Promises",
    "queue": "the queue",
    "referral": "the referral",
    "referrals": "Referrals",
    "requests": "Requests",
    "status": "the status page",
    "status_files": "the files of the status page",
}


@dataclass(frozen=True)
class Page:
    """A page that shows it, by the name of its address; `part` is one list of it."""

    route: str
    part: str = ""

    def __str__(self) -> str:
        return f"{PAGES[self.route]}{f', “{self.part}”' if self.part else ''}"


@dataclass(frozen=True)
class Notice:
    """A sentence on every staff page."""

    words: str

    def __str__(self) -> str:
        return f"“{self.words}” on every staff page"


@dataclass(frozen=True)
class Band:
    """What the watchdog calls wrong: on every staff page.

    An alarm also at `/healthz` and from `manage.py watch`.
    """

    part: str

    def __str__(self) -> str:
        return f"the band `{self.part}`"


@dataclass(frozen=True)
class Call:
    """A call in the desk's list, until somebody says that the patient knows."""

    def __str__(self) -> str:
        return "a call to make"


@dataclass(frozen=True)
class Task:
    """A line in the desk's list, until somebody says that it is done."""

    what: str

    def __str__(self) -> str:
        return f"a line to do “{DeskTask.What(self.what).label}”"


Way = Mail | Page | Notice | Band | Call | Task


@dataclass(frozen=True)
class Hears:
    """Somebody hears of it, by one way."""

    who: Who
    by: Way

    def __str__(self) -> str:
        return f"{self.who}: {self.by}"


@dataclass(frozen=True)
class Told(Hears):
    """Somebody who has to hear of a change.

    `when`: in which cases, where not in all. `otherwise`: who hears when a mail does not arrive, or nobody acts on a
    page in its time. `enough`: why nothing follows then.
    """

    within: str = AT_ONCE
    when: str = ""
    otherwise: tuple[Hears, ...] = ()
    enough: str = ""


@dataclass(frozen=True)
class Change:
    """One change of state, in words.

    `made_by`: the actions that make it. `event`: the line it leaves on a case or referral. `moves`: from which state to
    which. `nobody`: because of what nobody has to hear. `yet`: who ought to hear and does not yet.
    """

    words: str
    made_by: tuple[Callable, ...] = ()
    event: str = ""
    moves: frozenset[tuple[str, str]] = frozenset()
    told: tuple[Told, ...] = ()
    nobody: str = ""
    yet: str = ""


def moves(*lines: str) -> frozenset[tuple[str, str]]:
    """Return the steps of lines such as "sent opened -> declined": from each on the left to each on the right."""
    found = set()
    for line in lines:
        before, after = (side.split() for side in line.split("->"))
        found |= {(one, other) for one in before for other in after}
    return frozenset(found)


def stays(*states: str) -> frozenset[tuple[str, str]]:
    """Return the steps that leave each of these states as it is."""
    return frozenset((state, state) for state in states)


UNDER_MESSAGES = (Hears(Who.DESK, Page("messages")),)  # and each staff page says how many
NOBODY_CALLS = (Hears(Who.STAFF, Band("calls")), Hears(Who.MANAGER, Page("promises")))
