"""The protocol's facts, rules and points as one zen-engine decision, generated from the same expression trees.

Two-valued, as the baseline in written_out.py: a question without an answer is no, hidden questions are left out by the
caller. A three-valued reading would need every rule twice, which can only make zen-engine slower. zen-engine is
installed by hand (`bench/requirements.txt`); the product never uses it.
"""

import json

from intake.triage.deciding.compiling import program_of
from intake.triage.reading.expressions import And, AtLeast, Compare, Fact, Fires, Includes, Not, Or
from intake.triage.reading.resolving import build_order, names_in

try:
    import zen
except ImportError:
    zen = None


def expression(node, protocol) -> str:
    match node:
        case Includes(name, options):
            question = protocol.questions[name]
            listed = json.dumps(list(options))
            return f"some({name}, # in {listed})" if question.takes_many else f"({name} in {listed})"
        case Compare(name, op, number, counted):
            return f"(len({name}) {op} {number})" if counted else f"({name} >= 0 and {name} {op} {number})"
        case Fact(name):
            return f"$.{name}"
        case Fires(rule):
            return f"$.rule_{rule}"
        case Not(part):
            return f"(not {expression(part, protocol)})"
        case And(parts):
            return "(" + " and ".join(expression(part, protocol) for part in parts) + ")"
        case Or(parts):
            return "(" + " or ".join(expression(part, protocol) for part in parts) + ")"
        case AtLeast(number, parts):
            return "(" + " + ".join(f"({expression(part, protocol)} ? 1 : 0)" for part in parts) + f" >= {number})"
    raise TypeError(node)


def decision(protocol, *, with_origins: bool):
    """The decision, compiled once; None without zen-engine.

    `with_origins`: also every condition that gives an origin points, and those of routing, holds and wording, which
    is all that the engine reads for an explanation with origins.
    """
    if zen is None:
        return None
    rows = [(name, fact.when.expression) for name, fact in protocol.facts.items()]
    order = build_order(protocol.rules, lambda rule: names_in(rule.fires_when.expression, Fires))
    rows += [(f"rule_{name}", protocol.rules[name].fires_when.expression) for name in order]
    if with_origins:
        program = program_of(protocol)
        rows += [
            (f"weight_{name}_{place}", weight.when.expression)
            for name, weights in program.scored
            for place, weight in enumerate(weights)
        ]
        rows += [(f"condition_{place}", condition.expression) for place, condition in enumerate(program.conditions)]
    lines = [{"id": key, "key": key, "value": expression(tree, protocol)} for key, tree in rows]
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {
                "id": "rules",
                "name": "rules",
                "type": "expressionNode",
                "position": {"x": 1, "y": 0},
                "content": {"expressions": lines},
            },
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "rules", "type": "edge"},
            {"id": "2", "sourceId": "rules", "targetId": "out", "type": "edge"},
        ],
    }
    return zen.ZenEngine().create_decision(json.dumps(graph))


def context(protocol, answers) -> dict:
    """Every question, with a value that no test holds for where there is no answer."""
    found = {}
    for name, question in protocol.questions.items():
        nothing = [] if question.takes_many else -1 if question.is_number else ""
        value = answers.get(name, nothing)
        found[name] = str(value).lower() if question.type == "boolean" and value != "" else value
    return found


def flags(protocol, result) -> list[str]:
    return [rule for rule in protocol.rules if result["result"][f"rule_{rule}"]]
