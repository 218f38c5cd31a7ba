"""Compiles a protocol to one Python function, from the same expression trees everything else reads.

Truth has three values, kept as two questions asked of the same tree:

- fires: what the reference counts. A question not asked or not answered is false; "unsure" counts where named.
- could fire: true for some way of filling in what is open (unanswered, unsure, or not yet known to be asked).

For "could fire", NOT needs its counterpart "must fire"; each condition is therefore written out in up to three
modes. A question's options are bits of an integer: `q3 & 6` is "question 3 is or includes option 1 or 2".
`asked`, `open` and `shaky` are sets of questions as bits, in protocol order: visible, not (surely) answered, and
visible only as long as an open question does not turn out otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from .protocol import Condition, Protocol, Question, Weight
from .resolving import build_order, names_in, questions_in

FIRES, COULD, MUST = "fires", "could", "must"
NOT_A_NUMBER = float("nan")  # an unanswered number: every comparison with it is false


@dataclass(frozen=True)
class Program:
    """The compiled protocol.

    decide(answers) -> (fired, open_rules, asked, open, shaky): rule indices in protocol order, question bits.
    examine(answers) -> the same five, then (values, facts, scores, conditions): the value of each question
    (option bits or number), the truth of each fact, per origin and side (points, bits of the evidence that
    counts), and the bits of `conditions` that hold.
    """

    source: str
    decide: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    examine: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    question_ids: tuple[str, ...]
    fact_ids: tuple[str, ...]
    rule_ids: tuple[str, ...]
    scored: tuple[tuple[str, tuple[Weight, ...]], ...]
    condition_bits: Mapping[int, int]
    reads: Mapping[str, int]

    def holds(self, condition: Condition | None, bits: int) -> bool:
        """Whether a condition of routing, holds, levels or wording holds, from the bits of `examine`."""
        return condition is None or bool(bits >> self.condition_bits[id(condition)] & 1)

    def named(self, bits: int) -> tuple[str, ...]:
        """The question ids of a set of question bits, in protocol order."""
        return tuple(name for index, name in enumerate(self.question_ids) if bits >> index & 1)


def compile_protocol(protocol: Protocol) -> Program:
    """Writes, compiles and returns the program of a protocol."""
    return _Compiler(protocol).program()


def other_conditions(protocol: Protocol) -> list[Condition]:
    """Every condition outside questions, facts, rules and points: routing, levels, holds, unknowns, wording."""
    routing = protocol.routing
    ways = [way for row in routing.rows.values() for way in row.first + row.also]
    ways += [rule.refer_first for rule in protocol.rules.values() if rule.refer_first]
    found = [way.when for way in [*ways, *routing.additions]]
    found += [words.self_harm_when for words in protocol.wording.tiers.values()]
    found += [condition for level in protocol.levels.levels for condition in level.weakens]
    found += [weight.when for level in protocol.levels.levels for weight in level.supports]
    found += [hold.when for hold in protocol.holds]
    found += [row.when for row in protocol.unknowns.rows]
    for advice in [*protocol.wording.listed_signs.values(), *protocol.wording.self_care.values()]:
        found += [advice.show_when, advice.hide_when]
    return [condition for condition in found if condition is not None]


class _Compiler:
    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.questions = list(protocol.questions.values())
        self.index = {question.id: index for index, question in enumerate(self.questions)}
        self.facts = {name: index for index, name in enumerate(protocol.facts)}
        self.rules = {name: index for index, name in enumerate(protocol.rules)}
        self.rule_order = build_order(protocol.rules, lambda rule: names_in(rule.fires_when.expression, Fires))
        self.reads: dict[str, int] = {}
        self.tables: dict[str, Any] = {"nan": NOT_A_NUMBER}
        self.lines: list[str] = []
        for question in self.questions:
            self.reads[question.id] = self.bit(question.id) | self.reads_of(question.asked_when)
        for name, fact in protocol.facts.items():
            self.reads[name] = self.reads_of(fact.when)
        for name in self.rule_order:
            self.reads[f"rule.{name}"] = self.reads_of(protocol.rules[name].fires_when)

    def bit(self, question: str) -> int:
        return 1 << self.index[question]

    def reads_of(self, condition: Condition | None) -> int:
        """The questions a condition can depend on, also through facts, rules and what makes them visible."""
        if condition is None:
            return 0
        tree = condition.expression
        names = questions_in(tree) | names_in(tree, Fact) | {f"rule.{rule}" for rule in names_in(tree, Fires)}
        bits = 0
        for name in names:
            bits |= self.reads[name]
        return bits

    # ------------------------------------------------------------------ expressions

    def text(self, node: Expression, mode: str) -> str:
        """The Python text of a condition in one of the three modes."""
        match node:
            case Includes():
                return self.includes(node, mode)
            case Compare():
                return self.compare(node, mode)
            case Fact(name):
                return f"{mode}_{name}"
            case Fires(rule):
                return f"{mode}_rule{self.rules[rule]}"
            case Not(part):
                return f"(not {self.text(part, {FIRES: FIRES, COULD: MUST, MUST: COULD}[mode])})"
            case And(parts):
                return "(" + " and ".join(self.text(part, mode) for part in parts) + ")"
            case Or(parts):
                return "(" + " or ".join(self.text(part, mode) for part in parts) + ")"
            case AtLeast(number, parts):
                counts = " + ".join(f"(1 if {self.text(part, mode)} else 0)" for part in parts)
                return f"({counts} >= {number})"

    def includes(self, node: Includes, mode: str) -> str:
        question = self.questions[self.index[node.question]]
        mask = sum(1 << question.option_ids.index(option) for option in node.options)
        return self.leaf(node.question, f"q{self.index[node.question]} & {mask}", mode)

    def compare(self, node: Compare, mode: str) -> str:
        name = f"q{self.index[node.question]}"
        if node.counted:
            low = f"0 < {name}.bit_count()" if node.op == "<=" else f"{name}.bit_count()"
            return self.leaf(node.question, f"{low} {node.op} {node.number}", mode)
        return self.leaf(node.question, f"{name} {node.op} {node.number}", mode)

    def leaf(self, question: str, test: str, mode: str) -> str:
        if mode == COULD:
            return f"({test} or open & {self.bit(question)})"
        if mode == MUST:
            return f"({test} and not shaky & {self.bit(question)})"
        return f"({test})" if " & " not in test or test.startswith("0 <") else f"{test}"

    # ------------------------------------------------------------------ the function

    def write(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def question(self, question: Question) -> None:
        name, bit = f"q{self.index[question.id]}", self.bit(question.id)
        depth, nothing = 1, "nan" if question.is_number else "0"
        condition = question.asked_when
        if condition:
            waits_for = self.reads_of(condition)
            self.write(1, f"if {self.text(condition.expression, FIRES)}:")
            self.write(2, f"asked |= {bit}")
            self.write(2, f"if open & {waits_for} and not {self.text(condition.expression, MUST)}: shaky |= {bit}")
            depth = 2
        self.write(depth, f"answer = get({question.id!r})")
        self.write(depth, f"if answer is None: {name} = {nothing}; open |= {bit}")
        self.write(depth, "else:")
        for line in self.encoding(question, name, bit):
            self.write(depth + 1, line)
        if condition:
            self.write(1, "else:")
            self.write(2, f"{name} = {nothing}")
            self.write(2, f"if open & {waits_for} and {self.text(condition.expression, COULD)}: open |= {bit}")

    def encoding(self, question: Question, name: str, bit: int) -> Iterable[str]:
        if question.is_number:
            return [f"{name} = answer"]
        if not question.option_ids:
            return [f"{name} = 1"]
        table = f"options{self.index[question.id]}"
        keys: Iterable[Any] = (True, False) if question.type == "boolean" else question.option_ids
        self.tables[table] = {key: 1 << place for place, key in enumerate(keys)}
        lines = [f"{name} = {table}[answer]"]
        if question.takes_many:
            lines = [f"{name} = 0", f"for option in answer: {name} |= {table}[option]"]
        unsure = sum(
            1 << place
            for place, option in enumerate(question.option_ids)
            if option in self.protocol.unknowns.open_options
        )
        return [*lines, f"if {name} & {unsure}: open |= {bit}"] if unsure else lines

    def body(self, *, deep: bool) -> None:
        always = sum(self.bit(question.id) for question in self.questions if not question.asked_when)
        self.write(0, f"def {'examine' if deep else 'decide'}(answers):")
        self.write(1, "get = answers.get")
        self.write(1, f"asked = {always}; open = shaky = 0")
        read = {name for tree in self.trees() for name in questions_in(tree)}
        for question in self.questions:
            if deep or question.id in read:
                self.question(question)
        for name, fact in self.protocol.facts.items():
            self.write(1, f"fires_{name} = {self.text(fact.when.expression, FIRES)}")
        self.write(1, "fired = []")
        for name in self.rule_order:
            condition, index = self.protocol.rules[name].fires_when, self.rules[name]
            self.write(1, f"fires_rule{index} = {self.text(condition.expression, FIRES)}")
            self.write(1, f"if fires_rule{index}: fired.append({index})")
        self.open_rules()
        if list(self.rule_order) != list(self.protocol.rules):
            self.write(1, "fired.sort(); could.sort()")
        if deep:
            self.depth()
        else:
            self.write(1, "return fired, could, asked, open, shaky")

    def trees(self) -> list[Expression]:
        """The conditions a decision reads: facts, rules and what makes their questions visible."""
        conditions = [fact.when for fact in self.protocol.facts.values()]
        conditions += [rule.fires_when for rule in self.protocol.rules.values()]
        conditions += [question.asked_when for question in self.questions if question.asked_when]
        return [condition.expression for condition in conditions]

    def open_rules(self) -> None:
        """What could still fire; skipped whole when nothing is open."""
        named = {name for rule in self.protocol.rules.values() for name in names_in(rule.fires_when.expression, Fires)}
        self.write(1, "could = []")
        self.write(1, "if open:")
        for name, fact in self.protocol.facts.items():
            tree = fact.when.expression
            self.write(2, f"if open & {self.reads[name]}:")
            self.write(3, f"could_{name} = {self.text(tree, COULD)}; must_{name} = {self.text(tree, MUST)}")
            self.write(2, f"else: could_{name} = must_{name} = fires_{name}")
        for name in self.rule_order:
            tree, index = self.protocol.rules[name].fires_when.expression, self.rules[name]
            self.write(2, f"if open & {self.reads[f'rule.{name}']}:")
            self.write(3, f"could_rule{index} = fires_rule{index} or {self.text(tree, COULD)}")
            if name in named:
                self.write(3, f"must_rule{index} = {self.text(tree, MUST)}")
            self.write(3, f"if could_rule{index} and not fires_rule{index}: could.append({index})")
            if name in named:
                self.write(2, f"else: could_rule{index} = must_rule{index} = fires_rule{index}")

    def depth(self) -> None:
        """Points and evidence of every origin and side, and the conditions of routing, holds and wording."""
        self.write(1, "scores = []")
        for _, weights in self.scored():
            self.write(1, "points = counts = 0")
            for place, weight in enumerate(weights):
                test = self.text(weight.when.expression, FIRES)
                self.write(1, f"if {test}: points += {weight.points}; counts |= {1 << place}")
            self.write(1, "scores.append((points, counts))")
        self.write(1, "conditions = 0")
        for place, condition in enumerate(self.others):
            self.write(1, f"if {self.text(condition.expression, FIRES)}: conditions |= {1 << place}")
        values = ", ".join(f"q{index}" for index in range(len(self.questions)))
        facts = ", ".join(f"fires_{name}" for name in self.protocol.facts)
        self.write(1, f"values = ({values},)")
        self.write(1, f"facts = ({facts},)")
        self.write(1, "return fired, could, asked, open, shaky, values, facts, scores, conditions")

    def scored(self) -> tuple[tuple[str, tuple[Weight, ...]], ...]:
        sides = self.protocol.discriminator
        origins = [(name, origin.evidence) for name, origin in self.protocol.origins.items()]
        return (*origins, ("nerve", sides.nerve), ("musculoskeletal", sides.musculoskeletal))

    def program(self) -> Program:
        self.others = other_conditions(self.protocol)
        self.body(deep=False)
        self.body(deep=True)
        source = "\n".join(self.lines) + "\n"
        space: dict[str, Any] = dict(self.tables)
        exec(compile(source, f"<protocol {self.protocol.digest[:12]}>", "exec"), space)  # noqa: S102 (our own text)
        return Program(
            source=source,
            decide=space["decide"],
            examine=space["examine"],
            question_ids=tuple(self.index),
            fact_ids=tuple(self.facts),
            rule_ids=tuple(self.rules),
            scored=self.scored(),
            condition_bits={id(condition): place for place, condition in enumerate(self.others)},
            reads=self.reads,
        )
