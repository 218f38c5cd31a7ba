"""Closing a case: each reason has what it takes, and the patient is told or the table says why nobody tells them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.audit.models import AccessLog
from clinic.messages.models import Message
from intake.models import Case, Decision, DeskTask
from intake.review import actions as cases
from intake.review import second_look
from intake.review.closing import CLOSINGS, other_forms
from intake.review.outcomes import WhatBecomes
from intake.review.reaching import NotOnRecord
from referrals.status.standing import standing
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.review.test_case_page import decision as sent_form
from tests.intake.review.test_cases import MONDAY_MORNING, agree, opened, reached
from tests.source import one_line

pytestmark = pytest.mark.django_db

Reason = Decision.Reason
TOLD_BY_NOBODY = (Reason.TWICE, Reason.NO_CARE)
BY_THEIR_WORD = (Reason.NO_CARE, Reason.PATIENT_CHOICE, Reason.EXAMINED)


@pytest.fixture
def case(location) -> Case:
    return opened(location, HEEL_PAIN)


@pytest.fixture
def other(case) -> Case:
    """Another form of the same patient, which is reviewed."""
    return factories.case(of=case.patient)


def close(case, by, reason, **more) -> Decision:
    return agree(case, by, reason=reason, words="In words.", becomes=WhatBecomes(outcome="closed", **more))


def press(browser, case, **sent):
    sent = sent_form(case, outcome="closed", words="In words.", **sent)
    return browser.post(reverse("decide", args=[case.public_id]), sent)


def test_every_reason_says_who_tells_the_patient_or_why_nobody_does():
    assert {*CLOSINGS} == {*Reason} - {Reason.AGREE}
    assert [reason for reason, closing in CLOSINGS.items() if bool(closing.mail) == bool(closing.nobody)] == []


@pytest.mark.parametrize("email", ["ada@patients.example", ""])
@pytest.mark.parametrize(
    "reason", [reason for reason in CLOSINGS if reason not in (Reason.BY_PHONE, Reason.NOT_REACHED)]
)
def test_a_closed_case_tells_its_patient(case, other, maya, sign_in, reason, email):
    case.patient.email = email
    case.patient.save()
    reached(case, maya)
    close(case, maya, reason, other_intake=other.intake if reason == Reason.TWICE else None)
    told = Message.objects.filter(kind="decision_made").exists(), DeskTask.objects.filter(what="write").exists()
    nobody = reason in TOLD_BY_NOBODY
    assert told == (bool(email) and not nobody, not email and not nobody)
    assert (CLOSINGS[reason].nobody in sign_in(maya).get(case.get_absolute_url()).text) or not nobody


@pytest.mark.parametrize("reason", BY_THEIR_WORD)
def test_what_the_patient_wants_or_showed_closes_nothing_before_a_talk(case, maya, sign_in, reason):
    cases.record_contact(case, outcome="message", safety_advice_given=False, words="", by=maya, now=MONDAY_MORNING)
    with pytest.raises(NotOnRecord, match="Record the talk first"):
        close(case, maya, reason)
    fields = {"reason": reason, "words": "x", "outcome": "closed", "refer": False}
    with pytest.raises(IntegrityError, match="What a patient said stands in the contact log"), transaction.atomic():
        factories.decision(on=case, by=maya, **fields)
    reached(case, maya, now=MONDAY_MORNING - timedelta(hours=1))
    with pytest.raises(NotOnRecord, match="Record the talk first"):
        close(case, maya, reason)  # what was said before the news is no answer to it
    browser = sign_in(maya)
    assert "reason" in press(browser, case, reason=reason).context["decision_form"].errors
    reached(case, maya)
    assert press(browser, case, reason=reason).status_code == 302


def test_a_doubled_form_names_the_one_that_goes_on(case, other, maya, sign_in):
    browser = sign_in(maya)
    assert "other_intake" in press(browser, case, reason="twice").context["decision_form"].errors
    assert press(browser, case, reason="twice", other_intake=other.intake.public_id).status_code == 302
    assert Decision.objects.get().other_intake == other.intake
    assert other.get_absolute_url() in browser.get(case.get_absolute_url()).text
    assert "A doubled form, closed for this one" in browser.get(other.get_absolute_url()).text


def test_without_another_form_nothing_is_doubled(case, location, maya, sign_in):
    """Neither a stranger's form, nor one that nobody reviews."""
    stranger = factories.case(at=location)
    factories.intake(of=case.patient)
    assert other_forms(case, user=maya) == []
    errors = press(sign_in(maya), case, reason="twice").context["decision_form"].errors
    assert errors["reason"] == ["No other form of this patient is reviewed. Choose another reason."]
    with pytest.raises(NotOnRecord, match="Choose the other form"):
        close(case, maya, "twice", other_intake=stranger.intake)
    stranger.patient.date_of_birth = "1981-01-01"
    stranger.patient.save()
    fields = {"reason": "twice", "words": "x", "outcome": "closed", "refer": False}
    for named in (None, case.intake, stranger.intake):
        with pytest.raises(IntegrityError, match="names the other one of the same person"), transaction.atomic():
            factories.decision(on=case, by=maya, other_intake=named, **fields)


