"""Somebody who comes back changes their mind, or has two windows open: nothing is denied unread, no danger is lost."""

import pytest
from django.urls import reverse

from intake import triage
from intake.models import Case, Intake, Respondent, Urgency
from intake.questionnaire.actions import missing_answers, save_page
from intake.questionnaire.on_file import confirm_on_file, facts_on_file, say_what_is_worse
from intake.returning.actions import start_again
from intake.versions.arranging import LINES, NEW_PLACE, known_on_file
from intake.versions.never_read import never_read
from intake.versions.protocols import protocol_for
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.patients import Phone, opens_form
from tests.protocol.cases import EVERY

pytestmark = pytest.mark.django_db
WORSE, AGAIN = Intake.Occasion.WORSE, Intake.Occasion.AGAIN
HEEL = HEEL_PAIN | {
    "sex_at_birth": "male",
    "risk_conditions": ["none"],
    "medicines": ["none"],
    "cancer_history": "never",
}
DANGER = {"bladder_change": ["cannot_go"], "bladder_since": "days"}


@pytest.fixture
def earlier(location, maya):
    """Makes a form that was sent and decided on."""

    def made(answers):
        case = factories.case(at=location, answers=answers)
        Respondent.objects.get_or_create(intake=case.intake, defaults={"kind": Respondent.Kind.PATIENT})
        factories.decision(on=case, by=maya)
        return case.intake

    return made


@pytest.fixture
def sent(earlier):
    return earlier(HEEL)


def page_with(intake, name):
    return next(page for page in triage.pages(protocol_for(intake)) if name in page.questions)


def save_where(intake, name, value):
    intake = Intake.objects.get(pk=intake.pk)
    return save_page(intake, page_with(intake, name).id, {name: value}, version=intake.version).intake


def comes_back(sent, occasion):
    return save_where(start_again(sent.patient, occasion=occasion), "emergency_now", ["none"])


def by_the_short_way(sent):
    ada = opens_form(start_again(sent.patient, occasion=WORSE)).presses_save("safety-check", emergency_now=["none"])
    say_what_is_worse(ada.intake, ["heel_right"])
    return ada, confirm_on_file(ada.intake, [*LINES]).intake


@pytest.mark.parametrize("occasion", [AGAIN, WORSE])
def test_none_is_no_denial_of_what_was_never_in_sight(sent, occasion):
    """Methotrexate is not in the list of a heel; with fever and back pain it is, and it makes an emergency of them."""
    before = never_read(sent)
    intake = comes_back(sent, occasion)
    if occasion == WORSE:
        intake = say_what_is_worse(intake, [NEW_PLACE]).intake
    intake = confirm_on_file(intake, [*LINES]).intake
    intake = save_where(intake, "pain_regions", ["low_back_right"])
    intake = save_where(intake, "general_signs", ["fever_chills"])
    lists = triage.listed_options(triage.shipped(), intake.answers)
    new = {name for name in ("medicines", "risk_conditions") if before[name].intersection(lists[name])}
    assert new
    assert new <= set(missing_answers(protocol_for(intake), intake))


def test_a_list_answered_with_none_has_no_line_and_is_asked(earlier):
    """Also where every option was in sight: the line would not show what is denied by it."""
    sent = earlier(SADDLE_NUMBNESS | {"medicines": ["none"], "risk_conditions": ["smoker_now"]})
    assert not never_read(sent).keys() & {"medicines", "risk_conditions"}
    intake = comes_back(sent, AGAIN)
    assert "conditions" in facts_on_file(intake)
    assert "medicines" not in facts_on_file(intake)
    intake = confirm_on_file(intake, [*LINES]).intake
    assert "medicines" not in intake.confirmed
    assert "medicines" in missing_answers(protocol_for(intake), intake)
    assert "risk_conditions" in known_on_file(intake)


def test_a_list_that_was_shown_in_part_has_no_line(earlier):
    sent = earlier(HEEL | {"medicines": ["steroid_long"], "risk_conditions": ["high_blood_pressure"]})
    assert facts_on_file(comes_back(sent, WORSE)).keys() == {"sex", "cancer"}


