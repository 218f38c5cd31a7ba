"""A small network of offices whose delays are known: what was learned sends patients where they are seen sooner."""

from bench.network import ORDERS, mean_days, run, shortest


def test_what_was_learned_is_sooner_than_the_alphabet_the_nearest_and_the_listings_alone():
    """The whole one, of 60 offices, is `python -m bench.network`."""
    runs = [run(seed, count=20, patients=300) for seed in (1, 2, 3, 4)]
    days = {name: mean_days(runs, name) for name in ORDERS}
    assert shortest(runs) == "what was learned", days


def test_every_patient_is_seen_once_under_each_order_and_by_the_same_luck():
    once, again = (run(7, count=12, patients=40) for _time in range(2))
    for name in ORDERS:
        assert len(once[name].seen_after) == 40
        assert once[name].seen_after == again[name].seen_after
