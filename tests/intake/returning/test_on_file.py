"""What is on file of somebody who comes back: where it got worse, and what is still right."""

import re

import pytest
from django.urls import reverse

from intake import triage
from intake.models import AnswerChange, Case, CaseEvent, Intake, Respondent, Urgency
from intake.questionnaire.actions import missing_answers
from intake.questionnaire.on_file import confirm_on_file, facts_on_file, say_what_is_worse
from intake.returning.actions import start_again, start_worse_after
from intake.versions.arranging import DETAILS, LINES, NEW_PLACE
from intake.versions.protocols import protocol_for
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone, opens_form

pytestmark = pytest.mark.django_db

WORSE, AGAIN = Intake.Occasion.WORSE, Intake.Occasion.AGAIN
HEEL = HEEL_PAIN | {"sex_at_birth": "male", "risk_conditions": ["high_blood_pressure"], "medicines": ["steroid_long"]}
ALL_RIGHT = dict.fromkeys((*LINES, *DETAILS), "yes")


@pytest.fixture
def sent(location, maya):
    """A routine heel, decided on."""
    case = factories.case(at=location, answers=HEEL)
    Respondent.objects.get_or_create(intake=case.intake, defaults={"kind": Respondent.Kind.PATIENT})
    factories.decision(on=case, by=maya)
    return case.intake


@pytest.fixture
def on_paper(sent):
    """The same heel on paper, where every option of every list was read."""
    Intake.objects.filter(pk=sent.pk).update(paper_code="PAPER-1")
    return Intake.objects.get(pk=sent.pk)


def is_worse(sent) -> Phone:
    """At the first page about it: the safety check is answered with none."""
    ada = opens_form(start_again(sent.patient, occasion=WORSE))
    return ada.presses_save("safety-check", emergency_now=["none"])


def answers(ada, name, **fields):
    return ada.sends(reverse(name), {"whose": ada.hidden("whose")} | fields)


def says_where(ada, *places):
    return answers(ada, "intake_where_worse", places=list(places))


def confirms(ada, **other):
    return answers(ada, "intake_on_file", **(ALL_RIGHT | other))


def test_from_a_routine_heel_it_is_six_pages_with_the_one_that_sends(sent):
    ada = is_worse(sent)
    assert ada.heading == "What got worse?"
    assert ada.asks == ["places"]
    says_where(ada, "heel_right")
    assert ada.heading == "Is this still right?"
    confirms(ada)
    pages = 3
    while "intake/page" in ada.page.wsgi_request.path:
        pages += 1
        page = next(page for page in triage.pages(protocol_for(ada.intake)) if set(ada.asks) & set(page.questions))
        given = {name: HEEL.get(name) for name in ada.asks}
        ada.presses_save(page.id, **given)
        assert pages < 7
    assert ada.page.wsgi_request.path == reverse("intake_check")
    assert pages + 1 <= 6
    assert not missing_answers(protocol_for(ada.intake), ada.intake)
    assert "Send my answers" in ada.text or "Continue to sign" in ada.text


def test_nothing_of_before_is_an_answer_until_it_is_confirmed(on_paper):
    ada = is_worse(on_paper)
    assert ada.intake.answers.keys() == {"age", "emergency_now"}
    assert " checked" not in ada.html.split("<main")[1]
    says_where(ada, "heel_right")
    assert ada.intake.answers.keys() == {"age", "emergency_now", "pain_regions"}
    assert " checked" not in ada.html.split("<main")[1]
    assert "High blood pressure" in ada.text
    confirms(ada, conditions="change")
    assert "risk_conditions" not in ada.intake.answers
    assert ada.intake.answers["medicines"] == ["steroid_long"]
    assert ada.intake.confirmed == ["cancer", "contact", "insurance", "language", "medicines", "sex"]


def test_what_is_to_be_changed_is_asked_and_empty(on_paper):
    ada = is_worse(on_paper)
    says_where(ada, "heel_right")
    confirms(ada, conditions="change")
    protocol = protocol_for(ada.intake)
    assert "risk_conditions" in missing_answers(protocol, ada.intake)
    page = next(page for page in triage.pages(protocol) if "risk_conditions" in page.questions)
    ada.opens_page(page.id)
    assert "risk_conditions" in ada.asks
    assert "medicines" not in ada.asks
    assert " checked" not in ada.html.split('id="div_id_risk_conditions"')[1].split('id="div_id_')[0]


def test_changing_the_contact_details_leads_to_their_page(sent):
    ada = is_worse(sent)
    says_where(ada, "heel_right")
    confirms(ada, insurance="change")
    assert ada.page.wsgi_request.path == reverse("intake_contact")


@pytest.mark.parametrize("name", ["intake_where_worse", "intake_on_file"])
def test_a_page_sent_empty_says_what_is_missing(sent, name):
    ada = is_worse(sent)
    says_where(ada, "heel_right").opens(name)
    answers(ada, name)
    assert ada.page.status_code == 422
    assert ada.errors


