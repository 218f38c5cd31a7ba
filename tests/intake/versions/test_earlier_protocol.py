"""The protocol grows while cases rest and forms are open: what was asked and judged keeps its words and its reasons.

The earlier versions here are the real ones of November 28 and December 1, 2026, as clinics have them stored, and one
made from the first.
"""

import dataclasses

import pytest
from django.urls import reverse

from intake import triage
from intake.models import Assessment, Case, Intake, ProtocolVersion
from intake.questionnaire import actions as intakes
from intake.review.opening import open_case
from intake.versions.protocols import bring_up_to_date, load_texts, protocol_for, readable, texts_of
from referrals.letter import letter
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.review.test_cases import MONDAY_MORNING
from tests.protocol.earlier import texts_of_day

pytestmark = pytest.mark.django_db

QUESTION = """

- id: seizure_kind
  type: choice
  required: true
  red_flag: true
  text: "How long did the seizure last?"
  asked_when: emergency_now:seizure_now
  options:
    - {id: short, label: "Under a minute"}
    - {id: long, label: "Longer"}
    - {id: unsure, label: "I am not sure"}
"""
RULE = """

- id: seizure_today
  condition: "Seizure today"
  fires_when: emergency_now:seizure_now
  must_not_fire_on: ["a faint alone"]
  destination: "emergency_department"
  refer_to: [emergency_department]
  why: "A first seizure needs care today."
  sources: [aha-asa-2019]
"""


@pytest.fixture(scope="module")
def yesterday():
    """The protocol of November 28, 2026, read from what clinics have stored."""
    return load_texts(texts_of_day("2026-11-28"))


def test_the_version_before_steps_and_shorter_lists_is_still_read():
    """It lists every option to everybody, and tells its patients the minutes alone."""
    before = load_texts(texts_of_day("2026-12-01"))
    assert before.steps == ()
    assert triage.listed_options(before, {"pain_regions": ["heel_right"]}) == {}
    assert triage.minutes_left(before, {}, before.pages[0]) > triage.minutes_left(before, HEEL_PAIN, before.pages[-1])


def stored(protocol) -> ProtocolVersion:
    return ProtocolVersion.objects.create(
        digest=protocol.digest, label=protocol.version_label, content=texts_of_day("2026-11-28")
    )


@pytest.fixture
def ships(tmp_path, monkeypatch):
    """`ships(texts)` makes these files the protocol this release comes with, and returns it."""

    def shipped(texts):
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        protocol = dataclasses.replace(load_texts(texts), folder=tmp_path)
        monkeypatch.setattr(triage, "shipped", lambda: protocol)
        return protocol

    return shipped


@pytest.fixture
def tomorrow(ships):
    """Shipped now: yesterday's with a new option, question and rule, one question said otherwise, one retired."""
    texts = texts_of_day("2026-11-28")
    edits = [
        (
            "questions/right_now.yaml",
            '    - {id: none, label: "None of these"}',
            '    - {id: seizure_now, label: "A seizure"}\n    - {id: none, label: "None of these"}',
        ),
        ("questions/right_now.yaml", "New numbness between the legs or around the bottom", "Numb where you sit"),
        (
            "pages.yaml",
            "questions: [emergency_now, chest_kind]",
            "questions: [emergency_now, chest_kind, seizure_kind]",
        ),
    ]
    for name, text, by in edits:
        assert text in texts[name]
        texts[name] = texts[name].replace(text, by, 1)
    texts["questions/right_now.yaml"] += QUESTION
    texts["rules/emergency.yaml"] += RULE
    return ships(texts)


@pytest.fixture
def unreadable(location):
    """A version whose files this release refuses."""
    return ProtocolVersion.objects.create(digest="0" * 64, label="Very old", content={})


def judged_by(protocol, version, answers, *, at, by_day=MONDAY_MORNING) -> Case:
    """A case as yesterday's release left it: sent, assessed and opened under `version`."""
    answers = {name: value for name, value in answers.items() if name in protocol.questions}
    intake = factories.intake(at=at, answers=answers, submitted=True)
    Intake.objects.filter(pk=intake.pk).update(protocol=version)
    intake.refresh_from_db()
    outcome = triage.assess(protocol, triage.validate_answers(protocol, answers))
    assessment = Assessment.objects.create(
        intake=intake,
        protocol=version,
        occasion=Assessment.Occasion.SUBMIT,
        answers=answers,
        result=outcome.as_json(),
        urgency=int(outcome.urgency),
    )
    return open_case(intake, assessment, because=Case.OpenedBecause.SUBMITTED, now=by_day)


