"""What the JSON columns of a case and of its assessments hold, key by key."""

from typing import Any, NotRequired, TypedDict


class StoredAnswer(TypedDict):
    """One answer that counted: an option each, where several were chosen."""

    question: str
    value: Any


class ExplainedFlag(TypedDict):
    """A rule that fired, as the explanation of an assessment tells it."""

    rule: str
    tier: str
    condition: str
    why: str
    destination: str
    sources: list[dict[str, str]]
    answers: list[StoredAnswer]
    must_not_fire_on: list[str]
    also: NotRequired[list[StoredAnswer]]  # older assessments have none
    ignored: NotRequired[list[dict[str, Any]]]  # likewise


class CaseFlag(TypedDict):
    """A rule that ever fired on a case. `assessment`: the last one in which it did; `still`: it fires yet."""

    rule: str
    tier: str
    condition: str
    assessment: int
    still: bool


class StoredAlarm(TypedDict):
    """An alarming answer that no fired rule used, as an assessment has it."""

    question: str
    value: Any
    severity: str


class CaseAlarm(StoredAlarm):
    """The same on its case, with the answer in English."""

    said: str
