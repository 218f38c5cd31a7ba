"""Times an office proposes: what the desk does about them, and the forms it does it with."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dateformat import format as date_format

from clinic.staff.models import User
from referrals import moves as actions
from referrals.desk.move_form import MoveForm
from referrals.models import Appointment, ProposedTime, Referral, ReferralMove
from referrals.moves.forms import words_field

What = ReferralMove.What
TO_TAKE = (
    "Take one of the times the office proposes",
    "Call the patient and ask which suits. They hear by mail of the one you take, and of no other.",
    ("take-time", "other-times"),
)


def times_in_words(referral: Referral) -> list[str]:
    """Return the times that stand, each on the clock of its office."""
    return [_in_words(one) for one in referral.standing_times]


def _in_words(proposed: ProposedTime) -> str:
    local = proposed.starts_at.astimezone(ZoneInfo(proposed.time_zone))
    return f"{date_format(local, 'l, F j, Y, g:i A')} {local.tzname()}"


class TakeTimeForm(MoveForm):
    what_it_does = What.SCHEDULED
    title, button = "Take one of the proposed times", "Take this time"
    lead = "The office is told which one, and does not keep the others free."
    time = forms.ChoiceField(
        label="Which one?", widget=forms.RadioSelect, error_messages={"required": "Choose one of the times."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        times = cast(forms.ChoiceField, self.fields["time"])
        times.choices = [(str(one.pk), _in_words(one)) for one in self.referral.standing_times]

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return bool(referral.standing_times)

    def left(self, line: ReferralMove) -> bool:
        """Say whether the line took the time that was sent."""
        sent = [one.starts_at for one in self.referral.proposed_times.all() if str(one.pk) == self.data.get("time")]
        given = line.appointment
        return line.what == self.what_it_does and given is not None and given.starts_at in sent

    def act(self, *, by: User, saw: int, time: str) -> Appointment:
        proposed = self.referral.proposed_times.get(pk=time)
        return actions.take_time(self.referral, proposed, by=by, saw=saw)


class OtherTimesForm(MoveForm):
    what_it_does = What.OTHER_TIMES
    title, button = "Ask the office for other times", "Ask for other times"
    lead = "The office is told by mail and reads your words on its page. Where it has no link, call it."
    words = words_field("Which times suit the patient?", required="Write which times suit the patient.")

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.times_proposed_at is not None and referral.status in Referral.TIMES_STAND_IN

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.ask_other_times(self.referral, words=words, by=by, saw=saw)