def page_of(case, browser) -> str:
    answer = browser.get(case.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


# Sent --------------------------------------------------------------------------------------------------------------


def test_every_release_reads_the_protocols_that_clinics_have_stored(yesterday):
    """A version that can no longer be read takes its open forms along and explains nothing any more."""
    assert yesterday.version_label == "Sample 1"
    found = triage.assess(yesterday, {"age": 44, "emergency_now": ["saddle_numb"]})
    assert "cauda_equina" in {flag.rule for flag in found.flags}


@pytest.mark.parametrize("answers", [HEEL_PAIN, FOOT_DROP, SADDLE_NUMBNESS])
def test_the_case_page_explains_with_the_protocol_that_judged(yesterday, answers, location, maya, sign_in):
    """Against the protocol that is shipped today, whatever has become of it since."""
    case = judged_by(yesterday, stored(yesterday), answers, at=location)
    page = page_of(case, sign_in(maya))
    for flag in case.flags:
        assert yesterday.rules[flag["rule"]].condition in page
        assert yesterday.digest[:12] in page


def test_an_answer_is_shown_in_the_words_the_patient_read(yesterday, tomorrow, location, maya, sign_in):
    case = judged_by(yesterday, stored(yesterday), SADDLE_NUMBNESS, at=location)
    page = page_of(case, sign_in(maya))
    assert "New numbness between the legs or around the bottom" in page
    assert "Numb where you sit" not in page
    assert "How long did the seizure last?" not in page, "nobody was asked that"


def test_what_may_change_the_tier_is_searched_under_the_protocol_that_judged(
    yesterday, tomorrow, location, maya, sign_in
):
    case = judged_by(yesterday, stored(yesterday), HEEL_PAIN, at=location)
    answer = sign_in(maya).get(reverse("what_if", args=[case.public_id]))
    assert answer.status_code == 200
    assert "A seizure" not in answer.content.decode()


def test_a_letter_names_the_protocol_that_judged_and_its_words(yesterday, tomorrow, location, maya):
    """The specialist reads which version flagged; today's would be a false statement."""
    case = judged_by(yesterday, stored(yesterday), SADDLE_NUMBNESS, at=location)
    referral = factories.referral(after=factories.decision(on=case, by=maya), owner=maya)
    said = letter.content(referral, prepared_by=maya, now=MONDAY_MORNING)
    assert said["protocol"] == f"Sample 1, {yesterday.digest[:12]}"
    assert "New numbness between the legs or around the bottom" in str(said["flags"])


def test_a_decision_may_name_whom_the_protocol_of_the_day_suggested_and_whoever_came_since(
    yesterday, location, maya, sign_in
):
    case = judged_by(yesterday, stored(yesterday), FOOT_DROP, at=location)
    page = page_of(case, sign_in(maya))
    for id in yesterday.specialists | triage.shipped().specialists:
        assert f'value="{id}"' in page


def test_a_case_whose_protocol_cannot_be_read_any_more_still_opens(yesterday, unreadable, location, maya, sign_in):
    """Its rules and reasons were stored as words; only what would be searched anew is missing, and the page says so."""
    case = judged_by(yesterday, unreadable, SADDLE_NUMBNESS | {"rest_effect": "unsure"}, at=location)
    assert "Cauda equina syndrome" in page_of(case, sign_in(maya))
    answer = sign_in(maya).get(reverse("what_if", args=[case.public_id]))
    assert "can no longer read" in answer.content.decode()
    referral = factories.referral(after=factories.decision(on=case, by=maya), owner=maya)
    said = letter.content(referral, prepared_by=maya, now=MONDAY_MORNING)
    assert said["protocol"].startswith("Very old")


# Open --------------------------------------------------------------------------------------------------------------


def begun(version, answers, location) -> Intake:
    intake = factories.intake(at=location, answers=answers)
    Intake.objects.filter(pk=intake.pk).update(protocol=version)
    intake.refresh_from_db()
    return intake


def test_an_open_form_goes_on_with_the_questions_it_began_with(yesterday, tomorrow, location):
    """Decision 0010: pages do not change under a person's hands while its version can be read."""
    intake = begun(stored(yesterday), {"age": 44}, location)
    intakes.save_page(intake, "safety-check", {"emergency_now": ["none"]}, version=0)
    intake.refresh_from_db()
    assert protocol_for(intake).digest == yesterday.digest
    assert "seizure_kind" not in protocol_for(intake).questions


def test_an_open_form_is_judged_by_an_emergency_rule_that_came_since(yesterday, location, ships):
    """A gap in an emergency rule does not stay open until the form is sent."""
    texts = texts_of_day("2026-11-28")
    texts["rules/emergency.yaml"] += RULE.replace("emergency_now:seizure_now", "general_signs:unwell")
    stricter = ships(texts)
    intake = begun(stored(yesterday), {"age": 44}, location)
    saved = intakes.save_page(intake, "general-health", {"general_signs": ["unwell"]}, version=0)
    assert saved.newly_emergency
    assert Intake.objects.get(pk=intake.pk).assessments.last().protocol.digest == stricter.digest


def test_an_open_form_whose_protocol_cannot_be_read_is_asked_the_new_questions(unreadable, tomorrow, location):
    """What still fits stays answered, what does not is kept beside and asked again, what is new is asked."""
    answers = {"age": 44, "emergency_now": ["an_option_of_old"], "sex_at_birth": "male", "retired": "yes"}
    intake = begun(unreadable, answers, location)
    protocol = bring_up_to_date(intake)
    assert protocol is tomorrow
    assert intake.answers == {"age": 44, "sex_at_birth": "male"}
    assert {change.question for change in intake.changes.all()} == {"emergency_now", "retired"}
    assert "emergency_now" in intakes.missing_answers(protocol, intake)
    intakes.save_page(intake, "safety-check", {"emergency_now": ["seizure_now"]}, version=intake.version)
    intake.refresh_from_db()
    assert "seizure_kind" in intakes.missing_answers(protocol, intake)
    assert intake.assessments.last().result["flags"] == ["seizure_today"]


def test_a_version_is_read_from_what_was_stored_and_not_from_what_is_shipped(yesterday):
    assert readable(stored(yesterday)).content == yesterday.content
    assert texts_of(triage.shipped()).keys() >= {"pages.yaml", "rules/emergency.yaml"}
