"""Sends patients through a network of offices whose delays are known: which order of choosing sees them soonest?

    python -m bench.network [--offices 60] [--patients 600] [--runs 8]

Each office of one specialty has its own days to an answer, days to a first visit and share of declines, drawn once and
known to the simulation alone; near is not soon, and what an office says of its wait is kinder than what happens. Every
order goes through the same patients in turn, and an office behaves the same toward each order. The ranking of the
product learns as it goes, from what is written down by the day a patient is sent. Nothing here touches a database.
"""

import argparse
import os
import random
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import fmean, median

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("PLUMBLINE_ENV", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()

from referrals.directory.learned import LOOKED_BACK, NEWEST, Sending, records_of
from referrals.directory.ranking import Listing, Need, rank

PLANS = ("Harbor PPO", "Summit HMO", "BCBS", "Medicare")
EVERY = 0.5  # days between two patients: a clinic of four therapists
MOST_TRIES = 60


@dataclass(frozen=True)
class Office:
    """What is so of an office; `listing` is what the directory knows of it."""

    listing: Listing
    answers: float
    visits: float
    declines: float
    stated: int | None


@dataclass
class Course:
    """What one order has written down: by office, when it is known and what it was."""

    known: dict[int, list[tuple[float, Sending]]] = field(default_factory=lambda: defaultdict(list))
    seen_after: list[float] = field(default_factory=list)

    def records(self, offices: list[Office], today: float):
        """Return what was learned by today, within the bounds of the product."""
        oldest = today - LOOKED_BACK.days
        written = {
            office.listing.id: [said for at, said in self.known[office.listing.id] if oldest <= at <= today][-NEWEST:]
            for office in offices
        }
        return records_of(written, {office.listing.id: office.stated for office in offices})


Order = Callable[[Need, list[Office], Course, float], list[int]]


def network(count: int, chance: random.Random) -> list[Office]:
    """Return offices whose names, miles and numbers say nothing of how soon they see somebody."""
    return [_office(number, chance) for number in range(1, count + 1)]


def _office(number: int, chance: random.Random) -> Office:
    visits = min(90.0, chance.lognormvariate(2.9, 0.6))  # 18 days in the middle, 40 at one in ten
    name = "".join(chance.choice("ABCDEFGHIKLMNOPRSTUVW") for _letter in range(6))
    listing = Listing(
        id=number,
        name=name,
        specialty="neurologist",
        plans=tuple(plan for plan in PLANS if chance.random() < 0.7),
        languages=("en", "es") if chance.random() < 0.4 else ("en",),
        miles=(("riverside", round(chance.uniform(0.5, 30), 1)),),
        accepts_new_patients=chance.random() < 0.95,
        focus=chance.choice(["nerve tests", "headache", "", "spine"]),
    )
    return Office(
        listing,
        answers=chance.uniform(0.5, 6),
        visits=visits,
        declines=min(0.8, chance.betavariate(1.2, 5)),
        stated=round(visits * chance.uniform(0.4, 1)) if chance.random() < 0.3 else None,
    )


# The orders -----------------------------------------------------------------------------------------------------------


def ours(need: Need, offices: list[Office], course: Course, today: float) -> list[int]:
    """Rank as the product does, with what was learned by now."""
    records = course.records(offices, today)
    listings = [_with(office.listing, records[office.listing.id]) for office in offices]
    return [entry.listing.id for entry in rank(need, listings, len(listings))]


def static(need: Need, offices: list[Office], course: Course, today: float) -> list[int]:
    """Rank by the listings alone, as before anything was learned."""
    return [entry.listing.id for entry in rank(need, [office.listing for office in offices], len(offices))]


def nearest(need: Need, offices: list[Office], course: Course, today: float) -> list[int]:
    return [office.listing.id for office in sorted(_fitting(need, offices), key=lambda one: one.listing.miles)]


def alphabetical(need: Need, offices: list[Office], course: Course, today: float) -> list[int]:
    return [office.listing.id for office in sorted(_fitting(need, offices), key=lambda one: one.listing.name)]


def _fitting(need: Need, offices: list[Office]) -> list[Office]:
    """Leave those of which the listing says that they take this patient: nobody would send elsewhere."""
    return [office for office in offices if _takes(office, need)]


def _with(listing: Listing, record) -> Listing:
    return Listing(**{**vars(listing), "record": record})


ORDERS: dict[str, Order] = {
    "what was learned": ours,
    "listings alone": static,
    "nearest": nearest,
    "alphabetical": alphabetical,
}


# One run --------------------------------------------------------------------------------------------------------------


def run(seed: int, *, count: int = 60, patients: int = 800) -> dict[str, Course]:
    """Return what became of the same patients under each order."""
    chance = random.Random(seed)
    offices = network(count, chance)
    courses = {name: Course() for name in ORDERS}
    for number in range(patients):
        need = Need(
            specialty="neurologist",
            plan=chance.choice([*PLANS, "", "self-pay"]),
            language=chance.choice(["en"] * 4 + ["es"]),
            location="riverside",
            focus=chance.choice([(), ("nerve",), ("spine",)]),
        )
        for name, order in ORDERS.items():
            _refer(need, offices, order, courses[name], number * EVERY, f"{seed}:{number}")
    return courses


def _refer(need: Need, offices: list[Office], order: Order, course: Course, began: float, luck: str) -> None:
    """Send one patient to one office after the other until one sees them; each order meets the same luck at each."""
    by_id = {office.listing.id: office for office in offices}
    today = began
    tried: list[int] = []
    for chosen in order(need, offices, course, today):
        office, chance = by_id[chosen], random.Random(f"{luck}:{chosen}")
        answered = office.answers * chance.uniform(0.5, 1.5)
        takes = _takes(office, need)
        tried.append(chosen)
        if not takes or (chance.random() < office.declines and len(tried) < MOST_TRIES):
            today += answered
            if takes:  # that a plan is not taken says nothing of the office
                course.known[chosen].append((today, Sending(answered, declined=True)))
            continue
        waited = max(1.0, office.visits * chance.lognormvariate(0, 0.3))
        seen = today + max(answered, waited)
        course.known[chosen].append((seen, Sending(answered, days_to_visit=seen - today, reported=True)))
        course.known[chosen].sort(key=lambda one: one[0])
        course.seen_after.append(seen - began)
        return


def _takes(office: Office, need: Need) -> bool:
    plan = need.plan in ("", "self-pay") or need.plan in office.listing.plans
    return plan and office.listing.accepts_new_patients


def mean_days(runs: list[dict[str, Course]], name: str) -> float:
    """Return the mean days to a first visit under an order, each network counting the same.

    One network alone proves little: a fixed order sends nearly everybody to one office, which may be a fast one.
    """
    return fmean(fmean(courses[name].seen_after) for courses in runs)


def shortest(runs: list[dict[str, Course]]) -> str:
    """Return the order under which the patients were seen soonest in the mean."""
    return min(ORDERS, key=lambda name: mean_days(runs, name))


def main() -> int:
    """Print the days to a first visit under each order; 0 when ours was the shortest over all runs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--offices", type=int, default=60)
    parser.add_argument("--patients", type=int, default=600)
    parser.add_argument("--runs", type=int, default=8)
    asked = parser.parse_args()
    runs = [run(seed, count=asked.offices, patients=asked.patients) for seed in range(1, asked.runs + 1)]
    print(f"{asked.offices} offices, {asked.patients} patients, {asked.runs} runs; days from referral to first visit")
    print(f"{'order':18} {'mean':>6} {'median':>7} {'9 of 10 within':>15} {'last fifth':>11}")
    for name in ORDERS:
        days = [sorted(course[name].seen_after) for course in runs]
        late = fmean(fmean(course[name].seen_after[-asked.patients // 5 :]) for course in runs)
        tenth = fmean(of_run[int(len(of_run) * 0.9)] for of_run in days)
        print(f"{name:18} {mean_days(runs, name):6.1f} {fmean(map(median, days)):7.1f} {tenth:15.1f} {late:11.1f}")
    firsts = [shortest([courses]) for courses in runs]
    print("the shortest in a single network:", ", ".join(f"{name} {firsts.count(name)}" for name in ORDERS))
    return 0 if shortest(runs) == "what was learned" else 1


if __name__ == "__main__":
    sys.exit(main())
