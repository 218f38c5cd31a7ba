"""Forms of the staff's paper desk. In English, like all staff pages."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic.web.forms import FieldsOnly
from intake.door.contact import ContactForm, NameField
from intake.door.dates import BirthDateField
from intake.paper.code import as_code
from intake.questionnaire.who_form import WhoForm
from intake.signing.forms import SignForm


class FindForm(forms.Form):
    """The code on a paper form; cleans to the code as it is stored."""

    code = forms.CharField(
        label="Code on the form",
        max_length=40,
        help_text="With or without dashes and capitals.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "w-20"}),
        error_messages={"required": "Enter the code. It stands on every page of the form."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly()

    def clean_code(self) -> str:
        code = as_code(self.cleaned_data["code"])
        if code is None:
            raise ValidationError("This is not a code. Compare it with the form, letter by letter.", code="not_a_code")
        return code


class NameAndBirthForm(forms.Form):
    """Who began online and wants to go on on paper."""

    last_name = NameField(
        label="Last name", max_length=80, error_messages={"required": "Enter the patient’s last name."}
    )
    date_of_birth = BirthDateField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="begun", **kwargs)
        self.helper = FieldsOnly()


class PaperContactForm(ContactForm):
    """A new patient who answers on paper. An email address is not needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, of_somebody_else=True, **kwargs)
        self._filled_by_hand("phone", "email")
        words = {
            "phone": ("Phone number", "We call it when something on the form must not wait."),
            "email": ("Email", "Not needed. Nothing is sent because of the paper form."),
            "language": ("Language of the form and of messages", ""),
            "needs_interpreter": ("Needs an interpreter", ""),
            "location": ("Location", ""),
            "insurance_plan": ("Insurance plan", "As written on the card."),
        }
        for name, (label, hint) in words.items():
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, hint
        self.fields["first_name"].label, self.fields["last_name"].label = "First name", "Last name"
        self.say_the_rest_to_staff()
        self.fields["email"].show_optional = True
        self.helper.layout = self.as_staff_type_it("phone", "email")


class PaperWhoForm(WhoForm):
    """Who gave the answers, as it is checked on the paper."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = "Who filled in the form, by the paper?"


class PaperSignForm(SignForm):
    """The signatures as they stand on the paper, and what to do about questions left blank."""

    judge_blanks = forms.BooleanField(
        required=False,
        label="I called and could not get these answers. Judge them as “not sure”, never as “no”.",
        error_messages={"required": "Call the patient and key in the answers, or check this box when you could not."},
    )

    def __init__(self, *args: Any, blanks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signed_name"].label = "Name of whoever signed, as it stands on the paper"
        self.fields["signed_name"].error_messages["required"] = "Enter the name under the signature."
        self.fields["intend"].label = "The paper is signed by hand, and we keep it."
        self.fields["intend"].error_messages["required"] = "Check this when you have the signed paper before you."
        self.fields["judge_blanks"].required = bool(blanks.judged)
        if not blanks.judged:
            del self.fields["judge_blanks"]
        if not self.documents:
            del self.fields["signed_name"], self.fields["intend"]

    def clean_signed_name(self) -> str:
        return super().clean_signed_name() if self.documents else ""
