"""The bar of the staff pages: which links each role has in it, in one table."""

from dataclasses import dataclass
from typing import Any

from clinic.staff import permissions as may
from clinic.staff.permissions import Role


@dataclass(frozen=True)
class Section:
    """Hold a link of the bar.

    It stays marked on its page, on pages below it, and on those whose address begins as one of `holds`.
    """

    name: str  # of its address
    label: str
    needs: str  # nobody sees a link that leads them elsewhere
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bar:
    """`shown` always stand in the bar, `more` in its menu."""

    shown: tuple[Section, ...]
    more: tuple[Section, ...]


QUEUE = Section("queue", "Queue", may.SEE_CASES, holds=("/cases/", "/files/"))
ON_WATCH = Section("on_watch", "On watch", may.KEEP_WATCH)
REFERRALS = Section("referrals", "Referrals", may.CARRY_REFERRALS, holds=("/reports/",))
REQUESTS = Section("requests", "Requests", may.ANSWER_REQUESTS)
PROMISES = Section("promises", "Promises", may.SEE_PROMISES)
NUMBERS = Section("numbers", "Numbers", may.SEE_PROMISES)
TODAY = Section("today", "Today", may.ANSWER_REQUESTS)
HANDOVER = Section("handover", "Handover", may.KEEP_WATCH)
SCORECARD = Section("scorecard", "Scorecard", may.SEE_SCORECARD)
DIRECTORY = Section("directory", "Directory", may.CARRY_REFERRALS)
MESSAGES = Section("messages", "Messages", may.SEE_MESSAGES)
INVITE = Section("invite", "Invite", may.INVITE_PATIENTS, holds=("/invitations/",))
LOCATIONS = Section("locations", "Locations", may.MANAGE_LOCATIONS, holds=("/changes/",))
STAFF = Section("people", "Staff", may.MANAGE_ACCOUNTS)
ACCESS_LOG = Section("access_log", "Access log", may.SEE_ACCESS_LOG)
PAPER = Section("paper", "Forms on paper", may.ANSWER_REQUESTS)

BARS = {
    Role.THERAPIST: Bar(
        (QUEUE, REFERRALS, REQUESTS),
        (TODAY, ON_WATCH, HANDOVER, DIRECTORY, MESSAGES, INVITE, PAPER, SCORECARD),
    ),
    Role.FRONT_DESK: Bar((REFERRALS, REQUESTS, INVITE, DIRECTORY), (TODAY, MESSAGES, PAPER)),
    Role.MANAGER: Bar(
        (QUEUE, ON_WATCH, REFERRALS, REQUESTS, PROMISES),
        (TODAY, HANDOVER, DIRECTORY, MESSAGES, INVITE, PAPER, SCORECARD, NUMBERS, STAFF, LOCATIONS, ACCESS_LOG),
    ),
}


def bar_of(user: Any) -> Bar:
    """Return the bar of a person's role, with the links they may follow."""
    whole = BARS[user.role]
    return Bar(*(tuple(one for one in part if user.may(one.needs)) for part in (whole.shown, whole.more)))
