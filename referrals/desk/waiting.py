"""What a referral waits for, and the tries to reach its patient: the step the desk reads, and its small forms."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Contact
from referrals import moves as actions
from referrals.desk.move_form import MoveForm, NextDateFields
from referrals.models import Referral, ReferralMove, WaitsFor
from referrals.moves.forms import words_field
from referrals.moves.steps import still_open

What = ReferralMove.What
NOT_HERE = {  # title while there is time, title once it is over
    WaitsFor.CONSENT: ("Wait for the patient's consent", "Ask again: the patient's consent has not come"),
    WaitsFor.COVERAGE: ("Wait for coverage or an authorization", "Ask again: coverage is not settled"),
    WaitsFor.DATA: ("Wait for papers or results", "Ask again: papers or results have not come"),
}
ANY_WAIT = ("came", "note", "tried")
MOVES_OF: dict[str, tuple[str, ...]] = {
    WaitsFor.COVERAGE: ("plan", *ANY_WAIT),  # what the plan asks for is what it waits for
}
REACHED, MESSAGE, NO_ANSWER = Contact.Outcome.REACHED, Contact.Outcome.MESSAGE, Contact.Outcome.NO_ANSWER


def step_of(referral: Referral) -> tuple[str, str, tuple[str, ...]]:
    """Return title, text and moves of one that waits."""
    is_late = referral.next_check_at < timezone.now()
    text = "It is not sent before that. Say what came, and the next step is what it was."
    return NOT_HERE[WaitsFor(referral.waits_for)][is_late], text, MOVES_OF.get(referral.waits_for, ANY_WAIT)


def tries_in_words(referral: Referral) -> str:
    """Say how often nobody was reached, and what is left to do; "" for never."""
    tries = actions.tries_of(referral)
    if not tries:
        return ""
    ways = ", ".join(dict.fromkeys(one.get_channel_display().lower() for one in tries))
    said = f"{len(tries)} {'try' if len(tries) == 1 else 'tries'} without reaching the patient: {ways}."
    left = actions.left_before_closing(referral)
    if left:
        return f"{said} Still to do before it may be closed for that: {'; '.join(left)}."
    return f"{said} That is enough: it may be ended because the patient could not be reached."


class WaitForm(NextDateFields):
    what_it_does = What.WAITS
    title, button = "It waits for something", "Let it wait"
    lead = "It stands in the list with what is missing, and is overdue once the date is over."
    what = forms.ChoiceField(
        label="What is missing?",
        choices=WaitsFor.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is missing."},
    )
    words = words_field("Who was asked, and for what?")
    field_order = ["saw", "what", "day", "at", "words"]

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.status in actions.MAY_WAIT and not referral.waits_for

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        day, at = given.get("day"), given.get("at")
        if day and at:
            try:
                still_open(self.referral, until=self.moment(day, at))
            except actions.NotYet as error:
                self.add_error("day", error.words)
        return given

    def act(self, *, by: User, saw: int, what: str, day: date, at: time, words: str) -> Referral:
        until = self.moment(day, at)
        return actions.wait_for(self.referral, what=what, until=until, words=words, by=by, saw=saw)

    def left(self, line: ReferralMove) -> bool:
        same = Referral.objects.filter(pk=self.referral.pk, waits_for=self.data.get("what", "")).exists()
        return super().left(line) and same


class CameForm(MoveForm):
    what_it_does = What.CAME
    title, button = "What it waited for came", "Go on"
    words = words_field("What came?", required="Say what came.")

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return bool(referral.waits_for)

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.it_came(self.referral, words=words, by=by, saw=saw)


class TriedForm(MoveForm):
    what_it_does = What.TRIED
    title, button = "A try to reach the patient", "Keep the try"
    lead = "After enough tries, by more than one way and on more than one day, the referral may be ended for that."
    channel = forms.ChoiceField(
        label="How?",
        choices=Contact.Channel.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you tried."},
    )
    outcome = forms.ChoiceField(
        label="What came of it?",
        choices=[(one.value, one.label) for one in (NO_ANSWER, MESSAGE, REACHED)],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it."},
    )
    words = words_field("What was said, and what comes next?")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("channel") in Contact.WRITTEN and given.get("outcome") == REACHED:
            self.add_error("outcome", "What is written reaches nobody yet: choose that you left a message.")
        return given

    def act(self, *, by: User, saw: int, channel: str, outcome: str, words: str) -> Referral:
        said = _in_words(outcome, words)
        return actions.tried(self.referral, channel=channel, reached=outcome == REACHED, words=said, by=by, saw=saw)

    def left(self, line: ReferralMove) -> bool:
        channel, outcome = self.data.get("channel"), self.data.get("outcome")
        if outcome not in (NO_ANSWER, MESSAGE, REACHED):
            return False
        what = What.PHONE if outcome == REACHED else What.TRIED
        return (line.what, line.channel) == (what, channel) and line.note.endswith(_in_words(outcome, self.typed))


def _in_words(outcome: str, words: str) -> str:
    return f"{Contact.Outcome(outcome).label}. {words}".strip()
