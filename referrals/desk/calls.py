"""A call about a referral: whom, at which number, what to say, and what came of it in one press."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Max
from django.utils import timezone
from django.utils.dateformat import format as date_format

from clinic.staff.models import User
from clinic.web.forms import DayField
from referrals import moves as actions
from referrals.desk.move_form import MoveForm
from referrals.models import CameOf, Referral, ReferralMove, WaitsFor
from referrals.moves.calls import NOT_REACHED, Whom, look_again, words_of_call
from referrals.moves.forms import words_field
from referrals.moves.schedule import morning_of
from referrals.moves.steps import put_off_to

Status = Referral.Status
What = ReferralMove.What

# What to say to whoever answers at the office. It knows the number; a name stays with us until it has accepted.
SAY = {
    Status.SENT: "Has it arrived, and do you take the patient?",
    Status.OPENED: "You have read it. Do you take the patient?",
    Status.QUESTION: "You asked us something. The answer comes by your link.",
    Status.ACCEPTED: "You have accepted. Which day and time can you give?",
    Status.SEEN: "You have seen the patient. When may we have the report?",
}
TIMES_STAND = "You proposed times. We ask the patient, and tell you which one."
NOT_ARRIVED = "Our mail did not reach you. Which mail address or fax number is right?"
IS_IT_ON = "Is the appointment on {day} still on?"
DID_THEY_COME = "Did the patient come on {day}?"
WE_WAIT = {
    WaitsFor.CONSENT: "It is not settled yet whether the patient agrees. Please wait until we call again.",
    WaitsFor.COVERAGE: "Coverage or an authorization is not settled yet. Please wait until we call again.",
    WaitsFor.DATA: "Papers or results are not here yet. Please wait until we call again.",
}
DO_YOU_AGREE = "Do you agree to this referral, and to what we may send there?"
TO_PATIENT = {
    Status.DRAFT: "About the specialist and what we may send there.",
    Status.DECLINED: "The office cannot see you. We write to another one.",
    Status.NO_SHOW: "You were expected at the specialist's office. Would you like another day?",
    Status.SCHEDULED: "About your appointment at the specialist's office.",
}


@dataclass(frozen=True)
class Came:
    """One outcome as a button: what came of it, and when we look again."""

    value: str
    label: str
    again: datetime


@dataclass(frozen=True)
class CallCard:
    """Whom to call and what to say.

    `calls` is which of the two, `outcomes` are the buttons, `saw` is the newest line of the history.
    """

    calls: str
    whom: str
    phone: str
    say: str
    outcomes: tuple[Came, ...]
    saw: int


def call_card(referral: Referral, *, calls: str, saw: int) -> CallCard | None:
    """Return the call that helps a referral on; None once it has ended.

    `calls` is whom its next step calls.
    """
    if not referral.is_open:
        return None
    now, whom = timezone.now(), whom_to_call(referral, calls)
    last = put_off_to(referral, now, to_call=calls == Whom.PATIENT)
    again = {one: look_again(referral, one, now, whom=whom, last=last) for one in CameOf}
    outcomes = tuple(Came(one.value, one.label, at) for one, at in again.items())
    if whom == Whom.PATIENT:
        patient = referral.patient
        return CallCard(whom, patient.full_name, patient.phone, _to_say_to_patient(referral), outcomes, saw)
    office = referral.specialist
    return CallCard(whom, office.practice, office.phone, to_say(referral), outcomes, saw)


WITH_AN_OFFICE = (*SAY, Status.SCHEDULED)


def whom_to_call(referral: Referral, calls: str = "") -> Whom:
    """Return whom a call helps on; `calls` is whom the next step calls, if it does.

    Who waits for the patient's consent asks the patient.
    """
    if referral.specialist_id is None or referral.status not in WITH_AN_OFFICE:
        return Whom.PATIENT
    if calls:
        return Whom(calls)
    waits_for_them = referral.waits_for == WaitsFor.CONSENT and not referral.undelivered_at
    return Whom.PATIENT if waits_for_them else Whom.OFFICE


def _to_say_to_patient(referral: Referral) -> str:
    if referral.waits_for == WaitsFor.CONSENT:
        return DO_YOU_AGREE
    return TO_PATIENT.get(referral.status, "About your referral.")


def to_say(referral: Referral) -> str:
    """Return what to say to the office, without a name."""
    if referral.undelivered_at:
        return NOT_ARRIVED
    if referral.waits_for:
        return WE_WAIT[WaitsFor(referral.waits_for)]
    if referral.times_proposed_at and referral.status in Referral.TIMES_STAND_IN:
        return TIMES_STAND
    stands = referral.standing_appointment
    if referral.status != Status.SCHEDULED or stands is None:
        return SAY.get(referral.status, "")
    words = IS_IT_ON if stands.starts_at > timezone.now() else DID_THEY_COME
    return words.format(day=date_format(stands.starts_at.astimezone(referral.location.zone), "l, F j"))


class CallForm(MoveForm):
    what_it_does = What.PHONE
    title, button = "Log a call", "Keep the call"
    whom = forms.ChoiceField(label="Whom did you call?", choices=Whom.choices, required=False, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label="What came of it?",
        choices=CameOf.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it."},
    )
    words = words_field("What was said?")
    day = DayField(label="Look again on", required=False, help_text="Left empty, the day follows from what came of it.")

    def first_values(self) -> dict[str, Any]:
        return {"whom": whom_to_call(self.referral)}

    def act(self, *, by: User, saw: int, whom: str, outcome: str, words: str, day: date | None) -> Referral:
        at = morning_of(day, self.referral.location.zone) if day else None
        return actions.log_call(self.referral, whom=whom, outcome=outcome, words=words, at=at, by=by, saw=saw)

    def left(self, line: ReferralMove) -> bool:
        outcome, to_patient = self.data.get("outcome"), bool(line.channel)
        if outcome not in CameOf or to_patient != (self._whom() == Whom.PATIENT):
            return False
        what = What.TRIED if to_patient and outcome in NOT_REACHED else What.PHONE
        said, again, _day = line.note.rpartition("\nAgain: ")
        return line.what == what and bool(again) and said == words_of_call(outcome, self.typed)

    def _whom(self) -> str:
        return self.data.get("whom") or whom_to_call(self.referral)

    def clean_whom(self) -> str:
        return self.cleaned_data["whom"] or self._whom()

    def clean_day(self) -> date | None:
        day = self.cleaned_data["day"]
        today = timezone.localdate(timezone=self.referral.location.zone)
        if day and day <= today:
            raise forms.ValidationError("Choose a day after today.")
        return day


def newest_lines(referrals: list[Referral]) -> dict[Any, int]:
    """Return the newest line of each history, looked up for all at once."""
    lines = ReferralMove.objects.filter(referral__in=referrals).order_by()
    return dict(lines.values_list("referral_id").annotate(Max("pk")))
