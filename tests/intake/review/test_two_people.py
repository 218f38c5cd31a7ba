"""An emergency never ends by one person alone: not by a decision, a later edit, another account, or an old page."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.models import Case, CaseEvent, Decision, FlagVerdict, Urgency
from intake.models.two_people import same_person
from intake.review import actions as cases
from intake.review import forgotten, second_look
from intake.review.flags import flags_after
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.review.test_cases import MONDAY_MORNING, answered, opened, reached, told_of

pytestmark = pytest.mark.django_db

AT_THE_CLINIC = {"specialist": "physical_therapist", "reason": "examined", "words": "Old numbness, unchanged."}
DISMISSED = {"cauda_equina": cases.Verdict(False, "explained", "Known since 2016.")}
EMERGENCY, SECOND_LOOK, DECIDED = Urgency.EMERGENCY, Case.Status.SECOND_LOOK, Case.Status.DECIDED


@pytest.fixture
def emergency(location, daniel):
    case = opened(location, SADDLE_NUMBNESS)
    reached(case, daniel)
    return case


def decides(case, by, *, verdicts=None, now=MONDAY_MORNING, **asked):
    case.refresh_from_db()
    said = {"tier": case.urgency, "specialist": "emergency_department", "refer": False, "reason": "agree", "words": ""}
    decision = cases.decide(case, version=case.version, verdicts=verdicts or {}, by=by, now=now, **said | asked)
    case.refresh_from_db()
    return decision


def looks(decision, by, *, agrees=True, version=None):
    case = Case.objects.get(pk=decision.case_id)
    look = second_look.agree_second if agrees else second_look.refuse_second
    return look(decision, version=case.version if version is None else version, words="I read it.", by=by)


def account_of(location, **fields):
    """Another account, with an address of its own."""
    other = factories.staff("Twin", at=[location])
    for name, value in fields.items():
        setattr(other, name, value)
    other.save()
    return other


# One person alone -----------------------------------------------------------------------------------------------------


def test_one_therapist_does_not_close_an_emergency_with_its_tier_left_as_it_is(emergency, daniel):
    """The attack: emergency stays emergency, its flag is dismissed, nobody is called, and the clinic treats."""
    decision = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    assert decision.effective_at is None
    assert (emergency.status, emergency.tier) == (SECOND_LOOK, EMERGENCY)


def test_a_flag_dismissed_on_the_way_to_the_emergency_department_takes_two(emergency, daniel):
    assert decides(emergency, daniel, verdicts=DISMISSED).effective_at is None


@pytest.mark.parametrize("specialist", ["physical_therapist", "neurologist", "primary_care"])
def test_an_emergency_sent_anywhere_else_takes_two(emergency, daniel, specialist):
    decision = decides(emergency, daniel, **AT_THE_CLINIC | {"specialist": specialist})
    assert decision.effective_at is None
    assert "somewhere else than to the emergency department" in emergency.events.last().words


def test_whoever_confirms_everything_and_sends_there_decides_alone(emergency, daniel):
    assert decides(emergency, daniel).effective_at
    assert emergency.status == DECIDED


def test_staff_who_raised_a_case_to_an_emergency_do_not_end_it_elsewhere_alone(location, daniel):
    case = opened(location, FOOT_DROP)
    cases.raise_tier(case, tier=EMERGENCY, by=daniel, now=MONDAY_MORNING)
    reached(case, daniel)
    assert decides(case, daniel, **AT_THE_CLINIC).effective_at is None


def test_whoever_calls_it_an_emergency_and_keeps_the_patient_does_not_decide_alone(location, daniel):
    case = opened(location, FOOT_DROP)
    reached(case, daniel)
    assert decides(case, daniel, tier=EMERGENCY, **AT_THE_CLINIC).effective_at is None


def test_a_case_that_two_lowered_and_one_opens_again_still_takes_two(emergency, daniel, maya):
    """The flag that fired has not gone, and the case is as urgent again as the rules made it."""
    looks(decides(emergency, daniel, tier=Urgency.SOON, **AT_THE_CLINIC), maya)
    cases.reopen(Case.objects.get(), by=daniel, words="A letter came.", now=MONDAY_MORNING)
    again = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    assert (emergency.tier, again.effective_at, emergency.status) == (EMERGENCY, None, SECOND_LOOK)


def test_answers_that_take_the_danger_back_end_nothing(emergency, daniel):
    answered(emergency.intake, SADDLE_NUMBNESS | {"emergency_now": ["none"]})
    assert decides(emergency, daniel, **AT_THE_CLINIC).effective_at is None


def test_a_flag_keeps_the_tier_it_fired_with_when_a_later_protocol_takes_it_less_seriously(emergency):
    found = emergency.intake.assessments.last()
    for flag in found.result["explanation"]["flags"]:
        flag["tier"] = "soon"
    assert {flag["tier"] for flag in flags_after(emergency.flags, found)} >= {"emergency"}


# The second person ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("his", "other"),
    [
        ({"license_number": "PT-1"}, {"license_number": "PT-1", "name": "Dan Brandt"}),
        ({"npi": "1234567893"}, {"npi": "1234567893", "name": "Dan Brandt"}),
        ({"name": "Daniel Brandt"}, {"name": "daniel brandt"}),
    ],
)
def test_another_account_of_the_same_person_is_no_second_person(emergency, daniel, location, his, other):
    for name, value in his.items():
        setattr(daniel, name, value)
    daniel.save()
    twin = account_of(location, **other)
    proposal = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    with pytest.raises(cases.NotYours):
        looks(proposal, twin)
    with refused("second_person_is_another_human"), transaction.atomic():
        Decision.objects.filter(pk=proposal.pk).update(
            second_by=twin, second_at=MONDAY_MORNING, effective_at=MONDAY_MORNING
        )


def test_two_people_of_one_name_are_two_by_their_licenses(emergency, daniel, location):
    type(daniel).objects.filter(pk=daniel.pk).update(license_number="PT-1")
    daniel.refresh_from_db()
    twin = account_of(location, name="Daniel Brandt", license_number="PT-2")
    proposal = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    assert looks(proposal, twin).effective_at


SAME = [
    ({"license_number": "PT-2207"}, {"license_number": "pt 2207"}, True),
    ({"license_number": "PT.2207 "}, {"license_number": "PT\u201122\u200b07"}, True),
    ({"license_number": "PT2207"}, {"license_number": "\uff30\uff34\uff0d\uff12\uff12\uff10\uff17"}, True),
    ({"license_number": "PT-2207"}, {"license_number": "PT-2208"}, False),
    ({"npi": "1234567893"}, {"npi": "1234567893"}, True),
    (
        {"license_number": "-", "name": "Daniel Brandt"},
        {"license_number": "PT-1", "name": "daniel  brandt\u200b"},
        True,
    ),
    ({"license_number": "-"}, {"license_number": "\u2013"}, False),
]


@pytest.mark.parametrize(("his", "other", "same"), SAME)
def test_numbers_are_compared_however_they_were_typed_by_the_page_and_by_the_database(
    emergency, daniel, location, his, other, same
):
    type(daniel).objects.filter(pk=daniel.pk).update(**his)
    daniel.refresh_from_db()
    twin = account_of(location, **{"name": "Dan B."} | other)
    assert same_person(daniel, twin) is same
    proposal = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    row = Decision.objects.filter(pk=proposal.pk)
    looked = {"second_by": twin, "second_at": MONDAY_MORNING, "effective_at": MONDAY_MORNING}
    if same:
        with refused("second_person_is_another_human"), transaction.atomic():
            row.update(**looked)
    else:
        assert row.update(**looked) == 1


@pytest.mark.parametrize("who", ["priya", "ruth", "gone"])
def test_the_database_takes_no_second_person_who_does_not_treat(emergency, daniel, location, who, request):
    """Past the actions too: a manager, the desk, or a therapist who left."""
    other = account_of(location, is_active=False) if who == "gone" else request.getfixturevalue(who)
    proposal = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    row = Decision.objects.filter(pk=proposal.pk)
    for effective_at in (MONDAY_MORNING, None):
        with refused("second_person_decides_cases"), transaction.atomic():
            row.update(second_by=other, second_at=MONDAY_MORNING, effective_at=effective_at)


def test_a_second_person_who_is_somebody_else_by_then_makes_nothing_effective(emergency, daniel, maya):
    proposal = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    row = Decision.objects.filter(pk=proposal.pk)
    row.update(second_by=maya, second_at=MONDAY_MORNING)
    type(maya).objects.filter(pk=maya.pk).update(role="front_desk")
    with refused("second_person_decides_cases"), transaction.atomic():
        row.update(effective_at=MONDAY_MORNING)


def test_what_two_decided_stands_when_one_of_them_takes_another_role(location, daniel, maya):
    """Asked when the row changes who or when, not ever after."""
    case = opened(location, FOOT_DROP)
    cases.raise_tier(case, tier=EMERGENCY, by=daniel, now=MONDAY_MORNING)
    reached(case, daniel)
    decision = looks(decides(case, daniel, tier=Urgency.SOON, **AT_THE_CLINIC), maya)
    for change in ({"role": "manager"}, {"license_number": daniel.license_number, "name": daniel.name}):
        type(maya).objects.filter(pk=maya.pk).update(**change)
        decision.refresh_from_db()
        decision.save()
    assert decision.effective_at


@pytest.mark.parametrize("who", ["priya", "olga"])
def test_the_second_person_decides_cases_and_works_there(emergency, daniel, who, request):
    proposal = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    with pytest.raises(PermissionDenied):
        looks(proposal, request.getfixturevalue(who))


def test_nobody_agrees_to_what_they_have_not_seen(emergency, daniel, maya):
    """Daniel takes it back and proposes something else while Maya reads the first."""
    first = decides(emergency, daniel, tier=Urgency.SOON, **AT_THE_CLINIC)
    seen = emergency.version
    second_look.drop_proposal(first, by=daniel)
    second = decides(emergency, daniel, tier=Urgency.ROUTINE, verdicts=DISMISSED, **AT_THE_CLINIC)
    with pytest.raises(cases.CaseChanged):
        looks(second, maya, version=seen)
    assert Case.objects.get().tier == EMERGENCY


@pytest.mark.parametrize(
    "news",
    [
        lambda case, daniel: answered(case.intake, SADDLE_NUMBNESS | FOOT_DROP),
        lambda case, daniel: answered(case.intake, SADDLE_NUMBNESS | {"emergency_now": ["none"]}),
        lambda case, daniel: reached(case, daniel),
    ],
    ids=["another danger", "the danger taken back", "a call"],
)
def test_what_came_in_between_is_looked_at_before_anybody_agrees(emergency, daniel, maya, news):
    proposal = decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    seen = emergency.version
    news(emergency, daniel)
    with pytest.raises(cases.CaseChanged):
        looks(proposal, maya, version=seen)
    assert Case.objects.get().is_open


def test_an_old_page_keeps_the_words_and_shows_the_case_as_it_is(emergency, daniel, maya, sign_in):
    decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    sent = {"second-version": emergency.version, "second-agree": "yes", "second-words": "Read the letter of 2016."}
    reached(emergency, daniel)
    answer = sign_in(maya).post(reverse("second_look", args=[emergency.public_id]), sent)
    assert answer.status_code == 409
    assert "Read the letter of 2016." in answer.content.decode()
    assert "Nothing of yours was saved" in answer.content.decode()
    assert Case.objects.get().is_open


# Nobody comes ---------------------------------------------------------------------------------------------------------


def waiting(case):
    return Message.objects.about("case", case.public_id).filter(kind="case_needs_you", status="scheduled")


def test_the_clock_goes_on_asking_for_a_second_person(emergency, daniel, maya, ruth):
    decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    assert told_of(emergency) == {maya.email, ruth.email}
    last = max(mail.due_at for mail in waiting(emergency))
    for hour in range(1, 30):
        asked = forgotten.raise_again(last + timedelta(hours=2 * hour, minutes=1))
        assert asked == 1
        assert told_of(emergency) == {maya.email, ruth.email}
    assert emergency.events.filter(kind=CaseEvent.Kind.ASKED_AGAIN).count() == 29
    assert forgotten.raise_again(last + timedelta(hours=58, minutes=2)) == 0, "not twice for one hour"
    assert Case.objects.get().tier == EMERGENCY


@pytest.fixture
def alone(daniel):
    """Daniel is the only therapist."""
    type(daniel).objects.filter(role="therapist").exclude(pk=daniel.pk).update(is_active=False)
    return daniel


def test_where_the_author_works_alone_every_manager_hears_at_once(emergency, alone, daniel, ruth):
    ruth.locations.clear()
    decides(emergency, daniel, verdicts=DISMISSED, **AT_THE_CLINIC)
    assert told_of(emergency) == {ruth.email}


def test_a_proposal_on_a_case_that_counts_as_routine_by_now_is_told_all_the_same(emergency, daniel, maya):
    looks(decides(emergency, daniel, tier=Urgency.ROUTINE, **AT_THE_CLINIC), maya)
    cases.reopen(Case.objects.get(), by=daniel, words="A letter came.", now=MONDAY_MORNING)
    decides(emergency, daniel, **AT_THE_CLINIC)
    assert maya.email in told_of(emergency)


def test_the_page_says_before_the_press_that_it_takes_two_and_who_is_asked(emergency, daniel, maya, sign_in):
    page = sign_in(daniel).get(reverse("case", args=[emergency.public_id])).content.decode()
    assert "takes a second therapist" in page
    assert f"Asked for a second look: {maya.name}" in page


def test_the_page_says_when_nobody_else_works_there(emergency, alone, daniel, sign_in):
    page = sign_in(daniel).get(reverse("case", args=[emergency.public_id])).content.decode()
    assert "No other therapist works at Riverside" in page


# Side doors: what the database insists on -----------------------------------------------------------------------------


STAYS = "decision_on_an_emergency_stays_as_it_was_made"


@contextmanager
def refused(*constraints):
    with pytest.raises(IntegrityError) as why:
        yield
    assert why.value.__cause__.diag.constraint_name in constraints


def test_a_row_written_past_the_actions_does_not_end_an_emergency(emergency, daniel):
    said = {"tier_before": 3, "tier": 3, "suggested_specialist": "emergency_department", "effective_at": MONDAY_MORNING}
    said |= AT_THE_CLINIC | {"case": emergency, "by": daniel, "assessment": emergency.intake.assessments.last()}
    for tiers in ({}, {"tier_before": 1, "tier": 1}):
        with refused("ending_an_emergency_takes_two"), transaction.atomic():
            Decision.objects.create(**said | tiers)


def test_a_proposal_does_not_take_effect_without_its_second_person(emergency, daniel):
    proposal = decides(emergency, daniel, verdicts=DISMISSED)
    with refused("ending_an_emergency_takes_two"), transaction.atomic():
        Decision.objects.filter(pk=proposal.pk).update(effective_at=MONDAY_MORNING)


def test_a_decision_about_an_emergency_is_not_edited_later(emergency, daniel, maya):
    decision = decides(emergency, daniel)
    for edit in ({"specialist": "physical_therapist", "reason": "other", "words": "x"}, {"effective_at": None}):
        with (
            refused("decision_on_an_emergency_stays_as_it_was_made", "ending_an_emergency_takes_two"),
            transaction.atomic(),
        ):
            Decision.objects.filter(pk=decision.pk).update(**edit)
    with refused("flag_is_dismissed_before_its_decision_takes_effect"), transaction.atomic():
        FlagVerdict.objects.filter(decision=decision).update(confirmed=False, reason="other", words="x")
    with refused("flag_is_dismissed_before_its_decision_takes_effect"), transaction.atomic():
        FlagVerdict.objects.create(decision=decision, rule="x", confirmed=False, reason="other", words="x")
    with refused("flag_is_dismissed_before_its_decision_takes_effect"), transaction.atomic():
        FlagVerdict.objects.filter(decision=decision).delete()


def test_what_the_second_person_agreed_to_is_not_exchanged_under_them(emergency, daniel):
    proposal = decides(emergency, daniel, tier=Urgency.SOON, **AT_THE_CLINIC)
    with refused(STAYS), transaction.atomic():
        Decision.objects.filter(pk=proposal.pk).update(tier=0)


@pytest.mark.parametrize(
    ("edit", "constraint"),
    [
        ({"urgency": 1}, "emergency_is_lowered_by_a_decision_of_two"),
        ({"flags": []}, "emergency_flag_stays_on_its_case"),
        ({"rules_urgency": 1}, "emergency_flag_stays_on_its_case"),
        ({"status": "decided", "held_until": None, "decided_at": MONDAY_MORNING}, "emergency_is_decided_by_a_decision"),
    ],
)
def test_a_case_is_not_edited_out_of_its_emergency(emergency, daniel, edit, constraint):
    more = {"decided_by": daniel} if "status" in edit else {}
    with refused(constraint), transaction.atomic():
        Case.objects.filter(pk=emergency.pk).update(**edit, **more)


# Back with whoever had it ---------------------------------------------------------------------------------------------


def test_whose_proposal_is_refused_hears_that_the_case_is_back_until_they_look_after_it(emergency, daniel, maya):
    """He believed that somebody would look, and went home."""
    looks(decides(emergency, daniel, **AT_THE_CLINIC), maya, agrees=False)
    mail = Message.objects.get(kind="case_is_with_you")
    kind = KINDS[mail.kind]
    assert (mail.recipient, kind.still_needed(mail)) == (daniel.email, "")
    reached(emergency, daniel)
    assert kind.still_needed(mail) == "They have looked after it since."
    assert Message.objects.filter(kind="case_is_with_you").count() == 1


def test_nobody_hears_of_what_they_did_themselves_nor_by_night_of_what_can_wait(location, daniel, maya):
    case = cases.acknowledge(opened(location, HEEL_PAIN), by=daniel)
    cases.raise_tier(case, tier=Urgency.SOON, by=daniel)
    assert not Message.objects.filter(kind="case_is_with_you").exists()
    night = MONDAY_MORNING + timedelta(hours=14)
    cases.raise_tier(case, tier=Urgency.URGENT, by=maya, now=night)
    assert Message.objects.get(kind="case_is_with_you").due_at == MONDAY_MORNING + timedelta(hours=23)
