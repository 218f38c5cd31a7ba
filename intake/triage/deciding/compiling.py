"""Compiles a protocol to Python source, from the same expression trees everything else reads.

Truth has three values, kept as two questions asked of the same tree:

- fires: what the reference counts. A question not asked or not answered is false; "unsure" counts where named.
- could fire: true for some way of filling in what is open (unanswered, unsure, or not yet known to be asked).
  An unsure answer counts as open here: the person may yet give another one.

For "could fire", NOT needs its counterpart "must fire"; each condition is therefore written out in up to three
modes. The truth of the tests on a question comes out of a table, by its answer (rows.py): `t3_0` is the first test
on question 3; its value `q3`, kept for explanations, has a bit for each option.
`asked`, `open` and `shaky` are sets of questions as bits, in protocol order: visible, not (surely) answered, and
visible only as long as an open question does not turn out otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Condition, Protocol, Question
from ..reading.resolving import build_order, names_in, questions_in
from .reasons import HELPERS, Reasons
from .rows import Masks, Tests

FIRES, COULD, MUST = "fires", "could", "must"
OPPOSITE = {FIRES: FIRES, COULD: MUST, MUST: COULD}
KEPT = 16  # protocols whose compiled form is kept; a process holds the shipped one and at most eight stored ones
Decision = Callable[..., Any]


class Program:
    """The compiled protocol. Each of its functions takes clean answers and is compiled on first use.

    visible(answers) -> the questions to ask, as bits.
    fires(answers) -> the fired rules alone, as indices in the order they build on each other.
    decide(answers) -> fired, could, asked, open, shaky: lists of rule indices in protocol order, question bits.
    Questions no rule reads are left out of `asked`.
    bound(answers, opened) -> fired, could, must, for exactly the questions in the bits `opened` being open and every
    other answer, unsure or missing too, taken as it stands. `must`: rules that fire whatever the answers opened.
    facts(answers) -> the truth of each named fact, in protocol order.
    examine(answers) -> the first five (all questions), then values (option bits or number of each question),
    scores (points and bits of the counting evidence of each of `scored`) and conditions (bits of `conditions`).
    why(answers) -> the first five, values, and the smallest set of answers of each fired rule.
    explain(answers) -> the eight of examine, then the smallest sets of answers, as bits that `answers_of` reads: of
    each fired rule, of the counting evidence of each origin that can be shown, of each level or hold that holds.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.question_ids = tuple(protocol.questions)
        self.rule_ids = tuple(protocol.rules)
        sides = protocol.discriminator
        origins = tuple((name, origin.evidence) for name, origin in protocol.origins.items())
        self.scored = (*origins, ("nerve", sides.nerve), ("musculoskeletal", sides.musculoskeletal))
        self.conditions = tuple(other_conditions(protocol))
        self.place_of = {id(condition): place for place, condition in enumerate(self.conditions)}
        self.mask = Masks(protocol).of
        self.reasons = Reasons(protocol, self.mask)

    @cached_property
    def visible(self) -> Decision:
        return self._compiled("visible")

    @cached_property
    def fires(self) -> Decision:
        return self._compiled("fires")

    @cached_property
    def decide(self) -> Decision:
        return self._compiled("decide")

    @cached_property
    def facts(self) -> Decision:
        return self._compiled("facts")

    @cached_property
    def bound(self) -> Decision:
        return self._compiled("bound")

    @cached_property
    def examine(self) -> Decision:
        return self._compiled("examine")

    @cached_property
    def why(self) -> Decision:
        return self._compiled("why")

    @cached_property
    def explain(self) -> Decision:
        return self._compiled("explain")

    def source(self, name: str) -> str:
        """Return the Python text of one of the functions, for a reviewer."""
        return _Writer(self).function(name)

    def _compiled(self, name: str) -> Decision:
        writer = _Writer(self)
        text = writer.function(name)
        space: dict[str, Any] = {**HELPERS, **writer.tests.tables()}
        exec(compile(text, f"<{name} {self.protocol.digest[:12]}>", "exec"), space)  # noqa: S102 (our own text)
        function: Decision = space[name]
        return function

    @cached_property
    def reads(self) -> Mapping[str, int]:
        """For each question, fact and rule ("rule.x") the questions it can depend on, as bits."""
        return _Writer(self).reads

    def holds(self, condition: Condition | None, bits: int) -> bool:
        """Say whether a condition of routing, holds, levels or wording holds (None: always), from `conditions`."""
        return condition is None or bool(bits >> self.place_of[id(condition)] & 1)

    def named(self, bits: int) -> tuple[str, ...]:
        """Return the question ids of a set of question bits, in protocol order."""
        return tuple(name for index, name in enumerate(self.question_ids) if bits >> index & 1)


