"""The expression tree of a condition: what the short notation is parsed into.

Every node is immutable and hashable. `at` is the character position in the condition's text; it takes no part
in comparisons, so two equal conditions are equal wherever they were written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Includes:
    """`question:a/b` or `question:{group}`: the answer is, or includes, any of the options."""

    question: str
    options: tuple[str, ...]
    group: str = ""
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`question>=n`, `question<=n`, or `count(question)>=n` for the number of options chosen."""

    question: str
    op: str
    number: int
    counted: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """A named condition of facts.yaml, in capitals."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Fires:
    """`rule.x`: rule x fires."""

    rule: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    part: Expression


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`atleast(n; x; y; ...)`: at least n of the parts are true."""

    number: int
    parts: tuple[Expression, ...]


Leaf = Includes | Compare
Expression = Includes | Compare | Fact | Fires | Not | And | Or | AtLeast


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """Return the direct parts of a node; empty for leaves and names."""
    if isinstance(expression, Not):
        return (expression.part,)
    if isinstance(expression, And | Or | AtLeast):
        return expression.parts
    return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The node itself and everything below it. Named facts and rules are not opened."""
    yield expression
    for part in parts_of(expression):
        yield from walk(part)


def to_text(expression: Expression, *, _inside: int = 0) -> str:
    """The condition in the short notation; parsing it again gives an equal tree."""
    match expression:
        case Includes(question, options, group):
            return f"{question}:{{{group}}}" if group else f"{question}:{'/'.join(options)}"
        case Compare(question, op, number, counted):
            return f"{f'count({question})' if counted else question}{op}{number}"
        case Fact(name):
            return name
        case Fires(rule):
            return f"rule.{rule}"
        case Not(part):
            return f"NOT {to_text(part, _inside=2)}"
        case AtLeast(number, parts):
            return f"atleast({number}; {'; '.join(to_text(part) for part in parts)})"
        case And(parts):
            text, strength = " AND ".join(to_text(part, _inside=2) for part in parts), 1
        case Or(parts):
            text, strength = " OR ".join(to_text(part, _inside=1) for part in parts), 0
    return f"({text})" if strength < _inside else text
