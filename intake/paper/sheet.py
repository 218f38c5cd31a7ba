"""The printed form: every question of an intake's protocol in large type, in the patient's language.

It names no patient. The code leads staff to the intake, and nobody else to anybody.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.paper.pdf import tagged
from clinic.staff.models import Location
from intake import triage
from intake.follow_up.scales import ANY_SCALE, SCALE_ENDS
from intake.models import Document, Intake, Respondent
from intake.paper.code import written
from intake.paper.conditions import Conditions, OnlyIf, region_name, regions_of, side_in_words
from intake.questionnaire.body_map import PARTS
from intake.questionnaire.who_form import WhoForm
from intake.signing.forms import document_field
from intake.signing.texts import text_in
from intake.triage.reading.resolving import questions_in
from intake.versions.protocols import protocol_for

TEMPLATE = Path(__file__).with_name("sheet.typ")
MOST_CONDITIONS, MOST_LETTERS = 4, 360  # more would be harder to read than the question: then everybody answers it


def sheet(intake: Intake) -> bytes:
    """Return the form of an intake that has a code, as a tagged PDF."""
    return tagged(TEMPLATE, content(intake))


def numbers(protocol: triage.Protocol) -> dict[str, int]:
    """Question id to its number on the sheet, in the order of the pages."""
    asked = (name for page in triage.pages(protocol) for name in page.questions)
    return {name: number for number, name in enumerate(asked, start=1)}


def content(intake: Intake) -> dict[str, Any]:
    """Return everything the sheet says, as JSON-able words."""
    with translation.override(intake.language):
        return _Sheet(protocol_for(intake), intake.language).content(intake)


class _Sheet:
    def __init__(self, protocol: triage.Protocol, language: str) -> None:
        self.protocol, self.language = protocol, language
        self.numbers = numbers(protocol)
        self.conditions = Conditions(protocol, self.numbers, language)

    def content(self, intake: Intake) -> dict[str, Any]:
        location = intake.patient.location
        return {
            "language": self.language,
            "code": written(intake.paper_code),
            "clinic": location.name,
            "organization": settings.ORGANIZATION,
            "address": f"{location.street}, {location.city}, {location.state} {location.zip_code}",
            "phone": location.phone,
            "safety": self._safety(),
            "sections": list(self._sections()),
            "consents": list(self._consents()),
            "words": _words(location),
            "who": _who(),
        }

    def _consents(self) -> Iterator[dict[str, Any]]:
        for document in Document:
            text, field = text_in(self.language, document), document_field(document)
            choices = [str(label) for _value, label in getattr(field, "choices", ())]
            yield {
                "title": text.title,
                "blocks": [
                    {"list": words if kind == "ul" else [], "words": "" if kind == "ul" else words}
                    for kind, words in text.blocks
                ],
                "asks": str(field.label) if choices else "",
                "choices": choices or [str(field.label)],
            }

    def _safety(self) -> list[str]:
        return [
            str(self.protocol.wording.everyone_in(self.language)),
            _("If you think about ending your life, call or text 988 at any hour, or call 911."),
            _("Nobody reads this paper until you hand it in. If you are in danger, do not fill it in: get help now."),
        ]

    def _sections(self) -> Iterator[dict[str, Any]]:
        """Runs of questions with the section's title; a section that comes back later is named again."""
        titles = {section.id: str(section.title_in(self.language)) for section in self.protocol.sections}
        last = None
        for page in triage.pages(self.protocol):
            if page.section != last:
                last, run = page.section, {"title": titles[page.section], "questions": []}
                yield run
            run["questions"] += [self._question(self.protocol.questions[name]) for name in page.questions]

    def _question(self, question: triage.Question) -> dict[str, Any]:
        drawn = {
            "number": self.numbers[question.id],
            "text": str(question.text_in(self.language)),
            "help": str(question.help_in(self.language) or ""),
            "kind": question.type,
            "only_if": self._only_if(question),
            "danger": self._danger(question),
            "options": [],
            "alone": [],
        }
        if question.type == "body_map":
            drawn["parts"] = list(self._parts(question))
            drawn["help"] = _("Check every place, on the left, the right, or both.")
        elif question.type == "boolean":
            drawn["options"] = [_("Yes"), _("No")]
        elif question.type == "scale_0_10":
            drawn["numbers"] = list(range(question.bounds[0], question.bounds[1] + 1))
            drawn["ends"] = [str(end) for end in SCALE_ENDS.get(question.id, ANY_SCALE)]
        else:
            alone = set(question.exclusive)
            labels = {option.id: str(option.label_in(self.language)) for option in question.options}
            drawn["options"] = [label for option, label in labels.items() if option not in alone]
            drawn["alone"] = [label for option, label in labels.items() if option in alone]
            if drawn["help"] == _("Check all that fit."):
                drawn["help"] = ""
        return drawn

    def _only_if(self, question: triage.Question) -> dict[str, Any]:
        """What is too long to read is left out; who is too young for a question is spared it all the same."""
        only_if = self.conditions.only_if(question)
        if only_if is None:
            return {}
        for said in (only_if, OnlyIf(all=only_if.all)):
            if _is_short(said):
                return {"all": said.all, "any": said.any}
        return {}

    def _danger(self, question: triage.Question) -> str:
        """What to do at once, at the questions in which one answer alone is an emergency."""
        about_self_harm = self.protocol.wording.self_harm_rules
        rules = [
            rule
            for rule in self.protocol.rules.values()
            if rule.id in about_self_harm and rule.tier == triage.Urgency.EMERGENCY
        ]
        if any(question.id in questions_in(rule.fires_when.expression) for rule in rules):
            return _("If you may act on such thoughts, stop here. Call or text 988 now, or call 911.")
        for option in question.option_ids:
            answer = {question.id: [option] if question.takes_many else option}
            if triage.screen(self.protocol, answer).urgency == triage.Urgency.EMERGENCY:
                return _("If one of these is true now, stop here. Call 911. Do not drive yourself.")
        return _if_new(question.id)

    def _parts(self, question: triage.Question) -> Iterator[dict[str, Any]]:
        """Return the body map as lists: the parts of the body, in each the regions with a box for each side."""
        regions = regions_of(question)
        named = {region for _name, members in PARTS for region in members}
        for name, members in [*PARTS, (_("Other places"), [region for region in regions if region not in named])]:
            places = [self._place(question, region, regions[region]) for region in members if region in regions]
            if places:
                yield {"name": str(name), "places": places}

    def _place(self, question: triage.Question, region: str, sides: list[str]) -> dict[str, Any]:
        labels = [str(question.option(f"{region}_{side}").label_in(self.language)) for side in sides]
        boxes = [side_in_words(side) for side in sides] if len(sides) > 1 else []
        return {"name": region_name(labels), "boxes": boxes}