def program_of(protocol: Protocol) -> Program:
    """Compile a protocol; once, for everybody who asks, also for its shorter forms.

    The data knows nothing of what is made of it. A program holds its protocol, so the oldest leave by number.
    """
    return _program_of(protocol.whole or protocol)


@lru_cache(maxsize=KEPT)
def _program_of(protocol: Protocol) -> Program:
    return Program(protocol)


def other_conditions(protocol: Protocol) -> list[Condition]:
    """Return every condition outside questions, facts, rules and points: routing, levels, holds, unknowns, wording."""
    routing = protocol.routing
    ways = [way for row in routing.rows.values() for way in row.first + row.also]
    ways += [way for rule in protocol.rules.values() for way in rule.refer_first]
    found = [way.when for way in [*ways, *routing.additions]]
    found += [words.self_harm_when for words in protocol.wording.tiers.values()]
    found += [condition for level in protocol.levels.levels for condition in level.weakens]
    found += [weight.when for level in protocol.levels.levels for weight in level.supports]
    found += [hold.when for hold in protocol.holds]
    found += [row.when for row in protocol.unknowns.rows]
    for advice in [*protocol.wording.listed_signs.values(), *protocol.wording.self_care.values()]:
        found += [advice.show_when, advice.hide_when]
    return [condition for condition in found if condition is not None]


def explained_conditions(protocol: Protocol) -> list[Condition]:
    """Return those whose answers are shown: nerve levels and holds."""
    found = [condition for level in protocol.levels.levels for condition in level.weakens]
    found += [weight.when for level in protocol.levels.levels for weight in level.supports]
    return found + [hold.when for hold in protocol.holds if hold.when]


