"""Checks every name a condition uses, opens groups, and puts facts and rules in the order they build on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

from ..errors import Defect, Place
from .expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or, walk
from .protocol import Condition, NamedFact, Option, Origin, Page, Protocol, Question, Rule, Weight


class _Unknown(Exception):
    def __init__(self, wrong: str, to_do: str) -> None:
        super().__init__(wrong)
        self.wrong, self.to_do = wrong, to_do


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint with the closest known name."""
    close = get_close_matches(name, list(known), n=1)
    return f"Did you mean {close[0]!r}?" if close else "Check its spelling."


class Resolver:
    """Resolves conditions against the questions, facts and rules of one protocol; defects are collected."""

    def __init__(
        self, questions: list[Question], facts: list[NamedFact], rules: list[Rule], defects: list[Defect]
    ) -> None:
        self.defects = defects
        self.questions = self._by_id(questions, lambda question: question.place)
        self.facts = self._by_id(facts, lambda fact: fact.when.place)
        self.rules = self._by_id(rules, lambda rule: rule.place)
        self._resolve_questions()
        self.facts = {name: replace(fact, when=self.resolve(fact.when, name)) for name, fact in self.facts.items()}
        self.rules = {name: self._rule(rule) for name, rule in self.rules.items()}
        self.facts = self._ordered(self.facts, lambda fact: fact.when, Fact)
        self._resolve_options()
        self._refuse_rule_cycles()

    def _by_id(self, items: Iterable, place: Callable) -> dict:  # type: ignore[type-arg]
        found: dict = {}  # type: ignore[type-arg]
        for item in items:
            if item.id in found:
                self.add(place(item), item.id, f"the id {item.id!r} stands twice", "Give one of them another id.")
            found[item.id] = item
        return found

    def add(self, place: Place, owner: str, wrong: str, to_do: str) -> None:
        self.defects.append(Defect(place.file, place.line, owner, wrong, to_do))

    def resolve(self, condition: Condition, owner: str) -> Condition:
        """The condition with groups opened. A name that is not known becomes a defect."""
        try:
            return replace(condition, expression=self._open(condition.expression))
        except _Unknown as unknown:
            self.add(condition.place, owner, unknown.wrong, unknown.to_do)
            return condition

    def _open(self, node: Expression) -> Expression:  # noqa: C901
        match node:
            case Includes():
                return self._includes(node)
            case Compare(question=name, counted=counted):
                question = self._question(name)
                if counted and not question.takes_many:
                    raise _Unknown(f"count({name}) counts a question with one answer", "Count a multi_choice.")
                if not counted and not question.is_number:
                    raise _Unknown(f"{name!r} is compared with a number but is no number", "Use ':option'.")
            case Fact(name=name) if name not in self.facts:
                raise _Unknown(f"the fact {name!r} is not known", nearest(name, self.facts))
            case Fires(rule=name) if name not in self.rules:
                raise _Unknown(f"the rule {name!r} is not known", nearest(name, self.rules))
            case Not(part):
                return Not(self._open(part))
            case And(parts):
                return And(tuple(self._open(part) for part in parts))
            case Or(parts):
                return Or(tuple(self._open(part) for part in parts))
            case AtLeast(number, parts):
                return AtLeast(number, tuple(self._open(part) for part in parts))
        return node

    def _question(self, name: str) -> Question:
        if name not in self.questions:
            raise _Unknown(f"the question {name!r} is not known", nearest(name, self.questions))
        question: Question = self.questions[name]
        return question

    def _includes(self, node: Includes) -> Includes:
        question = self._question(node.question)
        if node.group:
            if node.group not in question.groups:
                hint = nearest(node.group, question.groups)
                raise _Unknown(f"{node.question!r} has no group {node.group!r}", hint)
            return replace(node, options=question.groups[node.group])
        for option in node.options:
            if option not in question.option_ids:
                hint = nearest(option, question.option_ids)
                raise _Unknown(f"{node.question!r} has no option {option!r}", hint)
        return node

    def _resolve_questions(self) -> None:
        """A question may depend only on questions that stand before it."""
        before: set[str] = set()
        for name, question in list(self.questions.items()):
            if question.asked_when:
                asked_when = self.resolve(question.asked_when, name)
                self.questions[name] = replace(question, asked_when=asked_when)
                for node in walk(asked_when.expression):
                    wrong = ""
                    if isinstance(node, Fact | Fires):
                        wrong = "asked_when names a fact or a rule"
                    elif isinstance(node, Includes | Compare) and node.question not in before:
                        wrong = f"asked_when depends on {node.question!r}, which does not stand before it"
                    if wrong:
                        self.add(asked_when.place, name, wrong, "Use only questions that come earlier.")
            before.add(name)

    def _resolve_options(self) -> None:
        """For whom an option is listed may be said by facts too, never by a rule."""
        for name, question in self.questions.items():
            if any(option.shown_when for option in question.options):
                options = tuple(self._option(question, option) for option in question.options)
                self.questions[name] = replace(question, options=options)

    def _option(self, question: Question, option: Option) -> Option:
        if option.shown_when is None:
            return option
        shown_when = self.resolve(option.shown_when, question.id)
        if question.type != "multi_choice" or option.id in question.exclusive:
            wrong = f"the option {option.id!r} is not always listed, and whoever does not see it must choose another"
            self.add(shown_when.place, question.id, wrong, "Take its shown_when away.")
        if names_in(shown_when.expression, Fires):
            self.add(shown_when.place, question.id, "shown_when names a rule", "Use facts and questions.")
        return replace(option, shown_when=shown_when)

    def _rule(self, rule: Rule) -> Rule:
        first = tuple(replace(way, when=way.when and self.resolve(way.when, rule.id)) for way in rule.refer_first)
        lookalikes = tuple(
            replace(one, present_when=one.present_when and self.resolve(one.present_when, rule.id))
            for one in rule.must_not_fire_on
        )
        fires_when = self.resolve(rule.fires_when, rule.id)
        return replace(rule, fires_when=fires_when, must_not_fire_on=lookalikes, refer_first=first)

    def _ordered(self, items: dict, condition: Callable, kind: type) -> dict:  # type: ignore[type-arg]
        order = build_order(items, lambda item: names_in(condition(item).expression, kind))
        if isinstance(order, str):
            first = next(iter(items.values()))
            self.add(condition(first).place, order, "these conditions build on each other in a circle", "Break it.")
            return items
        return {name: items[name] for name in order}

    def _refuse_rule_cycles(self) -> None:
        for name, fact in self.facts.items():
            if names_in(fact.when.expression, Fires):
                self.add(fact.when.place, name, "a fact names a rule", "Use the rule in rules, not in facts.")
        order = build_order(self.rules, lambda rule: names_in(rule.fires_when.expression, Fires))
        if isinstance(order, str):
            place = self.rules[order.split(" -> ")[0]].place
            self.add(place, order, "these rules wait for each other in a circle", "Break it.")

    def origins(self, origins: list[Origin]) -> dict[str, Origin]:
        found = self._by_id(origins, lambda origin: origin.place)
        return {
            name: replace(
                origin,
                evidence=tuple(Weight(w.points, self.resolve(w.when, name)) for w in origin.evidence),
            )
            for name, origin in found.items()
        }

    def references(self, protocol: Protocol) -> Iterator[Defect]:
        """Ids outside conditions that name nothing: sources, specialists, rules of origins, pages."""
        for rule in protocol.rules.values():
            yield from self._missing(rule.place, rule.id, "source", rule.source_ids, protocol.sources)
            to = [*rule.refer_to, *(way.to for way in rule.refer_first)]
            yield from self._missing(rule.place, rule.id, "specialist", to, protocol.specialists)
            if not rule.source_ids:
                yield Defect(rule.place.file, rule.place.line, rule.id, "no source is cited", "Cite one.")
        for origin in protocol.origins.values():
            yield from self._missing(origin.place, origin.id, "source", origin.source_ids, protocol.sources)
            yield from self._missing(origin.place, origin.id, "rule", origin.set_by_rules, protocol.rules)
        for hold in protocol.holds:
            yield from self._missing(hold.place, hold.id, "rule", hold.rules, protocol.rules)
        here = Place("routing.yaml", 0)
        routing = protocol.routing
        yield from self._missing(here, "origins", "origin", routing.rows, protocol.origins)
        yield from self._missing(here, "origins without a row", "row", protocol.origins, routing.rows)
        yield from self._missing(here, "nerve_origins", "origin", routing.nerve_origins, protocol.origins)
        always_listed = routing.always_listed_origins
        yield from self._missing(here, "always_listed_origins", "origin", always_listed, protocol.origins)
        ways = [way for row in routing.rows.values() for way in row.first + row.also]
        named = {way.to for way in [*ways, *routing.additions, routing.otherwise]}
        yield from self._missing(here, "to", "specialist", sorted(named), protocol.specialists)
        for name, row in routing.rows.items():
            if not row.first or row.first[-1].when:
                yield Defect(here.file, 0, name, "no first choice holds always", "End 'first' without a condition.")
        unknowns = Place("unknowns.yaml", 0)
        for line in protocol.unknowns.rows:
            yield from self._missing(line.when.place, line.id, "rule", line.raises, protocol.rules)
        tests = protocol.unknowns.strength_tests
        yield from self._missing(unknowns, "strength_tests", "question", tests, protocol.questions)
        origins = [protocol.discriminator.mixed_origin, protocol.levels.shown_with]
        yield from self._missing(Place("discriminator.yaml", 0), "origin", "origin", origins, protocol.origins)
        yield from self._pages(protocol)

    def _missing(
        self, place: Place, owner: str, kind: str, names: Iterable[str], known: Mapping[str, object]
    ) -> Iterator[Defect]:
        for name in names:
            if name not in known:
                yield Defect(place.file, place.line, owner, f"the {kind} {name!r} is not known", nearest(name, known))

    def _pages(self, protocol: Protocol) -> Iterator[Defect]:
        shown: dict[str, str] = {}
        for page in protocol.pages:
            yield from self._missing(page.place, page.id, "question", page.questions, protocol.questions)
            for name in page.questions:
                if name in shown:
                    wrong = f"the question {name!r} stands on the page {shown[name]!r} too"
                    yield Defect(page.place.file, page.place.line, page.id, wrong, "Keep it on one page.")
                shown[name] = page.id
                question = protocol.questions.get(name)
                if question and question.asked_when:
                    for before in questions_in(question.asked_when.expression) - set(shown):
                        wrong = f"{name!r} depends on {before!r}, which is asked on a later page"
                        yield Defect(page.place.file, page.place.line, page.id, wrong, "Move one of them.")
            yield from self._options_settled_before(protocol, page, set(shown).difference(page.questions))
        yield from self._steps_in_order(protocol)
        if len({page.id for page in protocol.pages}) < len(protocol.pages):
            yield Defect("pages.yaml", 0, "pages", "a page id stands twice", "Give one of them another id.")
        for name, question in protocol.questions.items():
            if name not in shown:
                yield Defect(question.place.file, question.place.line, name, "it stands on no page", "Add it.")

    def _steps_in_order(self, protocol: Protocol) -> Iterator[Defect]:
        """Pages that would lead a patient back to a step they were told is behind them."""
        step_of = {section: place for place, step in enumerate(protocol.steps) for section in step.sections}
        furthest = 0
        for page in protocol.pages if step_of else ():
            if step_of[page.section] < furthest:
                wrong = f"its section {page.section!r} belongs to a step before that of the page above"
                yield Defect(page.place.file, page.place.line, page.id, wrong, "Move the page, or the section.")
            furthest = max(furthest, step_of[page.section])

    def _options_settled_before(self, protocol: Protocol, page: Page, before: set[str]) -> Iterator[Defect]:
        """Options whose listing hangs on an answer of their own page, or of a later one: a list would change while it
        is read, or be read before it is known.
        """
        for name in page.questions:
            for option in protocol.questions[name].options if name in protocol.questions else ():
                if option.shown_when:
                    for other in sorted(read_by(protocol.facts, option.shown_when.expression) - before):
                        place = option.shown_when.place
                        wrong = f"{option.id!r} depends on {other!r}, which is not asked on an earlier page"
                        yield Defect(place.file, place.line, name, wrong, "Use only questions of earlier pages.")


