"""Whatever anybody does, in whatever order: no emergency flag was ever dismissed by one person alone.

Random people press what there is, on pages old and new, while the patient answers on; and somebody writes to the tables
past the actions. The actions and the database are the real ones.
"""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.actions import cases, forgotten, second_look
from intake.models import Case, Decision, FlagVerdict, MoveNotAllowed, Urgency
from intake.models.two_people import HANDLED_AT, same_person
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.test_cases import MONDAY_MORNING, answered

pytestmark = pytest.mark.django_db

STRANGE = SADDLE_NUMBNESS | {"emergency_now": ["none"]}
FORMS = [HEEL_PAIN, FOOT_DROP, SADDLE_NUMBNESS, STRANGE, SADDLE_NUMBNESS | FOOT_DROP]
SPECIALISTS = [HANDLED_AT, "physical_therapist", "neurologist"]
MINUTE = timedelta(minutes=1)
REFUSALS = (
    cases.CaseChanged,
    cases.ContactFirst,
    cases.AlreadyAcknowledged,
    cases.NotYours,
    MoveNotAllowed,
    PermissionDenied,
    ValueError,
    DatabaseError,
)
PAST_THE_ACTIONS = [
    ("decision", {"effective_at": F("at")}),
    ("decision", {"tier": 0, "reason": "other", "words": "x"}),
    ("decision", {"specialist": HANDLED_AT, "reason": "other", "words": "x"}),
    ("decision", {"second_by": "<author>", "second_at": F("at")}),
    ("verdict", {"confirmed": False, "reason": "other", "words": "x"}),
    ("verdict", {"confirmed": True}),
    ("case", {"flags": []}),
    ("case", {"urgency": 0}),
    ("case", {"rules_urgency": 0}),
]


class Clinic:
    """One case, the people around it, and the page each of them has in front of them."""

    def __init__(self, location, people):
        self.intake = factories.intake(at=location)
        self.people, self.now = people, MONDAY_MORNING
        self.case = answered(self.intake, SADDLE_NUMBNESS, now=self.now)
        self.seen = dict.fromkeys(range(len(people)), self.case.version)

    def looks_at(self, who):
        self.seen[who] = Case.objects.get().version

    def answers(self, form):
        answered(self.intake, form, now=self.now)

    def calls(self, who, outcome):
        said = {"outcome": outcome, "safety_advice_given": True, "words": ""}
        cases.record_contact(self.case, by=self.people[who], now=self.now, **said)

    def decides(self, who, tier, specialist, dismissed):
        case = Case.objects.get()
        verdicts = {
            flag["rule"]: cases.Verdict(False, "explained", "Known.")
            for place, flag in enumerate(case.flags)
            if dismissed & (1 << place)
        }
        said = {"tier": tier, "specialist": specialist, "refer": False, "reason": "explained", "words": "Known."}
        cases.decide(case, version=self.seen[who], verdicts=verdicts, by=self.people[who], now=self.now, **said)

    def second(self, who, agrees):
        proposal = self._proposal()
        look = second_look.agree_second if agrees else second_look.refuse_second
        look(proposal, version=self.seen[who], words="I read it.", by=self.people[who], now=self.now)

    def drops(self, who):
        second_look.drop_proposal(self._proposal(), by=self.people[who], now=self.now)

    def opens_again(self, who):
        cases.reopen(Case.objects.get(), by=self.people[who], words="A letter.", now=self.now)

    def raises(self, who, tier):
        cases.raise_tier(Case.objects.get(), tier=tier, by=self.people[who], now=self.now)

    def hands_back(self, who):
        cases.hand_back(Case.objects.get(), by=self.people[who], now=self.now)

    def nobody_comes(self):
        forgotten.raise_again(self.now)

    def writes_past_the_actions(self, who, edit):
        table, values = edit
        rows = {"decision": Decision, "verdict": FlagVerdict, "case": Case}[table].objects
        author = self.people[who]
        rows.update(**{name: author if value == "<author>" else value for name, value in values.items()})

    def _proposal(self):
        proposal = Decision.objects.filter(effective_at=None, refused_at=None).last()
        if proposal is None:
            raise ValueError("Nothing waits.")
        return proposal


WHO = st.integers(0, 3)
TIERS = st.sampled_from(list(Urgency))
STEPS = st.one_of(
    st.tuples(st.just("looks_at"), WHO),
    st.tuples(st.just("answers"), st.sampled_from(FORMS)),
    st.tuples(st.just("calls"), WHO, st.sampled_from(["reached", "no_answer", "welfare_check"])),
    st.tuples(st.just("decides"), WHO, TIERS, st.sampled_from(SPECIALISTS), st.integers(0, 3)),
    st.tuples(st.just("second"), WHO, st.booleans()),
    st.tuples(st.just("drops"), WHO),
    st.tuples(st.just("opens_again"), WHO),
    st.tuples(st.just("raises"), WHO, TIERS),
    st.tuples(st.just("hands_back"), WHO),
    st.tuples(st.just("nobody_comes")),
    st.tuples(st.just("writes_past_the_actions"), WHO, st.sampled_from(PAST_THE_ACTIONS)),
)
LOOKED = ("decides", "second")


@st.composite
def presses(draw):
    """Most presses come from a page that was just read, so that many decisions are made and not only refused."""
    steps = [("calls", 0, "reached")]
    for step in draw(st.lists(STEPS, min_size=4, max_size=14)):
        if step[0] in LOOKED and draw(st.integers(0, 4)):
            steps.append(("looks_at", step[1]))
        steps.append(step)
    return steps


def ended_by_one(decision) -> bool:
    return decision.second_by is None or same_person(decision.by, decision.second_by)


def check(fired):
    """`fired`: every rule that was ever an emergency on this case."""
    case = Case.objects.get()
    assert fired <= {flag["rule"] for flag in case.flags if flag["tier"] == "emergency"}
    for decision in Decision.objects.exclude(effective_at=None).select_related("by", "second_by"):
        dismissed = set(decision.flag_verdicts.filter(confirmed=False).values_list("rule", flat=True))
        if dismissed & fired:
            assert not ended_by_one(decision), "a flag was dismissed by one person alone"
        if decision.specialist != HANDLED_AT or decision.tier < Urgency.EMERGENCY:
            assert not ended_by_one(decision), "an emergency was ended elsewhere by one person alone"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=presses())
def test_no_emergency_flag_is_ever_dismissed_by_one_person_alone(steps, location, maya, daniel, olga):
    with transaction.atomic():
        twin = factories.staff("Twin", at=[location], license_number=maya.license_number)
        clinic, fired = Clinic(location, [maya, daniel, twin, olga]), {"cauda_equina"}
        for name, *said in steps:
            clinic.now += MINUTE
            with suppress(*REFUSALS), transaction.atomic():
                getattr(clinic, name)(*said)
            fired |= {flag["rule"] for flag in Case.objects.get().flags if flag["tier"] == "emergency"}
            check(fired)
        transaction.set_rollback(True)
