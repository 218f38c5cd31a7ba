"""Which questions the guide asks, and what it makes of the answers. The engine's rules decide; nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake import triage
from intake.guide import FIRST_LOOK, Guide
from intake.triage import Urgency, validate_answers
from intake.triage.deciding.compiling import program_of
from intake.triage.deciding.hanging import Hanging

LOWEST = Urgency.URGENT  # what can wait until a visit is asked at the visit


@dataclass(frozen=True)
class Next:
    """The questions of the page to show, none when enough is known; `ahead` counts the pages there seem to be."""

    questions: tuple[str, ...]
    ahead: int


@dataclass(frozen=True)
class Result:
    """`alarmed`: they named a danger sign that no rule used, and nobody reads the guide. `self_harm` and `bodily`: how
    bad each is. `signs`, `self_care`, `options` and `specialists` are ids; the last three are empty where the tier, or
    a danger sign, says to get help first.
    """

    urgency: Urgency
    alarmed: bool
    self_harm: Urgency
    bodily: Urgency
    reasons: Mapping[str, tuple[Any, ...]]
    signs: tuple[str, ...]
    self_care: tuple[str, ...]
    options: tuple[str, ...]
    specialists: tuple[str, ...]


def answers_of(guide: Guide, areas: tuple[str, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers as the engine reads them: each area stands for every place it may be."""
    regions = dict.fromkeys(region for area in areas for region in guide.areas[area].regions)
    return {"pain_regions": list(regions)} | dict(given)


def next_step(protocol: triage.Protocol, answers: Mapping[str, Any]) -> Next:
    """The next page's questions: those that can still make or unmake an emergency or a call today, in the protocol's
    order.

    Once an answer is an emergency, only what belongs to its own page is asked before it is told, as in the intake.
    """
    rules = list(protocol.rules.values())
    examined = program_of(protocol).examine(validate_answers(protocol, answers))
    hanging = Hanging(protocol, examined)
    urgency = max((rules[place].tier for place in examined[0]), default=Urgency.ROUTINE)
    certain, bits = Urgency.ROUTINE, {}
    for place in (*examined[0], *examined[1]):
        rule = rules[place]
        _could, must, bits[rule] = hanging.range(rule.fires_when.expression)
        certain = max(certain, rule.tier) if must else certain
    open_ = 0
    for rule, mine in bits.items():
        open_ |= mine if rule.tier >= LOWEST and rule.tier > certain else 0
    deciding = set(program_of(protocol).named(open_))
    waiting = [name for name in triage.next_questions(protocol, answers) if name in deciding]
    if urgency is Urgency.EMERGENCY:
        waiting = _of_the_same_page(protocol, answers, waiting)
    pages = [page for page in protocol.pages if any(name in waiting for name in page.questions)]
    first = pages[0].questions if pages else ()
    return Next(tuple(name for name in first if name in waiting), len(pages))


def _of_the_same_page(protocol: triage.Protocol, answers: dict[str, Any], waiting: Iterable[str]) -> list[str]:
    """Of the questions that wait, those an answer of their own page has opened."""
    found = []
    for page in protocol.pages:
        opened_by = triage.page_questions(protocol, page.id, answers).follow_ups
        found += [name for name in page.questions if name in waiting and set(opened_by.get(name, ())) & set(answers)]
    return found


def result(protocol: triage.Protocol, guide: Guide, areas: tuple[str, ...], answers: Mapping[str, Any]) -> Result:
    outcome = triage.assess(protocol, answers)
    about_self_harm = protocol.wording.self_harm_rules
    calm = outcome.urgency < LOWEST and not outcome.unused_alarms
    held = {hold.id for hold in outcome.holds}
    return Result(
        urgency=outcome.urgency,
        alarmed=bool(outcome.unused_alarms),
        self_harm=max((flag.tier for flag in outcome.flags if flag.rule in about_self_harm), default=Urgency.ROUTINE),
        bodily=max((flag.tier for flag in outcome.flags if flag.rule not in about_self_harm), default=Urgency.ROUTINE),
        reasons={} if calm else _reasons(outcome),
        signs=outcome.listed_signs,
        self_care=tuple(
            item for item in outcome.self_care if calm and held.isdisjoint(guide.self_care_held.get(item, ()))
        ),
        options=_options(guide, areas, held) if calm else (),
        specialists=_specialists(protocol, guide, areas) if calm else (),
    )


def _reasons(outcome: triage.Outcome) -> dict[str, tuple[Any, ...]]:
    """Return the answers of the worst flags, or the alarming ones no rule used where no flag says to get help."""
    told: list[Any] = [a for flag in outcome.flags if flag.tier == outcome.urgency for a in flag.answers]
    if outcome.urgency < LOWEST:
        told = list(outcome.unused_alarms)
    reasons: dict[str, tuple[Any, ...]] = {}
    for answer in told:
        if answer.question != "pain_regions" and answer.value not in reasons.get(answer.question, ()):
            reasons[answer.question] = (*reasons.get(answer.question, ()), answer.value)
    return reasons


def _options(guide: Any, areas: Iterable[str], held: Collection[str]) -> tuple[str, ...]:
    wanted = {option for area in areas for option in guide.areas[area].options}
    return tuple(
        name for name, option in guide.options.items() if name in wanted and held.isdisjoint(option.unless_held)
    )


def _specialists(protocol: triage.Protocol, guide: Any, areas: Iterable[str]) -> tuple[str, ...]:
    """Return who else may help with problems of these areas, in the order of the routing; never by the answers."""
    rows = [protocol.routing.rows[origin] for area in areas for origin in guide.areas[area].origins]
    named = dict.fromkeys(way.to for row in rows for way in (*row.first, *row.also))
    return tuple(name for name in named if name not in (FIRST_LOOK, "emergency_department"))
