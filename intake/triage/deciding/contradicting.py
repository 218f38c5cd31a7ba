"""An answer that contradicts itself: an option that stands alone, such as "none of these", chosen beside others.

It is sent back to be mended, but a danger in it does not wait for that: what it may mean is screened at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..reading.answers import Answers
from ..reading.protocol import Protocol, Question, Urgency
from .assessing import Screened


def readings(question: Question, chosen: list[str]) -> list[list[str]]:
    """Return what a contradictory answer may mean: the options that go together first, then each that stands alone."""
    together = [option for option in question.option_ids if option in chosen and option not in question.exclusive]
    alone = [[option] for option in question.exclusive if option in chosen]
    return [together, *alone] if together else alone


def dangerous_readings(
    protocol: Protocol,
    answers: Answers,
    contradictory: Mapping[str, list[str]],
    screen: Callable[[Answers], Screened],
) -> dict[str, list[str]]:
    """For each contradictory answer, by question, the worst it may mean; left out where it shows no new danger.

    `answers` are those it comes to. A danger is an urgent or an emergency rule that fires by this reading and does
    not fire without it. `screen` judges: the protocol's own `screen`, or more.
    """
    found: dict[str, list[str]] = {}
    for name, chosen in contradictory.items():
        before = dangers(screen({**answers, **found}))
        read = [(screen({**answers, **found, name: one}), one) for one in readings(protocol.questions[name], chosen)]
        worst, reading = max(read, key=lambda pair: pair[0].urgency)
        if dangers(worst) - before:
            found[name] = reading
    return found


def dangers(screened: Screened) -> set[str]:
    """Ids of the rules that fire and ask for somebody today."""
    return {rule.id for rule in screened.flags if rule.tier >= Urgency.URGENT}
