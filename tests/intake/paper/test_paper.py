"""Priya hands out a form on paper and keys in what comes back: the same pages, the same judgement."""

import random
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.messages.models import Message
from intake import triage
from intake.models import Case, Consent, Intake, ProtocolVersion, Urgency
from intake.paper import actions as paper
from intake.paper.code import as_code, new_code, written
from intake.paper.conditions import Conditions
from intake.paper.sheet import content, numbers, sheet
from intake.questionnaire import actions as intakes
from intake.questionnaire.forms import as_sent
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.patients import ADA, Phone
from tests.protocol.chance import answer_sets
from tests.protocol.naive import Files

pytestmark = pytest.mark.django_db

SIGNED = {
    "treatment": "on", "privacy": "on", "email": "no", "referral": "yes", "signed_name": "Ada Quill", "intend": "on"
}  # fmt: skip


class Desk(Phone):
    """Priya's browser at the paper desk."""

    def __init__(self, client: Client):
        self.client, self.page = client, None

    def hands_out(self, **details):
        self.opens("paper")
        self.sends(reverse("paper"), ADA | {"ticket": self.hidden("ticket")} | details)
        return self

    def keys_in(self, page_id, *, skip=False, follow=True, **answers):
        """Fills in a page from the paper and saves it."""
        self.opens(paper_address(self.intake, page_id))
        return self.saves(page_id, self.hidden("version"), skip=skip, follow=follow, **answers)

    def saves(self, page_id, version, *, skip, follow, **answers):
        sent = {"version": version, "shown": list(answers)} | ({"skip": "1"} if skip else {})
        for question, value in answers.items():
            sent |= as_sent(triage.shipped().questions[question], value)
        return self.sends(paper_address(self.intake, page_id), sent, follow=follow)

    def keys_in_everything(self, answers, *, leaving=()):
        """Page after page, sent without looking at the next; the questions `leaving` are blank on the paper."""
        protocol = triage.shipped()
        for page in triage.pages(protocol):
            asked = set(triage.visible_questions(protocol, self.intake.answers | _of(page, answers)))
            given = {name: value for name, value in _of(page, answers).items() if name not in leaving}
            if asked.intersection(page.questions):
                self.saves(page.id, self.intake.version, skip=True, follow=False, **given)
                assert self.page.status_code == 302, self.text
        return self

    def says_who(self, kind="patient", **more):
        return self.sends(self.submit_address, {"step": "who", "kind": kind} | more)

    def sends_it(self, **more):
        self.opens(self.submit_address)
        return self.sends(
            self.submit_address, {"version": self.hidden("version"), "shown": self.hidden("shown")} | SIGNED | more
        )

    @property
    def submit_address(self):
        return reverse("paper_submit", args=[self.intake.public_id])


def _of(page, answers):
    return {name: answers[name] for name in page.questions if name in answers}


def paper_address(intake, page_id) -> str:
    pages = [page.id for page in triage.pages(triage.shipped())]
    return reverse("paper_page", args=[intake.public_id, pages.index(page_id) + 1])


@pytest.fixture
def desk(sign_in, priya):
    return Desk(sign_in(priya))


# The sheet ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_paper(location, priya):
    patient = factories.patient(at=location, last_name="Quillfeather", language="es")
    return paper.put_on_paper(factories.intake(of=patient), by=priya)


def test_the_sheet_asks_every_question_with_every_answer_and_names_nobody(on_paper):
    protocol, said = triage.shipped(), content(on_paper)
    drawn = [question for section in said["sections"] for question in section["questions"]]
    assert [question["number"] for question in drawn] == list(range(1, len(protocol.questions) + 1))
    by_number = {number: protocol.questions[name] for name, number in numbers(protocol).items()}
    for shown in drawn:
        question = by_number[shown["number"]]
        assert shown["text"] == question.text_in("es")
        if question.type in ("choice", "multi_choice"):
            labels = [option.label_in("es") for option in question.options]
            assert sorted(shown["options"] + shown["alone"]) == sorted(labels)
    places = next(question["parts"] for question in drawn if question["kind"] == "body_map")
    boxes = sum(len(place["boxes"]) or 1 for part in places for place in part["places"])
    assert boxes == len(protocol.questions["pain_regions"].options)
    assert "Quillfeather" not in str(said)
    assert on_paper.patient.email not in str(said)
    assert "988" in str(said["safety"])
    assert "911" in str(said["safety"])
    assert len(said["consents"]) == 4


