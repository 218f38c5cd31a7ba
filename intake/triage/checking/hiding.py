"""Proves that nothing hangs on an option for those who are not shown it.

An option with `shown_when` is left out of a list while that condition is false. It must make no difference then:
for no answers, whatever else is said, may a rule fire, an alarm sound, a row of the unknowns count, a hold or a word at
the end appear with the option chosen and not without it, or the other way round. So a danger sign counts wherever
the pain is and however old it is, as far as any rule would count it.

How it is proved: the condition is made false in each of the ways it can be. In each of them every condition that
decides something is read with all other answers left open. A part of it differs by the option only where the parts
beside it let that through: in an "and" all others can hold, in an "or" all others can fail. Nothing is assumed of
answers that the condition does not settle, not that their options are listed nor that one excludes another. So the
proof may refuse what would be safe; it never lets pass what is not.

Two things stay beyond it. Whoever finds nothing of theirs in a shorter list says "none of these" or "nothing clear",
and a rule may read that: it raises, where it does. And points of origins, by which somebody is named to see first, are
compared on whole patients by the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product

from ..errors import Defect
from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Option, Protocol, Question
from .cases import Block

Test = tuple[Includes | Compare, bool]  # a test of one answer, and whether it holds


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a condition can be when only some answers are known.

    `differs`: with the option and without it.
    """

    could: bool
    could_fail: bool
    differs: bool = False


OPEN, DIFFERS = Outlook(True, True), Outlook(True, True, True)


def hidden_while_read(protocol: Protocol, _: Iterable[Block] = ()) -> Iterator[Defect]:
    """Options that are hidden from somebody for whom what they say could still decide something."""
    readers = list(deciding(protocol))
    for question in protocol.questions.values():
        for option in question.options:
            if option.shown_when:
                found = first_reader(protocol, question, option, option.shown_when.expression, readers)
                if found:
                    wrong = f"the option {option.id!r} is hidden from somebody for whom {found} could still hang on it"
                    place = option.shown_when.place
                    yield Defect(place.file, place.line, question.id, wrong, "Widen its shown_when, or take it away.")


def folded_dangers(protocol: Protocol, _: Iterable[Block] = ()) -> Iterator[Defect]:
    """A fold over a danger sign, or over an answer that alarms.

    Nobody has to open something to see those.
    """
    alarming = {(one.answers.question, option) for one in protocol.alarms for option in one.answers.options}
    for question in protocol.questions.values():
        for heading in question.headings:
            alarms = [option for option in heading.options if (question.id, option) in alarming]
            if heading.folded and (question.counts_as != "context" or alarms):
                wrong = f"{heading.text!r} folds away what may be a danger sign"
                yield Defect(question.place.file, question.place.line, question.id, wrong, "Take its folded away.")


def first_reader(
    protocol: Protocol, question: Question, option: Option, shown: Expression, readers: list[tuple[str, Expression]]
) -> str:
    """Return the name of what can hang on an option while it is hidden.

    Empty when nothing can.
    """
    for tests in ways_to_fail(protocol, shown):
        known = Known.of(protocol, tests)
        if known is None:
            continue
        reading = Reading(protocol, known, question.id, option.id)
        for name, expression in readers:
            if reading.see(expression).differs:
                return name
    return ""


def deciding(protocol: Protocol) -> Iterator[tuple[str, Expression]]:
    """Return every condition that must not change by what is hidden: all but points and whom to see, with its name."""
    for rule in protocol.rules.values():
        yield f"the rule {rule.id}", rule.fires_when.expression
    for alarm in protocol.alarms:
        alarms: Expression = alarm.answers
        if alarm.unless:
            alarms = And((alarm.answers, Not(alarm.unless.expression)))
        yield f"the alarm {alarm.id}", alarms
    for row in protocol.unknowns.rows:
        yield f"the row {row.id} of the unknowns", row.when.expression
    for hold in protocol.holds:
        if hold.when:
            yield f"the hold {hold.id}", hold.when.expression
    for advice in (*protocol.wording.listed_signs.values(), *protocol.wording.self_care.values()):
        for condition in (advice.show_when, advice.hide_when):
            if condition:
                yield f"what is said of {advice.id}", condition.expression


def ways_to_fail(protocol: Protocol, node: Expression, wanted: bool = False) -> Iterator[tuple[Test, ...]]:
    """Return sets of tests.

    Whenever a condition is false (or `wanted`), all tests of one of them are met.
    """
    match node:
        case Includes() | Compare():
            yield ((node, wanted),)
        case Fact(name):
            yield from ways_to_fail(protocol, protocol.facts[name].when.expression, wanted)
        case Fires(rule):
            yield from ways_to_fail(protocol, protocol.rules[rule].fires_when.expression, wanted)
        case Not(part):
            yield from ways_to_fail(protocol, part, not wanted)
        case And(parts) | Or(parts):
            if isinstance(node, And) is wanted:
                for each in product(*(list(ways_to_fail(protocol, part, wanted)) for part in parts)):
                    yield tuple(test for tests in each for test in tests)
            else:
                for part in parts:
                    yield from ways_to_fail(protocol, part, wanted)
        case AtLeast():
            yield ()  # nothing is known then: the proof looks at every answer


