"""One assessment with all its reasons, as plain data: what a therapist needs to check it or to argue with it."""

from __future__ import annotations

from typing import Any

from ..reading.answers import Answers
from ..reading.protocol import Protocol
from .assessing import assess
from .counterfactuals import counterfactuals
from .outcome import plain


def explain(protocol: Protocol, answers: Answers) -> dict[str, Any]:
    """Return the outcome for these answers with everything it rests on, JSON-able. Raises AnswerError like `assess`.

    `urgency` is routine, soon, urgent or emergency; `protocol` the digest of what decided. Answers are told as
    {question, value}, a value for each option chosen. Lists are empty where there is nothing to tell.

    flags             each rule that fired, worst first: rule, tier, condition, why, sources ({id, citation}),
                      destination, answers (a smallest set that makes it fire), also (alarming answers by which it
                      fires too), must_not_fire_on (texts), and ignored: those of them that were present too,
                      {finding, answers}, and not what fired it
    unused_alarms     alarming answers by which no rule fired, worst first: question, value, severity
    not_ruled_out     each rule that could still fire: rule, tier, condition, questions (those it hangs on)
    unsure            each unsure answer: question, answer, effect (raised, not_ruled_out, note), rules, text
    unanswered, strength_not_checked    question ids
    origins           best first: id, label, points, strength (likely, possible, not_enough), set_by (rules), and
                      evidence_for, evidence_against: {points, condition, answers}
    nerve_share       percent of nerve against muscle and joint in tens, or None; nerve_reading in one word
    level_hints       nerve roots for the examination: id, points, supports, weakens (answers), ask
    specialists       first choice first: id, reason, because (rule:<id>, origin:<id>, addition or otherwise)
    holds             what to hold back: id, text, and the rules or answers that cause it
    what_would_change raise_ and lower, {urgency, changes, rules}: the smallest changes of answers that move the
                      tier; and ask_first, {question, reaches, rules}: open questions, best first

    The clinical source of each rule stands in its `sources`. Nothing here is a diagnosis.
    """
    outcome = assess(protocol, answers)
    told: dict[str, Any] = {"urgency": outcome.urgency.word, "protocol": outcome.digest}
    summary = outcome.as_json()
    told |= summary["explanation"]
    told["unused_alarms"] = summary["unused_alarms"]
    told["what_would_change"] = plain(counterfactuals(protocol, answers))
    return told
