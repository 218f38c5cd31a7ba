"""Counts rules whose true rates are known, and says how many of the intervals hold them.

    python -m bench.scorecard [--runs 20]

Each run writes 2,000 cases of ten rules and counts them as the scorecard does. Of 100 intervals 95 should hold the true
rate.
"""

import argparse
import sys
import time
from datetime import timedelta

from bench.throwaway import riverside, throwaway_clinic


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with throwaway_clinic():
        return print_table(runs)


def print_table(runs: int) -> int:
    """Print the first run rule by rule, then all of them together; 0 when enough intervals held."""
    place, held, seconds = riverside(), [], []
    for seed in range(1, runs + 1):
        scores, taken = one_run(place, seed)
        seconds.append(taken)
        for rule, true_rate, value in scores:
            low, high = value.interval
            held.append(low - 1e-9 <= true_rate <= high + 1e-9)
            if seed == 1:
                print(f"{rule:20} true {true_rate:5.0%}  counted {value.part:5.0%}  {low:5.1%} to {high:5.1%}")
    share = sum(held) / len(held)
    print(f"{sum(held)} of {len(held)} intervals held the true rate ({share:.1%}); counting took {max(seconds):.3f} s")
    return 0 if share >= 0.9 else 1


def one_run(place, seed: int):
    """Return (rule, true rate, counted rate) of each rule, and the seconds it took to count; nothing of it stays."""
    from django.db import transaction
    from django.utils import timezone

    from clinic.staff.models import User
    from intake.scorecard.counting import scores
    from tests.intake.scorecard.simulated import RATES, simulate

    with transaction.atomic():
        simulate(at=place, by=User.objects.get(), seed=seed)
        now, began = timezone.now(), time.perf_counter()
        found = {score.rule: score for score in scores([place], now - timedelta(days=90), now)}
        taken = time.perf_counter() - began
        transaction.set_rollback(True)
    return [(rule, RATES[rule][0], found[rule].value) for rule in RATES], taken


if __name__ == "__main__":
    sys.exit(main())
