"""The short list: who stands first, why, and what has no influence at all."""

from dataclasses import fields, replace

import pytest

from referrals import moves as actions
from referrals.directory import ranking
from referrals.directory.ranking import Listing, Need, rank
from tests import factories
from tests.answers import FOOT_DROP

NEED = Need(
    specialty="neurologist",
    plan="Harbor PPO",
    language="es",
    location="riverside",
    location_name="Riverside",
    focus=("nerve",),
)


def listing(number=1, **fields_):
    return Listing(
        **{
            "id": number,
            "name": f"Name {number}",
            "specialty": "neurologist",
            "plans": ("Harbor PPO",),
            "languages": ("en", "es"),
            "miles": (("riverside", 4.2), ("hillcrest", 1.0)),
            "focus": "nerve tests",
            **fields_,
        }
    )


BEST = listing(1, name="Zoe Best")
# What makes a listing come after one that is like BEST, worst last.
WORSE_AND_WORSE = [
    ("farther", listing(2, miles=(("riverside", 9.0),))),
    ("distance unknown", listing(3, miles=())),
    ("does not speak the language", listing(4, languages=("en",), miles=(("riverside", 0.1),))),
    ("another focus", listing(5, focus="headache", miles=(("riverside", 0.1),))),
    ("says nothing of plans", listing(6, plans=(), miles=(("riverside", 0.1),))),
    ("another plan", listing(7, plans=("Summit HMO",), miles=(("riverside", 0.1),))),
    ("sees no new patients", listing(8, accepts_new_patients=False, miles=(("riverside", 0.1),))),
]


@pytest.mark.parametrize(("why", "other"), WORSE_AND_WORSE, ids=lambda value: value if isinstance(value, str) else "")
def test_each_point_counts(why, other):
    assert [entry.listing for entry in rank(NEED, [other, BEST])] == [BEST, other], why


def test_the_points_have_an_order():
    everybody = [BEST, *(other for _why, other in WORSE_AND_WORSE)]
    assert [entry.listing for entry in rank(NEED, reversed(everybody), limit=99)] == everybody


def test_reasons_and_cautions_are_words_for_the_desk():
    [best] = rank(NEED, [BEST])
    assert best.reasons == (
        "sees new patients", "takes Harbor PPO", "focus: nerve tests", "speaks Spanish", "4.2 miles from Riverside",
    )  # fmt: skip
    assert best.cautions == ()
    [worst] = rank(NEED, [listing(accepts_new_patients=False, plans=("X",), languages=("en",), focus="", miles=())])
    assert worst.cautions == (
        "sees no new patients", "does not list Harbor PPO", "an interpreter for Spanish is needed",
        "distance not on record",
    )  # fmt: skip


def test_who_declined_this_referral_comes_last_and_says_so():
    need = Need(specialty="neurologist", declined=frozenset({1}))
    _first, last = rank(need, [BEST, listing(2, accepts_new_patients=False)])
    assert last.listing == BEST
    assert "declined this referral before" in last.cautions


def test_only_the_needed_specialty_short_and_the_same_every_time():
    many = [listing(number) for number in range(20)] + [listing(99, specialty="podiatrist")]
    short = [entry.listing.id for entry in rank(NEED, many)]
    assert len(short) == 5
    assert short == [entry.listing.id for entry in rank(NEED, reversed(many))]
    assert 99 not in [entry.listing.id for entry in rank(NEED, many, limit=99)]


def test_plans_match_whatever_the_capitals():
    [entry] = rank(Need(specialty="neurologist", plan=" harbor ppo "), [BEST])
    assert not [caution for caution in entry.cautions if "list" in caution]


def test_nothing_but_these_inputs_may_decide():
    """A new input is a decision about money and fairness: it is made here, in the open, or not at all."""
    assert {field.name for field in fields(Need)} == {
        "specialty", "plan", "language", "location", "location_name", "focus", "declined",
    }  # fmt: skip
    assert {field.name for field in fields(Listing)} == {
        "id", "name", "specialty", "plans", "languages", "miles", "accepts_new_patients", "focus",
    }  # fmt: skip


