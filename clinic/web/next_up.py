"""What comes next once something is done: a line in the banner staff come back to.

The session remembers only that something was done, and of which list: whose turn is next is looked up when it is
shown, and only among what this person may see.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

DONE = "done_in"


@dataclass(frozen=True)
class NextUp:
    """Who comes next, and the way back; without a name nobody waits."""

    back: str
    back_label: str
    name: str = ""
    address: str = ""
    urgency: str = ""
    due_at: datetime | None = None


def done_in(request: HttpRequest, list_name: str) -> None:
    """Remember that this person did something that belongs to a list."""
    request.session[DONE] = list_name


def was_done_in(request: HttpRequest, list_name: str) -> bool:
    """Say, once, whether this person has just done something of this list."""
    if request.session.get(DONE) != list_name:
        return False
    del request.session[DONE]
    return True