@dataclass(slots=True)
class Known:
    """What is known of the answers: options not chosen, sets of which one is chosen, and the reach of numbers."""

    protocol: Protocol
    unchosen: dict[str, set[str]] = field(default_factory=dict)
    chosen: dict[str, list[set[str]]] = field(default_factory=dict)
    reach: dict[str, tuple[int, int]] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, protocol: Protocol, tests: Iterable[Test]) -> Known | None:
        """Return what these tests say together; None when no answers can meet them all."""
        known = cls(protocol)
        for test, holds in tests:
            known.learn(test, holds)
        return None if known.contradicts() else known

    def learn(self, test: Includes | Compare, holds: bool) -> None:
        name = test.question
        if isinstance(test, Includes):
            if holds:
                self.chosen.setdefault(name, []).append(set(test.options))
                self.answered.add(name)
            else:
                self.unchosen.setdefault(name, set()).update(test.options)
        elif not test.counted:
            low, high = self.reach.get(name, self.protocol.questions[name].bounds or (0, 0))
            at_least = (test.op == ">=") is holds
            number = test.number if holds else test.number + (1 if test.op == "<=" else -1)
            self.reach[name] = (max(low, number), high) if at_least else (low, min(high, number))
            if holds:
                self.answered.add(name)

    def contradicts(self) -> bool:
        """A number that would have to be two, or nothing left of what is chosen.

        A number left open is no answer.
        """
        for name, (low, high) in self.reach.items():
            if low > high and name in self.answered:
                return True
        for name, sets in self.chosen.items():
            left = [options - self.unchosen.get(name, set()) for options in sets]
            if not self.protocol.questions[name].takes_many:
                left = [set.intersection(*left)]
            if not all(left):
                return True
        return False

    def see(self, test: Includes | Compare) -> Outlook:
        """Return what a test of one answer can be."""
        question, name = self.protocol.questions[test.question], test.question
        if isinstance(test, Compare):
            if test.counted or name not in self.reach:
                return OPEN
            low, high = self.reach[name]
            could = test.number <= high if test.op == ">=" else test.number >= low
            all_of_it = test.number <= low if test.op == ">=" else test.number >= high
            return Outlook(could and low <= high, not (all_of_it and name in self.answered))
        left = set(test.options) - self.unchosen.get(name, set())
        sets = [options - self.unchosen.get(name, set()) for options in self.chosen.get(name, [])]
        if sets and not question.takes_many:
            sets = [set.intersection(*sets)]
            left &= sets[0]
        must = any(options <= set(test.options) for options in sets)
        return Outlook(bool(left), not must)


class Reading:
    """Reads conditions for somebody of whom little is known, with one option chosen and without it."""

    def __init__(self, protocol: Protocol, known: Known, question: str, option: str) -> None:
        self.protocol, self.known = protocol, known
        self.question, self.option = question, option
        self.seen: dict[str, Outlook] = {}

    def see(self, node: Expression) -> Outlook:
        match node:
            case Includes() | Compare():
                return self._test(node)
            case Fact(name):
                return self._named(name, self.protocol.facts[name].when.expression)
            case Fires(rule):
                return self._named(f"rule.{rule}", self.protocol.rules[rule].fires_when.expression)
            case Not(part):
                found = self.see(part)
                return Outlook(found.could_fail, found.could, found.differs)
            case And(parts):
                return all_of([self.see(part) for part in parts])
            case Or(parts):
                return any_of([self.see(part) for part in parts])
            case AtLeast(number, parts):
                return at_least(number, [self.see(part) for part in parts])

    def _named(self, name: str, expression: Expression) -> Outlook:
        if name not in self.seen:
            self.seen[name] = self.see(expression)
        return self.seen[name]

    def _test(self, test: Includes | Compare) -> Outlook:
        """A test holds of an answer to a question that is asked, and whether it is asked may hang on the option."""
        found = self.known.see(test)
        if test.question == self.question and (isinstance(test, Compare) or self.option in test.options):
            found = DIFFERS
        asked_when = self.protocol.questions[test.question].asked_when
        if asked_when is None:
            return found
        return all_of([self._named(f"asked.{test.question}", asked_when.expression), found])


def all_of(parts: list[Outlook]) -> Outlook:
    """Return what "and" makes of its parts."""
    return Outlook(
        all(part.could for part in parts),
        any(part.could_fail for part in parts),
        any(part.differs and _all_others(parts, place, "could") for place, part in enumerate(parts)),
    )


def any_of(parts: list[Outlook]) -> Outlook:
    """Return what "or" makes of its parts."""
    return Outlook(
        any(part.could for part in parts),
        all(part.could_fail for part in parts),
        any(part.differs and _all_others(parts, place, "could_fail") for place, part in enumerate(parts)),
    )


def at_least(number: int, parts: list[Outlook]) -> Outlook:
    """Return what "at least so many of" makes of its parts."""
    could = sum(part.could for part in parts) >= number
    could_fail = sum(not part.could_fail for part in parts) < number
    return Outlook(could, could_fail, could and could_fail and any(part.differs for part in parts))


def _all_others(parts: list[Outlook], place: int, what: str) -> bool:
    return all(getattr(part, what) for other, part in enumerate(parts) if other != place)
