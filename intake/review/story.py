"""A patient's complaint as a therapist asks it: where, how bad, since when, and what it keeps them from."""

from typing import Any

from intake.review.words import Said

STORY = (
    ("Where", "pain_regions"),
    ("Most", "main_problem_area"),
    ("Worst pain", "pain_worst"),
    ("Began", "onset_when"),
    ("Course", "progression"),
    ("Feels", "symptom_quality"),
    ("Worse with", "aggravators"),
    ("Keeps from", "activities_limited"),
    ("Goal", "goal"),
)
RISKS = (
    ("Cancer", "cancer_history", "never"),
    ("Conditions", "risk_conditions", "none"),
    ("Medicines", "medicines", "none"),
)  # each with the answer that says no


def story_of(page: Any) -> list[Said]:
    """Return what was answered of it, each with a word of our own in place of the question."""
    answers = page.phone.answers
    told = [
        Said(id, label, page.answer(id, answers[id]) + (" of 10" if id == "pain_worst" else ""), _is_by_phone(page, id))
        for label, id in STORY
        if answers.get(id) not in (None, "", [])
    ]
    return told + _risks(page, answers)


def _is_by_phone(page: Any, id: str) -> bool:
    return id in page.phone.standing


def _risks(page: Any, answers: dict[str, Any]) -> list[Said]:
    """Return what raises the stakes; what the patient said no to is one line."""
    asked = [(label, id, no) for label, id, no in RISKS if answers.get(id) not in (None, "", [])]
    denied = [(label, id) for label, id, no in asked if answers[id] in (no, [no])]
    told = [
        Said(id, label, page.answer(id, answers[id]), _is_by_phone(page, id))
        for label, id, _no in asked
        if (label, id) not in denied
    ]
    words = ", ".join(label.lower() for label, _id in denied)
    words += " (of a list without all)" if any(id in page.phone.never_read for _label, id in denied) else ""
    return told + ([Said("denied", "Said no to", words)] if denied else [])


def sex_of(page: Any) -> str:
    """Return "female", "male" or "intersex" as it was answered; "" when it was not."""
    answered = page.phone.answers.get("sex_at_birth")
    return page.answer("sex_at_birth", answered).lower() if answered in ("female", "male", "intersex") else ""
