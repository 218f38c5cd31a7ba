"""Answers as a few bytes: the form in which a million intakes can be read again in seconds.

Every option is one bit, every number one byte; text and dates are left out, for no rule reads them. The layout
follows from the protocol alone, so a row names its protocol and nothing else. The JSON stays the record: a code
can always be made again from it, and must then be the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import AnswerError
from ..reading.protocol import Protocol

KEPT = 4096  # decoded answers kept for each question
HIGHEST_NUMBER = 254  # a byte holds the number plus one; zero means "not answered"


@dataclass(frozen=True, slots=True)
class Field:
    """Where one question stands: `width` bytes from `offset`, a number or one bit for each option."""

    offset: int
    width: int
    is_number: bool
    options: tuple[str, ...]
    takes_many: bool
    is_boolean: bool


class CodeBook:
    """The layout of one protocol. `width` is the length of every code in bytes."""

    def __init__(self, protocol: Protocol) -> None:
        self.fields: dict[str, Field] = {}
        self.width = 0
        for question in protocol.questions.values():
            if not question.is_number and not question.option_ids:
                continue
            width = 1 if question.is_number else (len(question.option_ids) + 7) // 8
            self.fields[question.id] = Field(
                offset=self.width,
                width=width,
                is_number=question.is_number,
                options=() if question.is_number else question.option_ids,
                takes_many=question.takes_many,
                is_boolean=question.type == "boolean",
            )
            self.width += width
        self._bits = {
            name: {option: 1 << place for place, option in enumerate(field.options)}
            for name, field in self.fields.items()
        }

        self._decoding = [
            (name, field.offset, field.offset + field.width, field.takes_many, _Answers(field))
            for name, field in self.fields.items()
        ]

    def encode(self, answers: Mapping[str, Any]) -> bytes:
        """The code of valid answers, visible or not. Raises AnswerError for a number that does not fit a byte."""
        code = bytearray(self.width)
        for name, value in answers.items():
            field = self.fields.get(name)
            if field is None or value is None:
                continue
            if field.is_number:
                if not 0 <= value <= HIGHEST_NUMBER:
                    raise AnswerError(name, "out_of_range", f"{name}: {value} does not fit a stored code")
                code[field.offset] = value + 1
                continue
            chosen = value if field.takes_many else [str(value).lower() if field.is_boolean else value]
            bits = 0
            for option in chosen:
                bits |= self._bits[name][option]
            code[field.offset : field.offset + field.width] = bits.to_bytes(field.width, "little")
        return bytes(code)

    def decode(self, code: bytes) -> dict[str, Any]:
        """Return the answers a code holds; text and dates are not among them."""
        answers: dict[str, Any] = {}
        for name, start, end, takes_many, known in self._decoding:
            bits = code[start] if end - start == 1 else int.from_bytes(code[start:end], "little")
            if bits:
                answer = known[bits]
                answers[name] = list(answer) if takes_many else answer
        return answers


class _Answers(dict[int, Any]):
    """The answers to one question by their bits, made when first met."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field

    def __missing__(self, bits: int) -> Any:
        if len(self) >= KEPT:
            self.clear()
        field = self.field
        answer: Any = bits - 1
        if not field.is_number:
            chosen = [option for place, option in enumerate(field.options) if bits >> place & 1]
            answer = chosen if field.takes_many else chosen[0] == "true" if field.is_boolean else chosen[0]
        self[bits] = answer
        return answer