def _if_new(question: str) -> str:
    """What to do about a sign that is an emergency together with another one, which nobody on paper puts together."""
    if question in ("saddle_change", "bowel_change"):
        return _("If this is new or getting worse, do not wait: call 911.")
    if question == "bladder_change":  # its other answers, such as burning, are not for 911
        return _("If you cannot pee, cannot feel it, or leak, and this is new, do not wait: call 911.")
    if question == "neck_artery_signs":  # dizziness alone, for one, is not
        return _("If you see double, fall, or have a numb face, a droopy eyelid, or trouble speaking, call 911.")
    if question == "chest_area_kind":
        return _("If the chest pain is new and comes by itself, do not wait: call 911.")
    if question == "chest_signs":  # a long cough, for one, is not
        return _(
            "If you sweat, feel sick, or cannot get air with new pain, call 911. Also if it now comes with effort."
        )
    return ""


def _is_short(only_if: OnlyIf) -> bool:
    said = [*only_if.all, *only_if.any]
    return len(said) <= MOST_CONDITIONS and sum(map(len, said)) <= MOST_LETTERS


def _words(location: Location) -> dict[str, str]:
    return {
        "title": _("Questions before your visit"),
        "code": _("Form code"),
        "code_says": _("The code stands for your name. Please do not write your name on the pages."),
        "safety": _("First: when not to wait"),
        "how": _("How to fill in this form"),
        "steps": [
            _("Use a dark pen. Put an X in the box next to your answer."),
            _("Most questions are for everybody. Where it says “Only if”, skip the question when it does not fit you."),
            _("If you do not know, check “I am not sure”. If you leave a question empty, we ask you about it."),
            _("If you check a wrong box, fill it in all black and put the X in the right one."),
            _("Somebody may read the questions to you and write for you."),
            _("Bring or send the pages to the clinic. Staff type in what you wrote; a therapist looks at it."),
        ],
        "help": _("Do you need help with this form, or another language? Call us: %(phone)s")
        % {"phone": location.phone},
        "only_if_all": _("Only if"),
        "only_if_any": _("Only if one of these is true:"),
        "only_if_both": _("Only if %(all)s, and one of these is true:"),
        "and": _(" and "),
        "one": _("Check one."),
        "many": _("Check all that fit."),
        "or": _("or"),
        "scale": _("Check one number."),
        "number": _("Write a number:"),
        "month": _("Month"),
        "day": _("Day"),
        "year": _("Year"),
        "page": _("Page"),
        "of": _("of"),
        "question": _("Question"),
        "intend": _("I have read this text, or it was read to me. I sign it by my own hand."),
        "signs": _("Only the patient, or whoever may act for the patient, signs. A helper does not sign."),
        "signed": _("Signature"),
        "printed": _("Name in capital letters"),
        "date": _("Date"),
    }


def _who() -> dict[str, Any]:
    """Return the first questions of the form, which are not the protocol's: who gives the answers."""
    asked = WhoForm.base_fields
    return {
        "title": _("Who fills in this form?"),
        "options": [
            str(_("I only help with writing") if kind == Respondent.Kind.HELPER else label)
            for kind, label in asked["kind"].choices
        ],
        "lines": [
            _("If you are not the patient: your first and last name"),
            str(asked["relationship"].label),
        ],
        "authority": str(asked["authority"].label),
        "authorities": [str(label) for _value, label in asked["authority"].choices],
    }