class _Writer:
    def __init__(self, program: Program) -> None:
        self.program, self.protocol = program, program.protocol
        self.questions = list(self.protocol.questions.values())
        self.index = {question.id: index for index, question in enumerate(self.questions)}
        self.rules = {name: index for index, name in enumerate(self.protocol.rules)}
        needs = build_order(self.protocol.rules, lambda rule: names_in(rule.fires_when.expression, Fires))
        self.rule_order = list(needs)
        self.lines: list[str] = []
        self.bounds, self.tells_open = False, True
        self.tests = Tests(self.protocol, program.mask, [], keep_values=False)
        self.reads: dict[str, int] = {}
        for question in self.questions:
            self.reads[question.id] = self.bit(question.id) | self.reads_of(question.asked_when)
        for name, fact in self.protocol.facts.items():
            self.reads[name] = self.reads_of(fact.when)
        for name in self.rule_order:
            self.reads[f"rule.{name}"] = self.reads_of(self.protocol.rules[name].fires_when)

    def bit(self, question: str) -> int:
        return 1 << self.index[question]

    def reads_of(self, condition: Condition | None) -> int:
        """Return the questions a condition can depend on, also through facts, rules and what makes them visible."""
        if condition is None:
            return 0
        tree = condition.expression
        names = questions_in(tree) | names_in(tree, Fact) | {f"rule.{rule}" for rule in names_in(tree, Fires)}
        bits = 0
        for name in names:
            bits |= self.reads[name]
        return bits

    # ------------------------------------------------------------------ expressions

    def text(self, node: Expression, mode: str = FIRES) -> str:
        """Return the Python text of a condition in one of the three modes."""
        match node:
            case Includes() | Compare():
                return self.leaf(node.question, self.tests.name(node), mode)
            case Fact(name):
                return f"{mode}_{name}"
            case Fires(rule):
                return f"{mode}_rule{self.rules[rule]}"
            case Not(part):
                return f"(not {self.text(part, OPPOSITE[mode])})"
            case And(parts):
                return "(" + " and ".join(self.text(part, mode) for part in parts) + ")"
            case Or(parts):
                return "(" + " or ".join(self.text(part, mode) for part in parts) + ")"
            case AtLeast(number, parts):
                counts = " + ".join(f"(1 if {self.text(part, mode)} else 0)" for part in parts)
                return f"({counts} >= {number})"

    def leaf(self, question: str, test: str, mode: str) -> str:
        if mode == COULD:
            return f"({test} or open & {self.bit(question)})"
        if mode == MUST:
            return f"({test} and not (open | shaky) & {self.bit(question)})"
        return test

    # ------------------------------------------------------------------ the functions

    def write(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def function(self, name: str) -> str:  # noqa: C901
        self.lines = []
        always = sum(self.bit(question.id) for question in self.questions if not question.asked_when)
        deep = name in ("examine", "explain")
        trees = self.trees(name, deep=deep)
        explained = name in ("why", "explain")
        self.tests = Tests(self.protocol, self.program.mask, trees, keep_values=deep or explained)
        read = {question for tree in trees for question in questions_in(tree)}
        self.bounds, self.tells_open = name == "bound", name not in ("visible", "fires")
        self.write(0, f"def {name}(answers{', opened' if self.bounds else ''}):")
        self.write(1, "get = answers.get")
        self.write(1, f"asked = {always}; open = shaky = 0")
        for question in self.questions:
            if deep or explained or question.id in read:
                self.question(question)
            elif name == "visible" and question.asked_when:
                self.write(1, f"if {self.text(question.asked_when.expression)}: asked |= {self.bit(question.id)}")
        if name == "visible":
            self.write(1, "return asked")
            return "\n".join(self.lines) + "\n"
        for fact_name, fact in self.protocol.facts.items():
            self.write(1, f"fires_{fact_name} = {self.text(fact.when.expression)}")
        if name == "facts":
            self.write(1, f"return ({', '.join(f'fires_{fact}' for fact in self.protocol.facts)},)")
            return "\n".join(self.lines) + "\n"
        self.write(1, "fired = []; rule_reasons = {}" if explained else "fired = []")
        for rule in self.rule_order:
            tree, index = self.protocol.rules[rule].fires_when.expression, self.rules[rule]
            self.write(1, f"fires_rule{index} = {self.text(tree)}")
            self.write(1, f"if fires_rule{index}:")
            self.write(2, f"fired.append({index})")
            if explained:
                self.write(2, f"rule_reasons[{index}] = {self.program.reasons.smallest(tree, self.text)}")
        if name == "fires":
            self.write(1, "return fired")
            return "\n".join(self.lines) + "\n"
        self.open_rules()
        if self.rule_order != list(self.protocol.rules):
            self.write(1, "fired.sort(); could.sort()")
        result = "fired, could, must" if name == "bound" else "fired, could, asked, open, shaky"
        if deep:
            result += ", values, scores, conditions"
            self.scores(explained=name == "explain")
        if deep or explained:
            self.write(1, f"values = ({', '.join(f'q{index}' for index in range(len(self.questions)))},)")
        if name == "why":
            result += ", values, rule_reasons"
        if name == "explain":
            result += ", rule_reasons, evidence_reasons, condition_reasons"
            self.evidence_reasons()
        self.write(1, f"return {result}")
        return "\n".join(self.lines) + "\n"

    def trees(self, name: str, *, deep: bool) -> list[Expression]:
        """The conditions a function reads: what makes questions visible, facts, rules; deep: all the others too."""
        conditions = [question.asked_when for question in self.questions if question.asked_when]
        if name != "visible":
            conditions += [fact.when for fact in self.protocol.facts.values()]
            conditions += [rule.fires_when for rule in self.protocol.rules.values()]
        if deep:
            conditions += self.program.conditions
            conditions += [weight.when for _, weights in self.program.scored for weight in weights]
        return [condition.expression for condition in conditions]

    def question(self, question: Question) -> None:
        bit, nothing = self.bit(question.id), self.tests.nothing(question)
        depth, condition = 1, question.asked_when
        if condition:
            waits_for = self.reads_of(condition)
            self.write(1, f"if {self.text(condition.expression)}:")
            self.write(2, f"asked |= {bit}")
            if self.tells_open:
                self.write(2, f"if open & {waits_for} and not {self.text(condition.expression, MUST)}: shaky |= {bit}")
            depth = 2
        self.write(depth, f"answer = get({question.id!r})")
        if self.bounds:
            self.write(depth, f"if opened & {bit}: {nothing}; open |= {bit}")
            self.write(depth, f"elif answer is None: {nothing}")
        else:
            self.write(depth, f"if answer is None: {nothing}" + (f"; open |= {bit}" if self.tells_open else ""))
        self.write(depth, "else:")
        for line in self.encoding(question, bit):
            self.write(depth + 1, line)
        if condition:
            self.write(1, "else:")
            self.write(2, nothing)
            if self.tells_open:
                self.write(2, f"if open & {waits_for} and {self.text(condition.expression, COULD)}: open |= {bit}")

    def encoding(self, question: Question, bit: int) -> Iterable[str]:
        place = self.index[question.id]
        if not question.option_ids and not question.is_number:
            return [f"q{place} = 1"]
        lines, key = [], "answer"
        if question.takes_many:
            lines, key = ["bits = 0", f"for option in answer: bits |= options{place}[option]"], "bits"
        lines.append(f"{', '.join(['is_open', *self.tests.names(question)])}, = rows{place}[{key}]")
        if self.tests.open_options(question) and self.tells_open and not self.bounds:
            lines.append(f"if is_open: open |= {bit}")
        return lines

    def open_rules(self) -> None:
        """Write what could still fire, and for a bound what must; skipped whole when nothing is open."""
        trees = [rule.fires_when.expression for rule in self.protocol.rules.values()]
        named = {name for tree in trees for name in names_in(tree, Fires)}
        self.write(1, "could = []")
        if self.bounds:
            self.write(1, "must = fired")
        self.write(1, "if open:")
        if self.bounds:
            self.write(2, "must = []")
        for name, fact in self.protocol.facts.items():
            tree = fact.when.expression
            self.write(2, f"if open & {self.reads[name]}:")
            self.write(3, f"could_{name} = {self.text(tree, COULD)}; must_{name} = {self.text(tree, MUST)}")
            self.write(2, f"else: could_{name} = must_{name} = fires_{name}")
        for name in self.rule_order:
            tree, index = self.protocol.rules[name].fires_when.expression, self.rules[name]
            self.write(2, f"if open & {self.reads[f'rule.{name}']}:")
            self.write(3, f"could_rule{index} = fires_rule{index} or {self.text(tree, COULD)}")
            if name in named or self.bounds:
                self.write(3, f"must_rule{index} = {self.text(tree, MUST)}")
            self.write(3, f"if could_rule{index} and not fires_rule{index}: could.append({index})")
            if name in named or self.bounds:
                self.write(2, f"else: could_rule{index} = must_rule{index} = fires_rule{index}")
            if self.bounds:
                self.write(2, f"if must_rule{index}: must.append({index})")

    def scores(self, *, explained: bool) -> None:
        """Points and evidence of every origin and side, and the conditions of routing, holds and wording."""
        shown = {id(condition) for condition in explained_conditions(self.protocol)} if explained else set()
        for scored, (_, weights) in enumerate(self.program.scored):
            self.write(1, f"points{scored} = counts{scored} = 0")
            for place, weight in enumerate(weights):
                then = f"points{scored} += {weight.points}; counts{scored} |= {1 << place}"
                self.write(1, f"if {self.text(weight.when.expression)}: {then}")
        every = range(len(self.program.scored))
        self.write(1, f"scores = ({', '.join(f'(points{scored}, counts{scored})' for scored in every)},)")
        self.write(1, "conditions = 0; condition_reasons = {}")
        for place, condition in enumerate(self.program.conditions):
            tree = condition.expression
            self.write(1, f"if {self.text(tree)}:")
            self.write(2, f"conditions |= {1 << place}")
            if id(condition) in shown:
                self.write(2, f"condition_reasons[{place}] = {self.program.reasons.smallest(tree, self.text)}")

    def evidence_reasons(self) -> None:
        """Write the smallest sets of answers of the evidence that counts, for origins that can be shown at all."""
        self.write(1, "evidence_reasons = {}")
        for scored, (name, weights) in enumerate(self.program.scored):
            origin = self.protocol.origins.get(name)
            if origin is None or not weights:
                continue  # the two sides of the nerve share are told as points
            set_by = "".join(f" or fires_rule{self.rules[rule]}" for rule in origin.set_by_rules)
            self.write(1, f"if points{scored} > 0{set_by}:")  # no other origin is ever shown
            for place, weight in enumerate(weights):
                why = self.program.reasons.smallest(weight.when.expression, self.text)
                self.write(2, f"if counts{scored} & {1 << place}: evidence_reasons[{scored}, {place}] = {why}")