def read_by(facts: Mapping[str, NamedFact], expression: Expression) -> set[str]:
    """Return the questions an expression reads, facts opened."""
    found = questions_in(expression)
    for name in names_in(expression, Fact) & facts.keys():
        found |= read_by(facts, facts[name].when.expression)
    return found


def names_in(expression: Expression, kind: type) -> set[str]:
    """Return the facts (kind Fact) or rules (kind Fires) an expression names."""
    return {getattr(node, "name" if kind is Fact else "rule") for node in walk(expression) if isinstance(node, kind)}


def questions_in(expression: Expression) -> set[str]:
    """The questions an expression reads itself, without opening facts and rules."""
    return {node.question for node in walk(expression) if isinstance(node, Includes | Compare)}


def build_order(items: Mapping[str, object], needs: Callable) -> list[str] | str:  # type: ignore[type-arg]
    """Ids so that each stands after what it needs, otherwise as written; or the circle as text."""
    graph = {name: needs(item) & items.keys() for name, item in items.items()}  # unknown names are told elsewhere
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        return " -> ".join(error.args[1])
    done: set[str] = set()
    order: list[str] = []
    waiting = list(items)
    while waiting:
        name = next(name for name in waiting if graph[name] <= done)
        waiting.remove(name)
        done.add(name)
        order.append(name)
    return order
