"""Whatever random people do to a referral in whatever order, it never rests in a state that must not be.

`PLUMBLINE_MOVES=100000` makes as many moves as that, in a quarter of an hour; the suite makes a few hundred.
`PLUMBLINE_SEED` chooses others.
"""

import os
import random
from collections import Counter

import pytest
import time_machine
from django.db import transaction

from referrals import moves as actions
from tests import factories
from tests.referrals.moves.at_random import MOVES, Walk
from tests.referrals.told.house import NOON

IN_ALL = int(os.environ.get("PLUMBLINE_MOVES", "300"))
SEED = int(os.environ.get("PLUMBLINE_SEED", "15"))
OF_ONE = 60  # moves of one referral; then another begins
ENOUGH_FOR_ALL = 20_000  # that each sort was made at least once


@pytest.fixture
def listings(neurologist):
    """An office with a mail address, one more, and one that has only a fax."""
    return [neurologist, *(factories.specialist(practice=name, email=to) for name, to in OFFICES)]


OFFICES = (("Harbor Neurology", "desk@harborneuro.example"), ("Bay Neurology", ""))


def test_no_order_of_moves_leads_where_nothing_may_be(decision, maya, priya, ruth, listings, letters):
    wrong, made = {}, Counter()  # what is wrong, with where it was met first
    for number in range(-(-IN_ALL // OF_ONE)):
        luck = random.Random(SEED * 1_000_003 + number)
        with transaction.atomic(), time_machine.travel(NOON, tick=False) as clock:
            referral = actions.refer(decision, by=maya)
            walk = Walk(luck, clock, referral=referral, people=[maya, priya, priya, ruth], listings=listings)
            for _step in range(OF_ONE):
                found = walk.goes_on()
                for one in found:
                    wrong.setdefault(one, f"{SEED}/{number}: {_last_lines(walk)}")
                if found:
                    break
            walk.says_everything()
            transaction.set_rollback(True)
        made += walk.made
    print(f"\n{sum(made.values())} moves, {sum(made[name, True] for name in MOVES)} of them made")  # shown by -s
    assert "\n".join(f"{one} ({where})" for one, where in wrong.items()) == ""
    never = [name for name in MOVES if not made[name, True] and name != "behind"]
    print(f"never made by luck: {', '.join(never) or 'none'}")
    assert IN_ALL < ENOUGH_FOR_ALL or never == []


def _last_lines(walk) -> str:
    return " > ".join(move.what for move in list(walk.referral.moves.all())[-6:])
