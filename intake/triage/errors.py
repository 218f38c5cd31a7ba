"""What can go wrong, said so that a person can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: file name inside the protocol folder and line (1 is the first)."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Defect:
    """One thing wrong with a protocol: where, which id, what is wrong, what to do."""

    file: str
    line: int
    id: str
    wrong: str
    to_do: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.id}: {self.wrong}. {self.to_do}"


class ProtocolError(ValueError):
    """The protocol is refused. `defects` lists every fault found, the first first."""

    def __init__(self, defects: list[Defect]) -> None:
        super().__init__("\n".join(map(str, defects)))
        self.defects = tuple(defects)


class AnswerError(ValueError):
    """One answer cannot be taken. `code`: unknown_question, unknown_option, wrong_type, exclusive, duplicate,
    out_of_range, too_long or bad_date. `message` is plain English and names the question."""

    def __init__(self, question_id: str, code: str, message: str) -> None:
        super().__init__(message)
        self.question_id = question_id
        self.code = code
        self.message = message
