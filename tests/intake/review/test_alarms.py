"""Nothing alarming goes unread: what the rules left unused is on the case, in the queue, and seen by who decides.

The rules change, so the unused answers are planted in the stored assessment: `factories.unused_alarms`.
"""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse
from django.utils import translation

from intake.emergency.advice import next_steps
from intake.models import AlarmsSeen, Assessment, Case, CaseEvent, Decision, Intake, Patient, Urgency
from intake.review import actions as cases
from intake.review import second_look
from intake.review.opening import open_case
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.at_once import at_once
from tests.intake.review.test_cases import MONDAY_MORNING, agree, kinds, opened, reached
from tests.source import one_line

Kind = CaseEvent.Kind
DOUBLE_VISION = ("neck_artery_signs", "double_vision", "critical")
FALLS = ("walking_change", "falls", "concerning")

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(location):
    """A heel pain no rule fired on, and two danger signs no rule used."""
    case = factories.case(at=location, answers=HEEL_PAIN)
    factories.unused_alarms(case, DOUBLE_VISION, FALLS)
    return case


def newest(case) -> Assessment:
    return case.intake.assessments.last()


# The case ----------------------------------------------------------------------------------------------------


def test_the_case_keeps_what_was_left_unused_in_words_and_says_so_on_its_timeline(case):
    assert [alarm["said"] for alarm in case.unused_alarms] == ["Double vision", "I have fallen in the last 3 months"]
    event = case.events.last()
    assert event.kind == Kind.NEW_FLAG
    assert event.words == "Danger signs no rule used: Double vision; I have fallen in the last 3 months"


def test_a_case_without_any_has_none_and_so_has_one_assessed_before_they_were_known(location):
    case = factories.case(at=location, answers=HEEL_PAIN)
    assert case.unused_alarms == []
    old = newest(case).result
    del old["unused_alarms"]
    stored = Assessment(intake=case.intake, protocol=newest(case).protocol, result=old)
    assert stored.unused_alarms == []


def test_a_routine_case_with_one_is_due_within_a_working_day(location):
    routine = opened(location, HEEL_PAIN, now=MONDAY_MORNING)
    alarmed = opened(location, HEEL_PAIN, now=MONDAY_MORNING)
    left = {"unused_alarms": [{"question": "walking_change", "value": "falls", "severity": "concerning"}]}
    found = newest(alarmed)
    made = Assessment.objects.create(
        intake=alarmed.intake,
        protocol=found.protocol,
        occasion="page",
        answers=found.answers,
        result=found.result | left,
        urgency=0,
    )
    open_case(alarmed.intake, made, because=Case.OpenedBecause.FLAG, now=MONDAY_MORNING)
    alarmed.refresh_from_db()
    assert alarmed.urgency == Urgency.ROUTINE
    assert alarmed.decide_by == datetime(2026, 3, 3, 23, 0, tzinfo=UTC)  # Tuesday, as the doors close
    assert alarmed.decide_by < routine.decide_by


def test_a_decided_case_is_opened_again_by_one_the_decision_did_not_see(location, maya):
    case = factories.case(at=location, answers=HEEL_PAIN)
    factories.decision(on=case, by=maya)
    factories.unused_alarms(case, DOUBLE_VISION)
    assert case.status == Case.Status.WAITING
    assert case.events.last().kind == Kind.REOPENED
    assert "Double vision" in case.events.last().words


def test_one_that_goes_is_noted_and_asks_nothing_of_anybody(case, maya):
    cases.acknowledge(case, by=maya)
    factories.unused_alarms(case, DOUBLE_VISION)
    assert case.status == Case.Status.IN_REVIEW
    assert [alarm["value"] for alarm in case.unused_alarms] == ["double_vision"]
    assert (case.events.last().kind, "fallen" in case.events.last().words) == (Kind.ANSWER_CHANGED, True)


def test_a_new_one_drops_a_proposal_that_waits_for_a_second_person(location, daniel):
    case = opened(location, SADDLE_NUMBNESS)
    reached(case, daniel)
    proposal = agree(case, daniel, tier=Urgency.SOON, reason="explained", words="Old numbness.")
    factories.unused_alarms(case, DOUBLE_VISION)
    proposal.refresh_from_db()
    assert proposal.refused_at
    assert case.status == Case.Status.IN_REVIEW


# Deciding ----------------------------------------------------------------------------------------------------


def test_who_has_not_seen_them_cannot_decide_and_nothing_is_changed(case, maya):
    with pytest.raises(cases.AlarmsUnseen):
        agree(case, maya)
    assert case.status == Case.Status.WAITING
    assert not AlarmsSeen.objects.exists()
    assert not Decision.objects.exists()


