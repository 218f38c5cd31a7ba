"""One page of the questionnaire as a form, made from the protocol's questions."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from crispy_forms.layout import Div, Field, Hidden, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from clinic.contact.phones import plain
from clinic.web.forms import FieldsOnly
from intake import triage
from intake.door.dates import PastDateField
from intake.follow_up.scales import ANY_SCALE, SCALE_ENDS
from intake.questionnaire.body_map import BodyMapWidget
from intake.questionnaire.lists import UNLISTED, left_out
from intake.triage import AnswerError

LONGEST = {"short_text": 300, "long_text": 5000}
YES_NO = (("true", _("Yes")), ("false", _("No")))


class ChoicesWithExclusive(forms.CheckboxSelectMultiple):
    """Boxes of which some, such as "None of these", stand alone.

    `folded`: the words over boxes that are opened by whom those words tell to look.
    """

    exclusive = ()
    folded: Collection[str] = ()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.exclusive:
            option["attrs"]["data-exclusive"] = True
        return option


class ChosenField(forms.MultipleChoiceField):
    """Several options, each counted once however often it was sent.

    `known` are all ids the question has: what an older page listed, and this one does not, is taken too.
    """

    known: Collection[str] = ()

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(super().to_python(value)))

    def valid_value(self, value: Any) -> bool:
        return value in self.known or super().valid_value(value)


class WholeNumberField(forms.IntegerField):
    def to_python(self, value: Any) -> Any:
        typed = plain(str(value)) if value not in self.empty_values else ""  # digits of every script as plain ones
        if typed and not (typed.isascii() and typed.isdigit()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(typed)


def field_for(question: triage.Question, language: str, listed: Collection[str] | None = None) -> forms.Field:
    """Return the form field of a question; it cleans to the value the protocol wants, or to None, "" or [].

    `listed`: the options of a question that does not list all of them to everybody.
    """
    if question.type == "multi_choice":
        return _as_asked(_several(question, language, listed), question, language)
    make = {
        "boolean": _yes_no,
        "choice": _one,
        "body_map": _places,
        "scale_0_10": _scale,
        "integer": _number,
        "date": _date,
        "short_text": _text,
        "long_text": _text,
    }[question.type]
    return _as_asked(make(question, language), question, language)


def _as_asked(field: forms.Field, question: triage.Question, language: str) -> forms.Field:
    field.label = question.text_in(language)
    field.help_text = "" if question.id in SCALE_ENDS else question.help_in(language)  # a scale tells it at its ends
    field.required = question.required
    return field


def _yes_no(question: triage.Question, language: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=YES_NO,
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no."), "invalid_choice": _("Choose yes or no.")},
    )


def _one(question: triage.Question, language: str) -> forms.ChoiceField:
    required = _("Choose one answer.")
    if "unsure" in question.option_ids:
        required = _("Choose one answer. If you do not know, choose “%(unsure)s”.") % {
            "unsure": question.option("unsure").label_in(language)
        }
    return forms.ChoiceField(
        choices=[(option.id, option.label_in(language)) for option in question.options],
        widget=forms.RadioSelect,
        error_messages={"required": required, "invalid_choice": _("Choose one of the answers shown.")},
    )


def _several(question: triage.Question, language: str, listed: Collection[str] | None) -> ChosenField:
    """The listed options, under their headings where the question has them.

    Those that stand alone come last.
    """
    labels = {
        option.id: option.label_in(language)
        for option in question.options
        if listed is None or option.id in listed or option.id in question.exclusive
    }
    headings = question.headings_over(labels)
    under = {one: [(name, labels[name]) for name in one.options if name in labels] for one in headings}
    choices = [(one.text_in(language), boxes) for one, boxes in under.items() if boxes]
    if not headings:
        choices = [(name, label) for name, label in labels.items() if name not in question.exclusive]
    required = _("Check each answer that fits.")
    if question.exclusive:
        choices.append((_("or"), [(name, labels[name]) for name in labels if name in question.exclusive]))
        required = _("Check each answer that fits, or “%(none)s”.") % {"none": labels[question.exclusive[0]]}
    field = ChosenField(
        choices=choices,
        widget=ChoicesWithExclusive,
        error_messages={"required": required, "invalid_choice": _("Choose from the answers shown.")},
    )
    field.known = question.option_ids
    field.widget.exclusive = question.exclusive
    field.widget.folded = {heading.text_in(language) for heading in question.headings if heading.folded}
    return field


def _places(question: triage.Question, language: str) -> ChosenField:
    return ChosenField(
        choices=[(option.id, option.label_in(language)) for option in question.options],
        widget=BodyMapWidget,
        error_messages={
            "required": _("Check at least one place."),
            "invalid_choice": _("Choose from the places shown."),
        },
    )


def _scale(question: triage.Question, language: str) -> forms.TypedChoiceField:
    low, high = question.bounds
    wrong = _("Choose a number from %(low)d to %(high)d.") % {"low": low, "high": high}
    widget = forms.RadioSelect()
    widget.scale_ends = SCALE_ENDS.get(question.id, ANY_SCALE)
    return forms.TypedChoiceField(
        choices=[(number, str(number)) for number in range(low, high + 1)],
        coerce=int,
        empty_value=None,
        widget=widget,
        error_messages={"required": wrong, "invalid_choice": wrong},
    )


def _number(question: triage.Question, language: str) -> WholeNumberField:
    low, high = question.bounds
    wrong = _("Enter a whole number from %(low)d to %(high)d.") % {"low": low, "high": high}
    return WholeNumberField(
        min_value=low,
        max_value=high,
        widget=forms.TextInput({"inputmode": "numeric", "class": "w-4", "maxlength": 6}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


def _date(question: triage.Question, language: str) -> PastDateField:
    return PastDateField()


def _text(question: triage.Question, language: str) -> forms.CharField:
    widget = forms.Textarea({"rows": 5}) if question.type == "long_text" else forms.TextInput()
    too_long = _("Use at most %(limit_value)d characters. You have %(show_value)d.")
    limit = LONGEST[question.type]
    return forms.CharField(max_length=limit, widget=widget, error_messages={"max_length": too_long})


def refusal(error: AnswerError, question: triage.Question, field: forms.Field, chosen: Any) -> ValidationError:
    """Say what is wrong with an answer that does not fit, in words of the form."""
    if error.code == "exclusive":
        alone = next(option for option in question.exclusive if option in chosen)
        return ValidationError(
            _("“%(alone)s” cannot go together with another answer. Keep one or the other."),
            code="exclusive",
            params={"alone": dict(_flat(field.choices))[alone]},
        )
    return ValidationError(_("Choose from the answers shown."), code=error.code)


class PageForm(forms.Form):
    """One page. Which questions it asks depends on what was saved and on what was just sent.

    `given` holds what was sent and fits, asked or not. `unseen`: the questions these answers open that were not on
    the page the patient sent; they are not errors yet. After `is_valid()`, `answers` holds every answer that is good,
    None for one taken back, even when another is not, and `contradictory` those in which an option that stands alone
    came with others: errors to mend, but a danger in them must not wait for that.

    `offered`: answers of an earlier intake, shown where there is none yet, with the question whether they are still
    right. They count like anything else on the page: once it is sent. `offered_from` is the day they were given.
    `restored`: `data` was typed earlier and never sent; it is shown as it was left and not judged.
    `known`: questions answered from elsewhere, such as the age from the date of birth. They are not asked, and what a
    browser sends for them is not read.
    `whole`: every option is listed, as on paper.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        protocol: triage.Protocol,
        page_id: str,
        saved: dict[str, Any],
        language: str,
        version: int = 0,
        came_from: str = "",
        offered: dict[str, Any] | None = None,
        offered_from: date | None = None,
        restored: bool = False,
        known: Collection[str] = (),
        whole: bool = False,
    ) -> None:
        super().__init__(data, initial={"version": version})
        self.restored = restored
        self.protocol, self.page_id = protocol, page_id
        page = triage.find_page(protocol, page_id)
        asked_here = [name for name in page.questions if name not in known]
        lists = {} if whole else triage.listed_options(protocol, saved | (offered or {}))
        listed = {name: self._listed(name, lists) for name in asked_here}
        self.left_out = {name: left_out(protocol.questions[name], listed[name]) for name in asked_here}
        fields = {name: field_for(protocol.questions[name], language, listed[name]) for name in asked_here}
        self.came_from = came_from
        self.given = self._given(fields) if data is not None else {}
        self.contradictory = {}
        offered = offered or {}
        before = saved | offered if data is None else saved
        view = triage.page_questions(protocol, page_id, before | self.given)
        self.view = replace(view, visible=tuple(name for name in view.visible if name in fields))
        seen = {*self.given, *data.getlist("shown")} if data is not None else set(self.view.visible)
        self.unseen = [name for name in self.view.visible if name in self.view.follow_ups and name not in seen]
        for name in self.view.visible:
            field = self.fields[name] = fields[name]
            if whole and isinstance(field.widget, ChoicesWithExclusive):
                field.widget.folded = ()
            field.initial = _as_typed(protocol.questions[name], saved.get(name, offered.get(name)))
            if name in offered:
                field.help_text = _still_right(field.help_text, offered_from)
            if name in self.unseen:
                field.required, field.show_optional = False, False
        self._lay_out(page, came_from)

    @property
    def version_shown(self) -> int:
        """Return the version of the intake the patient had before them; 0 when the hidden value is not one."""
        version = self.cleaned_data.get("version")
        return version if isinstance(version, int) and version >= 0 else 0

    @property
    def answers(self) -> dict[str, Any]:
        sent = [name for name in self.view.visible if name in self.cleaned_data and name not in self.unseen]
        return {name: self.cleaned_data[name] for name in sent}

    @property
    def complete(self) -> bool:
        return not self.errors and not self.unseen

    def full_clean(self) -> None:
        if not self.restored:
            super().full_clean()
            return
        self._errors, self.cleaned_data = ErrorDict(), {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self.view.visible:
            if cleaned.get(name) in (None, "", []):
                continue
            try:
                clean = triage.validate_answers(self.protocol, {name: cleaned[name]})
            except AnswerError as error:
                if error.code == "exclusive":
                    self.contradictory[name] = cleaned[name]
                self.add_error(name, refusal(error, self.protocol.questions[name], self.fields[name], cleaned[name]))
            else:
                cleaned[name] = clean.get(name)
        return cleaned

    def _listed(self, name: str, listed: Mapping[str, Collection[str]]) -> Collection[str] | None:
        """Return the options a question lists, None for all.

        What was sent stays in sight while something is mended.
        """
        if name not in listed:
            return None
        sent = self.data.getlist(name) if isinstance(self.data, QueryDict) else ()
        return {*listed[name], *sent}

    def _given(self, fields: dict[str, forms.Field]) -> dict[str, Any]:
        """What was sent and is good, before anybody knows which questions are asked."""
        given = {}
        for name, field in fields.items():
            try:
                value = field.clean(field.widget.value_from_datadict(self.data, {}, name))
                given |= triage.validate_answers(self.protocol, {name: value})
            except (ValidationError, AnswerError):
                continue
        return given

    # How it looks ---------------------------------------------------------------------------------------------------

    @property
    def reveals(self) -> bool:
        """Say whether answers on this page open or close other questions of it."""
        return bool(self.view.follow_ups)

    @property
    def has_heading(self) -> bool:
        """Say whether the page is one question (and what follows from it), which then is its heading."""
        return any(getattr(field, "is_page_heading", False) for field in self.fields.values())

    def _lay_out(self, page: triage.Page, came_from: str) -> None:
        leading = [name for name in page.questions if name not in self.view.follow_ups]
        if len(leading) == 1 and leading[0] in self.fields:
            self.fields[leading[0]].is_page_heading = True
        self.helper = FieldsOnly()
        places = [self._place(name) for name in page.questions]
        self.helper.layout = Layout("version", Hidden("from", came_from), *places)

    def _place(self, name: str, **attributes: Any) -> Div:
        """Return where a question stands, or would stand when another answer opens it."""
        if name not in self.fields:
            return Div(css_id=f"place_{name}", **attributes)
        kind = self.protocol.questions[name].type
        look = {"boolean": {"wrapper_class": "choices-inline"}, "body_map": {"template": "questionnaire/body_map.html"}}
        shown = [Hidden("shown", name)] if name in self.view.follow_ups else []
        if self.left_out[name]:
            shown.append(Hidden(UNLISTED, " ".join([name, *self.left_out[name]])))
        return Div(*shown, Field(name, **look.get(kind, {})), css_id=f"place_{name}", **attributes)

    def show_only_changed(self, shown: Iterable[str]) -> list[str]:
        """Lays out just the follow-ups that appear or go, to be swapped in place, and returns their ids."""
        shown = set(shown)
        changed = [name for name in self.view.follow_ups if (name in shown) != (name in self.fields)]
        self.helper.layout = Layout(*(self._place(name, hx_swap_oob="true") for name in changed))
        return changed


def _still_right(help_text: Any, day: date | None) -> SafeString:
    words = _("From your last visit on %(day)s. Is this still right?") % {"day": date_format(day, "LONG_DATE_FORMAT")}
    return format_html('{} <span class="from-before">{}</span>', help_text, words)


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield value, label


def _as_typed(question: triage.Question, value: Any) -> Any:
    """Return a saved answer as its form field takes it."""
    if value is None:
        return None
    if question.type == "boolean":
        return "true" if value else "false"
    if question.type == "date":
        return date.fromisoformat(value)
    return value


def as_sent(question: triage.Question, value: Any) -> dict[str, list[str]]:
    """Return a saved answer as a browser would send it: field names to values."""
    if value is None:
        return {}
    if question.type == "date":
        day = date.fromisoformat(value)
        return {f"{question.id}_{part}": [str(getattr(day, part))] for part in ("month", "day", "year")}
    typed = _as_typed(question, value)
    return {question.id: typed if isinstance(typed, list) else [str(typed)]}
