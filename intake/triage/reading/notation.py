"""The short notation of conditions, read by recursive descent.

    condition   := conjunction (OR conjunction)*
    conjunction := term (AND term)*
    term        := NOT term | "(" condition ")" | atleast "(" n (";" condition)+ ")"
                 | FACT | rule.id | question:option(/option)* | question:{group}
                 | question>=n | question<=n | count(question)>=n | count(question)<=n

AND binds tighter than OR. Names of facts are in capitals. Group names are kept as written; the loader replaces
them by their options.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .expressions import And, AtLeast, Compare, Expression, Fact, Fires, Includes, Not, Or

TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<group>\{[a-z][a-z0-9_]*\})|(?P<op>>=|<=)|(?P<mark>[():;/.])"
    r"|(?P<number>\d+)(?![a-z_])|(?P<word>[A-Za-z_][A-Za-z0-9_]*|\d[a-z0-9_]*)"
)


class NotationError(ValueError):
    """A condition cannot be read. `at` is the position of the character where reading stopped."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(text: str) -> Expression:
    """Return the expression tree of a condition. Raises NotationError with the position of the first fault."""
    return _Reader(text).whole()


def _tokens(text: str) -> list[Token]:
    tokens, at = [], 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise NotationError(f"the character {text[at]!r} has no meaning here", at)
        if found.lastgroup != "space":
            tokens.append(Token(found.lastgroup or "", found.group(), at))
        at = found.end()
    return [*tokens, Token("end", "", len(text))]


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.index = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.index]

    def take(self, text: str = "", kind: str = "", wanted: str = "") -> Token:
        token = self.next
        if (text and token.text != text) or (kind and token.kind != kind):
            found = f"{token.text!r}" if token.text else "the end"
            raise NotationError(f"expected {wanted or repr(text)}, found {found}", token.at)
        self.index += 1
        return token

    def accept(self, text: str) -> bool:
        if self.next.text != text:
            return False
        self.index += 1
        return True

    def whole(self) -> Expression:
        expression = self.condition()
        self.take(kind="end", wanted="AND, OR or the end")
        return expression

    def condition(self) -> Expression:
        parts = [self.conjunction()]
        while self.accept("OR"):
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Expression:
        parts = [self.term()]
        while self.accept("AND"):
            parts.append(self.term())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def term(self) -> Expression:
        if self.accept("NOT"):
            return Not(self.term())
        if self.accept("("):
            inside = self.condition()
            self.take(")")
            return inside
        word = self.take(kind="word", wanted="a question, a FACT, rule.id, NOT or '('")
        if word.text in ("AND", "OR"):
            raise NotationError(f"a condition is missing before {word.text}", word.at)
        if word.text == "atleast" and self.next.text == "(":
            return self.at_least(word)
        if word.text == "count" and self.next.text == "(":
            self.take("(")
            question = self.take(kind="word", wanted="a question id")
            self.take(")")
            return self.compare(question, counted=True)
        if word.text == "rule" and self.accept("."):
            return Fires(self.take(kind="word", wanted="a rule id").text, at=word.at)
        if self.next.kind == "op":
            return self.compare(word)
        if self.accept(":"):
            return self.includes(word)
        if word.text.isupper() or not any(letter.islower() for letter in word.text):
            return Fact(word.text, at=word.at)
        raise NotationError(f"{word.text!r} needs ':option', '>=number' or '<=number' after it", word.at)

    def at_least(self, word: Token) -> Expression:
        self.take("(")
        number = int(self.take(kind="number", wanted="a number").text)
        parts = []
        while self.accept(";"):
            parts.append(self.condition())
        self.take(")", wanted="';' or ')'")
        if not 1 <= number <= len(parts):
            raise NotationError(f"atleast({number}) of {len(parts)} conditions cannot be decided", word.at)
        return AtLeast(number, tuple(parts))

    def compare(self, question: Token, *, counted: bool = False) -> Expression:
        op = self.take(kind="op", wanted="'>=' or '<='").text
        number = int(self.take(kind="number", wanted="a number").text)
        return Compare(question.text, op, number, counted, at=question.at)

    def includes(self, question: Token) -> Expression:
        if self.next.kind == "group":
            return Includes(question.text, (), self.take().text[1:-1], at=question.at)
        options = [self.option()]
        while self.accept("/"):
            options.append(self.option())
        if len(set(options)) < len(options):
            raise NotationError(f"{question.text!r} names an option twice", question.at)
        return Includes(question.text, tuple(options), at=question.at)

    def option(self) -> str:
        token = self.next
        if token.kind not in ("word", "number"):
            raise NotationError(f"expected an option id, found {token.text!r}", token.at)
        self.index += 1
        return token.text
