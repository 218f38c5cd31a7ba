"""The words of the desk's pages: what must be done next, what happened, how a status looks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from clinic.staff.models import User
from referrals import moves as actions
from referrals.desk.forms import MOVES
from referrals.models import Referral, ReferralMove
from referrals.moves.about import reader_of

Status = Referral.Status
What = ReferralMove.What

OURS = frozenset({Status.DRAFT, Status.QUESTION, Status.DECLINED, Status.NO_SHOW, Status.REPORTED})  # we act next


def tone(referral: Referral) -> str:
    """Return "yours" when the clinic acts next, else "neutral"."""
    return "yours" if referral.status in OURS or referral.undelivered_at else "neutral"


def news_first(rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Part the rows of a page in two, under titles, where an office has answered."""
    fresh = [row for row in rows if row["referral"].news_at]
    others = [row for row in rows if not row["referral"].news_at]
    parts = [("New from offices", fresh), ("All others" if fresh else "", others)]
    return [(title, of_it) for title, of_it in parts if of_it]


# What the owner does next: (title, what to do, moves offered as buttons).
NEXT = {
    Status.SENT: (
        "Wait for the office to answer",
        "Nobody there has opened it yet. Did they tell you by phone or fax? Write down what.",
        ("accepted", "declined", "note"),
    ),
    Status.OPENED: (
        "Wait for the office to answer",
        "Somebody there has read it but has not answered. Did they tell you by phone or fax? Write down what.",
        ("accepted", "declined", "note"),
    ),
    Status.QUESTION: (
        "Answer the office's question",
        "Ask the therapist when the question is about the patient's condition.",
        ("answer", "note"),
    ),
    Status.ACCEPTED: (
        "See that an appointment is made",
        "The office has accepted and will give an appointment. Did they tell you by phone? Enter it.",
        ("appointment", "declined", "note"),
    ),
    Status.DECLINED: (
        "Choose another specialist",
        "The office declined. Take the referral back and choose again; the letter stays as it is.",
        ("redirect",),
    ),
    Status.SCHEDULED: (
        "See that the patient went",
        "After the appointment, ask the office or the patient whether the visit took place.",
        ("seen", "no-show", "appointment"),
    ),
    Status.SEEN: (
        "Get the report",
        "The patient was seen, and the office writes its report.",
        ("report", "note"),
    ),
    Status.NO_SHOW: (
        "Call the patient",
        "Ask why, and whether a new appointment is wanted. Then enter it, choose another specialist, or close.",
        ("appointment", "redirect", "note"),
    ),
    Status.REPORTED: ("A therapist reads the report", "It is unread. It cannot be closed before that.", ()),
    Status.CLOSED: ("Nothing: the loop is closed", "", ("reopen",)),
    Status.WITHDRAWN: ("Nothing: it was withdrawn", "", ("reopen",)),
}
# The same once the next date has passed and the office is to be called: the buttons are what may come of the call.
OVERDUE = {
    Status.SENT: (
        "Call the office: it has not opened the referral",
        "Ask whether it arrived, and whether they take the patient.",
        ("accepted", "declined"),
    ),
    Status.OPENED: (
        "Call the office: it has not answered",
        "They have read it. Ask whether they take the patient.",
        ("accepted", "declined"),
    ),
    Status.ACCEPTED: (
        "Call the office: there is no appointment",
        "They have accepted. Ask for a day and a time.",
        ("appointment", "declined"),
    ),
    Status.SCHEDULED: (
        "Ask whether the patient went",
        "Call the office and ask whether the visit took place.",
        ("seen", "no-show", "appointment"),
    ),
    Status.SEEN: (
        "Call the office: the report has not come",
        "The patient was seen. Ask for the report by the link or by fax.",
        ("report",),
    ),
}
UNDELIVERED = (
    "The mail did not arrive: correct the address, fax or call",
    "The office has nothing from us. What the mail server said stands under “Mails about this referral”.",
    ("send-again", "send-otherwise", "accepted", "note"),
)
OURS_TO_PRESS = OURS - {Status.NO_SHOW}  # elsewhere the first thing to do is a call, or nothing yet
READ = ("Close the referral", "The report has been read. Tell the patient the plan, then close.", ("close",))
CHOOSE = ("Choose a specialist", "Pick one from the short list, or the one the patient asks for.", ())
CHECK = ("Check the letter", "Read it once as the office will, and say whether the patient agreed.", ())
SEND = ("Send the letter", "Everything is there.", ())


@dataclass(frozen=True)
class Button:
    """`name` is a move of the desk's table."""

    name: str
    label: str
    main: bool = False


@dataclass(frozen=True)
class Next:
    title: str
    text: str
    buttons: tuple[Button, ...]
    page: str = ""  # url name of the page that does it, when it is more than a small form
    page_label: str = ""
    calls: str = ""  # "office" or "patient", when the step is a call


def is_late(referral: Referral) -> bool:
    """Say whether its next date has passed."""
    return bool(referral.is_open and referral.next_check_at and referral.next_check_at < timezone.now())


