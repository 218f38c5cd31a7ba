"""How far a referral has come: its seven steps, and the three pages of sending."""

from dataclasses import dataclass

from referrals import moves as actions
from referrals.desk.page import is_late
from referrals.models import Referral

Status = Referral.Status

STEPS = ("Decided", "Letter", "Sent", "Opened", "Accepted", "Appointment", "Report")
REACHED = {
    Status.SENT: "Sent",
    Status.OPENED: "Opened",
    Status.QUESTION: "Opened",
    Status.DECLINED: "Opened",
    Status.BACK: "Opened",
    Status.ACCEPTED: "Accepted",
    Status.SCHEDULED: "Appointment",
    Status.SEEN: "Appointment",
    Status.NO_SHOW: "Appointment",
    Status.REPORTED: "Report",
}


@dataclass(frozen=True)
class Passed:
    """One step. `state` is a mark of the look: is-done, is-now, is-late or is-later."""

    title: str
    state: str


@dataclass(frozen=True)
class Way:
    steps: tuple[Passed, ...]
    now: str
    number: int


def way_of(referral: Referral) -> Way | None:
    """Return how far it has come; None for one that ended without going all the way."""
    if not referral.is_open:
        whole = referral.end_reason == Referral.EndReason.REPORT_READ
        return Way(tuple(Passed(title, "done") for title in STEPS), STEPS[-1], len(STEPS)) if whole else None
    reached = REACHED.get(referral.status) or ("Letter" if referral.specialist_id else "Decided")
    here, late = STEPS.index(reached), is_late(referral)
    states = ["done"] * here + ["late" if late else "now"] + ["later"] * (len(STEPS) - here - 1)
    return Way(tuple(map(Passed, STEPS, states)), reached, here + 1)


PAGES = (("choose_specialist", "Choose"), ("letter_parts", "Check letter"), ("send_referral", "Send"))


@dataclass(frozen=True)
class WizardPage:
    """One of the pages before sending; `is_open` when it can be gone to."""

    number: int
    title: str
    page: str
    is_here: bool
    is_open: bool


def wizard(referral: Referral, here: str) -> list[WizardPage]:
    """Return the three pages as seen from one of them; none once it was sent."""
    if referral.status != Status.DRAFT:
        return []
    is_open = {
        "choose_specialist": True,
        "letter_parts": referral.specialist_id is not None,
        "send_referral": _is_ready(referral),
    }
    return [
        WizardPage(number, title, page, page == here, is_open[page] and page != here)
        for number, (page, title) in enumerate(PAGES, start=1)
    ]


def _is_ready(referral: Referral) -> bool:
    """Say whether it could be sent: a specialist is chosen, consent on record."""
    try:
        actions.ready_to_send(referral, Referral.Channel.FAX)
    except actions.NotYet:
        return False
    return True
