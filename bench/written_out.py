"""The protocol's rules written out as straight Python, by a program: the baseline of the bench.

Two-valued: a missing answer is no, and nothing is explained or left open. Answers to questions that are not asked must
be left out by the caller. `python -m bench.written_out | ruff format -` shows what is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intake import triage
from intake.triage.reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or, walk
from intake.triage.reading.protocol import Protocol, Question, Rule
from intake.triage.reading.resolving import build_order, names_in

HEAD = '''
NOBODY = frozenset()
NOT_GIVEN = float("nan")  # every comparison with it is false


def flags(answers):
    """The ids of the rules that fire, in the order of the protocol."""
    get = answers.get
'''


def rules_in_python(protocol: Protocol) -> Callable[[dict], list[str]]:
    """Compile the written rules; the function gives the ids of those that fire."""
    space: dict = {}
    exec(compile(source(protocol), "<the rules written out>", "exec"), space)
    return space["flags"]


def source(protocol: Protocol) -> str:
    """Write the rules as a person would: answers, then facts, then one test a rule, each only from those above."""
    facts, rules = protocol.facts, protocol.rules
    trees = {name: fact.when.expression for name, fact in facts.items()}
    trees |= {name: rule.fires_when.expression for name, rule in rules.items()}
    tests = [node for tree in trees.values() for node in walk(tree) if isinstance(node, Includes | Compare)]
    groups = {group_name(node): node.options for node in tests if isinstance(node, Includes) and node.group}
    read = dict.fromkeys(node.question for node in tests)
    lines = [f"{name} = frozenset({options})" for name, options in sorted(groups.items())]
    lines.append(HEAD.strip("\n"))
    lines += [f"    {name} = {answer(protocol.questions[name])}" for name in read]
    lines += [f"    {name} = {text(trees[name], protocol)}" for name in facts]
    lines += [f"    {name}_fires = {text(trees[name], protocol)}" for name in each_after_what_it_names(rules)]
    lines.append("    fired = []")
    for name in rules:
        lines += [f"    if {name}_fires:", f"        fired.append({name!r})"]
    return "\n".join([*lines, "    return fired", ""])


def each_after_what_it_names(rules: Mapping[str, Rule]) -> list[str]:
    return list(build_order(rules, lambda rule: names_in(rule.fires_when.expression, Fires)))


def answer(question: Question) -> str:
    if question.takes_many:
        return f"set(get({question.id!r}, NOBODY))"
    if question.is_number:
        return f"get({question.id!r}, NOT_GIVEN)"
    return f"get({question.id!r})"


def group_name(test: Includes) -> str:
    """Name a group of options apart from the facts, which are in capitals too."""
    return f"{test.question}_{test.group}".upper()


def text(node: Expression, protocol: Protocol) -> str:
    """Write one condition as a Python expression."""
    match node:
        case Includes():
            return includes(node, protocol.questions[node.question])
        case Compare(name, op, number, counted):
            return f"{f'len({name})' if counted else name} {op} {number}"
        case Fact(name):
            return name
        case Fires(rule):
            return f"{rule}_fires"
        case Not(part):
            said = inside(part, protocol)
            return said.removeprefix("not ") if said.startswith("not ") else f"not {said}"
        case And(parts):
            return " and ".join(inside(part, protocol) for part in parts)
        case Or(parts):
            return " or ".join(inside(part, protocol) for part in parts)
        case AtLeast(number, parts):
            counted = " + ".join(f"bool({text(part, protocol)})" for part in parts)
            return f"{counted} >= {number}"
    raise TypeError(node)


def inside(part: Expression, protocol: Protocol) -> str:
    """Write a part of a condition, in brackets where it has parts itself."""
    said = text(part, protocol)
    return f"({said})" if isinstance(part, And | Or | AtLeast) else said


def includes(test: Includes, question: Question) -> str:
    name, options = test.question, test.options
    if not question.takes_many:
        return f"{name} == {options[0]!r}" if len(options) == 1 else f"{name} in {options}"
    if test.group:
        return f"not {name}.isdisjoint({group_name(test)})"
    if len(options) == 1:
        return f"{options[0]!r} in {name}"
    return f"not {name}.isdisjoint({options})"


if __name__ == "__main__":
    print(source(triage.shipped()))
