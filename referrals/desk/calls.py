"""A call about a referral: whom, at which number, what to say, and what came of it in one press."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import Max
from django.utils import timezone
from django.utils.dateformat import format as date_format

from clinic.staff.models import User
from clinic.web.forms import DayField
from referrals import moves as actions
from referrals.desk.move_form import MoveForm
from referrals.models import Referral, ReferralMove
from referrals.moves.calls import CameOf, look_again
from referrals.moves.forms import words_field

Status = Referral.Status
MORNING = time(9)

# What to say to whoever answers at the office. It knows the number; a name stays with us until it has accepted.
SAY = {
    Status.SENT: "Has it arrived, and do you take the patient?",
    Status.OPENED: "You have read it. Do you take the patient?",
    Status.QUESTION: "You asked us something. The answer comes by your link.",
    Status.ACCEPTED: "You have accepted. Which day and time can you give?",
    Status.SEEN: "You have seen the patient. When may we have the report?",
}
NOT_ARRIVED = "Our mail did not reach you. Which mail address or fax number is right?"
IS_IT_ON = "Is the appointment on {day} still on?"
DID_THEY_COME = "Did the patient come on {day}?"
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

    `outcomes` are the buttons, `saw` is the newest line of the history.
    """

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
    now = timezone.now()
    outcomes = tuple(Came(one.value, one.label, look_again(referral, one, now)) for one in CameOf)
    office = referral.specialist
    if calls == "patient" or office is None or referral.status not in WITH_AN_OFFICE:
        patient = referral.patient
        say = TO_PATIENT.get(referral.status, "About your referral.")
        return CallCard(patient.full_name, patient.phone, say, outcomes, saw)
    return CallCard(office.practice, office.phone, to_say(referral), outcomes, saw)


WITH_AN_OFFICE = (*SAY, Status.SCHEDULED)


def to_say(referral: Referral) -> str:
    """Return what to say to the office, without a name."""
    if referral.undelivered_at:
        return NOT_ARRIVED
    stands = referral.standing_appointment
    if referral.status != Status.SCHEDULED or stands is None:
        return SAY.get(referral.status, "")
    words = IS_IT_ON if stands.starts_at > timezone.now() else DID_THEY_COME
    return words.format(day=date_format(stands.starts_at.astimezone(referral.location.zone), "l, F j"))


class CallForm(MoveForm):
    what_it_does = ReferralMove.What.PHONE
    title, button = "Log a call", "Keep the call"
    outcome = forms.ChoiceField(
        label="What came of it?",
        choices=CameOf.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it."},
    )
    words = words_field("What was said?")
    day = DayField(label="Look again on", required=False, help_text="Left empty, the day follows from what came of it.")

    def act(self, *, by: User, saw: int, outcome: str, words: str, day: date | None) -> Referral:
        zone = self.referral.location.zone
        at = datetime.combine(day, MORNING, zone) if day else None
        return actions.log_call(self.referral, outcome=outcome, words=words, at=at, by=by, saw=saw)

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
