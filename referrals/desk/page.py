"""The words of the desk's pages: what must be done next, what happened, how a status looks."""

from dataclasses import dataclass

from django.utils import timezone

from referrals import moves as actions
from referrals.desk.forms import MOVES
from referrals.models import Referral, ReferralMove

Status = Referral.Status
What = ReferralMove.What

TONES = {
    Status.DRAFT: "neutral",
    Status.SENT: "info",
    Status.OPENED: "info",
    Status.QUESTION: "warn",
    Status.ACCEPTED: "good",
    Status.DECLINED: "bad",
    Status.SCHEDULED: "good",
    Status.SEEN: "good",
    Status.NO_SHOW: "warn",
    Status.REPORTED: "warn",
    Status.CLOSED: "neutral",
    Status.WITHDRAWN: "neutral",
}

# What the owner does next: (title, what to do, moves offered as buttons, the first one stands out).
NEXT = {
    Status.SENT: (
        "Wait for the office to answer",
        "Nobody there has opened it yet. If the time runs out, phone the office and write down what they say.",
        ("note", "accepted", "declined"),
    ),
    Status.OPENED: (
        "Wait for the office to answer",
        "Somebody there has read it but has not answered. If the time runs out, phone the office.",
        ("note", "accepted", "declined"),
    ),
    Status.QUESTION: (
        "Answer the office's question",
        "Ask the therapist when the question is about the patient's condition.",
        ("answer", "note"),
    ),
    Status.ACCEPTED: (
        "See that an appointment is made",
        "The office has accepted and will give an appointment. If the time runs out, phone the office and enter it.",
        ("appointment", "note"),
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
        "The patient was seen. If the time runs out, ask the office for its report.",
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
# The same, once the next date has passed.
OVERDUE = {
    Status.SENT: "Call the office: it has not opened the referral",
    Status.OPENED: "Call the office: it has not answered",
    Status.ACCEPTED: "Call the office: there is no appointment",
    Status.SCHEDULED: "Ask whether the patient went",
    Status.SEEN: "Call the office: the report has not come",
}
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


def next_step(referral: Referral) -> Next:
    """What the owner must do next."""
    page, page_label = "", ""
    if referral.status == Status.DRAFT:
        try:
            actions.ready_to_send(referral, referral.Channel.FAX)
            (title, text, moves), page, page_label = SEND, "send_referral", "Send it"
        except actions.NotYet:
            if referral.specialist_id is None or not referral.specialist.listed:
                (title, text, moves), page, page_label = CHOOSE, "choose_specialist", "Choose a specialist"
            else:
                (title, text, moves), page, page_label = CHECK, "letter_parts", "Check the letter"
    elif referral.status == Status.REPORTED and not referral.reports.unread().exists():
        title, text, moves = READ
    else:
        title, text, moves = NEXT[referral.status]
        if not referral.is_open:
            text = f"{referral.get_end_reason_display()}."
        if referral.next_check_at and referral.next_check_at < timezone.now():
            title = OVERDUE.get(referral.status, title)
    fitting = [name for name in moves if MOVES[name].fits(referral)]
    stands_out = not page and referral.is_open
    buttons = tuple(Button(name, SHORT[name], main=stands_out and place == 0) for place, name in enumerate(fitting))
    return Next(title, text, buttons, page, page_label)


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
}


def other_moves(referral: Referral, step: Next) -> list[Button]:
    """Everything else that fits now."""
    shown = {button.name for button in step.buttons}
    return [Button(name, SHORT[name]) for name, form in MOVES.items() if name not in shown and form.fits(referral)]


@dataclass(frozen=True)
class Line:
    """One line of the timeline. `state` is a mark of the look: is-done, is-now or is-late."""

    at: object
    words: str
    who: str
    note: str
    state: str


STATES = {What.DECLINED: "late", What.NO_SHOW: "late", What.ASKED: "now"}


def timeline(referral: Referral) -> list[Line]:
    """What happened, newest first."""
    lines = []
    for move in referral.moves.select_related("by", "to").order_by("-pk"):
        words = move.get_what_display()
        if move.what in (What.SENT, What.DECLINED, What.ACCEPTED, What.OPENED) and move.to:
            words = f"{words}: {move.to.practice}"
        note = f"{move.get_reason_display()}. {move.note}".strip() if move.reason else move.note
        who = move.by.name if move.by else f"{move.office}, at the office"
        lines.append(Line(move.at, words, who, note, STATES.get(move.what, "done")))
    return lines


def steps_to_sending(referral: Referral) -> list[dict]:
    """The three steps of a draft, as the steps part of the look takes them."""
    chosen = referral.specialist_id is not None
    checked = bool(referral.consent)
    step = next_step(referral).page
    order = ("choose_specialist", "letter_parts", "send_referral")
    titles = ("Choose a specialist", "Check the letter", "Send it")
    texts = (str(referral.specialist) if chosen else "", "Checked" if checked else "", "")
    done = (chosen, checked, False)
    return [
        {
            "title": title,
            "text": text,
            "state": "now" if name == step else "done" if finished else "later",
        }
        for name, title, text, finished in zip(order, titles, texts, done, strict=True)
    ]