def test_a_line_confirmed_after_all_keeps_nobody_from_sending(earlier):
    """Change, answer, Back, "Yes, all right": no page asks for the list again, so nothing may wait for it."""
    sent = earlier(SADDLE_NUMBNESS | {"sex_at_birth": "male", "medicines": ["opioid"], "cancer_history": "never"})
    intake = comes_back(sent, AGAIN)
    intake = save_where(confirm_on_file(intake, ["sex", "cancer"]).intake, "pain_regions", ["heel_right"])
    intake = save_where(intake, "medicines", ["blood_thinner"])
    intake = confirm_on_file(intake, [*LINES]).intake
    intake = save_where(intake, "pain_regions", ["low_back_right"])
    intake = save_where(intake, "general_signs", ["fever_chills"])
    assert intake.answers["medicines"] == ["opioid"]
    assert "medicines" not in missing_answers(protocol_for(intake), intake)


def test_a_danger_from_a_short_page_counts_though_a_new_place_was_added_meanwhile(sent):
    ada, intake = by_the_short_way(sent)
    page = page_with(intake, "bladder_change")
    asked = ada.opens_page(page.id).asks
    say_what_is_worse(intake, ["heel_right", NEW_PLACE])  # the other window
    ada.presses_save(page.id, **{name: HEEL.get(name) for name in asked} | DANGER)
    assert ada.page.wsgi_request.path == reverse("intake_emergency")
    assert Case.objects.get(intake=intake).urgency == Urgency.EMERGENCY


def whole_page_open(sent):
    """Open on the page that asks about the bladder in the whole form; the form is short by the other window."""
    ada = opens_form(comes_back(sent, WORSE))
    say_what_is_worse(ada.intake, [NEW_PLACE])
    intake = confirm_on_file(ada.intake, [*LINES]).intake
    ada.opens_page(page_with(intake, "bladder_change").id)
    address = ada.page.wsgi_request.path
    say_what_is_worse(ada.intake, ["heel_right"])
    return ada, address


def sends(ada: Phone, address, **answers):
    return ada.sends(address, {"version": ada.hidden("version"), "whose": ada.hidden("whose")} | answers)


def test_a_danger_from_a_page_of_the_whole_form_counts_though_it_is_short_by_now(sent):
    ada, address = whole_page_open(sent)
    sends(ada, address, **DANGER)
    assert ada.page.wsgi_request.path == reverse("intake_emergency")
    assert ada.intake.answers["bladder_change"] == ["cannot_go"]
    assert Case.objects.get(intake=ada.intake).urgency == Urgency.EMERGENCY


def test_what_shows_no_danger_is_not_taken_from_such_a_page(sent):
    """It is asked again where it stands now."""
    ada, address = whole_page_open(sent)
    sends(ada, address, bladder_change=["none"])
    assert "bladder_change" not in ada.intake.answers
    assert "page is not asked" in ada.text


@pytest.mark.parametrize("kept", [[], ["sex"], ["cancer"], ["conditions", "cancer"], ["cancer", "medicines"]])
def test_several_lines_changed_on_the_way_back_break_nothing(earlier, kept):
    """Every line taken back arranges the pages anew while the next is saved."""
    case = next(case for case in EVERY if case["id"] == "dev-03")
    intake = comes_back(earlier(triage.validate_answers(triage.shipped(), case["answers"])), WORSE)
    intake = say_what_is_worse(intake, ["calf_right"]).intake
    intake = confirm_on_file(intake, [*LINES]).intake
    had = set(intake.confirmed)
    intake = confirm_on_file(intake, kept).intake
    gone = {name for line in had.difference(kept) for name in LINES[line]}
    assert not gone & intake.answers.keys()


def test_what_alarms_by_itself_is_asked_by_the_short_way(sent):
    """More than ten pounds lost raises no rule alone; staff are to see it all the same."""
    _ada, intake = by_the_short_way(sent)
    assert "weight_loss_amount" in {name for page in triage.pages(protocol_for(intake)) for name in page.questions}


def test_the_case_names_who_confirmed_it(earlier, sign_in, maya):
    """A daughter who helps is not the patient."""
    _ada, intake = by_the_short_way(earlier(HEEL))
    Respondent.objects.filter(intake=intake).update(kind="helper", name="Bea Quill", relationship="Daughter")
    desk = Phone()
    desk.client = sign_in(maya)
    said = desk.opens(Case.objects.get(intake=intake).get_absolute_url()).text
    assert "Confirmed by Bea Quill on" in said
    assert "Confirmed by the patient" not in said
