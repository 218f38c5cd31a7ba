"""A patient's answers in the words of the form."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from intake import triage


@dataclass(frozen=True)
class Said:
    """A question and the patient's answer to it, in the patient's words.

    `id` is the question's; `by_phone`: they said it on the phone.
    """

    id: str
    question: str
    answer: str
    by_phone: bool = False


def answer_in_words(protocol: triage.Protocol, question_id: str, value: Any) -> str:
    """Put an answer in the words of the form; empty when the protocol does not know the question or an option."""
    question = protocol.questions.get(question_id)
    if question is None:
        return ""
    if question.type in ("multi_choice", "body_map") and isinstance(value, str):
        value = [value]
    chosen = value if isinstance(value, list) else [value]
    if question.type in ("choice", "multi_choice", "body_map") and not set(chosen) <= set(question.option_ids):
        return ""
    return str(triage.display(protocol, question_id, value))


def left_out_in_words(question: triage.Question, never_read: Mapping[str, Collection[str]]) -> str:
    """Say what stood in no list the patient read: of that, "none of these" says nothing. Empty when all of it did."""
    unread = never_read.get(question.id, ())
    labels = "; ".join(option.label for option in question.options if option.id in unread)
    return f" (not in the list they read: {labels})" if labels else ""
