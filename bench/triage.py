"""One decision: `python -m bench.triage`. Ratios inside one run, three runs, the median; needs no database.

The baseline is written_out.py: the same rules as straight Python, written by a program when the bench starts, for
answers of hidden questions already left out. The engine also decides what is visible and what could not be ruled out.
zen-engine is compared where it is installed: `pip install --require-hashes -r bench/requirements.txt`.
"""

import random
import statistics
import sys
import time
import timeit
from functools import partial
from pathlib import Path

import yaml

from bench import zen_rules
from bench.patients import answers_of_a_patient
from bench.written_out import rules_in_python
from intake import triage
from intake.triage.deciding.compiling import program_of

CASES = Path(__file__).parents[1] / "tests" / "protocol"
RUNS, REPEAT, NUMBER = 3, 12, 3
TRACE = {"trace": True}


def measure() -> dict[str, float | None]:
    """Ratios to the baseline by the name of the work; for zen-engine how often slower it is than the engine, or None
    where it is not installed. "baseline" is in microseconds."""
    protocol = triage.shipped()
    answers = visible_answers(protocol)
    program, straight = program_of(protocol), rules_in_python(protocol)
    for given in [*answers, *random_answers(protocol)]:  # a baseline that decides otherwise would be no baseline
        assert straight(given) == [program.rule_ids[place] for place in program.decide(given)[0]]
    work = {
        "baseline": lambda: microseconds(straight, answers),
        "decide": lambda: microseconds(program.decide, answers),
        "why": lambda: microseconds(program.why, answers),
        "explain": lambda: microseconds(program.explain, answers),
        "assess": lambda: microseconds(lambda given: triage.assess(protocol, given), answers),
    }
    contexts = [zen_rules.context(protocol, given) for given in answers]
    for name, with_origins in (("zen rules", False), ("zen everything", True)):
        decision = zen_rules.decision(protocol, with_origins=with_origins)
        if decision:
            for given in [*answers, *random_answers(protocol)]:
                result = decision.evaluate(zen_rules.context(protocol, given), TRACE)
                assert zen_rules.flags(protocol, result) == straight(given)
            work[name] = partial(microseconds, partial(traced, decision), contexts[::8], number=1, repeat=3)
    runs = [{name: timed() for name, timed in work.items()} for _ in range(RUNS)]
    found: dict[str, float | None] = {"zen rules": None, "zen everything": None}
    for name in work:
        against = {"zen rules": "why", "zen everything": "explain"}.get(name, "baseline")
        found[name] = statistics.median(run[name] / run[against] for run in runs)
    return found | {
        "baseline": statistics.median(run["baseline"] for run in runs),
        "sets": len(answers),
        "rules": len(protocol.rules),
    }


def traced(decision, context):
    return decision.evaluate(context, TRACE)


def rows(found) -> list[tuple[str, str, str, str]]:
    """Work, baseline, measured, target; for the table."""
    straight = f"the same {found['rules']} rules as straight Python"

    def zen(name: str) -> str:
        return "zen-engine not installed" if found[name] is None else f"{found[name]:.0f} times faster"

    return [
        ("one decision: tier and flags, not ruled out", straight, f"{found['decide']:.2f} ×", "at most 1.5 ×"),
        ("one decision with explanation and origins", straight, f"{found['explain']:.2f} ×", "at most 4 ×"),
        ("the same", "zen-engine with trace, same rules and points", zen("zen everything"), ""),
        ("one decision with explanation", straight, f"{found['why']:.2f} ×", ""),
        ("the same", "zen-engine with trace, same rules", zen("zen rules"), "at least 50 times faster"),
        ("assess(): checked, worded, as an object", straight, f"{found['assess']:.1f} ×", ""),
    ]


def main() -> int:
    found = measure()
    print(f"{found['sets']} answer sets; baseline {found['baseline']:.1f} µs a decision\n")
    print("| Work | Baseline | Measured | Target |\n|---|---|---|---|")
    for row in rows(found):
        print(f"| {' | '.join(row)} |")
    return 0


def random_answers(protocol):
    """Visible answers of a few hundred generated intakes."""
    luck = random.Random(3)
    for _ in range(300):
        answers = triage.validate_answers(protocol, answers_of_a_patient(protocol, luck))
        yield {name: value for name, value in answers.items() if name in triage.visible_questions(protocol, answers)}


def visible_answers(protocol):
    """The answers of all vignettes, without those whose question is not asked."""
    found = []
    for name in ("vignettes", "vignettes_more"):
        for vignette in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))["vignettes"]:
            clean = triage.validate_answers(protocol, vignette["answers"])
            visible = set(triage.visible_questions(protocol, clean))
            found.append({question: answer for question, answer in clean.items() if question in visible})
    return found


def microseconds(work, answers, *, number=NUMBER, repeat=REPEAT) -> float:
    """The best processor time of one call, in microseconds: the least disturbed of a dozen rounds over all answers."""

    def once():
        for given in answers:
            work(given)

    once()
    return min(timeit.repeat(once, number=number, repeat=repeat, timer=time.process_time)) / number / len(answers) * 1e6


if __name__ == "__main__":
    sys.exit(main())
