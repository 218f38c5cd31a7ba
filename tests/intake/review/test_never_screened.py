"""A patient whom nobody asked about danger is not agreed away: what closes such a case, and what does not."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.models import Message
from intake.models import Case, CaseEvent, Decision, DeskTask, Patient
from intake.review import actions as cases
from intake.review.outcomes import WhatBecomes
from intake.review.reaching import NotOnRecord, reaching
from tests import factories
from tests.intake.review.test_cases import MONDAY_MORNING, agree, answered
from tests.source import one_line

pytestmark = pytest.mark.django_db

BECAUSE = Case.OpenedBecause
CLOSED = {"reason": "not_reached", "words": "Three tries.", "becomes": WhatBecomes(outcome="closed")}


@pytest.fixture(params=[BECAUSE.NOT_SCREENED, BECAUSE.WORSE])
def case(request, location):
    """Ada left her form before the questions about danger, or said she got worse and did not finish."""
    return answered(factories.intake(at=location), {"age": 30}, because=request.param)


def tries(case, by, *, days=0, channel="phone", outcome="no_answer", **said):
    said = {"safety_advice_given": False, "words": ""} | said
    at = MONDAY_MORNING + timedelta(days=days)
    made = cases.record_contact(case, outcome=outcome, channel=channel, by=by, now=at, **said)
    case.refresh_from_db()
    return made


def takes_the_steps(case, by):
    tries(case, by)
    tries(case, by, channel="email", outcome="message")
    tries(case, by, days=1)


def page_of(case, person, sign_in) -> str:
    return one_line(sign_in(person).get(case.get_absolute_url()).content.decode())


def press(browser, case, **sent):
    case.refresh_from_db()
    asked = {"version": case.version, "tier": int(case.urgency), "specialist": cases.suggestion(case)}
    return browser.post(reverse("decide", args=[case.public_id]), asked | {"outcome": "treat"} | sent)


def test_one_unanswered_call_and_one_press_close_nothing(case, maya, sign_in):
    tries(case, maya)
    browser = sign_in(maya)
    assert "Agree:" not in page_of(case, maya, sign_in)
    for verdict in ("agree", "agree_alone", "by_phone", "unreached"):
        assert press(browser, case, verdict=verdict).status_code == 422
    assert not Decision.objects.exists()


def test_agreeing_is_refused_below_the_page_and_below_the_code(case, maya):
    tries(case, maya)
    with pytest.raises(NotOnRecord, match="nothing to agree with"):
        agree(case, maya)
    with pytest.raises(IntegrityError, match="nothing to agree with"), transaction.atomic():
        factories.decision(on=case, by=maya)


def test_each_try_names_the_next_and_the_case_waits_for_it(case, maya, sign_in):
    made = tries(case, maya)
    assert made.next_try_at.astimezone(case.location.zone).strftime("%a %H:%M") == "Tue 08:00"
    assert case.decide_by >= made.next_try_at
    assert "Next try: Mar 3, 8:00 AM." in page_of(case, maya, sign_in)


def test_the_steps_are_three_tries_on_two_days_by_every_way_there_is(case, maya):
    assert reaching(case).left == ("3 more of 3 tries", "a try on another day", "a try by phone", "a try by email")
    tries(case, maya)
    tries(case, maya)
    assert reaching(case).left == ("1 more of 3 tries", "a try on another day", "a try by email")
    tries(case, maya, days=1, channel="email", outcome="message")
    assert reaching(case).left == ()


def test_a_try_sent_twice_from_one_page_is_one_try(case, maya, sign_in):
    """A step back in the browser must not close the case of somebody who was called once."""
    browser, place = sign_in(maya), reverse("contact", args=[case.public_id])
    page = browser.get(case.get_absolute_url()).text
    sent = {"call-outcome": "no_answer", "call-version": re.search(r'name="call-version" value="(\d+)"', page)[1]}
    for _twice in range(2):
        browser.post(place, sent)
    assert case.contacts.count() == 1
    case.refresh_from_db()
    browser.post(place, sent | {"call-version": case.version})
    assert case.contacts.count() == 2, "from the next page it is another one"


def test_who_answered_the_phone_starts_the_steps_anew(case, maya):
    takes_the_steps(case, maya)
    tries(case, maya, outcome="reached")
    assert reaching(case).left


def test_before_the_steps_nobody_says_that_the_patient_could_not_be_reached(case, maya):
    tries(case, maya)
    with pytest.raises(NotOnRecord, match="2 more of 3 tries"):
        agree(case, maya, **CLOSED)
    fields = {"reason": "not_reached", "words": "x", "outcome": "closed", "refer": False}
    with pytest.raises(IntegrityError, match="counts as not reached after 3 tries on 2 days"), transaction.atomic():
        factories.decision(on=case, by=maya, **fields)


def test_after_the_steps_one_press_closes_it_and_the_patient_gets_a_mail(case, maya, sign_in):
    takes_the_steps(case, maya)
    assert "Close: could not be reached" in page_of(case, maya, sign_in)
    assert press(sign_in(maya), case, verdict="unreached").status_code == 302
    decision = Decision.objects.get()
    assert (decision.outcome, decision.reason) == ("closed", "not_reached")
    assert decision.words == "3 tries without reaching anybody: by phone, by email."
    assert Message.objects.get(kind="not_reached").recipient == case.patient.email
    assert not DeskTask.objects.exists()


def test_without_an_address_the_desk_writes_a_letter(case, maya):
    Patient.objects.update(email="")
    case.patient.refresh_from_db()
    takes_the_steps(case, maya)
    agree(case, maya, **CLOSED)
    task = DeskTask.objects.get()
    assert (task.what, task.due_on.isoformat()) == ("write", "2026-03-03")
    assert not Message.objects.filter(kind="not_reached").exists()


def test_answers_taken_on_the_phone_are_decided_by(case, maya, sign_in):
    browser = sign_in(maya)
    asked = {"call-outcome": "reached", "call-asked_safety": "on"}
    assert browser.post(reverse("contact", args=[case.public_id]), asked).status_code == 422, "no answers in words"
    browser.post(reverse("contact", args=[case.public_id]), asked | {"call-words": "No numbness, bladder fine."})
    assert "Decide by the answers taken on the phone" in page_of(case, maya, sign_in)
    assert press(browser, case, verdict="by_phone", words="Nothing of danger.").status_code == 302
    assert Decision.objects.get().reason == "by_phone"


def test_the_queue_says_who_was_asked_on_the_phone(case, maya, sign_in):
    def queue():
        return one_line(sign_in(maya).get(reverse("queue")).text)

    assert "Not screened: call the patient" in queue()
    asked = {"outcome": "reached", "asked_safety": True, "words": "No to all.", "safety_advice_given": True}
    cases.record_contact(case, channel="phone", by=maya, **asked)
    page = queue()
    assert "Asked on the phone" in page
    assert "Not screened" not in page
    news = {"kind": CaseEvent.Kind.REOPENED, "version": 9, "at": timezone.now() + timedelta(seconds=1)}
    CaseEvent.objects.create(case=case, **news)
    assert "Not screened: call the patient" in queue(), "what was said before it got worse answers nothing"


def test_answers_nobody_took_are_not_decided_by(case, maya):
    tries(case, maya, outcome="reached")
    with pytest.raises(NotOnRecord, match="taken on the phone"):
        agree(case, maya, reason="by_phone", words="Fine.")
    with pytest.raises(IntegrityError, match="stand in the contact log"), transaction.atomic():
        factories.decision(on=case, by=maya, reason="by_phone", words="Fine.")


def test_a_coded_reason_with_words_closes_it(case, maya, sign_in):
    tries(case, maya)
    browser = sign_in(maya)
    for sent in ({}, {"reason": "already_treated"}, {"words": "Her doctor sees her."}):
        assert press(browser, case, verdict="otherwise", outcome="closed", **sent).status_code == 422
    sent = {"reason": "already_treated", "words": "Her doctor sees her."}
    assert press(browser, case, verdict="otherwise", outcome="closed", **sent).status_code == 302
    assert Decision.objects.get().get_reason_display() == "Already under care for it"
