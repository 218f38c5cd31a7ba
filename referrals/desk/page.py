"""The words of the desk's pages: what must be done next, what happened, how a status looks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.dateformat import format as date_format

from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_DIRECTORY
from intake.models import CallToMake
from referrals import moves as actions
from referrals.desk.declined import BY_REASON, reasons_of
from referrals.desk.forms import MOVES
from referrals.desk.not_arrived import FAX_FAILED, FAX_IT, UNDELIVERED
from referrals.desk.turns import WAITS_FOR, Turn
from referrals.desk.waiting import step_of as step_that_waits
from referrals.desk.waiting import tries_in_words
from referrals.models import DeclineReason, PlanStep, Referral, ReferralMove, Report
from referrals.moves.about import reader_of
from referrals.moves.calls import CameOf, Whom, look_again

Status = Referral.Status
What = ReferralMove.What

OURS = frozenset(
    {Status.DRAFT, Status.QUESTION, Status.DECLINED, Status.BACK, Status.NO_SHOW, Status.REPORTED}
)  # we act next


def tone(referral: Referral) -> str:
    """Return "yours" when the clinic acts next, else "neutral"."""
    return "yours" if referral.status in OURS or referral.undelivered_at or referral.waits_for else "neutral"


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
        "Choose another office",
        "The office declined. Take the referral back and choose again, within the specialty the therapist decided.",
        ("redirect", "back"),
    ),
    Status.BACK: (
        "A therapist decides again",
        "The office declined, and a therapist says what now: another specialty, or another office of the same one.",
        ("same-specialty",),
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
        ("appointment", "redirect", "tried"),
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
CALL_THE_PATIENT = (
    "Call the patient: no mail tells them in time",
    "Tell them of the appointment below. Then note that they know.",
    ("told", "appointment"),
)
CANNOT_COME = (
    "Find another day: the patient cannot come",
    "They said so on their page. Call the office, free the day and ask for another.",
    ("appointment", "declined"),
)
OURS_TO_PRESS = OURS - {Status.NO_SHOW}  # elsewhere the first thing to do is a call, or nothing yet
READ = ("Close the referral", "The report has been read. Tell the patient the plan, then close.", ("close",))
CHOOSE = ("Choose a specialist", "Pick one from the short list, or the one the patient asks for.", ())
CHECK = ("Check the letter", "Read it once as the office will, and say whether the patient agreed.", ())
PLAN = "Get what the plan asks for first"
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
    opens_case: bool = False  # it is done on the page of the case
    turn: Turn = Turn.US
    may_list: bool = False  # who reads it may change the directory


def is_late(referral: Referral) -> bool:
    """Say whether its next date has passed."""
    return bool(referral.is_open and referral.next_check_at and referral.next_check_at < timezone.now())


@dataclass(frozen=True)
class Known:
    """What next steps hang on besides the rows, looked up for all at once.

    Of which the patient has still to be called, of which a report is unread, why each office that declined did, and of
    which a fax by hand has no proof.
    """

    to_call: frozenset = frozenset()
    unread: frozenset = frozenset()
    declined: Mapping[int, str] = field(default_factory=dict)
    to_prove: frozenset = frozenset()


def known_of(referrals: Iterable[Referral]) -> Known:
    """Look it up, and what the plans ask for of those to be sent."""
    rows = list(referrals)
    waiting = CallToMake.objects.filter(subject_id__in=[row.public_id for row in rows], done_at=None)
    reported = [row.pk for row in rows if row.status == Status.REPORTED]
    prefetch_related_objects([row for row in rows if row.status == Status.DRAFT], "plan_steps")
    by_fax = [row for row in rows if row.status == Status.SENT and row.channel == Referral.Channel.FAX]
    return Known(
        to_call=frozenset(waiting.values_list("subject_id", flat=True)),
        unread=frozenset(Report.objects.unread().filter(referral__in=reported).values_list("referral_id", flat=True)),
        declined=reasons_of(rows),
        to_prove=frozenset(row.pk for row in by_fax if actions.unproven(row)),
    )


def next_step(referral: Referral, known: Known) -> Next:
    """What the owner must do next."""
    if referral.status == Status.DRAFT and not referral.waits_for:
        return _towards_sending(referral)
    words = _words_of(referral, known)
    title, text, names = words
    calls = "patient" if referral.status == Status.NO_SHOW or words is CALL_THE_PATIENT else ""
    if words in (UNDELIVERED, FAX_FAILED, CANNOT_COME) or words is OVERDUE.get(referral.status):
        calls = "office"
    fitting = [name for name in names if MOVES[name].fits(referral)]
    stands_out = referral.status in OURS_TO_PRESS
    buttons = tuple(
        Button(name, _short(name, referral), main=stands_out and place == 0) for place, name in enumerate(fitting)
    )
    waits = words == NEXT.get(referral.status) and not is_late(referral) and not referral.undelivered_at
    turn = WAITS_FOR.get(referral.status, Turn.US) if waits else Turn.US
    return Next(title, text, buttons, calls=calls, opens_case=referral.status == Status.BACK, turn=turn)


def offered_to(user: User, step: Next) -> Next:
    """Return the step with the buttons this person may press."""
    buttons = tuple(button for button in step.buttons if user.may(MOVES[button.name].takes))
    return replace(step, buttons=buttons, may_list=user.may(MANAGE_DIRECTORY))


def _short(name: str, referral: Referral) -> str:
    if name == "appointment" and referral.status == Status.SCHEDULED:
        return "Change the appointment"
    return SHORT[name]


def _towards_sending(referral: Referral) -> Next:
    try:
        actions.ready_to_send(referral, referral.Channel.FAX)
    except actions.PlanAsksFirst as asks:
        return Next(PLAN, asks.words, (Button("plan", SHORT["plan"], main=True),))
    except actions.NotYet:
        if referral.specialist_id is None or not referral.specialist.listed:
            return Next(*CHOOSE, page="choose_specialist", page_label="Choose a specialist")
        return Next(*CHECK, page="letter_parts", page_label="Check the letter")
    return Next(*SEND, page="send_referral", page_label="Send it")


def _words_of(referral: Referral, known: Known) -> tuple[str, str, tuple[str, ...]]:
    """Return title, text and moves of a referral that has left the house."""
    before = _before_the_day(referral, known) if referral.status == Status.SCHEDULED else None
    if before in (CANNOT_COME, CALL_THE_PATIENT):
        return before
    if referral.undelivered_at:
        return FAX_FAILED if referral.channel == Referral.Channel.FAX_HERE else UNDELIVERED
    if referral.waits_for:
        return step_that_waits(referral)
    if before:
        return before
    if known.declined.get(referral.pk) in BY_REASON:
        return BY_REASON[known.declined[referral.pk]]
    if referral.status == Status.REPORTED and referral.pk not in known.unread:
        return READ
    if referral.status in OVERDUE and is_late(referral):
        return OVERDUE[referral.status]
    if referral.pk in known.to_prove:
        return FAX_IT
    title, text, names = NEXT[referral.status]
    return title, text if referral.is_open else f"{referral.get_end_reason_display()}.", names


def _before_the_day(referral: Referral, known: Known) -> tuple[str, str, tuple[str, ...]] | None:
    """Return what is to do before the day: they cannot come, or do not know yet."""
    stands = referral.standing_appointment
    if stands is None or stands.starts_at <= timezone.now():
        return None
    if stands.cannot_come:
        return CANNOT_COME
    if referral.public_id in known.to_call and not stands.answer:
        return CALL_THE_PATIENT
    return NEXT[Status.SCHEDULED]


@dataclass(frozen=True)
class TryAgain:
    """Hold the form "call" for when nobody picked up; `again` says when next."""

    whom: str
    outcome: str
    again: str
    saw: int


@dataclass(frozen=True)
class ActOn:
    """What the next step is done with: the words to answer, the number to dial."""

    question: ReferralMove | None = None
    listing: str = ""  # what the listing should say, by what the office said
    saw: int = 0
    tries: str = ""  # how often nobody was reached, and what is left to do
    plan_steps: Sequence[PlanStep] = ()  # what the plan asks for first and nobody has settled
    whom: str = ""
    phone: str = ""
    again: TryAgain | None = None
    reader: User | None = None


def act_on(referral: Referral, step: Next) -> ActOn:
    """Return what the card of the next step holds besides its words."""
    return replace(_act_on(referral, step), tries=tries_in_words(referral) if referral.is_open else "")


def _act_on(referral: Referral, step: Next) -> ActOn:
    if referral.status == Status.DRAFT:
        return ActOn(plan_steps=actions.open_plan_steps(referral))
    if referral.status == Status.QUESTION:
        asked = referral.moves.filter(what=What.ASKED).last()
        return ActOn(question=asked)
    if referral.status == Status.DECLINED:
        return _declined(referral)
    if referral.status == Status.REPORTED and referral.reports.unread().exists():
        return ActOn(reader=reader_of(referral))
    if step.calls == "patient":
        patient = referral.patient
        return ActOn(whom=patient.full_name, phone=patient.phone, again=_again(referral, Whom.PATIENT))
    if step.calls == "office":
        office = referral.specialist
        return ActOn(whom=office.practice, phone=office.phone, again=_again(referral, Whom.OFFICE))
    return ActOn()


def _declined(referral: Referral) -> ActOn:
    """Return what the office said, and what of its listing is now wrong."""
    said = referral.moves.filter(what=What.DECLINED).exclude(note="").last()
    listing = actions.listing_in_words(actions.listing_out_of_date(referral), referral.patient.insurance_plan)
    return ActOn(question=said, listing=listing, saw=actions.newest_line(referral))


def _again(referral: Referral, whom: Whom) -> TryAgain:
    """Say when, as a call that nobody answered has it."""
    now, zone = timezone.now(), referral.location.zone
    at = look_again(referral, CameOf.NO_ANSWER, now, whom=whom).astimezone(zone)
    days = (at.date() - now.astimezone(zone).date()).days
    in_words = {0: f"at {date_format(at, 'g:i A')}", 1: "tomorrow"}
    again = in_words.get(days, f"on {date_format(at, 'l')}")
    return TryAgain(whom, CameOf.NO_ANSWER, again, actions.newest_line(referral))


SHORT = {
    "call": "Log a call",
    "note": "Write down a call or fax",
    "plan": "Say what is there",
    "next-date": "Set the next date",
    "wait": "It waits for something",
    "came": "It came",
    "tried": "Write down a try to reach the patient",
    "hand-over": "Hand over",
    "accepted": "They accepted",
    "declined": "They declined",
    "answer": "Answer the question",
    "appointment": "Enter an appointment",
    "seen": "The patient was seen",
    "no-show": "The patient did not come",
    "undo": "Take back how it went",
    "listing": "Update the listing",
    "report": "Put in a report",
    "close": "Close",
    "withdraw": "Withdraw",
    "reopen": "Open again",
    "redirect": "Choose another office",
    "same-specialty": "Keep the specialty: another office",
    "back": "Back to the therapist",
    "told": "The patient knows",
    "wake-link": "Let the office try its link again",
    "send-again": "Correct the address, send again",
    "send-otherwise": "It went by fax or by hand",
    "fax": "Fax it",
    "proof": "Keep the confirmation",
}


ENDS = ("close", "withdraw")  # they stand last, apart from what only changes something


def other_moves(referral: Referral, step: Next, user: User, known: Known) -> dict[str, list[Button]]:
    """Return everything else that fits now: what changes it, and what ends it.

    Where the office named another specialty a therapist decides first.
    """
    shown = {"call", *(button.name for button in step.buttons)}  # a call has a card of its own
    if known.declined.get(referral.pk) == DeclineReason.OTHER_SPECIALTY:
        shown.add("redirect")
    fitting = [
        Button(name, SHORT[name])
        for name, form in MOVES.items()
        if name not in shown and user.may(form.takes) and form.fits(referral)
    ]
    return {
        "change": [button for button in fitting if button.name not in ENDS],
        "end": [button for button in fitting if button.name in ENDS],
    }
