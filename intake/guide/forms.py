"""The pages of the pain guide: where it hurts, then a few of the protocol's questions. Nothing of it is stored."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import FieldsOnly
from intake import triage
from intake.guide import Area
from intake.questionnaire.forms import ChosenField, field_for
from intake.triage import AnswerError

SALT = "intake.guide"


class SoFar:
    """What was said until now, carried in the page itself: signed, so that only what a page asked comes back."""

    def __init__(self, areas: Any = (), steps: Any = (), given: Any = None) -> None:
        self.areas, self.steps, self.given = tuple(areas), tuple(map(tuple, steps)), dict(given or {})

    @classmethod
    def read(cls, text: str, areas: Mapping[str, Area]) -> "SoFar | None":
        """None when it is not ours, or names an area, a question or an answer there is no more."""
        try:
            carried = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return None
        known = all(area in areas for area in carried["areas"])
        return cls(**carried) if known and _still_asked(carried) else None

    def text(self) -> str:
        return signing.dumps({"areas": self.areas, "steps": self.steps, "given": self.given}, salt=SALT, compress=True)

    def after(self, questions: Any, answers: dict[str, Any]) -> "SoFar":
        return SoFar(self.areas, (*self.steps, questions), self.given | answers)

    def before_last(self) -> "SoFar":
        """One page back; what that page was answered is offered again."""
        return SoFar(self.areas, self.steps[:-1], self.given)

    @property
    def answers(self) -> dict:
        """Return the answers of the pages gone through; those of pages gone back over wait in `given`."""
        asked = {name for step in self.steps for name in step}
        return {name: value for name, value in self.given.items() if name in asked}


def _still_asked(carried: dict[str, Any]) -> bool:
    protocol = triage.shipped()
    try:
        triage.validate_answers(protocol, carried["given"])
    except AnswerError:
        return False
    return all(name in protocol.questions for step in carried["steps"] for name in step)


class AreasForm(forms.Form):
    areas = ChosenField(
        label=_("Where does it hurt?"),
        help_text=_("Check each place that hurts."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Check at least one place."),
            "invalid_choice": _("Choose from the places shown."),
        },
    )

    def __init__(self, *args: Any, areas: Mapping[str, Area], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["areas"].choices = [(area.id, area.label.in_(language)) for area in areas.values()]
        self.fields["areas"].is_page_heading = True
        self.helper = FieldsOnly()


class StepForm(forms.Form):
    """Some of the protocol's questions; all that may be left out in the intake may be left out here.

    After `is_valid()`, `contradictory` holds the answers in which an option that stands alone came with others.
    """

    def __init__(
        self, *args: Any, protocol: triage.Protocol, questions: Any, language: str, given: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.protocol, self.contradictory = protocol, {}
        for name in questions:
            field = self.fields[name] = field_for(protocol.questions[name], language)
            value = given.get(name)
            field.initial = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
        if len(questions) == 1:
            self.fields[questions[0]].is_page_heading = True
        self.helper = FieldsOnly()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, value in list(cleaned.items()):
            if value in (None, "", []):
                del cleaned[name]
                continue
            try:
                cleaned |= triage.validate_answers(self.protocol, {name: value})
            except AnswerError as error:
                if error.code == "exclusive":
                    self.contradictory[name] = value
                self.add_error(name, self._words_for(name, error))
        return cleaned

    def _words_for(self, name: str, error: Any) -> Any:
        if error.code == "exclusive":
            return ValidationError(
                _("“None of these” and “I am not sure” cannot go together with another answer. Keep one or the other.")
            )
        return ValidationError(_("Choose from the answers shown."))
