"""What becomes of a patient once it is decided: what the desk is left with, what the patient hears, what comes back."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.models import Case, DeskTask, Urgency
from intake.review import actions as cases
from intake.review import addenda, desk_tasks, second_look
from intake.review.case_page import CasePage
from intake.review.outcomes import WhatBecomes
from intake.templatetags.appointments import requests_waiting
from referrals import moves
from referrals.letter.letter import content
from referrals.status.standing import standing
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_case_page import decision as sent_form
from tests.intake.review.test_cases import MONDAY_MORNING, agree, opened, reached
from tests.source import one_line

pytestmark = pytest.mark.django_db

MORE = WhatBecomes(outcome="more", needs="The scan of May.", needs_from="hospital", by_when=date(2026, 3, 9))


def text_of(response) -> str:
    return one_line(response.content.decode())


def press(browser, case, name="decide", **sent):
    return browser.post(reverse(name, args=[case.public_id]), sent)


def test_where_a_flag_goes_has_one_pair_of_brackets(location):
    page = CasePage(factories.case(at=location, answers=HEEL_PAIN))
    assert page.destination("orthopedist (spine) or neurologist; MRI") == "Orthopedist (spine) or Neurologist; MRI"
    assert page.destination("orthopedist; MRI") == "Orthopedist (includes spine and sports); MRI"


# What follows from the choice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "refer", "outcome"),
    [(HEEL_PAIN, False, "treat"), (FOOT_DROP, True, "refer"), (SADDLE_NUMBNESS, False, "advised")],
)
def test_who_agrees_does_not_choose_an_outcome(location, maya, answers, refer, outcome):
    case = opened(location, answers)
    if case.holds_emergency:
        reached(case, maya)
    assert agree(case, maya, refer=refer).outcome == outcome


def test_whoever_is_treated_here_is_booked_by_a_day_and_told_that_it_was_decided(location, maya, priya, sign_in):
    case = opened(location, HEEL_PAIN)
    agree(case, maya, specialist="physical_therapist", reason="other", words="Direct access.")
    task = DeskTask.objects.get()
    assert (task.what, task.due_on) == ("book", date(2026, 3, 16)), "ten working days from March 2"
    page = text_of(sign_in(priya).get(reverse("requests")))
    assert "<b>Book a visit</b> on or before Mon Mar 16" in page
    assert case.patient.full_name in page
    assert Message.objects.get(kind="decision_made").recipient == case.patient.email
    assert "The visit is on or before Monday, Mar 16" in text_of(sign_in(maya).get(case.get_absolute_url()))


@pytest.mark.parametrize(("day", "late"), [(16, 0), (17, 1)])
def test_a_task_past_its_day_is_late_for_the_desk_and_counts_in_its_bar(location, maya, priya, sign_in, day, late):
    """The day is that of the location: at 11 PM there it is tomorrow in Greenwich, and nobody is late yet."""
    agree(opened(location, HEEL_PAIN), maya, specialist="physical_therapist", reason="other", words="Direct access.")
    evening = datetime(2026, 3, day, 23, 0, tzinfo=location.zone)
    with time_machine.travel(evening, tick=False):
        browser = sign_in(priya)
        page = browser.get(reverse("requests"))
        assert page.context["late"] == late
        assert ("<b>1</b> late" in page.text) is bool(late)
        assert requests_waiting(priya) == 1


def test_what_waits_for_a_second_look_leaves_nothing_yet(location, maya, daniel):
    case = opened(location, SADDLE_NUMBNESS)
    reached(case, maya)
    lower = {"tier": Urgency.SOON, "specialist": "physical_therapist", "reason": "explained", "words": "Old."}
    proposal = agree(case, maya, **lower)
    assert not DeskTask.objects.exists()
    second_look.agree_second(proposal, version=proposal.case.version, words="Read it.", by=daniel, now=MONDAY_MORNING)
    assert DeskTask.objects.get().due_on == date(2026, 3, 9)


@pytest.mark.parametrize("outcome", ["more", "closed", "treat"])
def test_an_emergency_ends_otherwise_than_at_the_emergency_department_by_two(location, maya, outcome):
    case = opened(location, SADDLE_NUMBNESS)
    reached(case, maya)
    becomes = WhatBecomes(outcome=outcome, needs="x", needs_from="patient", by_when=date(2026, 3, 3))
    assert agree(case, maya, reason="other", words="x", becomes=becomes).effective_at is None
    other = opened(location, SADDLE_NUMBNESS)
    with pytest.raises(IntegrityError, match="ends by two people"), transaction.atomic():
        factories.decision(on=other, by=maya, refer=False, outcome="closed", reason="other", words="x")


# More information -----------------------------------------------------------------------------------------------------


def test_information_says_what_from_whom_and_by_when(location, maya, sign_in):
    case = factories.case(at=location, answers=HEEL_PAIN)
    browser = sign_in(maya)
    day = timezone.localdate(timezone=location.zone) + timedelta(days=5)
    asked = sent_form(case, outcome="more")
    answer = press(browser, case, **asked)
    assert set(answer.context["decision_form"].errors) == {"needs", "needs_from", "by_when"}
    asked |= {"needs": "The scan of May.", "needs_from": "hospital", "by_when": day.isoformat()}
    assert press(browser, case, **asked).status_code == 302
    task = DeskTask.objects.get()
    assert (task.what, task.words, task.whom, task.due_on) == (
        "ask",
        "The scan of May.",
        "A hospital or imaging center",
        day,
    )


def test_what_came_opens_the_case_again_with_its_words(location, maya, priya, sign_in):
    case = opened(location, HEEL_PAIN)
    agree(case, maya, becomes=MORE)
    task = DeskTask.objects.get()
    browser = sign_in(priya)
    browser.post(reverse("task_done", args=[task.public_id]))
    task.refresh_from_db()
    assert task.done_at is None, "nothing was written down"
    browser.post(reverse("task_done", args=[task.public_id]), {"words": "The scan is in the files."})
    case.refresh_from_db()
    assert case.status == Case.Status.WAITING
    assert case.events.last().words == "The information asked for is here: The scan is in the files."
    assert not desk_tasks.finish(task, by=priya, words="Twice.")


def test_the_patient_is_asked_by_a_mail_that_does_not_say_what(location, maya):
    case = opened(location, HEEL_PAIN)
    becomes = WhatBecomes(outcome="more", needs="Her scan.", needs_from="patient", by_when=date(2026, 3, 9))
    agree(case, maya, becomes=becomes)
    mail = Message.objects.get(kind="more_needed")
    assert "scan" not in " ".join(KINDS["more_needed"].render(mail))


def test_a_case_that_is_open_again_leaves_no_task_and_no_mail(location, maya):
    case = opened(location, HEEL_PAIN)
    agree(case, maya, specialist="physical_therapist", reason="other", words="Direct access.")
    cases.reopen(case, by=maya, words="A letter.", now=MONDAY_MORNING)
    assert DeskTask.objects.get().dropped
    assert Message.objects.get(kind="decision_made").status == Message.Status.SKIPPED


@pytest.mark.parametrize(
    ("becomes", "title"), [(MORE, "We wait for something"), (WhatBecomes("closed"), "You call us if")]
)
def test_the_patient_reads_no_visit_that_was_not_planned(location, maya, becomes, title):
    case = opened(location, HEEL_PAIN)
    agree(case, maya, reason="other", words="x", becomes=becomes)
    [step] = standing(case.patient, MONDAY_MORNING, "en").courses[0].steps
    assert step.title.startswith(title)


# An urgent case -------------------------------------------------------------------------------------------------------


def test_an_urgent_case_is_decided_after_contact_or_says_why_not(location, maya, sign_in):
    case = opened(location, TEMPLE_HEADACHE)
    browser = sign_in(maya)
    assert "Nobody was reached yet." in text_of(browser.get(case.get_absolute_url()))
    answer = press(browser, case, **sent_form(case, verdict="agree", outcome=None))
    assert answer.status_code == 422
    why = {"uncontacted": "here", "uncontacted_words": "Stands at the desk."}
    assert press(browser, case, **sent_form(case, verdict="agree", outcome=None), **why).status_code == 302
    assert "Decided before contact:</b> the patient is here" in text_of(browser.get(case.get_absolute_url()))


def test_after_a_call_an_urgent_case_asks_no_reason(location, maya, sign_in):
    case = opened(location, TEMPLE_HEADACHE)
    reached(case, maya)
    assert press(sign_in(maya), case, **sent_form(case, verdict="agree", outcome=None)).status_code == 302


def test_the_database_refuses_an_urgent_case_decided_by_nobody_who_called(location, maya):
    case = opened(location, TEMPLE_HEADACHE)
    with pytest.raises(IntegrityError, match="decided after contact, or says why not"), transaction.atomic():
        factories.decision(on=case, by=maya, outcome="refer")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"outcome": "treat", "refer": False}, "treating_here_names_a_day"),
        ({"outcome": "refer", "refer": False}, "outcome_that_refers_makes_a_referral"),
        ({"outcome": "more", "refer": False, "needs": "x"}, "more_information_says_what_from_whom_by_when"),
        ({"outcome": "closed", "refer": False}, "closing_without_contact_has_a_coded_reason"),
        ({"uncontacted": "here"}, "deciding_before_contact_has_words"),
    ],
)
def test_the_database_refuses_an_outcome_that_says_too_little(location, maya, fields, constraint):
    case = opened(location, HEEL_PAIN)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factories.decision(on=case, by=maya, **fields)


# After sign-off -------------------------------------------------------------------------------------------------------


def test_what_is_added_stands_below_the_decision_and_the_letter_stays(location, maya, daniel, priya, sign_in):
    case = opened(location, FOOT_DROP)
    decision = agree(case, maya, refer=True)
    referral = moves.refer(decision, by=maya)
    before = content(referral, prepared_by=priya, now=MONDAY_MORNING)
    browser = sign_in(daniel)
    assert press(browser, case, "add_to_decision").status_code == 422
    for _twice in range(2):
        press(browser, case, "add_to_decision", **{"addendum-words": "Called the surgeon: no metal."})
    assert decision.addenda.count() == 1
    page = text_of(browser.get(case.get_absolute_url()))
    assert "Called the surgeon: no metal." in page[page.index("Added after the decision") :]
    decision.refresh_from_db()
    assert decision.words == ""
    assert content(referral, prepared_by=priya, now=MONDAY_MORNING) == before


def test_nothing_is_added_to_an_open_case(location, maya):
    case = opened(location, FOOT_DROP)
    with pytest.raises(cases.CaseChanged):
        addenda.add(case, words="x", by=maya)


def test_what_was_added_never_changes(location, maya):
    case = opened(location, FOOT_DROP)
    agree(case, maya)
    added = addenda.add(case, words="No metal.", by=maya)
    for act in (lambda: added.delete(), lambda: type(added).objects.update(words="Metal.")):
        with pytest.raises(Exception, match="Cannot"), transaction.atomic():
            act()


def test_a_case_opened_again_is_as_urgent_as_the_rules_made_it(location, maya):
    case = opened(location, FOOT_DROP)
    agree(case, maya, tier=Urgency.ROUTINE, reason="examined", words="Full strength.")
    assert case.tier == Urgency.ROUTINE
    case = cases.reopen(case, by=maya, words="A letter.", now=MONDAY_MORNING)
    assert case.tier == Urgency.SOON
