"""What the patient's plan wants before an office may see them: said to be there, or sent without it, by name."""

from typing import Any

from django import forms
from django.utils import timezone

from clinic.staff.models import User
from referrals import moves as actions
from referrals.desk.move_form import MoveForm
from referrals.models import PlanStep, Referral, ReferralMove

What, How = PlanStep.What, PlanStep.How
ASKS_FOR = {
    What.REFERRAL: "The plan ({plan}) asks for a referral by the primary care provider before this visit.",
    What.AUTHORIZATION: "The plan ({plan}) asks for an authorization before this visit.",
}


class PlanStepForm(MoveForm):
    """One step at a time: the first that nobody has settled."""

    what_it_does = ReferralMove.What.NOTE
    brings = (ReferralMove.What.CAME,)  # the last one ends a wait for coverage
    title, button = "What the plan asks for first", "Keep it"
    what = forms.ChoiceField(choices=What.choices, widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label="Is it there?",
        choices=How.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is there."},
    )
    words = forms.CharField(
        label="The number, or who gave it and when; or why it goes out without",
        max_length=300,
        error_messages={"required": "Write the number, or who gave it; or why it goes out without."},
        help_text="Kept with the referral, under your name.",
    )

    def __init__(self, *args: Any, referral: Referral, **kwargs: Any) -> None:
        self.step = next(iter(actions.open_plan_steps(referral)), None)
        super().__init__(*args, referral=referral, **kwargs)

    @property
    def lead(self) -> str:
        """Return what is asked for, and by when."""
        if self.step is None:
            return ""
        due = timezone.localtime(self.step.due_at, self.referral.location.zone)
        return f"{ASKS_FOR[What(self.step.what)].format(plan=self.step.plan)} Due by {due:%A, %B} {due.day}."

    def first_values(self) -> dict[str, Any]:
        return {"what": self.step.what} if self.step else {}

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return referral.status == Referral.Status.DRAFT and bool(actions.open_plan_steps(referral))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        is_number = (given.get("what"), given.get("how")) == (What.AUTHORIZATION, How.THERE)
        longest = Referral._meta.get_field("authorization_number").max_length
        if is_number and len(given.get("words", "")) > longest:
            self.add_error(
                "words", f"Write the number alone, in at most {longest} characters: it goes into the letter."
            )
        return given

    def act(self, *, by: User, saw: int, what: str, how: str, words: str) -> Referral:
        return actions.settle_plan_step(self.referral, what=what, how=how, words=words, by=by, saw=saw)

    def left(self, line: ReferralMove) -> bool:
        what = self.data.get("what")
        return super().left(line) and what in What and line.note.startswith(What(what).label)
