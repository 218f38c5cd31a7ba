"""Counts how far one changed answer takes a serious case down: `python -m bench.falls [--all]`.

Each written case of `tests/protocol` that must be urgent or an emergency is judged again with one answer about age,
start, cause, course or strength of the pain replaced by each other value. Answers to questions that are then no longer
asked are left out. A fall of two tiers or more is counted; `--all` lists them.
"""

import sys
from collections import Counter
from collections.abc import Iterator

from intake import triage
from tests.protocol.cases import EVERY

NUMBERS = {"age": (8, 17, 25, 40, 49, 60, 75), "pain_worst": (2, 5, 7, 9)}
CONTEXT = ("age", "onset_when", "onset_how", "progression", "pain_worst")
SERIOUS = triage.Urgency.URGENT


def changes(protocol, answers) -> Iterator[tuple[str, object]]:
    """One changed answer at a time: the question and its other value."""
    for name in CONTEXT:
        values = NUMBERS.get(name) or [option.id for option in protocol.questions[name].options]
        yield from ((name, value) for value in values if value != answers.get(name))


def judged(protocol, answers) -> triage.Urgency:
    """The tier, by the answers to questions that are asked."""
    visible = triage.visible_questions(protocol, triage.validate_answers(protocol, answers))
    asked = {name: answers[name] for name in visible if name in answers}
    return triage.assess(protocol, asked, explain=False).urgency


def main() -> None:
    protocol = triage.shipped()
    cases = falls = changed = 0
    by_question: Counter[str] = Counter()
    for case in EVERY:
        before = judged(protocol, case["answers"])
        if before < SERIOUS:
            continue
        cases += 1
        for name, value in changes(protocol, case["answers"]):
            changed += 1
            after = judged(protocol, case["answers"] | {name: value})
            if before - after < 2:
                continue
            falls += 1
            by_question[name] += 1
            if "--all" in sys.argv:
                print(f"{case['id']}: {name} {case['answers'].get(name)} to {value}: {before.word} to {after.word}")
    print(f"{cases} cases, {changed:,} changes of one answer, {falls} fall by two tiers or more: {dict(by_question)}")


if __name__ == "__main__":
    main()