def test_who_began_anew_is_the_same_person_and_seen_by_name(case, location, other_location, maya, sign_in):
    """Of two rows with one name and birth date; a location where Maya does not work offers nothing."""
    same = {"first_name": "ada", "last_name": case.patient.last_name.upper()}
    anew = factories.case(of=factories.patient(at=location, **same))
    factories.case(of=factories.patient(at=other_location, **same))
    assert other_forms(case, user=maya) == [anew.intake]
    browser = sign_in(maya)
    assert f"ada {same['last_name']}, Riverside" in one_line(browser.get(case.get_absolute_url()).text)
    assert AccessLog.objects.filter(patient_id=anew.patient_id, user=maya).exists()
    assert press(browser, case, reason="twice", other_intake=anew.intake.public_id).status_code == 302


def test_of_two_forms_never_each_is_closed_for_the_other(case, other, maya):
    close(case, maya, "twice", other_intake=other.intake)
    assert other_forms(other, user=maya) == []
    with pytest.raises(NotOnRecord, match="not closed as doubled"):
        close(other, maya, "twice", other_intake=case.intake)
    fields = {"reason": "twice", "words": "x", "outcome": "closed", "refer": False, "other_intake": case.intake}
    with pytest.raises(IntegrityError, match="names the other one of the same person"), transaction.atomic():
        factories.decision(on=other, by=maya, **fields)
    cases.reopen(case, by=maya, words="It is the newer one.", now=MONDAY_MORNING)
    close(other, maya, "twice", other_intake=case.intake)


def test_a_second_person_does_not_agree_to_a_form_that_was_closed_meanwhile(location, maya, daniel):
    case = opened(location, SADDLE_NUMBNESS)
    other, third = (factories.case(of=case.patient) for _ in range(2))
    reached(case, maya)
    proposal = close(case, maya, "twice", other_intake=other.intake)
    close(other, maya, "twice", other_intake=third.intake)
    with pytest.raises(NotOnRecord, match="Choose the other form"):
        second_look.agree_second(proposal, version=case.version, words="Read it.", by=daniel, now=MONDAY_MORNING)


def test_the_patient_of_a_doubled_form_reads_that_the_other_one_goes_on(case, other, maya):
    close(case, maya, "twice", other_intake=other.intake)
    titles = [step.title for course in standing(case.patient, MONDAY_MORNING, "en").courses for step in course.steps]
    assert "We go on with your other form" in titles


def test_no_flag_is_dismissed_for_what_only_ends_a_case(location, maya, sign_in):
    form = sign_in(maya).get(opened(location, FOOT_DROP).get_absolute_url()).context["decision_form"]
    [(_box, reason, _words)] = form.flag_fields.values()
    ends = {"twice", "no_care", "not_reached"}
    assert ends <= {value for value, _label in form.fields["reason"].choices}
    assert not ends & {value for value, _label in form.fields[reason].choices}
