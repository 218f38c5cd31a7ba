"""From an answer to the truth of every test on its question in one look-up.

A condition tests a question in a few ways ("includes a or b", "at least 50"). For each answer the truth of all of
them is a row, made once; the compiled functions only take rows apart. That is faster than testing again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..reading.expressions import Compare, Expression, Includes, Leaf, walk
from ..reading.protocol import Protocol, Question

Row = tuple[Any, ...]
Mask = Callable[[Includes], int]
KEPT = 4096  # rows kept for combinations of options; more are made again when needed
NOT_A_NUMBER = float("nan")  # an unanswered number: every comparison with it is false


class Masks:
    """Give the options of each test as bits.

    They are kept by the node of the tree, which lives as long as the protocol.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.known: dict[int, int] = {}

    def of(self, node: Includes) -> int:
        found = self.known.get(id(node))
        if found is None:
            ids = self.protocol.questions[node.question].option_ids
            found = self.known[id(node)] = sum(1 << ids.index(option) for option in node.options)
        return found


class Combinations(dict[int, Row]):
    """Rows by option bits, made when first met."""

    def __init__(self, row: Callable[[int], Row]) -> None:
        super().__init__()
        self.row = row

    def __missing__(self, bits: int) -> Row:
        if len(self) >= KEPT:
            self.clear()
        found = self[bits] = self.row(bits)
        return found


class Tests:
    """The tests on each question in a set of conditions, each with a name for the written source."""

    def __init__(self, protocol: Protocol, mask: Mask, trees: Iterable[Expression], *, keep_values: bool) -> None:
        self.protocol, self.mask, self.keep_values = protocol, mask, keep_values
        self.index = {name: place for place, name in enumerate(protocol.questions)}
        self.of: dict[str, dict[tuple[Any, ...], int]] = {name: {} for name in protocol.questions}
        for tree in trees:
            for node in walk(tree):
                if isinstance(node, Includes | Compare):
                    known = self.of[node.question]
                    known.setdefault(self.key(node), len(known))

    def key(self, node: Leaf) -> tuple[Any, ...]:
        if isinstance(node, Includes):
            return (self.mask(node),)
        return (node.op, node.number, node.counted)

    def name(self, node: Leaf) -> str:
        """Return the local variable that holds the truth of a test."""
        return f"t{self.index[node.question]}_{self.of[node.question][self.key(node)]}"

    def names(self, question: Question) -> list[str]:
        """Return the tests of a question, preceded by its value where values are kept."""
        place = self.index[question.id]
        value = [f"q{place}"] if self.keep_values else []
        return [*value, *(f"t{place}_{number}" for number in range(len(self.of[question.id])))]

    def nothing(self, question: Question) -> str:
        """Return the statement for a question without an answer: no test on it is true."""
        names = self.names(question)
        value = names.pop(0) if self.keep_values else ""
        parts = [f"{value} = {'nan' if question.is_number else 0}"] if value else []
        parts += [" = ".join([*names, "False"])] if names else []
        return "; ".join(parts) or "pass"

    def tables(self) -> dict[str, Any]:
        """Return what the written source looks answers up in."""
        found: dict[str, Any] = {"nan": NOT_A_NUMBER}
        for name, question in self.protocol.questions.items():
            place = self.index[name]
            if question.takes_many:
                found[f"options{place}"] = {option: 1 << bit for bit, option in enumerate(question.option_ids)}
                found[f"rows{place}"] = Combinations(self.row_of_options(question))
            elif question.is_number:
                low, high = question.bounds or (0, 0)
                found[f"rows{place}"] = {value: self.row_of_number(question, value) for value in range(low, high + 1)}
            elif question.option_ids:
                row = self.row_of_options(question)
                keys: Iterable[Any] = (True, False) if question.type == "boolean" else question.option_ids
                found[f"rows{place}"] = {key: row(1 << bit) for bit, key in enumerate(keys)}
        return found

    def row_of_options(self, question: Question) -> Callable[[int], Row]:
        """Make the row of a set of options: is the answer open, its value, every test."""
        open_options = self.open_options(question)
        tests = list(self.of[question.id])

        def row(bits: int) -> Row:
            found: list[Any] = [bool(bits & open_options)]
            found += [bits] if self.keep_values else []
            for test in tests:
                found.append(bool(bits & test[0]) if len(test) == 1 else compared(bits.bit_count(), *test[:2]))
            return tuple(found)

        return row

    def row_of_number(self, question: Question, value: int) -> Row:
        kept = [value] if self.keep_values else []
        return (False, *kept, *(compared(value, test[0], test[1]) for test in self.of[question.id]))

    def open_options(self, question: Question) -> int:
        """Return the options that leave the question open ("unsure"), as bits."""
        unsure = self.protocol.unknowns.open_options
        return sum(1 << bit for bit, option in enumerate(question.option_ids) if option in unsure)


def compared(value: int, op: str, number: int) -> bool:
    return value >= number if op == ">=" else value <= number