def test_the_sheet_is_a_tagged_pdf_with_its_language(on_paper):
    pdf = sheet(on_paper)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in pdf
    assert b"/Lang" in pdf


def test_danger_is_said_at_the_questions_that_alone_mean_it(on_paper):
    number = numbers(triage.shipped())
    drawn = {q["number"]: q["danger"] for section in content(on_paper)["sections"] for q in section["questions"]}
    assert "911" in drawn[number["emergency_now"]]
    assert "988" in drawn[number["self_harm"]]
    if_new = ("saddle_change", "bladder_change", "bowel_change", "neck_artery_signs", "chest_area_kind", "chest_signs")
    assert all("911" in drawn[number[name]] for name in if_new)
    assert sum(map(bool, drawn.values())) == 2 + len(if_new)


def test_a_question_of_which_one_answer_is_an_emergency_wherever_it_hurts_says_so_on_paper(on_paper):
    """Nobody judges the answers before the pages are handed in, so the paper says what the screen would."""
    protocol = triage.shipped()
    number = numbers(protocol)
    drawn = {q["number"]: q["danger"] for section in content(on_paper)["sections"] for q in section["questions"]}
    for place in ("heel_left", "low_back_mid", "neck_back_mid", "upper_back_mid"):
        for question in protocol.questions.values():
            for option in question.option_ids if question.red_flag else ():
                answers = {"pain_regions": [place], "age": 45, question.id: [option] if question.takes_many else option}
                if triage.screen(protocol, answers).urgency == Urgency.EMERGENCY:
                    assert "911" in drawn[number[question.id]], f"{question.id}: {option}"