def test_a_new_place_leads_to_the_whole_form(sent):
    ada = is_worse(sent)
    says_where(ada, NEW_PLACE)
    confirms(ada)
    intake = ada.intake
    assert protocol_for(intake) is triage.shipped()
    assert "pain_regions" not in intake.answers
    assert {"pain_regions", "onset_when"} <= set(missing_answers(triage.shipped(), intake))
    assert "sex_at_birth" not in missing_answers(triage.shipped(), intake)


def test_the_case_says_at_once_what_got_worse(sent, sign_in, maya):
    ada = is_worse(sent)
    says_where(ada, "heel_right")
    case = Case.objects.get(intake=ada.intake)
    assert case.urgency == Urgency.SOON
    assert case.events.get(kind=CaseEvent.Kind.GOT_WORSE).words == "Bottom of the heel, right."
    confirms(ada)
    desk = Phone()
    desk.client = sign_in(maya)
    said = desk.opens(case.get_absolute_url()).text
    assert "What got worse: Bottom of the heel, right" in said
    assert "Confirmed by the patient on" in said


def test_the_numbers_stand_before_and_now(sent, sign_in, maya):
    ada = is_worse(sent)
    says_where(ada, "heel_right")
    confirms(ada)
    page = next(page for page in triage.pages(protocol_for(ada.intake)) if "pain_worst" in page.questions)
    ada.opens_page(page.id).presses_save(page.id, **{n: HEEL.get(n) for n in ada.asks} | {"pain_worst": 9})
    desk = Phone()
    desk.client = sign_in(maya)
    assert "Before: 6 Now: 9" in desk.opens(Case.objects.get(intake=ada.intake).get_absolute_url()).text


def test_a_danger_on_the_way_opens_the_emergency_page(sent):
    ada = is_worse(sent)
    says_where(ada, "heel_right")
    confirms(ada)
    danger = {"bladder_change": ["cannot_go"], "bladder_since": "days"}
    for page in triage.pages(protocol_for(ada.intake))[1:]:
        ada.opens_page(page.id)
        ada.presses_save(page.id, **{name: HEEL.get(name) for name in ada.asks} | danger)
    assert ada.page.wsgi_request.path == reverse("intake_emergency"), ada.text
    assert Case.objects.get(intake=ada.intake).urgency == Urgency.EMERGENCY


def test_what_was_not_sure_is_no_fact(sent):
    Intake.objects.filter(pk=sent.pk).update(answers=HEEL | {"medicines": ["unsure"]})
    assert "medicines" not in facts_on_file(start_again(sent.patient, occasion=WORSE))


def test_taking_it_back_asks_it_again(on_paper):
    intake = start_again(on_paper.patient, occasion=AGAIN)
    intake = confirm_on_file(intake, [*LINES]).intake
    assert intake.answers["medicines"] == ["steroid_long"]
    intake = confirm_on_file(intake, ["sex", "conditions", "cancer"]).intake
    assert "medicines" not in intake.answers
    assert AnswerChange.objects.get(intake=intake, question="medicines").before == ["steroid_long"]


def test_another_place_after_all_asks_what_was_left_out(sent):
    intake = say_what_is_worse(start_again(sent.patient, occasion=WORSE), ["heel_right"]).intake
    intake = confirm_on_file(intake, [*LINES]).intake
    short = {page.id: page.questions for page in triage.pages(protocol_for(intake))}
    Intake.objects.filter(pk=intake.pk).update(pages_done=dict.fromkeys(short, 1))
    intake = say_what_is_worse(intake, ["heel_right", NEW_PLACE]).intake
    same = {page.id for page in triage.pages(triage.shipped()) if short.get(page.id) == page.questions}
    assert intake.pages_done.keys() == same


def test_a_returning_patient_is_asked_the_same_page_once(on_paper):
    ada = opens_form(start_again(on_paper.patient, occasion=AGAIN)).presses_save("safety-check", emergency_now=["none"])
    assert ada.heading == "Is this still right?"
    confirms(ada)
    assert ada.asks == ["pain_regions"], "a man of whom all is on file is not asked about himself"
    assert "High blood pressure" in ada.opens("intake_check").text
    assert re.search(r'href="/intake/on-file/"', ada.html)


def test_somebody_else_is_shown_nothing_of_before(sent):
    worse = start_worse_after(sent, words="", by_sender=False)
    assert not worse.asks_on_file
    ada = opens_form(worse).opens("intake_on_file")
    assert "High blood pressure" not in ada.text


def test_what_was_sent_today_is_not_asked_again(sent):
    worse = start_worse_after(sent, words="", by_sender=True)
    assert (worse.asks_on_file, worse.answers["medicines"]) == (False, ["steroid_long"])


def test_a_form_from_before_this_goes_on_as_it_was(sent):
    """It was begun by the release before: nothing is shown, and every page is asked."""
    worse = start_again(sent.patient, occasion=WORSE)
    Intake.objects.filter(pk=worse.pk).update(asks_on_file=False)
    ada = opens_form(worse).presses_save("safety-check", emergency_now=["none"])
    assert ada.asks[0] == "sex_at_birth"