def test_seeing_and_deciding_is_one_press_by_name_on_the_timeline(case, maya):
    decision = agree(case, maya, alarms_seen=newest(case).public_id)
    seen = decision.alarms_seen
    assert (seen.by, seen.assessment, seen.alarms) == (maya, newest(case), newest(case).unused_alarms)
    assert kinds(case)[-3:] == [Kind.ACKNOWLEDGED, Kind.ALARMS_SEEN, Kind.DECIDED]
    event = case.events.get(kind=Kind.ALARMS_SEEN)
    assert (event.by, event.words) == (maya, "Double vision; I have fallen in the last 3 months")


def test_a_case_without_any_is_decided_as_ever(location, maya):
    case = factories.case(at=location, answers=HEEL_PAIN)
    assert agree(case, maya).alarms_seen is None
    assert Kind.ALARMS_SEEN not in kinds(case)


def test_other_answers_between_reading_and_deciding_are_seen_again(case, maya):
    read = newest(case).public_id
    factories.unused_alarms(case, DOUBLE_VISION)
    with pytest.raises(cases.AlarmsUnseen):
        agree(case, maya, alarms_seen=read)
    assert agree(case, maya, alarms_seen=newest(case).public_id).effective_at


def test_what_another_saw_does_not_count_for_who_decides(case, daniel, maya):
    """Daniel decides, the case is opened again, and Maya has to see for herself."""
    agree(case, daniel, alarms_seen=newest(case).public_id)
    cases.reopen(case, by=maya, words="Her family called.")
    with pytest.raises(cases.AlarmsUnseen):
        agree(case, maya)
    decision = agree(case, maya, alarms_seen=newest(case).public_id)
    assert decision.alarms_seen.by == maya
    assert AlarmsSeen.objects.count() == 2


def test_deciding_twice_on_the_same_answers_keeps_the_first_seeing(case, maya):
    first = agree(case, maya, alarms_seen=newest(case).public_id)
    cases.reopen(case, by=maya, words="Second thoughts.")
    second = agree(case, maya, alarms_seen=newest(case).public_id)
    assert first.alarms_seen == second.alarms_seen
    assert kinds(case).count(Kind.ALARMS_SEEN) == 1


def test_a_second_look_works_on_a_decision_that_saw_them(location, daniel, maya):
    case = opened(location, SADDLE_NUMBNESS)
    reached(case, daniel)
    factories.unused_alarms(case, DOUBLE_VISION)
    asked = {"tier": Urgency.SOON, "reason": "explained", "words": "Old.", "alarms_seen": newest(case).public_id}
    proposal = agree(case, daniel, **asked)
    decision = second_look.agree_second(proposal, version=proposal.case.version, words="Called her.", by=maya)
    assert decision.effective_at


@pytest.mark.parametrize("seen", ["nobody's", "another person's", "another assessment's"])
def test_the_database_refuses_a_decision_whose_author_did_not_see_them(case, maya, daniel, seen):
    before = newest(case)
    row = None
    if seen == "another person's":
        row = AlarmsSeen.objects.create(assessment=before, by=daniel, alarms=before.unused_alarms)
    if seen == "another assessment's":
        row = AlarmsSeen.objects.create(assessment=before, by=maya, alarms=before.unused_alarms)
        factories.unused_alarms(case, FALLS)
    with pytest.raises(IntegrityError, match="has seen the danger signs"), transaction.atomic():
        factories.decision(on=case, by=maya, alarms_seen=row)


def test_seeing_is_never_changed_or_taken_back(case, maya):
    agree(case, maya, alarms_seen=newest(case).public_id)
    for change in (AlarmsSeen.objects.all().delete, lambda: AlarmsSeen.objects.update(alarms=[{"value": "x"}])):
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_comes_while_somebody_decides_is_either_seen_or_refused(location, maya):
    case = factories.case(at=location, answers=HEEL_PAIN)
    factories.unused_alarms(case, FALLS)
    read, version = newest(case).public_id, case.version

    def decides():
        asked = {"tier": case.urgency, "specialist": cases.suggestion(case), "refer": False}
        return cases.decide(
            case, version=version, by=maya, alarms_seen=read, reason="agree", words="", verdicts={}, **asked
        )

    def answers():
        factories.unused_alarms(Case.objects.get(pk=case.pk), FALLS, DOUBLE_VISION)

    decided, _answered = at_once(decides, answers)
    case.refresh_from_db()
    assert isinstance(decided, (Decision, cases.CaseChanged, cases.AlarmsUnseen))
    assert case.is_open, "what came was not seen, so the case waits for somebody to see it"
    for decision in case.decisions.all():
        assert decision.alarms_seen.alarms == decision.assessment.unused_alarms


@pytest.fixture
def maya_client(sign_in, maya):
    return sign_in(maya)


# Pages -------------------------------------------------------------------------------------------------------


def page_of(case, client) -> str:
    return one_line(client.get(case.get_absolute_url()).content.decode())


