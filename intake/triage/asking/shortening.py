"""The form cut to what can show a danger, for somebody who got worse and of whom much is on file.

Nothing here is a list kept by hand: a question stays while a rule of an emergency or of an urgent case hangs on it, or
may come to hang on it, once the facts that are known count and everything else is open. So does one with an answer that
alarms by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache

from ..deciding.compiling import program_of
from ..deciding.hanging import Hanging
from ..reading.answers import Answers
from ..reading.protocol import Condition, Page, Protocol, Urgency
from .screening import reads

MOST_ON_A_PAGE = 9  # questions that are asked at once; what an answer opens comes on the page with it


def danger_questions(protocol: Protocol, known: Answers, lowest: Urgency = Urgency.URGENT) -> frozenset[str]:
    """Return the questions on which a rule of tier `lowest` or worse still hangs, and those that alarm by themselves.

    `known` are the facts that count. A question that is not asked so far stays when an answer may open it.
    """
    program = program_of(protocol)
    hanging = Hanging(protocol, program.examine(known))
    read, bits = set[str](), 0
    for rule in protocol.rules.values():
        could, must, hangs_on = hanging.range(rule.fires_when.expression)
        if rule.tier >= lowest and could and not must:
            read |= reads(protocol, rule.fires_when.expression)
            bits |= hangs_on
    alarming = {one.answers.question for one in protocol.alarms if not (one.unless and _holds(hanging, one.unless))}
    read |= alarming
    asked = set(program.named(program.visible(known)))
    now = set(program.named(bits)) | alarming & asked
    later = {name for name in _with_openers(protocol, read) - asked if _may_open(protocol, hanging, name)}
    opening = {name for name in _with_openers(protocol, later) & asked if name not in known}
    return frozenset(now | later | opening) - known.keys()


def only_danger(protocol: Protocol, known: Answers, keep: Collection[str]) -> Protocol:
    """Return the protocol with the pages left when `known` is on file.

    The questions `keep` stand on their pages too: they are asked as long as they are not known. A page keeps the id of
    the first of those it is made of. Rules, questions and words are those of the whole.
    """
    said = tuple(sorted((name, tuple(value) if isinstance(value, list) else value) for name, value in known.items()))
    return _only_danger(protocol.whole or protocol, said, frozenset(keep))


@lru_cache(maxsize=256)
def _only_danger(protocol: Protocol, said: tuple[tuple[str, object], ...], keep: frozenset[str]) -> Protocol:
    known = {name: list(value) if isinstance(value, tuple) else value for name, value in said}
    asked = danger_questions(protocol, known)
    at_once = set(program_of(protocol).named(program_of(protocol).visible(known))) - known.keys()
    first, *rest = (
        replace(page, questions=tuple(name for name in page.questions if name in asked | keep))
        for page in protocol.pages
    )
    safety = replace(first, questions=protocol.pages[0].questions)
    return replace(
        protocol, pages=(safety, *_packed([page for page in rest if page.questions], at_once)), whole=protocol
    )


def _packed(pages: list[Page], at_once: set[str]) -> Iterator[Page]:
    """Put neighbours together on few pages, each about as long as the others."""
    sizes = [len(at_once.intersection(page.questions)) for page in pages]
    number = -(-sum(sizes) // MOST_ON_A_PAGE) or 1
    share = sum(sizes) / number
    together: list[list[tuple[Page, int]]] = [[] for _ in range(number)]
    before = 0.0
    for page, size in zip(pages, sizes, strict=True):
        together[min(int((before + size / 2) / share) if share else 0, number - 1)].append((page, size))
        before += size
    for part in together:
        if part:
            section = max(part, key=lambda one: one[1])[0].section  # what most of it is about
            questions = tuple(name for page, _ in part for name in page.questions)
            yield replace(part[0][0], section=section, questions=questions)


def _with_openers(protocol: Protocol, names: Collection[str]) -> set[str]:
    """Return the questions with all those that decide whether they are asked."""
    found, waiting = set(names), list(names)
    while waiting:
        asked_when = protocol.questions[waiting.pop()].asked_when
        more = reads(protocol, asked_when.expression) - found if asked_when else set()
        found |= more
        waiting += more
    return found


def _holds(hanging: Hanging, condition: Condition) -> bool:
    """Say whether a condition holds whatever else is answered."""
    return hanging.range(condition.expression)[1]


def _may_open(protocol: Protocol, hanging: Hanging, name: str) -> bool:
    asked_when = protocol.questions[name].asked_when
    return asked_when is None or hanging.range(asked_when.expression)[0]