def test_the_short_list_of_a_referral_comes_from_the_listed_directory(draft, neurologist, priya):
    factories.specialist(listed=False)
    factories.specialist(specialty="podiatrist")
    tests = factories.specialist(focus="nerve tests", miles={"riverside": 12})
    short = ranking.ranked(draft)
    assert [choice.specialist for choice in short] == [tests, neurologist], "fits a foot drop, though farther away"
    actions.choose(draft, tests, choice="suggested", because="first", by=priya)
    actions.prepare_letter(draft, consent="agreed", by=priya)
    actions.send(draft, by=priya)
    actions.office_decline(draft, reason="not_taking", by=priya)
    again = ranking.ranked(actions.redirect(draft, by=priya))
    assert [choice.specialist for choice in again] == [neurologist, tests]


def test_a_weak_foot_that_comes_from_the_back_goes_to_the_spine_first(location, maya, priya):
    """Where it is felt must not outrank where it comes from: that is what the product is for."""
    knee = factories.specialist(name="Helen Strand", specialty="orthopedist", focus="hip and knee")
    spine = factories.specialist(name="Samuel Whitaker", specialty="orthopedist", focus="spine")
    from_the_back = FOOT_DROP | {
        "main_problem_area": "lower_leg_knee",
        "pain_regions": ["low_back_mid", "shin_right", "top_of_foot_right"],
        "spread_down_leg": "to_foot",
        "back_move_effect": ["worse_cough"],
        "knee_pressure": ["none"],
        "numb_pattern": ["top_big_toe"],
    }
    case = factories.case(at=location, answers=from_the_back, acknowledged_by=maya)
    decision = factories.decision(
        on=case, by=maya, specialist="orthopedist", reason="other", words="To the spine clinic."
    )
    referral = actions.refer(decision, by=maya)
    assert [choice.specialist for choice in ranking.ranked(referral)] == [spine, knee]


ALIKE = [
    ("Aetna PPO", "Aetna"),
    ("Aetna", "Aetna Choice POS II"),
    ("BCBS PPO", "Blue Cross Blue Shield"),
    ("Blue Cross Blue Shield of Maine", "BCBS"),
    ("Medicare Part B", "Medicare"),
    ("UHC Choice Plus", "United Healthcare"),
    ("aetna  hmo", "AETNA PPO"),
]


@pytest.mark.parametrize(("plan", "listed"), ALIKE)
def test_a_plan_like_the_patients_comes_before_no_word_of_plans(plan, listed):
    alike, silent, other = listing(1, plans=(listed,)), listing(2, plans=()), listing(3, plans=("Summit HMO",))
    ranked = rank(replace(NEED, plan=plan), [other, silent, alike])
    assert [entry.listing for entry in ranked] == [alike, silent, other]
    assert f"lists {listed}, which looks like {plan}: ask" in ranked[0].cautions


@pytest.mark.parametrize("plan", ["Harbor PPO", "Cigna PPO", "Health Plan", "Tricare"])
def test_a_word_that_any_plan_has_makes_no_plan_alike(plan):
    assert ranking.looks_like(plan, ("Aetna PPO", "Summit Health Plan")) == ""


@pytest.mark.parametrize(
    "plan", ["none", "None.", "self pay", "Self-pay", "no insurance", "N/A", "uninsured", "sin seguro"]
)
def test_whoever_has_no_insurance_is_no_worse_off_with_those_who_list_plans(plan):
    near, far = listing(1, miles=(("riverside", 1.0),)), listing(2, plans=(), miles=(("riverside", 2.0),))
    ranked = rank(replace(NEED, plan=plan), [far, near])
    assert [entry.listing for entry in ranked] == [near, far]
    assert all("the patient has no insurance: ask what a visit costs" in entry.cautions for entry in ranked)
    assert not any("ask whether they take" in words for entry in ranked for words in entry.cautions)
