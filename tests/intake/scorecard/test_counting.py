"""What the rules were worth: counted from rows whose truth is known, and never said of too few."""

from datetime import timedelta
from math import comb

import pytest
from django.utils import timezone

from intake.models import Hindsight, Urgency
from intake.scorecard.counting import scores
from intake.scorecard.rates import ENOUGH, Rate
from tests.intake.scorecard.simulated import MANY, RATES, simulate

NOW = timedelta(minutes=1)


def counted(*places):
    now = timezone.now()
    return {score.rule: score for score in scores(places, now - timedelta(days=90), now + NOW)}


@pytest.mark.django_db
def test_known_rates_are_found_again_from_two_thousand_outcomes(location, other_location, maya):
    drawn = simulate(at=location, by=maya, seed=7)
    found = counted(location)
    assert sum(score.looked_back for score in found.values()) == MANY
    outside = []
    for rule, (true_rate, _overridden) in RATES.items():
        score = found[rule]
        assert (score.fired, score.right) == (len(drawn[rule]), sum(drawn[rule]))
        low, high = score.value.interval
        outside += [] if low - 1e-9 <= true_rate <= high + 1e-9 else [rule]
    assert outside == []
    assert found["rule_hardly"].for_review
    assert not found["rule_half"].for_review
    assert found["rule_half"].overridden == {"Known and already assessed by a clinician": found["rule_half"].overrides}
    assert counted(other_location) == {}
    later = timezone.now() + NOW
    assert scores([location], later - timedelta(days=20), later) == []


def chance_of_holding(true_rate: float, of: int) -> float:
    """Return how often the interval holds the true rate, over every count that may come."""
    holds = (hits for hits in range(of + 1) if inside(true_rate, Rate(hits, of)))
    return sum(comb(of, hits) * true_rate**hits * (1 - true_rate) ** (of - hits) for hits in holds)


def inside(true_rate: float, rate: Rate) -> bool:
    low, high = rate.interval
    return low <= true_rate <= high


@pytest.mark.parametrize("of", [ENOUGH, 50, 200])
def test_the_interval_holds_the_true_rate_nineteen_times_of_twenty(of):
    """Exactly, without a draw: a single rate may fall a little short, their middle may not."""
    each = [chance_of_holding(percent / 100, of) for percent in range(2, 99)]
    assert sum(each) / len(each) > 0.945
    assert min(each) > 0.83


def test_a_rate_is_said_only_where_its_interval_tells_something():
    assert not Rate(10, ENOUGH - 1).enough
    rate = Rate(ENOUGH // 2, ENOUGH)
    assert rate.enough
    assert rate.high - rate.low <= 40
    assert (Rate(0, 30).low, Rate(30, 30).high) == (0, 100)


@pytest.mark.django_db
def test_a_newer_word_corrects_the_older_one(location, maya):
    simulate(at=location, by=maya, seed=1, rates={"rule": (1.0, 0.0)}, many=2)
    said = Hindsight.objects.first()
    said.pk, said.urgency, said.at = None, Urgency.ROUTINE, timezone.now()
    said.save(force_insert=True)
    score = counted(location)["rule"]
    assert (score.looked_back, score.right, score.value.enough) == (2, 1, False)
