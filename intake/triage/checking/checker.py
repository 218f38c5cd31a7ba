"""The checker: what loading cannot see. A protocol with a defect is not activated; a note is for a clinician to weigh.

`check` assumes a loaded protocol, so ids, conditions, cycles, sources and pages are already in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..deciding.compiling import program_of
from ..errors import Defect, Place
from ..reading import translations
from ..reading.expressions import And, AtLeast, Compare, Expression, Includes, Not, Or, walk
from ..reading.protocol import Protocol, Question, Rule, Urgency
from ..reading.resolving import questions_in
from .accepting import judge_cliffs
from .cases import Block, read_cases, run_cases
from .cliffs import cliffs
from .earliest import Earliest, earliest_pages
from .hiding import folded_dangers, hidden_while_read
from .lookalikes import never_beside, shown_by_nothing
from .unsure import unsure_too_high

NEVER_SAID = re.compile(r"\b(diagnos\w*|probabl[ey]|you are fine|nothing serious|can wait)\b", re.IGNORECASE)
ELSEWHERE = {"ED": "emergency_department", "behavioral health": "behavioral_health"}  # other words for an id
QUIET = ("none", "normal", "no", "never", "not_felt", "no_change", "other", "unsure", "prefer_not", "not_tried")


@dataclass(frozen=True, slots=True)
class Report:
    """What the checker found. `defects` refuse activation; `notes` are facts a clinician may want to weigh.
    `earliest`: for each emergency rule the first page at which it can fire. `searched`: cliffs were looked for too."""

    defects: tuple[Defect, ...]
    notes: tuple[Defect, ...]
    earliest: tuple[Earliest, ...]
    cases: int
    searched: bool

    @property
    def clean(self) -> bool:
        return not self.defects


def check(protocol: Protocol, *, search: bool = True) -> Report:
    """Return everything that is wrong with a loaded protocol, and what is worth knowing about it.

    The search for cliffs and for "unsure" above a definite answer takes most of the time. It waits until everything
    else is in order: a protocol that is refused anyway is heard of at once. Who looks for something else leaves it out;
    what decides whether a protocol may be used never does.
    """
    found = list(read_cases(protocol.folder))
    blocks = [block for block in found if isinstance(block, Block)]
    defects = [block for block in found if isinstance(block, Defect)]
    defects += run_cases(protocol, blocks)
    for finding in (
        unused_questions,
        no_alarms,
        thresholds,
        contradictions,
        hidden_while_read,
        folded_dangers,
        shown_by_nothing,
        destinations,
        wording,
        unproven_rules,
    ):
        defects += finding(protocol, blocks)
    defects += translations.defects(protocol)
    search = search and not defects
    if search:
        defects += judge_cliffs(protocol, cliffs(protocol, blocks)).defects
        defects += unsure_too_high(protocol, blocks)
    earliest = earliest_pages(protocol, blocks)
    notes = [*unread_options(protocol), *skippable(protocol, blocks), *late(protocol, earliest)]
    notes += unread_in_cases(protocol, blocks)
    if search:
        notes += never_beside(protocol, blocks)
    return Report(tuple(defects), tuple(notes), tuple(earliest), len(blocks), search)


def conditions(protocol: Protocol) -> Iterator[tuple[str, Place, Expression]]:
    """Return every condition that decides a flag, a question or an origin, with its owner and place."""
    for question in protocol.questions.values():
        if question.asked_when:
            yield question.id, question.asked_when.place, question.asked_when.expression
    for fact in protocol.facts.values():
        yield fact.id, fact.when.place, fact.when.expression
    for rule in protocol.rules.values():
        yield rule.id, rule.fires_when.place, rule.fires_when.expression
    for owner, weights in program_of(protocol).scored:
        for weight in weights:
            yield owner, weight.when.place, weight.when.expression


# ---------------------------------------------------------------------- defects


def unused_questions(protocol: Protocol, _: list[Block]) -> Iterator[Defect]:
    """A red-flag question no rule reads, itself or through the questions it opens."""
    reads = program_of(protocol).reads
    used = 0
    for rule in protocol.rules:
        used |= reads[f"rule.{rule}"]
    for name in set(protocol.questions) - set(program_of(protocol).named(used)):
        question = protocol.questions[name]
        if question.red_flag:
            yield fault(question.place, name, "a red-flag question that no rule reads", "Use it or unmark it.")
    named = {question for _, _, tree in decisive(protocol) for question in questions_in(tree)}
    listing = [tree for _, _, tree in listing_conditions(protocol)]
    for fact in protocol.facts.values():
        others = [*listing, *(tree for owner, _, tree in decisive(protocol) if owner != fact.id)]
        if not any(getattr(node, "name", "") == fact.id for tree in others for node in walk(tree)):
            yield fault(fact.when.place, fact.id, "a fact that nothing uses", "Use it or remove it.")
    for name in named - set(protocol.questions):
        yield Defect("questions", 0, name, "a question is read but not asked", "Ask it.")


def no_alarms(protocol: Protocol, _: list[Block]) -> Iterator[Defect]:
    """A protocol without alarming answers: what its rules overlook would go unread."""
    if not protocol.alarms:
        yield Defect("alarms.yaml", 0, "alarms.yaml", "no answer is listed as alarming", "Put the list back.")


def calm_conditions(protocol: Protocol) -> Iterator[tuple[str, Place, Expression]]:
    """Return the conditions under which alarming answers are calm; they decide what a therapist must see."""
    for one in protocol.alarms:
        if one.unless:
            yield one.id, one.unless.place, one.unless.expression


def decisive(protocol: Protocol) -> Iterator[tuple[str, Place, Expression]]:
    """Return every condition that decides anything, also what a therapist must see."""
    yield from conditions(protocol)
    yield from calm_conditions(protocol)


def listing_conditions(protocol: Protocol) -> Iterator[tuple[str, Place, Expression]]:
    """Return the conditions that tell for whom an option is listed.

    `hiding.py` proves that they decide nothing.
    """
    for question in protocol.questions.values():
        for option in question.options:
            if option.shown_when:
                yield question.id, option.shown_when.place, option.shown_when.expression


def lookalike_conditions(protocol: Protocol) -> Iterator[tuple[str, Place, Expression]]:
    """Return the conditions that tell what a rule must not fire on; they decide nothing, so they are kept apart."""
    for rule in protocol.rules.values():
        for one in rule.must_not_fire_on:
            if one.present_when:
                yield rule.id, one.present_when.place, one.present_when.expression


def every_condition(protocol: Protocol) -> Iterator[tuple[str, Place, Expression]]:
    """Return what decides something, and what only tells: each has to make sense in itself."""
    yield from decisive(protocol)
    yield from lookalike_conditions(protocol)
    yield from listing_conditions(protocol)


def thresholds(protocol: Protocol, _: list[Block]) -> Iterator[Defect]:
    """A number no answer can reach, or every answer reaches."""
    for owner, place, tree in every_condition(protocol):
        for node in walk(tree):
            if isinstance(node, Compare):
                low, high = bounds(protocol.questions[node.question], counted=node.counted)
                reached = node.number <= high if node.op == ">=" else node.number >= low
                always = node.number <= low if node.op == ">=" else node.number >= high
                if not reached or always:
                    said = "always true" if always else "never true"
                    yield fault(place, owner, f"{node.question}{node.op}{node.number} is {said}", "Mend the number.")


def bounds(question: Question, *, counted: bool) -> tuple[int, int]:
    if counted:
        return 1, len(question.option_ids)
    return question.bounds or (0, 0)


def contradictions(protocol: Protocol, _: list[Block]) -> Iterator[Defect]:
    """Parts that say the same thing twice, and parts that exclude each other."""
    for owner, place, tree in every_condition(protocol):
        for node in walk(tree):
            if not isinstance(node, And | Or | AtLeast):
                continue
            if len(set(node.parts)) < len(node.parts):
                yield fault(place, owner, "the same part stands twice", "Remove one of them.")
            negated = {part.part for part in node.parts if isinstance(part, Not)}
            if negated & set(node.parts):
                yield fault(place, owner, "a part and its opposite stand side by side", "Remove one of them.")
            if isinstance(node, And):
                yield from exclusive_choices(protocol, owner, place, node)


def exclusive_choices(protocol: Protocol, owner: str, place: Place, node: And) -> Iterator[Defect]:
    """Two tests of one single-choice question, or of its least and greatest number, that no answer meets."""
    chosen: dict[str, set[str]] = {}
    lowest: dict[str, int] = {}
    highest: dict[str, int] = {}
    for part in node.parts:
        if isinstance(part, Includes) and not protocol.questions[part.question].takes_many:
            chosen[part.question] = chosen.get(part.question, set(part.options)) & set(part.options)
        if isinstance(part, Compare) and part.op == ">=":
            lowest[part.question] = max(part.number, lowest.get(part.question, part.number))
        if isinstance(part, Compare) and part.op == "<=":
            highest[part.question] = min(part.number, highest.get(part.question, part.number))
    impossible = [name for name, options in chosen.items() if not options]
    impossible += [name for name in lowest if name in highest and lowest[name] > highest[name]]
    for name in impossible:
        yield fault(place, owner, f"no answer to {name!r} meets both tests of it", "Mend one of them.")


def destinations(protocol: Protocol, _: list[Block]) -> Iterator[Defect]:
    """Destinations that contradict the tier or their own words."""
    for rule in protocol.rules.values():
        words = rule.destination
        for said, specialist in ELSEWHERE.items():
            words = words.replace(said, specialist)
        named = {specialist for specialist in protocol.specialists if specialist in words}
        if set(rule.refer_to) != named:
            differ = ", ".join(sorted(set(rule.refer_to) ^ named))
            wrong = f"destination and refer_to do not name the same specialists ({differ})"
            yield fault(rule.place, rule.id, wrong, "Make them say the same.")
        order = [words.index(specialist) for specialist in rule.refer_to if specialist in words]
        if order != sorted(order):
            yield fault(rule.place, rule.id, "refer_to has another first choice than destination", "Order them alike.")
        yield from tier_fits(rule)


def tier_fits(rule: Rule) -> Iterator[Defect]:
    if rule.tier is Urgency.EMERGENCY and rule.refer_to != ("emergency_department",):
        yield fault(rule.place, rule.id, "an emergency goes elsewhere than the emergency department", "Mend refer_to.")
    same_day = re.search(r"same.day|working day|same or next day", rule.destination)
    if rule.tier is Urgency.URGENT and not same_day and "emergency_department" not in rule.destination:
        yield fault(rule.place, rule.id, "an urgent destination says no day", "Say same day, or change the tier.")
    if rule.tier is Urgency.SOON and (same_day or "emergency_department" in rule.destination):
        yield fault(rule.place, rule.id, "the destination is more urgent than the tier", "Change one of them.")
    if not rule.refer_to and "clinician call" not in rule.destination:
        yield fault(rule.place, rule.id, "nobody is named to see the patient", "Name a specialist or a call.")


def wording(protocol: Protocol, _: list[Block]) -> Iterator[Defect]:
    """Words for patients that diagnose, promise or leave out what to watch for."""
    here = Place("wording.yaml", 0)
    for word, tier in protocol.wording.tiers.items():
        if tier.tier is not Urgency.EMERGENCY and "{signs}" not in tier.say:
            yield fault(here, word, "the listed signs are not told", "Put {signs} into the text.")
        if tier.tier is Urgency.EMERGENCY and "911" not in tier.say:
            yield fault(here, word, "the emergency text does not name 911", "Say to call 911.")
        if "988" not in (tier.say_self_harm or "988"):
            yield fault(here, word, "the self-harm text does not name 988", "Say to call or text 988.")
    texts = [tier.say + tier.say_self_harm for tier in protocol.wording.tiers.values()]
    texts += [advice.text for advice in protocol.wording.listed_signs.values()]
    texts += [advice.text for advice in protocol.wording.self_care.values()]
    for text in [*texts, protocol.wording.everyone]:
        for found in NEVER_SAID.finditer(text):
            yield fault(here, "wording", f"patients are never told {found.group()!r}", "Say what to do instead.")
    for rule in protocol.rules.values():
        named = rule.condition.lower()  # one word alone may be a sign to watch for, such as fainting
        if " " in named and any(named in text.lower() for text in texts):
            yield fault(here, rule.id, "its condition is named to patients", "Say what to do instead.")


def unproven_rules(protocol: Protocol, blocks: list[Block]) -> Iterator[Defect]:
    """A rule no case fires cannot be trusted to fire; likewise one no case just misses."""
    told = {
        kind: {b.about for b in blocks if b.kind == "rule" and kind in b.told} for kind in ("answers", "just_misses")
    }
    for rule in protocol.rules.values():
        for kind, said in (("answers", "fires"), ("just_misses", "just misses")):
            if rule.id not in told[kind]:
                yield fault(rule.place, rule.id, f"no case {said} it", f"Add one to cases/{rule.tier.word}.yaml.")


# ---------------------------------------------------------------------- notes


def unread_options(protocol: Protocol) -> Iterator[Defect]:
    """Options of red-flag questions that no rule, origin or point reads."""
    read: dict[str, set[str]] = {}
    for _, _, tree in conditions(protocol):
        for node in walk(tree):
            if isinstance(node, Includes):
                read.setdefault(node.question, set()).update(node.options)
    for question in protocol.questions.values():
        unread = [o for o in question.option_ids if o not in read.get(question.id, set()) and o not in QUIET]
        if question.red_flag and unread:
            wrong = f"no rule or origin reads {', '.join(unread)}"
            yield fault(question.place, question.id, wrong, "Shown to the therapist only.")


def skippable(protocol: Protocol, blocks: list[Block]) -> Iterator[Defect]:
    """Red-flag inputs a patient can pass by: optional questions, and branches that leave one unasked."""
    for question in protocol.questions.values():
        if question.red_flag and not question.required:
            yield fault(
                question.place, question.id, "a red-flag question may be left out", "Not answered is never a no."
            )
    passed: dict[tuple[str, str], set[str]] = {}
    for block in blocks:
        if block.kind == "rule" and block.about in protocol.rules:
            for read, opener in passed_by(protocol, block):
                passed.setdefault((block.about, read), set()).add(opener)
    for (name, read), openers in passed.items():
        wrong = f"reads {read!r}, which is asked only because of {', '.join(sorted(openers))}"
        yield fault(protocol.rules[name].place, name, wrong, "Without that answer the rule cannot fire.")


def passed_by(protocol: Protocol, block: Block) -> Iterator[tuple[str, str]]:
    """(question, opener): an answer of the case the rule itself does not need, only the question's asked_when does."""
    own = set(program_of(protocol).named(rule_reads(protocol, block.about)))
    for opener in block.answers:
        if opener not in own:
            for name in block.answers:
                condition = protocol.questions[name].asked_when
                if name in own and condition and opener in questions_in(condition.expression):
                    yield name, opener


