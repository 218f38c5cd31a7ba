"""What a rule fires by, beyond the smallest set of answers: every option chosen at its questions that would do."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..reading.answers import Answers
from ..reading.protocol import Protocol
from .assessing import screen
from .outcome import Answer


def fires_by(protocol: Protocol, rule: str, smallest: Collection[Answer], answers: Answers) -> Iterator[Answer]:
    """`smallest`, and beside each of its options the others chosen at that question by which the rule fires too."""
    for answer in smallest:
        yield answer
        chosen = answers.get(answer.question)
        for option in chosen if isinstance(chosen, list) else ():
            instead = Answer(answer.question, option)
            if instead not in smallest and _fires(protocol, rule, {**answers, answer.question: [option]}):
                yield instead


def _fires(protocol: Protocol, rule: str, answers: Answers) -> bool:
    return any(fired.id == rule for fired in screen(protocol, answers).flags)
