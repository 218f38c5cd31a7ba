"""The few questions asked some weeks after an intake."""

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import FieldsOnly
from intake import triage
from intake.follow_up.scales import SCALE_ENDS
from intake.models import FollowUp

UNSURE = "unsure"
SCALE = [(str(number), str(number)) for number in range(11)]
CHANGES = (
    (FollowUp.Change.BETTER, _("Better")),
    (FollowUp.Change.SAME, _("About the same")),
    (FollowUp.Change.WORSE, _("Worse")),
    (UNSURE, _("I am not sure")),
)


def _scale(ends: Any, *, unsure: bool = False) -> forms.ChoiceField:
    widget = forms.RadioSelect()
    widget.scale_ends = ends
    wrong = _("Choose a number from 0 to 10, or “I am not sure”.") if unsure else _("Choose a number from 0 to 10.")
    choices = [*SCALE, (_("or"), [(UNSURE, _("I am not sure"))])] if unsure else SCALE
    return forms.ChoiceField(
        choices=choices, widget=widget, error_messages={"required": wrong, "invalid_choice": wrong}
    )


class FollowUpForm(forms.Form):
    """Better or worse, the pain in the words of the intake, and the activity the patient named then, if they did."""

    change = forms.ChoiceField(
        label=_("How is it now, compared with when you filled in your form?"),
        choices=CHANGES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one answer. If you do not know, choose “I am not sure”."),
            "invalid_choice": _("Choose one of the answers shown."),
        },
    )
    pain = _scale(SCALE_ENDS["pain_worst"])

    def __init__(self, data: Any = None, *, follow_up: FollowUp, language: str) -> None:
        super().__init__(data)
        question = triage.shipped().questions["pain_worst"]
        self.fields["pain"].label = question.text_in(language)
        self.fields["pain"].help_text = question.help_in(language)
        if follow_up.activity:
            self.fields["difficulty"] = _scale(SCALE_ENDS["goal_difficulty"], unsure=True)
            self.fields["difficulty"].label = _("How hard is this for you today: “%(activity)s”?") % {
                "activity": follow_up.activity
            }
            self.fields["difficulty"].help_text = triage.shipped().questions["goal_difficulty"].help_in(language)
        self.helper = FieldsOnly()
        self.helper.layout = Layout(*self.fields)

    def answers(self) -> dict[str, Any]:
        """As `follow_ups.answer` takes them. Only of a valid form."""
        said = self.cleaned_data
        difficulty = said.get("difficulty", UNSURE)
        return {
            "pain": int(said["pain"]),
            "difficulty": None if difficulty == UNSURE else int(difficulty),
            "change": "" if said["change"] == UNSURE else said["change"],
        }