def rule_reads(protocol: Protocol, name: str) -> int:
    """Return the questions the rule's own condition reads, facts opened, what makes them visible left aside."""
    bits, waiting = 0, [protocol.rules[name].fires_when.expression]
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, Includes | Compare):
                bits |= 1 << program_of(protocol).question_ids.index(node.question)
            elif getattr(node, "name", ""):
                waiting.append(protocol.facts[node.name].when.expression)  # type: ignore[union-attr]
    return bits


def late(protocol: Protocol, earliest: Iterable[Earliest]) -> Iterator[Defect]:
    """Emergency rules that can fire only on a page of the last third."""
    for one in earliest:
        if one.number * 3 > len(protocol.pages) * 2:
            wrong = f"it can fire only from page {one.number} of {len(protocol.pages)} ({one.page})"
            yield fault(protocol.rules[one.rule].place, one.rule, wrong, "Ask its last question earlier.")


def unread_in_cases(protocol: Protocol, blocks: list[Block]) -> Iterator[Defect]:
    """Options a rule names itself that no case of the rule gives as an answer."""
    given: dict[str, set[tuple[str, object]]] = {}
    for block in blocks:
        changes = [block.answers, *block.told.get("also_fires", ()), *block.told.get("just_misses", ())]
        pairs = {(name, value) for change in changes for name, value in flat(change)}
        given.setdefault(block.about, set()).update(pairs)
    for rule in protocol.rules.values():
        seen = given.get(rule.id, set())
        for node in walk(rule.fires_when.expression):
            if isinstance(node, Includes) and not node.group:
                missing = [option for option in node.options if (node.question, option) not in seen]
                if missing:
                    wrong = f"no case gives {node.question}:{'/'.join(missing)}"
                    yield fault(rule.place, rule.id, wrong, f"Add one to cases/{rule.tier.word}.yaml.")


def flat(change: dict[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in change.items():
        yield from ((name, one) for one in value) if isinstance(value, list) else [(name, value)]


def fault(place: Place, owner: str, wrong: str, to_do: str) -> Defect:
    return Defect(place.file, place.line, owner, wrong, to_do)