def decide(case, client, **data):
    asked = {
        "version": case.version,
        "tier": int(case.urgency),
        "specialist": cases.suggestion(case),
        "outcome": "treat",
    }
    asked["verdict"] = "otherwise"
    return client.post(reverse("decide", args=[case.public_id]), asked | data)


def test_the_page_shows_them_above_the_decision_in_the_patients_words(case, maya_client):
    whole = page_of(case, maya_client)
    page = whole[whole.index('id="alarms"') :]
    assert "2 danger signs the rules did not use" in page
    assert page.index("Harm can come within hours") < page.index("Double vision")
    assert page.index("Double vision") < page.index("Harm can come within weeks")
    assert page.index("Double vision") < page.index('id="decide"')
    assert "Have any of these come on with the neck or head pain?" in page
    assert "I have seen the danger signs: decide" in page
    assert "No flag rule matched. These answers alarm all the same" in whole
    assert "No flag rule matched. That is not a finding" not in whole


def test_a_page_without_any_has_the_plain_button(location, maya_client):
    page = page_of(factories.case(at=location, answers=HEEL_PAIN), maya_client)
    assert "I have seen" not in page
    assert "alarms_seen" not in page


def test_the_press_decides(case, maya_client, maya):
    assert decide(case, maya_client, verdict="agree", alarms_seen=newest(case).public_id).status_code == 302
    case.refresh_from_db()
    assert case.status == Case.Status.DECIDED
    assert case.decisions.get().alarms_seen.by == maya
    assert "Saw danger signs no rule used" in page_of(case, maya_client)


@pytest.mark.parametrize("sent", [{}, {"alarms_seen": "x"}, {"alarms_seen": "a3bb189e-8bf9-3888-9912-ace4e6543002"}])
def test_a_press_that_did_not_see_them_decides_nothing_and_loses_nothing(case, maya_client, sent):
    words = {"tier": 1, "reason": "examined", "words": "Walks on heels, no clonus."}
    response = decide(case, maya_client, **words, **sent)
    page = one_line(response.content.decode())
    assert response.status_code in (409, 422)
    assert "Walks on heels, no clonus." in page
    assert "2 danger signs the rules did not use" in page
    assert str(newest(case).public_id) in page
    case.refresh_from_db()
    assert case.is_open


def test_an_answer_that_came_meanwhile_shows_what_happened_and_keeps_what_was_typed(case, maya_client):
    read, version = newest(case).public_id, case.version
    factories.unused_alarms(case, DOUBLE_VISION, ("headache_signs", "vision_change", "serious"))
    typed = {"version": version, "alarms_seen": read, "tier": 1, "reason": "examined", "words": "Saw her on Monday."}
    response = decide(case, maya_client, **typed)
    page = one_line(response.content.decode())
    assert response.status_code == 409
    assert "Saw her on Monday." in page
    assert "3 danger signs" in page or "2 danger signs" in page
    assert "Danger signs no rule used" in page


def test_the_queue_says_them_instead_of_a_bare_no_flag(case, maya_client):
    page = maya_client.get(reverse("queue")).content.decode()
    assert "2 danger signs no rule used:" in page
    assert "Double vision" in page
    assert "No flag rule matched" not in page


def test_the_queue_says_them_beside_flags_too(location, maya_client):
    case = factories.case(at=location, answers=FOOT_DROP)
    factories.unused_alarms(case, FALLS)
    page = maya_client.get(reverse("queue")).content.decode()
    assert case.flags[0]["condition"] in page
    assert "1 danger sign no rule used:" in page


# The patient -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        ("en", ("A therapist will read them", "Call 911 or go to the emergency room"), "You can book now"),
        ("es", ("Un terapeuta las leerá", "Llame al 911 o vaya a la sala de emergencias"), "Ya puede pedir una cita"),
    ],
)
def test_the_patient_is_told_who_reads_the_answers_and_until_when(case, language, said, never):
    with translation.override(language):
        told = next_steps(Intake.objects.get(pk=case.intake_id), language)
    for words in said:
        assert words in told.says
    assert told.self_care == ()
    assert never not in told.says
    assert told.says.language == language


def test_whoever_cannot_be_called_is_asked_to_call_until_then(case):
    Patient.objects.filter(pk=case.patient_id).update(phone="")
    assert next_steps(Intake.objects.get(pk=case.intake_id), "en").call_by == case.decide_by


def test_who_was_read_is_told_as_ever(case, maya):
    agree(case, maya, alarms_seen=newest(case).public_id)
    assert "You can book now" in next_steps(Intake.objects.get(pk=case.intake_id), "en").says


def test_a_clinic_that_is_late_says_so(case):
    Case.objects.filter(pk=case.pk).update(decide_by=MONDAY_MORNING)
    assert "we are late" in next_steps(Intake.objects.get(pk=case.intake_id), "en").says


def test_staff_of_another_location_never_read_them(case, olga, sign_in):
    assert sign_in(olga).get(case.get_absolute_url()).status_code == 404
