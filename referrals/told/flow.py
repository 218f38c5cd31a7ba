"""The table of moves as a page: `docs/flow.md`, written by `manage.py flow`."""

from collections.abc import Callable, Iterable, Iterator

from referrals import moves as actions
from referrals.models import Referral, ReferralMove
from referrals.moves import offices, undelivered
from referrals.moves.faxing import fax_came_back
from referrals.moves.schedule import PATIENCE
from referrals.told.drawing import row_of
from referrals.told.rows import Change, Thing, Who
from referrals.told.table import TABLE

Status = Referral.Status
What = ReferralMove.What

DESK, OFFICE, THERAPIST, PATIENT = "the desk", "the office", "a therapist", "the patient"
BY_LINK_OR_PHONE = f"{OFFICE}; {DESK} for it"
BY_ITSELF = "nobody: it is noticed"
MAY: dict[Callable, str] = {
    actions.refer: f"{THERAPIST}, by a decision",
    actions.end_those_back: f"{THERAPIST}, by a decision",
    actions.read_report: THERAPIST,
    actions.office_opened: OFFICE,
    actions.office_accept: BY_LINK_OR_PHONE,
    actions.office_decline: BY_LINK_OR_PHONE,
    actions.office_ask: BY_LINK_OR_PHONE,
    actions.give_appointment: BY_LINK_OR_PHONE,
    actions.receive_report: BY_LINK_OR_PHONE,
    actions.patient_answers: PATIENT,
    undelivered.notice: BY_ITSELF,
    undelivered.went: BY_ITSELF,
    offices.told_by_the_mail: BY_ITSELF,
    fax_came_back: BY_ITSELF,
}  # every other is made by whoever carries referrals
MOVING = {  # the lines that say that the state is another; every other leaves it
    change.event for change in TABLE[Thing.REFERRAL] if any(before != after for before, after in change.moves)
}
HEAD = """# How a referral moves

Every move of a referral: from where, to where, who may make it and who hears of it; by what way, and what follows where
that does not arrive, stands in `docs/told.md`. Written by `manage.py flow` from `MOVES` in
`referrals/models/referral.py` and from `referrals/told/`.

“The desk” is whoever carries referrals: the front desk, managers and therapists. A state rests no longer than is said
below it; an emergency never longer than an hour. An arrow that is not here is refused, and nothing is changed."""
COLUMNS = ("What happens", "Then it is", "Who may", "Who hears")


def document() -> str:
    """Return the whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (HEAD, "", "```mermaid", "stateDiagram-v2", f"    [*] --> {Status.DRAFT.value}")
    yield from _arrows()
    yield from ("```", "", "## Begun", "", row_of(COLUMNS), row_of("---" for _ in COLUMNS), *_moves_from("-"))
    for status in Status:
        yield from ("", f"## {status.label}", "", _rests(status), "", row_of(COLUMNS), row_of("---" for _ in COLUMNS))
        yield from _moves_from(status)
    columns = ("What is written down", "While it is", *COLUMNS[2:])
    yield from ("", "## Lines that move nothing", "", row_of(columns), row_of("---" for _ in columns))
    yield from _lines_only()


def _arrows() -> Iterator[str]:
    for before in Status:
        for after in sorted(Referral.MOVES[before]):
            yield f"    {before.value} --> {Status(after).value}"
    yield from (f"    {ended.value} --> [*]" for ended in Referral.ENDED)


def _rests(status: Status) -> str:
    if status in Referral.ENDED:
        return "Nothing is next."
    if status == Status.SCHEDULED:
        return "Rests until the working day after the appointment."
    pressing, soon, routine = PATIENCE[status]
    return f"Rests {_many(pressing, 'open hour')} when urgent, {_many(soon, 'working day')} when soon, else {routine}."


def _many(number: int, of: str) -> str:
    return f"{number} {of}{'s' if number > 1 else ''}"


def _moves_from(before: str) -> Iterator[str]:
    """Return the rows of one state: what different urgencies hear stands in one."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in TABLE[Thing.REFERRAL]:
        for one, after in sorted(change.moves):
            if one == before and change.event in MOVING and (one == "-" or after in Referral.MOVES[one]):
                found.setdefault((change.event, after), []).append(change)
    for (event, after), changes in found.items():
        cells = (What(event).label, Status(after).label, _may(changes, before), _hear(changes))
        yield row_of(cells)


def _lines_only() -> Iterator[str]:
    found: dict[str, list[Change]] = {}
    for change in TABLE[Thing.REFERRAL]:
        lines = [one for one, after in change.moves if one == after]
        if lines and (change.event not in MOVING or any(one not in Referral.MOVES[one] for one in lines)):
            found.setdefault(change.event, []).append(change)
    for event, changes in found.items():
        states = {before for change in changes for before, _after in change.moves}
        yield row_of((What(event).label, _while(states), _may(changes), _hear(changes)))


def _while(states: set[str]) -> str:
    if states >= set(Status):
        return "anything"
    missing = [status.label.lower() for status in Status if status not in states]
    if len(missing) < len(states):
        return f"anything but {', '.join(missing)}"
    return ", ".join(status.label.lower() for status in Status if status in states)


def _may(changes: Iterable[Change], before: str = "") -> str:
    """Return who may.

    What is back with a therapist, only a therapist gives to the desk again.
    """
    if before == Status.BACK and all(change.event == What.REDIRECTED for change in changes):
        return THERAPIST
    return "; ".join(dict.fromkeys(MAY.get(made, DESK) for change in changes for made in change.made_by))


def _hear(changes: Iterable[Change]) -> str:
    """Return who hears; what is for whoever carries it, the desk has too."""
    who = dict.fromkeys(told.who for change in changes for told in change.told)
    if Who.CARRIER in who:
        who.pop(Who.DESK, None)
    return "; ".join(who) or "nobody"
