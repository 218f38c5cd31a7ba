"""One decision: `python -m bench.triage`. Ratios inside one run, three runs, the median; needs no database.

The baseline is rules_by_hand.py: the same 74 rules as straight Python, two-valued, answers of hidden questions already
left out. The engine also decides what is visible and what could not be ruled out.
"""

import statistics
import sys
import timeit
from pathlib import Path

import yaml

from bench import rules_by_hand
from intake import triage

CASES = Path(__file__).parents[1] / "tests" / "protocol"
RUNS, REPEAT, NUMBER = 3, 12, 3


def main() -> int:
    protocol = triage.shipped()
    answers = visible_answers(protocol)
    program = protocol.program
    for given in answers:  # a baseline that decides otherwise would be no baseline
        assert rules_by_hand.flags(given) == [program.rule_ids[place] for place in program.decide(given)[0]]
    rows = [
        ("74 rules by hand, two-valued (baseline)", rules_by_hand.flags, None),
        ("tier, flags and not ruled out", program.decide, 1.5),
        ("the same, with explanation and origins", program.explain, 4.0),
        ("assess(): all of it, checked and as an object", lambda given: triage.assess(protocol, given), None),
    ]
    ratios: dict[str, list[float]] = {name: [] for name, _, _ in rows}
    base = 0.0
    for _ in range(RUNS):
        for name, work, _ in rows:
            seconds = microseconds(work, answers)
            base = seconds if work is rules_by_hand.flags else base
            ratios[name].append(seconds / base)
    print(f"{len(answers)} answer sets; baseline of the last run {base:.1f} µs a decision\n")
    print("| Work | against the baseline | target |\n|---|---|---|")
    for name, _, target in rows:
        wanted = f"at most {target} ×" if target else ""
        print(f"| {name} | {statistics.median(ratios[name]):.2f} × | {wanted} |")
    missed = [name for name, _, target in rows if target and statistics.median(ratios[name]) > target]
    print(f"\nNot met: {', '.join(missed)}." if missed else "\nAll targets met.")
    return 0


def visible_answers(protocol):
    """The answers of all vignettes, without those whose question is not asked."""
    found = []
    for name in ("vignettes", "vignettes_more"):
        for vignette in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))["vignettes"]:
            clean = triage.validate_answers(protocol, vignette["answers"])
            visible = set(triage.visible_questions(protocol, clean))
            found.append({question: answer for question, answer in clean.items() if question in visible})
    return found


def microseconds(work, answers) -> float:
    """The best time of one call, in microseconds: the least disturbed of a dozen rounds over all answers."""

    def once():
        for given in answers:
            work(given)

    once()
    return min(timeit.repeat(once, number=NUMBER, repeat=REPEAT)) / NUMBER / len(answers) * 1e6


if __name__ == "__main__":
    sys.exit(main())
