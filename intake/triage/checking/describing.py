"""Conditions in plain English, for clinicians who sign them."""

from __future__ import annotations

from collections.abc import Iterator

from ..reading.expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or
from ..reading.protocol import Protocol

MANY = 6  # a longer list of options of a group is told by the name of the group


def in_words(protocol: Protocol, node: Expression) -> str:
    """One line: questions in quotes, options in their labels, facts and rules by name."""
    match node:
        case Includes():
            return f"“{protocol.questions[node.question].text}” {_options(protocol, node)}"
        case Compare(question=name, op=op, number=number, counted=counted):
            side = "at least" if op == ">=" else "at most"
            if counted:
                return f"{side} {number} chosen at “{protocol.questions[name].text}”"
            return f"“{protocol.questions[name].text}” {side} {number}"
        case Fact(name):
            return name
        case Fires(rule):
            return f"{protocol.rules[rule].condition} ({rule})"
        case Not(part):
            return f"not: {_inside(protocol, part)}"
        case And(parts):
            return " and ".join(_inside(protocol, part) for part in parts)
        case Or(parts):
            return " or ".join(_inside(protocol, part) for part in parts)
        case AtLeast(number, parts):
            return f"at least {number} of: " + "; ".join(in_words(protocol, part) for part in parts)


def _inside(protocol: Protocol, node: Expression) -> str:
    text = in_words(protocol, node)
    return f"({text})" if isinstance(node, And | Or | AtLeast) else text


def _options(protocol: Protocol, node: Includes) -> str:
    if node.group and len(node.options) > MANY:
        return f"any of the group {node.group}"
    question = protocol.questions[node.question]
    if question.type == "boolean":
        return "Yes" if "true" in node.options else "No"
    labels = [question.option(option).label for option in node.options]
    return " or ".join(f"“{label}”" for label in labels)


def outline(protocol: Protocol, node: Expression, depth: int = 0) -> Iterator[str]:
    """Return a nested list in Markdown: "all of", "any of" and "none of" as steps, one test a line."""
    pad = "  " * depth
    if isinstance(node, Not) and isinstance(node.part, And | Or):
        if isinstance(node.part, Or):
            yield f"{pad}- none of:"
            for part in node.part.parts:
                yield from outline(protocol, part, depth + 1)
        else:
            yield f"{pad}- not all of:"
            for part in node.part.parts:
                yield from outline(protocol, part, depth + 1)
    elif isinstance(node, And | Or | AtLeast):
        head = {And: "all of", Or: "any of"}.get(type(node)) or f"at least {node.number} of"  # type: ignore[union-attr]
        yield f"{pad}- {head}:"
        for part in node.parts:
            yield from outline(protocol, part, depth + 1)
    else:
        yield f"{pad}- {in_words(protocol, node)}"
