"""Who fills the form in, and whose phone and email are on file."""

from typing import Any

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import FieldsOnly
from intake.door.contact import NameField
from intake.door.respondents import DoesNotFit, contact_of, unfit
from intake.models import Intake, Patient, Respondent

Kind, Authority = Respondent.Kind, Respondent.Authority
OWN, MINE = "patient", "mine"
NOT_ASKED = {Kind.PATIENT: ("name", "relationship", "authority"), Kind.HELPER: ("authority",)}
WHY = {
    ("kind", "adult"): _(
        "By the date of birth you gave the patient is an adult. Go back if that date is wrong. If it is right, choose "
        "“I may act for the patient” or “I only help with typing”."
    ),
    ("name", "required"): _("Enter your first and last name."),
    ("authority", "required"): _("Choose what lets you act for the patient."),
    ("authority", "does_not_go"): _("Choose an answer that goes with what you chose above."),
}


class WhoForm(forms.Form):
    """Only the first question is required by itself; what else is depends on it. Nothing is chosen beforehand."""

    kind = forms.ChoiceField(
        label=_("Who is filling this in?"),
        choices=[
            (Kind.PATIENT, _("I am the patient")),
            (Kind.GUARDIAN, _("I am the patient’s parent or legal guardian")),
            (
                Kind.REPRESENTATIVE,
                _(
                    "I may act for the patient: health-care power of attorney "
                    "(a paper that lets you decide for them), or named by a court"
                ),
            ),
            (Kind.HELPER, _("I only help with typing")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who is filling this in."),
            "invalid_choice": _("Choose one of the answers shown."),
        },
    )
    name = NameField(
        label=_("Your first and last name"),
        required=False,
        max_length=120,
        help_text=_("Yours, not the patient’s."),
    )
    relationship = forms.CharField(
        label=_("Who you are to the patient"),
        required=False,
        max_length=80,
        help_text=_("For example: mother, husband, friend, caregiver."),
    )
    authority = forms.ChoiceField(
        label=_("What lets you act for the patient?"),
        required=False,
        choices=[
            (Authority.PARENT, _("I am a parent")),
            (Authority.COURT, _("A court named me as guardian")),
            (
                Authority.POWER_OF_ATTORNEY,
                _("I have a health-care power of attorney (a paper that lets me decide for them)"),
            ),
            (Authority.OTHER, _("Something else")),
        ],
        widget=forms.RadioSelect,
        help_text=_("We may ask to see the paper."),
        error_messages={"invalid_choice": _("Choose one of the answers shown.")},
    )
    contact = forms.ChoiceField(
        label=_("Whose phone and email did you give?"),
        required=False,
        choices=[(OWN, _("The patient’s own")), (MINE, _("Mine, or those of somebody else who acts for the patient"))],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the answers shown.")},
    )

    def __init__(self, *args: Any, intake: Intake, came_from: str = "", **kwargs: Any) -> None:
        super().__init__(*args, initial=_as_said(intake), **kwargs)
        self.patient = intake.patient
        self.fields["kind"].is_page_heading = True
        if not self.patient.is_minor:
            self.fields["authority"].choices = self.fields["authority"].choices[1:]
        for name in ("name", "relationship", "authority", "contact"):
            self.fields[name].show_optional = False
        self.fields["relationship"].show_optional = True
        asks_contact = self.patient.contact_is_of != Patient.ContactIsOf.PATIENT
        self.helper = FieldsOnly()
        self.helper.layout = Layout(
            "kind",
            Div("name", "relationship", css_class="who-other"),
            Div("authority", css_class="who-acts"),
            Div(Field("contact"), css_class="" if asks_contact else "who-acts"),
        )

    def clean(self) -> dict[str, str]:
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if not kind:
            return cleaned
        for name in NOT_ASKED.get(kind, ()):  # it is not on the screen, so nobody could mend it
            self.errors.pop(name, None)
            cleaned[name] = ""
        said = {name: cleaned.get(name, "") for name in ("name", "authority")}
        for why in unfit(self.patient, kind, **said):
            if why.field not in self.errors:
                self.refuse(why)
        if kind in Respondent.ACTS_FOR_PATIENT and not cleaned.get("contact") and "contact" not in self.errors:
            self.add_error("contact", _("Choose whose phone and email you gave."))
        return cleaned

    def refuse(self, why: DoesNotFit) -> None:
        self.add_error(why.field, ValidationError(WHY[why.field, why.code], code=why.code))

    def said(self) -> dict[str, Any]:
        """Return what `set_respondent` takes. Only of a valid form."""
        cleaned = self.cleaned_data
        said = {name: cleaned[name] for name in ("kind", "name", "relationship", "authority")}
        if cleaned["contact"] == MINE and cleaned["kind"] in Respondent.ACTS_FOR_PATIENT:
            return said | {"contact_is_of": contact_of(self.patient, cleaned["kind"])}
        return said | ({"contact_is_of": Patient.ContactIsOf.PATIENT} if cleaned["contact"] == OWN else {})


def _as_said(intake: Intake) -> dict[str, Any]:
    respondent = Respondent.objects.filter(intake=intake).first()
    if respondent is None:
        return {}
    contact = {}
    if respondent.acts_for_patient:
        contact = {"contact": OWN if intake.patient.contact_is_of == Patient.ContactIsOf.PATIENT else MINE}
    return {name: getattr(respondent, name) for name in ("kind", "name", "relationship", "authority")} | contact
