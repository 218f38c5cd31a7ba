"""When a question on paper is to be answered, in words that point to the numbers of earlier questions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any

from django.utils.translation import gettext as _

from intake import triage
from intake.questionnaire.body_map import PARTS
from intake.triage.reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or

MANY = 4  # of more options than these the few others are named


@dataclass(frozen=True)
class OnlyIf:
    """All of `all` must be true and, when it has any, one of `any`. Each is half a sentence."""

    all: list[str] = field(default_factory=list)
    any: list[str] = field(default_factory=list)


class Conditions:
    """The ask conditions of a protocol in `language`, with questions called by their numbers on the sheet.

    Call it with that language active.
    """

    def __init__(self, protocol: triage.Protocol, numbers: dict[str, int], language: str) -> None:
        self.protocol, self.numbers, self.language = protocol, numbers, language

    def only_if(self, question: triage.Question) -> OnlyIf | None:
        """None for a question that everybody answers."""
        if question.asked_when is None:
            return None
        whole = _merged(question.asked_when.expression)
        if isinstance(whole, Or):
            return OnlyIf(any=[self._words(part) for part in whole.parts])
        parts = whole.parts if isinstance(whole, And) else (whole,)
        choices = [part for part in parts if isinstance(part, Or)]
        listed = choices[0] if len(choices) == 1 else None
        return OnlyIf(
            all=[self._words(part) for part in parts if part is not listed],
            any=[self._words(part) for part in listed.parts] if listed else [],
        )

    def _words(self, node: Expression) -> str:
        match node:
            case Includes():
                return self._includes(node)
            case Not(part) if isinstance(part, Includes):
                return _("you did not check %(options)s at question %(number)d") % self._named(part)
            case Not(part) if isinstance(part, Compare):
                return self._compares(_turned(part))
            case Compare():
                return self._compares(node)
            case Fact(name):
                return self._words(_merged(self.protocol.facts[name].when.expression))
            case And(parts):
                return _(" and ").join(self._words(part) for part in parts)
            case Or(parts):
                return _("either %(first)s") % {"first": _(", or ").join(self._words(part) for part in parts)}
            case Not() | AtLeast() | Fires():
                raise NotImplementedError(f"a question is asked when {node}; paper has no words for that")

    def _includes(self, node: Includes) -> str:
        question = self.protocol.questions[node.question]
        if question.type == "body_map":
            places = {"places": "; ".join(self._places(question, set(node.options)))}
            told = {"number": self.numbers[node.question], **places}
            return _("you marked at question %(number)d: %(places)s") % told
        others = [option for option in question.option_ids if option not in node.options]
        if len(node.options) > MANY and 0 < len(others) < len(node.options):
            told = {"number": self.numbers[node.question], "options": self._labels(question, others)}
            return _("at question %(number)d you checked anything other than %(options)s") % told
        return _("you checked %(options)s at question %(number)d") % self._named(node)

    def _named(self, node: Includes) -> dict[str, Any]:
        question = self.protocol.questions[node.question]
        return {"number": self.numbers[node.question], "options": self._labels(question, node.options)}

    def _labels(self, question: triage.Question, options: Iterable[str]) -> str:
        labels = (question.option(option).label_in(self.language) for option in options)
        return _(" or ").join(_("“%(label)s”") % {"label": label} for label in labels)

    def _compares(self, node: Compare) -> str:
        told = {"number": self.numbers[node.question], "count": node.number}
        if node.counted and node.op == ">=":
            return _("you marked %(count)d or more at question %(number)d") % told
        if node.counted:
            return _("you marked %(count)d or fewer at question %(number)d") % told
        if node.op == ">=":
            return _("your answer to question %(number)d is %(count)d or more") % told
        return _("your answer to question %(number)d is %(count)d or less") % told

    def _places(self, question: triage.Question, chosen: set[str]) -> Iterator[str]:
        """Return the places in few words: whole parts of the body, one side of one, else place by place."""
        regions = regions_of(question)
        known = [(name, [region for region in members if region in regions]) for name, members in PARTS]
        named = {region for _name, members in known for region in members}
        known += [("", [region]) for region in regions if region not in named]
        for part, members in known:
            sides = [frozenset(regions[region]) & _sides(chosen, region) for region in members]
            if part and all(side == set(regions[region]) for side, region in zip(sides, members, strict=True)):
                yield str(part)
            elif part and len(set(sides)) == 1 and len(sides[0]) == 1 and len(members) > 1:
                (side,) = sides[0]
                yield f"{part} ({side_in_words(side)})"
            else:
                for region, side in zip(members, sides, strict=True):
                    yield from self._region(question, region, regions[region], side)

    def _region(self, question: triage.Question, region: str, every: list[str], chosen: set[str]) -> Iterator[str]:
        labels = {side: str(question.option(f"{region}_{side}").label_in(self.language)) for side in every}
        if chosen == set(every):
            yield region_name(list(labels.values()))
        else:
            yield from (labels[side] for side in every if side in chosen)


def _turned(node: Compare) -> Compare:
    """Return what is true where `node` is not: 17 or less is not so from 18 on."""
    if node.op == "<=":
        return replace(node, op=">=", number=node.number + 1)
    return replace(node, op="<=", number=node.number - 1)


def regions_of(question: triage.Question) -> dict[str, list[str]]:
    """Return the regions of a body map with their sides, in order."""
    regions = {}
    for option in question.option_ids:
        region, _underscore, side = option.rpartition("_")
        regions.setdefault(region, []).append(side)
    return regions


def region_name(labels: list[str]) -> str:
    """Return what "Shoulder, left" and "Shoulder, right" share."""
    if len(labels) == 1:
        return labels[0]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*labels, strict=False))
    shared = "".join(letters[0] for letters in alike)
    return shared[: shared.rfind(",")] if "," in shared else shared.rsplit(" ", 1)[0]


def side_in_words(side: str) -> str:
    return {"left": _("left"), "right": _("right"), "mid": _("middle")}[side]


def _sides(chosen: set[str], region: str) -> set[str]:
    return {option.rpartition("_")[2] for option in chosen if option.rpartition("_")[0] == region}


def _merged(node: Expression) -> Expression:
    """Alternatives that look at the same question become one."""
    if isinstance(node, And):
        return And(tuple(_merged(part) for part in node.parts))
    if not isinstance(node, Or):
        return node
    parts, found = [], {}
    for part in node.parts:
        part = _merged(part)
        if isinstance(part, Includes) and part.question in found:
            place = found[part.question]
            options = dict.fromkeys((*parts[place].options, *part.options))
            parts[place] = Includes(part.question, tuple(options))
            continue
        if isinstance(part, Includes):
            found[part.question] = len(parts)
        parts.append(part)
    return parts[0] if len(parts) == 1 else Or(tuple(parts))
