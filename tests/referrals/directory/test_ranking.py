"""The short list: who stands first, why, and what has no influence at all."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from referrals import moves as actions
from referrals.directory import ranking
from referrals.directory.learned import STRENGTH, Record, Sending, drawn, records_of
from referrals.directory.ranking import Listing, Need, rank
from referrals.models.plans import Match, insured, match
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


PLACE, NEAR, FAR = (43.66, -70.26), (43.70, -70.30), (44.80, -68.77)


def test_where_no_miles_are_on_record_the_map_says_how_far():
    near, far, by_road = (
        listing(1, miles=(), point=NEAR), listing(2, miles=(), point=FAR), listing(3, miles=(("riverside", 2.0),)),
    )  # fmt: skip
    ranked = rank(replace(NEED, point=PLACE), [far, near, by_road])
    assert [entry.listing for entry in ranked] == [by_road, near, far]
    assert "about 3 miles in a straight line from Riverside" in ranked[1].reasons
    [unknown] = rank(NEED, [near])
    assert "distance not on record" in unknown.cautions, "the clinic says not where it is"


# What was learned -----------------------------------------------------------------------------------------------------


def seen_after(*days, declined=0, reported=True):
    return [Sending(1.0, False, float(one), reported) for one in days] + [Sending(2.0, declined=True)] * declined


def test_with_few_numbers_an_office_is_drawn_toward_its_specialty():
    """(k·m + Σx) / (k + n), as the docstring says."""
    records = records_of({1: seen_after(*[10] * 20), 2: seen_after(40), 3: []})
    mean = (20 * 10 + 40) / 21
    assert records[3].days_to_visit == pytest.approx(mean), "nothing known: the specialty"
    assert records[2].days_to_visit == pytest.approx((STRENGTH * mean + 40) / (STRENGTH + 1))
    assert 10 < records[1].days_to_visit < 10.3, "many: nearly its own"
    assert drawn([], None) is None


def test_weeks_earlier_stand_first_though_farther_and_days_do_not():
    records = records_of({1: seen_after(*[30] * 20), 2: seen_after(*[9] * 20), 3: seen_after(*[10] * 20)})
    near_late = listing(1, miles=(("riverside", 1.0),), record=records[1])
    far_soon = listing(2, miles=(("riverside", 9.0),), record=records[2])
    near_soon = listing(3, miles=(("riverside", 3.0),), record=records[3])
    ranked = rank(NEED, [near_late, far_soon, near_soon])
    assert [entry.listing for entry in ranked] == [near_soon, far_soon, near_late]


def test_who_often_declines_costs_the_days_until_the_next():
    slow_to_decline = [Sending(10.0, declined=True)] * 15
    records = records_of({1: [*seen_after(*[9] * 10), *slow_to_decline], 2: seen_after(*[10] * 10)})
    assert records[1].days_to_visit < records[2].days_to_visit
    assert records[1].days_until_seen > records[2].days_until_seen


def test_who_sends_no_reports_stands_behind_who_does():
    records = records_of({1: seen_after(*[9] * 20, reported=False), 2: seen_after(*[9] * 20)})
    first, second = rank(
        NEED, [listing(1, record=records[1]), listing(2, miles=(("riverside", 9.0),), record=records[2])]
    )
    assert first.listing.id == 2
    assert "sent a report on 0 of 20 seen there" in second.cautions


def test_each_position_says_what_was_learned_and_of_how_many():
    records = records_of({1: seen_after(10, 12, declined=1), 2: []}, {1: 20, 2: None})
    [known] = rank(NEED, [listing(1, record=records[1])])
    assert [one for one in known.reasons if one.startswith("first visit in about")] == [
        "first visit in about 12 days, by 2 of ours; it says 20 days"
    ]
    assert "sent a report on 2 of 2 seen there" in known.reasons
    assert "declined 1 of 3" in (*known.reasons, *known.cautions)
    [unknown] = rank(NEED, [listing(2, record=records[2])])
    assert [one for one in unknown.reasons if "none of ours seen there yet" in one]
    assert not [one for one in unknown.reasons if "answers in" in one]


def test_what_an_office_says_counts_as_one_patient_and_alone_where_nothing_is_known():
    told = records_of({1: [], 2: []}, {1: 40, 2: 5})
    assert told[1].days_to_visit > told[2].days_to_visit
    shown = records_of({1: seen_after(*[40] * 20), 2: []}, {1: 5, 2: None})
    assert shown[1].days_to_visit > 35, "twenty patients outweigh one word"


def test_nothing_but_these_inputs_may_decide():
    """A new input is a decision about money and fairness: it is made here, in the open, or not at all."""
    assert {field.name for field in fields(Need)} == {
        "specialty", "plan", "language", "location", "location_name", "focus", "declined", "point",
    }  # fmt: skip
    assert {field.name for field in fields(Listing)} == {
        "id", "name", "specialty", "plans", "languages", "miles", "accepts_new_patients", "focus", "point", "record",
    }  # fmt: skip
    assert {field.name for field in fields(Record)} == {
        "sent", "declined", "seen", "reported", "stated", "days_to_answer", "days_to_visit", "share_declined",
        "share_reported", "days_elsewhere",
    }  # fmt: skip
    assert {field.name for field in fields(Sending)} == {
        "days_to_answer", "declined", "days_to_visit", "reported",
    }  # fmt: skip


def test_nothing_else_of_a_patient_changes_the_order(draft):
    """Two patients who need the same get the same list: age, name, sex, urgency and answers have no part in it."""
    for number in range(6):
        factories.specialist(miles={"riverside": number}, focus="nerve tests" if number % 2 else "")
    before = [(choice.specialist.pk, choice.reasons, choice.cautions) for choice in ranking.ranked(draft)]
    patient = draft.patient
    patient.first_name, patient.last_name, patient.phone, patient.email = "Zed", "Zimmer", "207 555 0100", "z@z.example"
    patient.date_of_birth, patient.needs_interpreter = patient.date_of_birth - timedelta(days=9000), True
    patient.member_number = "VIP-1"
    patient.save()
    draft.urgency, draft.question = 3, "As soon as you can"
    draft.save()
    assessment = draft.decision.assessment
    assessment.answers = {**assessment.answers, "age": 95, "sex": "male", "worry_level": 10}
    fresh = type(draft).objects.get(pk=draft.pk)
    fresh.decision.assessment = assessment
    assert [(choice.specialist.pk, choice.reasons, choice.cautions) for choice in ranking.ranked(fresh)] == before


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
    ("BCBS", "Blue Cross Blue Shield of CO"),
    ("blue cross", "Blue Cross Blue Shield of CO"),
    ("blue cross", "BCBS"),
    ("Anthem", "Blue-Cross / Blue-Shield"),
    ("Atena PPO", "Aetna"),
    ("Humanna", "Humana Gold Plus"),
    ("AARP", "UnitedHealthcare"),
    ("Medicare", "Humana Medicare Advantage"),
]


@pytest.mark.parametrize(("plan", "listed"), ALIKE)
def test_a_plan_like_the_patients_comes_before_no_word_of_plans(plan, listed):
    alike, silent, other = listing(1, plans=(listed,)), listing(2, plans=()), listing(3, plans=("Summit HMO",))
    ranked = rank(replace(NEED, plan=plan), [other, silent, alike])
    assert [entry.listing for entry in ranked] == [alike, silent, other]
    assert f"lists {listed}, which looks like {plan}: ask" in ranked[0].cautions


@pytest.mark.parametrize("plan", ["Harbor PPO", "Cigna PPO", "Health Plan", "Tricare"])
def test_a_word_that_any_plan_has_makes_no_plan_alike(plan):
    assert match(plan, ("Aetna PPO", "Summit Health Plan")) == (Match.OTHER, "")


@pytest.mark.parametrize(
    ("plan", "listed"),
    [
        ("BCBS", "Blue Cross Blue Shield"),
        ("B.C.B.S.", "BC/BS"),
        ("BlueCross BlueShield of CO", "bcbs of co"),
        ("UHC", "United Health Care"),
        ("kaiser  PERMANENTE", "KP"),
        ("Harbor & Sons", "harbor and sons"),
    ],
)
def test_one_name_written_in_two_ways_is_one_name(plan, listed):
    assert match(plan, ("Summit HMO", listed)) == (Match.SAME, listed)
    [entry] = rank(replace(NEED, plan=plan), [listing(plans=(listed,))])
    assert f"takes {plan}" in entry.reasons


@pytest.mark.parametrize(
    ("plan", "listed"),
    [
        ("Kaiser of Colorado", "Anthem of Colorado"),
        ("Maine Community", "Harbor of Maine"),
        ("Cigna", "Signa"),  # another first letter is another name
        ("Blue", "Blur"),  # too short for a slip
        ("Tricare", "Medicare"),
    ],
)
def test_two_insurers_do_not_look_alike(plan, listed):
    assert match(plan, (listed,)) == (Match.OTHER, "")


@pytest.mark.parametrize("plan", ["", "  ", "-", "?", "unknown", "Not sure", "I don’t know", "no sé"])
def test_nothing_on_file_is_said_and_is_no_worse_off(plan):
    near, far = listing(1, miles=(("riverside", 1.0),)), listing(2, plans=(), miles=(("riverside", 2.0),))
    ranked = rank(replace(NEED, plan=plan), [far, near])
    assert [entry.listing for entry in ranked] == [near, far]
    assert all("the patient has no insurance plan on record" in entry.cautions for entry in ranked)
    assert not insured(plan)


@pytest.mark.parametrize(
    "plan", ["none", "None.", "self pay", "Self-pay", "no insurance", "N/A", "uninsured", "sin seguro"]
)
def test_whoever_has_no_insurance_is_no_worse_off_with_those_who_list_plans(plan):
    near, far = listing(1, miles=(("riverside", 1.0),)), listing(2, plans=(), miles=(("riverside", 2.0),))
    ranked = rank(replace(NEED, plan=plan), [far, near])
    assert [entry.listing for entry in ranked] == [near, far]
    assert all("the patient has no insurance: ask what a visit costs" in entry.cautions for entry in ranked)
    assert not any("ask whether they take" in words for entry in ranked for words in entry.cautions)
