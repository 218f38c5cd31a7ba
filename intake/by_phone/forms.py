"""The script as a form: each question with its options, and none has to be answered."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.web.forms import FieldsOnly
from intake import triage
from intake.by_phone.actions import Meanwhile, Seen, Taken
from intake.by_phone.script import Script
from intake.models import Contact
from intake.questionnaire.forms import ChoicesWithExclusive, field_for, refusal
from intake.triage import AnswerError

NOT_ASKED = ("", "Not asked")
MISTAKE = "mistake"


@dataclass(frozen=True)
class Asked:
    """One question of the form, with what is `on_record` to it.

    `mistake`: the box that says that it was keyed in by mistake; none where nothing was.
    """

    box: BoundField
    mistake: BoundField | None
    on_record: str
    is_open: bool


class PhoneForm(forms.Form):
    """Answers taken on the phone. What is left alone was not asked.

    `answer` and `version` say what stood on the page (see `Seen`). After `is_valid()`, `answers` holds every answer
    that is good, even when another is not, `contradictory` those in which an option that stands alone came with
    others, and `mistaken` the questions whose answer on record counts no more.
    """

    answer = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    from_whom = forms.ChoiceField(
        label="Who answers",
        choices=[(Contact.Outcome.REACHED, "The patient"), (Contact.Outcome.REACHED_OTHER, "Someone else")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who answers."},
    )

    def __init__(self, data: QueryDict | None = None, *, script: Script) -> None:
        self.script, self.contradictory = script, {}
        known = script.protocol.questions
        listed = [*script.ask, *script.again]
        sent = [name.removeprefix("phone-") for name in data or ()]
        others = [name for name in known if name in sent and name not in listed]  # the page was shown a while ago
        self.questions = [*listed, *others]
        super().__init__(data, prefix="phone", initial=self._as_on_the_page())
        for name in self.questions:
            self.fields[name] = self._field(known[name])
            if name in script.phone.standing:
                label = "The answer on record was keyed in by mistake, and counts no more"
                self.fields[f"{name}-{MISTAKE}"] = forms.BooleanField(label=label, required=False)
        self.fields["from_whom"].wrapper_class = "choices-inline"
        self.helper = FieldsOnly()

    def _as_on_the_page(self) -> dict[str, Any]:
        newest = self.script.phone.rows[-1].pk if self.script.phone.rows else 0
        whom = Contact.Outcome.REACHED
        return {"answer": newest, "version": self.script.intake.version, "from_whom": whom}

    def _field(self, question: triage.Question) -> forms.Field:
        field = field_for(question, "en")
        if isinstance(field.widget, ChoicesWithExclusive):
            field.widget.folded = ()  # whoever asks aloud has the whole list before them
        if question.type == "body_map":
            field.widget = forms.CheckboxSelectMultiple(choices=field.choices)
        elif question.type == "scale_0_10":
            field.widget = forms.Select()
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
            field.choices = [NOT_ASKED, *field.choices]
            field.initial = ""
        field.required, field.show_optional = False, False
        field.help_text = self._how_to_put(question)
        return field

    def _how_to_put(self, question: triage.Question) -> SafeString | str:
        """Return how the form explains a question, and asks it in the patient's language."""
        language = self.script.intake.language
        hint = format_html("{} ", question.help_in("en"))
        if language == "en":
            return hint
        return format_html('{}<span lang="{}">{}</span>', hint, language, question.text_in(language))

    # What was keyed in -----------------------------------------------------------------------------------------

    @property
    def answers(self) -> dict[str, Any]:
        given = {name: self.cleaned_data.get(name) for name in self.questions}
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    @property
    def mistaken(self) -> list[str]:
        return [name for name in self.questions if self.cleaned_data.get(f"{name}-{MISTAKE}")]

    @property
    def seen(self) -> Seen:
        return Seen(self.cleaned_data.get("answer") or 0, self.cleaned_data.get("version") or 0)

    @property
    def may_be_saved(self) -> bool:
        """True when there is something that can go on record, whatever else is wrong."""
        return "from_whom" in self.cleaned_data and bool(self.answers or self.mistaken or self.contradictory)

    def left(self, taken: Taken) -> QueryDict:
        """Return what was sent without what is on record by now.

        Nobody presses that again.
        """
        left = self.data.copy()
        for name in taken.saved:
            if name not in self.contradictory:  # of that one a reading is on record, and the answer is to be mended
                left.pop(f"phone-{name}", None)
            left.pop(f"phone-{name}-{MISTAKE}", None)
        return left

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        protocol = self.script.protocol
        for name in self.questions:
            if cleaned.get(name) in (None, "", []):
                continue
            try:
                cleaned[name] = triage.validate_answers(protocol, {name: cleaned[name]})[name]
            except AnswerError as error:
                if error.code == "exclusive":
                    self.contradictory[name] = cleaned[name]
                self.add_error(name, refusal(error, protocol.questions[name], self.fields[name], cleaned[name]))
        if not self.errors and not self.answers and not self.mistaken:
            raise forms.ValidationError("Key in at least one answer.")
        return cleaned

    def hold(self, held: dict[str, Meanwhile]) -> None:
        """Say beside each answer held back what is on record meanwhile."""
        for name, meanwhile in held.items():
            self.add_error(name, f"Meanwhile {self._said(name, meanwhile)}. Save once more if yours is the newer one.")

    def _said(self, name: str, meanwhile: Meanwhile) -> str:
        if meanwhile.by and meanwhile.value is None:
            return f"{meanwhile.by} said that the answer on record was keyed in by mistake"
        who = f"{meanwhile.by} keyed in" if meanwhile.by else "the patient answered in the form"
        return f"{who}: “{self.script.page.answer(name, meanwhile.value)}”"

    # How it looks ----------------------------------------------------------------------------------------------

    @property
    def ask(self) -> list["Asked"]:
        return [self._asked(name) for name in self.questions if name not in self.script.again]

    @property
    def again(self) -> list["Asked"]:
        return [self._asked(name) for name in self.script.again]

    def _asked(self, name: str) -> "Asked":
        """Return one question; the first one and what was keyed in are not folded up."""
        box = self[name]
        touched = box.errors or (self.is_bound and box.data not in (None, "", []))
        first = name in self.script.ask[:1]
        mistake = self[f"{name}-{MISTAKE}"] if f"{name}-{MISTAKE}" in self.fields else None
        return Asked(box, mistake, self.script.on_record(name), is_open=bool(first or touched))
