"""What a staff page says is wrong. The broker is asked seldom, and never for long."""

import time

from clinic.running.health import broker_answers
from clinic.staff.models import User
from intake.watchdog.wrong import Wrong, what_is_wrong

LOOKS_EVERY = 15  # seconds, in each process
PATIENCE = 1  # second that a page may wait for the broker
_last = {"until": 0.0, "answered": True}


def wrong_for(user: User) -> tuple[Wrong, ...]:
    """Return what is wrong, with the cases of this person's locations.

    The broker is asked only while no worker sweeps: one that is away is why.
    """
    facts = what_is_wrong(page_of=user)
    if not any(fact.part == "worker" for fact in facts) or _answered_lately():
        return facts
    return (*facts, Wrong("broker", "The broker does not answer"))


def _answered_lately() -> bool:
    if time.monotonic() >= _last["until"]:
        _last["answered"] = broker_answers(PATIENCE)
        _last["until"] = time.monotonic() + LOOKS_EVERY
    return _last["answered"]