def test_a_child_is_not_asked_on_paper_what_only_grown_people_are_asked(on_paper):
    protocol = triage.shipped()
    number = numbers(protocol)
    drawn = {q["number"]: q["only_if"] for section in content(on_paper)["sections"] for q in section["questions"]}
    for name in ("chest_signs", "sexual_change"):
        grown = f"su respuesta a la pregunta {number['age']} es 18 o más"
        assert grown in drawn[number[name]]["all"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_condition_has_words_and_points_back_to_earlier_questions(language):
    protocol = triage.shipped()
    number = numbers(protocol)
    conditions = Conditions(protocol, number, language)
    for question in protocol.questions.values():
        only_if = conditions.only_if(question)
        assert (only_if is None) == (question.asked_when is None)
        if only_if:
            named = {
                int(found)
                for words in [*only_if.all, *only_if.any]
                for found in re.findall(r"(?:question|pregunta) (\d+)", words)
            }
            assert named
            assert max(named) < number[question.id]


# Handing out ----------------------------------------------------------------------------------------------------------


def test_priya_hands_out_a_form_without_an_email_address(desk, priya):
    desk.hands_out(email="")
    intake = desk.intake
    assert as_code(intake.paper_code) == intake.paper_code
    assert intake.invited_by == priya
    assert written(intake.paper_code) in desk.text
    pdf = desk.client.get(reverse("paper_form", args=[intake.public_id]))
    assert pdf["Content-Type"] == "application/pdf"
    assert AccessLog.objects.filter(page="paper_form", user=priya, patient_id=intake.patient_id).exists()


def test_nobody_on_paper_is_reminded_by_mail_to_finish_online(desk):
    from intake.door.emails import FinishIntake

    desk.hands_out()
    reminders = Message.objects.filter(kind="finish_intake")
    assert reminders
    assert all(FinishIntake.still_needed(reminder) for reminder in reminders)


def test_a_form_begun_online_goes_on_on_paper_with_its_answers(desk, location):
    ada = Phone().starts()
    ada.answers("safety-check", emergency_now=["none"])
    desk.opens("paper")
    born = {"begun-date_of_birth_month": "3", "begun-date_of_birth_day": "31", "begun-date_of_birth_year": "1982"}
    desk.sends(reverse("paper_find"), {"begun-last_name": "quill"} | born)
    assert "Ada Quill" in desk.text
    desk.sends(reverse("paper_check", args=[ada.intake.public_id]))
    assert ada.intake.paper_code
    assert ada.intake.answers["emergency_now"] == ["none"]


def test_the_code_leads_to_the_form_and_a_wrong_one_says_so(desk):
    desk.hands_out()
    intake = desk.intake
    desk.sends(reverse("paper_find"), {"code": written(intake.paper_code).lower()})
    assert "Ada Quill" in desk.text
    desk.sends(reverse("paper_find"), {"code": "hello"})
    assert desk.page.status_code == 422
    assert "not a code" in desk.errors
    desk.sends(reverse("paper_find"), {"code": new_code()})
    assert desk.page.status_code == 422
    assert "no form with this code" in desk.errors


def test_olga_at_another_location_finds_no_form_of_riverside(on_paper, sign_in, olga):
    elsewhere = Desk(sign_in(olga))
    elsewhere.sends(reverse("paper_find"), {"code": on_paper.paper_code})
    assert elsewhere.page.status_code == 422
    for name in ("paper_check", "paper_form", "paper_submit"):
        assert elsewhere.opens(name, on_paper.public_id).page.status_code == 404
    assert elsewhere.opens("paper_page", on_paper.public_id, 1).page.status_code == 404


# Keying in ------------------------------------------------------------------------------------------------------------


def test_what_priya_keys_in_is_marked_as_hers_and_sent_with_the_signatures_on_paper(desk, priya):
    desk.hands_out().keys_in_everything(HEEL_PAIN).says_who()
    desk.sends_it()
    intake = desk.intake
    assert intake.submitted_at
    assert intake.entered_by == priya
    assert intake.left_blank == []
    signed = list(Consent.objects.filter(intake=intake))
    assert {consent.method for consent in signed} == {"paper"}
    assert {consent.recorded_by for consent in signed} == {priya}
    assert {consent.document: consent.agreed for consent in signed} == {
        "treatment": True, "privacy": True, "email": False, "referral": True
    }  # fmt: skip
    assert Case.objects.get(intake=intake).urgency == Urgency.ROUTINE


def test_an_emergency_on_paper_is_said_to_priya_at_once(desk, maya):
    desk.hands_out().keys_in("safety-check", emergency_now=["saddle_numb"])
    assert "This patient may be in danger: call now" in desk.text
    assert ADA["phone"] in desk.text
    assert Case.objects.get(intake=desk.intake).urgency == Urgency.EMERGENCY
    desk.opens("paper_check", desk.intake.public_id)
    assert "This patient may be in danger: call now" in desk.text


def test_an_emergency_checked_beside_none_of_these_is_said_to_priya_while_she_asks_which(desk, maya):
    desk.hands_out().keys_in("safety-check", emergency_now=["saddle_numb", "none"])
    assert "cannot go together" in desk.errors
    assert "This patient may be in danger: call now" in desk.text
    assert Case.objects.get(intake=desk.intake).urgency == Urgency.EMERGENCY


def test_maya_gets_the_way_to_the_case_and_priya_who_may_not_see_cases_does_not(desk, sign_in, maya):
    desk.hands_out().keys_in("safety-check", emergency_now=["chest_pain"])
    case = reverse("case", args=[desk.case.public_id])
    assert case not in desk.html
    assert case in Desk(sign_in(maya)).opens("paper_check", desk.intake.public_id).html


def test_what_the_patient_saved_online_meanwhile_is_not_overwritten_unseen(desk, location):
    ada = Phone().starts()
    paper.put_on_paper(ada.intake, by=factories.staff("Sam Poe", "front_desk", at=[location]))
    address = paper_address(ada.intake, "safety-check")
    desk.opens(address)
    old = desk.hidden("version")
    ada.answers("safety-check", emergency_now=["saddle_numb"])
    desk.sends(address, {"version": old, "emergency_now": ["none"]})
    assert desk.page.status_code == 409
    assert ada.intake.answers["emergency_now"] == ["saddle_numb"]


def test_the_case_says_who_entered_it_from_paper_and_what_was_left_blank(desk, sign_in, maya):
    desk.hands_out().keys_in_everything(HEEL_PAIN, leaving=["cancer_history"]).says_who()
    desk.sends_it(judge_blanks="on")
    seen = Desk(sign_in(maya)).opens("case", desk.case.public_id).text
    assert f"Entered by Priya Nair from paper form {written(desk.intake.paper_code)}" in seen
    assert "Left blank, judged as not sure" in seen
    assert triage.shipped().questions["cancer_history"].text in seen


# Left blank -----------------------------------------------------------------------------------------------------------


def test_blank_answers_are_asked_for_by_phone_and_else_judged_as_not_sure(desk):
    desk.hands_out().keys_in_everything(SADDLE_NUMBNESS | {"emergency_now": ["none"]}, leaving=["bladder_change"])
    desk.says_who()
    desk.sends_it()
    assert desk.page.status_code == 422
    assert "Call the patient" in desk.errors
    assert desk.intake.submitted_at is None
    desk.sends_it(judge_blanks="on")
    intake = desk.intake
    assert intake.submitted_at
    assert "bladder_change" in intake.left_blank
    assert intake.answers["bladder_change"] == ["unsure"]


def test_a_form_nobody_keyed_in_comes_to_the_therapists_once_who_answers_was_said(desk, maya):
    """Handed out is not begun; at the page that promises it, staff have said who answered."""
    later = timezone.now() + timedelta(hours=13)
    desk.hands_out()
    assert intakes.open_cases_for_abandoned(later) == 0
    desk.says_who()
    assert "12 hours after something was last keyed in" in desk.text
    assert intakes.open_cases_for_abandoned(later) == 1


def test_a_blank_that_nobody_can_judge_keeps_the_form_here(desk):
    desk.hands_out().keys_in_everything(HEEL_PAIN, leaving=["pain_regions"])
    desk.says_who()
    desk.opens(desk.submit_address)
    assert "Call the patient first" in desk.text
    assert "Send to the therapists" not in desk.text
    with pytest.raises(paper.MustAsk):
        paper.submit_paper(
            desk.intake, version=desk.intake.version, signed_name="Ada", choices={}, by=desk.intake.invited_by,
            judge_blanks=True,
        )  # fmt: skip
    assert desk.intake.submitted_at is None


@pytest.mark.parametrize("answers", [HEEL_PAIN, FOOT_DROP, SADDLE_NUMBNESS], ids=["heel", "foot drop", "saddle"])
def test_leaving_any_question_blank_never_lowers_the_tier_below_leaving_it_unsure(answers):
    """Blank counts as what (f) of the protocol says of "not sure", for each question in turn."""
    protocol = triage.shipped()
    for name in answers:
        rest = {question: value for question, value in answers.items() if question != name}
        left = paper.blanks(Intake(answers=rest, protocol=ProtocolVersion(digest=protocol.digest)))
        judged = triage.screen(protocol, rest | left.judged).urgency
        assert judged >= triage.screen(protocol, rest).urgency


# The same result ------------------------------------------------------------------------------------------------------


def test_the_same_answers_keyed_and_online_are_judged_the_same(desk, location, priya):
    """Random answer sets, page by page through both ways, to the same stored answers and the same result."""
    luck = random.Random(12)
    sets = list(answer_sets(Files(), 40, seed=12))
    for answers in luck.sample(sets, 2):
        answers = {name: value for name, value in answers.items() if name != "age"} | {"age": 44}
        ada = Phone().starts()
        online = ada.intake
        keyed = paper.start_on_paper(
            by=priya, location=location, first_name="Ada", last_name="Quill",
            date_of_birth=online.patient.date_of_birth, email="", phone="207 555 0111", language="en",
        )  # fmt: skip
        for page in triage.pages(triage.shipped()):
            given = _of(page, answers)
            _send_page(ada.client, reverse("intake_page", args=[_number(page)]), online, given)
            _send_page(desk.client, reverse("paper_page", args=[keyed.public_id, _number(page)]), keyed, given)
        online.refresh_from_db()
        keyed.refresh_from_db()
        assert keyed.answers == online.answers
        assert keyed.urgency == online.urgency
        results = [one.assessments.last() and one.assessments.last().result for one in (keyed, online)]
        assert results[0] == results[1]
        assert keyed.entered_by is not None
        assert online.entered_by is None


def _number(page) -> int:
    return triage.pages(triage.shipped()).index(page) + 1


def _send_page(browser, address, intake, given):
    """Sends one page twice, so that follow-ups it opens are on it the second time."""
    for _ in range(2):
        sent = {"version": Intake.objects.get(pk=intake.pk).version, "shown": list(given)}
        for question, value in given.items():
            sent |= as_sent(triage.shipped().questions[question], value)
        assert browser.post(address, sent).status_code in (302, 422)