def next_step(referral: Referral) -> Next:
    """What the owner must do next."""
    if referral.status == Status.DRAFT:
        return _towards_sending(referral)
    title, text, names = _words_of(referral)
    calls = "patient" if referral.status == Status.NO_SHOW else ""
    if referral.undelivered_at or (referral.status in OVERDUE and is_late(referral)):
        calls = "office"
    fitting = [name for name in names if MOVES[name].fits(referral)]
    stands_out = referral.status in OURS_TO_PRESS
    buttons = tuple(
        Button(name, _short(name, referral), main=stands_out and place == 0) for place, name in enumerate(fitting)
    )
    return Next(title, text, buttons, calls=calls)


def _short(name: str, referral: Referral) -> str:
    if name == "appointment" and referral.status == Status.SCHEDULED:
        return "Change the appointment"
    return SHORT[name]


def _towards_sending(referral: Referral) -> Next:
    try:
        actions.ready_to_send(referral, referral.Channel.FAX)
    except actions.NotYet:
        if referral.specialist_id is None or not referral.specialist.listed:
            return Next(*CHOOSE, page="choose_specialist", page_label="Choose a specialist")
        return Next(*CHECK, page="letter_parts", page_label="Check the letter")
    return Next(*SEND, page="send_referral", page_label="Send it")


def _words_of(referral: Referral) -> tuple[str, str, tuple[str, ...]]:
    """Return title, text and moves of a referral that has left the house."""
    if referral.undelivered_at:
        return UNDELIVERED
    if referral.status == Status.REPORTED and not referral.reports.unread().exists():
        return READ
    if referral.status in OVERDUE and is_late(referral):
        return OVERDUE[referral.status]
    title, text, names = NEXT[referral.status]
    return title, text if referral.is_open else f"{referral.get_end_reason_display()}.", names


@dataclass(frozen=True)
class TryAgain:
    """The next date for when nobody picks up: the form "next-date", filled in."""

    at: datetime
    is_tomorrow: bool
    words: str
    saw: int


@dataclass(frozen=True)
class ActOn:
    """What the next step is done with: the words to answer, the number to dial."""

    question: ReferralMove | None = None
    whom: str = ""
    phone: str = ""
    again: TryAgain | None = None
    reader: User | None = None


def act_on(referral: Referral, step: Next) -> ActOn:
    """Return what the card of the next step holds besides its words."""
    if referral.status == Status.QUESTION:
        asked = referral.moves.filter(what=What.ASKED).last()
        return ActOn(question=asked)
    if referral.status == Status.REPORTED and referral.reports.unread().exists():
        return ActOn(reader=reader_of(referral))
    if step.calls == "patient":
        return ActOn(whom=referral.patient.full_name, phone=referral.patient.phone, again=_again(referral))
    if step.calls == "office":
        return ActOn(whom=referral.specialist.practice, phone=referral.specialist.phone, again=_again(referral))
    return ActOn()


def _again(referral: Referral) -> TryAgain:
    """On the clinic's next open day, as its doors open."""
    now, zone = timezone.now(), referral.location.zone
    at = referral.location.opening_hours.opening_on_a_later_day(now).astimezone(zone)
    is_tomorrow = (at.date() - now.astimezone(zone).date()).days == 1
    return TryAgain(at, is_tomorrow, "No answer on the phone.", actions.newest_line(referral))


SHORT = {
    "note": "Write down a call or fax",
    "next-date": "Set the next date",
    "hand-over": "Hand over",
    "accepted": "They accepted",
    "declined": "They declined",
    "answer": "Answer the question",
    "appointment": "Enter an appointment",
    "seen": "The patient was seen",
    "no-show": "The patient did not come",
    "report": "Put in a report",
    "close": "Close",
    "withdraw": "Withdraw",
    "reopen": "Open again",
    "redirect": "Choose another specialist",
    "wake-link": "Let the office try its link again",
    "send-again": "Correct the address, send again",
    "send-otherwise": "It went by fax or by hand",
}


ENDS = ("close", "withdraw")  # they stand last, apart from what only changes something


def other_moves(referral: Referral, step: Next) -> dict[str, list[Button]]:
    """Return everything else that fits now: what changes it, and what ends it."""
    shown = {button.name for button in step.buttons}
    fitting = [Button(name, SHORT[name]) for name, form in MOVES.items() if name not in shown and form.fits(referral)]
    return {
        "change": [button for button in fitting if button.name not in ENDS],
        "end": [button for button in fitting if button.name in ENDS],
    }


@dataclass(frozen=True)
class HistoryLine:
    """One line of the timeline. `state` is a mark of the look: is-done, is-now or is-late."""

    at: object
    words: str
    who: str
    note: str
    state: str


STATES = {What.DECLINED: "late", What.NO_SHOW: "late", What.UNDELIVERED: "late", What.ASKED: "now"}


def timeline(referral: Referral) -> list[HistoryLine]:
    """What happened, newest first."""
    lines = []
    for move in referral.moves.select_related("by", "to").order_by("-pk"):
        words = move.get_what_display()
        if move.what in (What.SENT, What.DECLINED, What.ACCEPTED, What.OPENED) and move.to:
            words = f"{words}: {move.to.practice}"
        note = f"{move.get_reason_display()}. {move.note}".strip() if move.reason else move.note
        lines.append(HistoryLine(move.at, words, _who(move), note, STATES.get(move.what, "done")))
    return lines


def _who(move: ReferralMove) -> str:
    if move.what in ReferralMove.BY_ITSELF:
        return "Noticed by itself"
    return move.by.name if move.by else f"{move.office}, at the office"
