"""The case page: what a therapist reads and presses, through the browser's eyes."""

from datetime import date

import pytest
from django.urls import reverse

from clinic.audit.models import AccessLog
from intake import triage
from intake.models import AnswerChange, Case, CaseEvent, Decision, Urgency
from intake.review import actions as cases
from referrals.models import Referral
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMB_LABEL, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_cases import answered, reached
from tests.source import one_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(location):
    return answered(factories.intake(at=location), FOOT_DROP)


@pytest.fixture
def emergency(location):
    return answered(
        factories.intake(at=location), SADDLE_NUMBNESS | {"anything_else": "<i>I cannot feel the seat.</i>"}
    )


def page_of(case, browser) -> str:
    return one_line(browser.get(case.get_absolute_url()).content.decode())


def press(browser, name, case, **data):
    return browser.post(reverse(name, args=[case.public_id]), data)


def decision(case, **changes) -> dict:
    """What the decision form sends when nothing but its verdict was touched."""
    sent = {"version": case.version, "tier": case.urgency, "specialist": cases.suggestion(case)}
    sent |= {"verdict": "otherwise", "outcome": "advised" if case.holds_emergency else "treat"}
    return {name: value for name, value in (sent | changes).items() if value is not None}


# Reading ----------------------------------------------------------------------------------------------------------


def test_a_flag_shows_the_answers_that_fired_it_why_its_source_and_its_rule(emergency, maya, sign_in):
    page = page_of(emergency, sign_in(maya))
    for words in (
        "Cauda equina syndrome",
        SADDLE_NUMB_LABEL,
        "needs same-day MRI",
        "GIRFT 2023",
        "<code>cauda_equina</code>",
        emergency.intake.protocol.digest[:12],
        "It must not fire on",
        "constipation alone",
        "Sample protocol, not clinically approved",
    ):
        assert words in page, words


def test_a_finding_that_must_not_fire_a_flag_is_named_when_the_patient_has_it_too(location, maya, sign_in):
    constipated = SADDLE_NUMBNESS | {"bowel_change": "constipated"}
    response = sign_in(maya).get(answered(factories.intake(at=location), constipated).get_absolute_url())
    [flag] = [flag for flag in response.context["page"].flags if flag["rule"] == "cauda_equina"]
    assert "constipation alone" in [one["finding"] for one in flag["ignored"]]
    assert "constipation alone" not in flag["must_not_fire_on"]
    assert "stable old saddle change" in flag["must_not_fire_on"]
    page = one_line(response.content.decode())
    assert "Present, and not what fired it" in page
    assert "constipation alone (the patient said: “No, only constipation”)" in page


def test_what_the_patient_wrote_is_shown_as_text_above_the_flags(emergency, maya, sign_in):
    page = page_of(emergency, sign_in(maya))
    assert page.index("&lt;i&gt;I cannot feel the seat.") < page.index("Cauda equina syndrome")


def test_unsure_answers_are_asked_first_with_what_they_leave_open(location, maya, sign_in):
    unsure = SADDLE_NUMBNESS | {"emergency_now": ["none"], "saddle_change": "unsure", "bladder_change": ["unsure"]}
    unsure = unsure | {"numb_pattern": ["line_down_leg"], "sexual_change": "prefer_not", "heel_walk": "not_tried"}
    del unsure["bladder_since"]
    page = sign_in(maya).get(answered(factories.intake(at=location), unsure).get_absolute_url())
    [first, *_rest] = page.context["page"].open_questions
    assert first["conditions"][0] == {"condition": "Cauda equina syndrome", "tier": "emergency"}
    assert page.context["page"].strength_not_checked
    assert "Leaves open: Cauda equina syndrome (emergency)" in one_line(page.content.decode())


def test_no_flag_is_said_as_what_it_is(location, maya, sign_in):
    page = page_of(answered(factories.intake(at=location), HEEL_PAIN), sign_in(maya))
    assert "No flag rule matched. That is not a finding" in page
    assert "chip-good" not in page


def test_a_changed_answer_stands_beside_the_first(case, maya, sign_in):
    AnswerChange.objects.create(
        intake=case.intake,
        question="saddle_change",
        before="yes_new",
        after="no",
        urgency_before=Urgency.EMERGENCY,
        urgency_after=Urgency.SOON,
    )
    page = page_of(case, sign_in(maya))
    assert "This lowered the urgency of the answers." in page


def test_a_flag_that_went_away_stays_on_the_page(location, maya, sign_in):
    intake = factories.intake(at=location)
    answered(intake, SADDLE_NUMBNESS)
    page = page_of(answered(intake, HEEL_PAIN), sign_in(maya))
    assert "Later answers no longer fire it" in page
    assert SADDLE_NUMB_LABEL in page


def test_looking_at_a_case_is_logged_before_it_is_shown(case, maya, sign_in):
    page_of(case, sign_in(maya))
    [line] = AccessLog.objects.filter(user=maya)
    assert (line.page, line.subject, line.patient_id) == ("case", "case", case.patient_id)


def test_another_age_than_the_birth_date_says_asks_who_this_is(location, maya, sign_in):
    """Families share a mailbox: a father of 74 may have answered on his daughter's link."""
    daughter = factories.patient(at=location, date_of_birth=date(1990, 5, 5))
    page = page_of(answered(factories.intake(of=daughter), TEMPLE_HEADACHE), sign_in(maya))
    assert "Answered another age" in page


def test_the_title_names_nobody(emergency, maya, sign_in):
    assert "<title>Case – Plumbline</title>" in page_of(emergency, sign_in(maya))


# Pressing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["acknowledge", "hand_back", "contact", "raise_tier", "reopen_case", "decide", "second_look"]
)
def test_the_front_desk_and_the_manager_press_nothing(case, priya, ruth, sign_in, name):
    for person in (priya, ruth):
        assert press(sign_in(person), name, case).status_code == 403
        assert sign_in(person).get(case.get_absolute_url()).status_code == 403
    assert case.events.count() == 1


def test_the_second_who_takes_a_case_reads_who_has_it(case, maya, daniel, sign_in):
    press(sign_in(maya), "acknowledge", case)
    browser = sign_in(daniel)
    press(browser, "acknowledge", case)
    page = page_of(case, browser)
    assert "Maya Ortiz already has this case." in page
    assert "Maya Ortiz has this case</b> since" in page


def test_agreeing_is_one_press_and_makes_the_referral(case, maya, priya, sign_in):
    browser = sign_in(maya)
    response = press(browser, "decide", case, **decision(case, verdict="agree"))
    assert response.status_code == 302
    made = Decision.objects.get()
    assert (made.reason, made.tier, made.specialist) == ("agree", Urgency.SOON, "neurologist")
    referral = Referral.objects.get(decision=made)
    assert reverse("referral", args=[referral.public_id]) in page_of(case, browser)


def test_an_override_without_reason_or_words_is_sent_back_with_everything_kept(case, maya, sign_in):
    sent = decision(case, tier=0, specialist="podiatrist", **{"motor_deficit_subacute-dismissed": "on"})
    response = press(sign_in(maya), "decide", case, **sent)
    assert response.status_code == 422
    form, page = response.context["decision_form"], response.content.decode()
    assert set(form.errors) == {
        "reason",
        "words",
        "motor_deficit_subacute-reason",
        "motor_deficit_subacute-words",
    }
    assert (form["tier"].value(), form["specialist"].value()) == ("0", "podiatrist")
    assert "There are 4 problems" in page
    assert "Error:" in page
    assert not Decision.objects.exists()


def test_an_override_keeps_the_reason_of_each_flag(case, maya, sign_in):
    flag = {
        "motor_deficit_subacute-dismissed": "on",
        "motor_deficit_subacute-reason": "examined",
        "motor_deficit_subacute-words": "Full strength.",
    }
    sent = decision(case, tier=0, specialist="physical_therapist", reason="examined", words="Seen today.", **flag)
    assert press(sign_in(maya), "decide", case, **sent).status_code == 302
    case.refresh_from_db()
    assert (case.tier, case.status) == (Urgency.ROUTINE, Case.Status.DECIDED)
    assert case.decisions.get().flag_verdicts.get().words == "Full strength."


def test_agreeing_after_changing_something_asks_which_is_meant(case, maya, sign_in):
    response = press(sign_in(maya), "decide", case, **decision(case, words="Wait.", verdict="agree_alone"))
    assert response.status_code == 422
    assert "You changed something." in response.content.decode()


@pytest.mark.parametrize(
    "tampered",
    [{"tier": "9"}, {"tier": "x"}, {"tier": None}, {"specialist": "x"}, {"outcome": "maybe"}, {"reason": "agree"}],
)
def test_a_tampered_decision_is_a_page_with_an_error(case, maya, sign_in, tampered):
    response = press(sign_in(maya), "decide", case, **decision(case, **tampered))
    assert response.status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "9" * 40, None])
def test_a_decision_on_another_version_is_a_conflict_never_an_error_page(case, maya, sign_in, version):
    response = press(sign_in(maya), "decide", case, **decision(case, version=version, verdict="agree_alone"))
    assert response.status_code == 409
    assert not Decision.objects.exists()


def test_a_conflict_says_what_happened_and_keeps_what_was_typed(case, maya, daniel, sign_in):
    sent = decision(case, tier=0, reason="examined", words="Walks on heels and toes.")
    cases.acknowledge(case, by=daniel)
    reached(case, daniel)

    response = press(sign_in(maya), "decide", case, **sent)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Acknowledged by Daniel Brandt" in page
    assert "Spoke with the patient" in page
    assert "Walks on heels and toes." in page
    assert "<b>Daniel Brandt has this case.</b>" in page
    read_again = {"version": response.context["decision_form"]["version"].value(), "instead_of": daniel.public_id}
    assert press(sign_in(maya), "decide", case, **sent | read_again).status_code == 302


def test_a_decision_on_a_decided_case_keeps_the_words_on_the_page(case, maya, daniel, sign_in):
    sent = decision(case, tier=0, reason="examined", words="Walks on heels and toes.")
    press(sign_in(daniel), "decide", case, **decision(case, verdict="agree_alone"))
    page = press(sign_in(maya), "decide", case, **sent)
    assert page.status_code == 409
    assert "What you had written" in page.content.decode()
    assert "Walks on heels and toes." in page.content.decode()


def test_pressing_agree_twice_decides_once(case, maya, sign_in):
    browser, sent = sign_in(maya), decision(case, verdict="agree_alone")
    assert [press(browser, "decide", case, **sent).status_code for _twice in range(2)] == [302, 409]
    assert case.events.filter(kind=CaseEvent.Kind.DECIDED).count() == 1


def test_an_emergency_offers_the_call_and_not_the_decision(emergency, maya, sign_in):
    browser = sign_in(maya)
    page = page_of(emergency, browser)
    assert "Call the patient first" in page
    assert "Decide otherwise" not in page
    assert press(browser, "decide", emergency, **decision(emergency, verdict="agree")).status_code == 302
    assert not Decision.objects.exists()

    press(browser, "contact", emergency, **{"call-outcome": "reached", "call-safety_advice_given": "on"})
    page = page_of(emergency, browser)
    assert "Decide otherwise" in page
    assert "Safety advice given" in page


def test_a_call_without_an_outcome_is_sent_back_with_its_words(emergency, maya, sign_in):
    response = press(sign_in(maya), "contact", emergency, **{"call-words": "Rang twice."})
    assert response.status_code == 422
    assert "Choose what came of the call." in response.content.decode()
    assert "Rang twice." in response.content.decode()


def test_two_failed_tries_point_to_the_welfare_check(emergency, maya, sign_in):
    browser = sign_in(maya)
    for _try in range(2):
        press(browser, "contact", emergency, **{"call-outcome": "no_answer"})
    assert "welfare-check policy" in page_of(emergency, browser)


def test_lowering_an_emergency_goes_through_a_second_therapist(emergency, maya, daniel, sign_in):
    hers, his = sign_in(maya), sign_in(daniel)
    press(hers, "contact", emergency, **{"call-outcome": "reached"})
    emergency.refresh_from_db()
    lower = {
        "tier": 1,
        "specialist": "neurologist",
        "outcome": "refer",
        "reason": "explained",
        "words": "Old and stable.",
    }
    press(hers, "decide", emergency, **decision(emergency, **lower))

    assert "Another therapist has to agree: Daniel Brandt" in page_of(emergency, hers)
    seen = {"second-version": Case.objects.get().version}
    press(hers, "second_look", emergency, **seen, **{"second-agree": "yes", "second-words": "I agree with myself."})
    assert not Referral.objects.exists()

    blank = press(his, "second_look", emergency)
    assert blank.status_code == 422
    press(his, "second_look", emergency, **seen, **{"second-agree": "yes", "second-words": "Read the old letter."})
    emergency.refresh_from_db()
    assert (emergency.status, emergency.tier) == (Case.Status.DECIDED, Urgency.SOON)
    assert Referral.objects.get().case == emergency
    assert press(his, "second_look", emergency, **{"second-agree": "yes"}).status_code == 302  # looked at already


def test_an_emergency_room_gets_no_referral_by_mail(location, maya, sign_in):
    case = answered(factories.intake(at=location), SADDLE_NUMBNESS)
    reached(case, maya)
    browser, words = sign_in(maya), {"reason": "explained", "words": "The husband drives."}
    response = press(browser, "decide", case, **decision(case, outcome="refer", **words))
    assert response.status_code == 422
    assert "gets a call, not a referral" in response.content.decode()
    assert press(browser, "decide", case, **decision(case, verdict="agree")).status_code == 302
    assert not Referral.objects.exists()


def test_raising_is_one_press_and_never_lowers(case, maya, sign_in):
    browser = sign_in(maya)
    for tier, counts in (("urgent", Urgency.URGENT), ("routine", Urgency.URGENT), ("x", Urgency.URGENT)):
        assert press(browser, "raise_tier", case, tier=tier).status_code == 302
        case.refresh_from_db()
        assert case.tier == counts


def test_a_decided_case_is_opened_again_with_words(case, maya, sign_in):
    browser = sign_in(maya)
    press(browser, "decide", case, **decision(case, verdict="agree_alone"))
    assert press(browser, "reopen_case", case).status_code == 422
    press(browser, "reopen_case", case, **{"reopen-words": "The office called: it is the other foot."})
    case.refresh_from_db()
    assert (case.status, case.acknowledged_by) == (Case.Status.IN_REVIEW, maya)
    assert "the other foot" in page_of(case, browser)


def test_a_case_left_before_screening_says_that_nothing_is_ruled_out(location, maya, sign_in):
    case = answered(factories.intake(at=location), {"age": 30}, because=Case.OpenedBecause.NOT_SCREENED)
    browser = sign_in(maya)
    page = page_of(case, browser)
    assert "Not screened" in page
    assert "Nothing is ruled out: call and ask." in page
    assert "What you decide" not in page
    press(browser, "contact", case, **{"call-outcome": "no_answer"})
    assert "Decide with a reason" in page_of(case, browser)


def test_any_field_of_a_case_sent_along_changes_nothing(case, maya, sign_in):
    extra = {
        "status": "decided",
        "urgency": 0,
        "rules_urgency": 0,
        "location": 99,
        "decided_by": maya.pk,
        "flags": "[]",
    }
    press(sign_in(maya), "acknowledge", case, **extra)
    before = (case.urgency, case.rules_urgency, case.location_id, case.flags)
    case.refresh_from_db()
    assert case.status == Case.Status.IN_REVIEW
    assert (case.urgency, case.rules_urgency, case.location_id, case.flags) == before


def test_the_case_page_leads_to_what_would_change_the_urgency(location, maya, sign_in):
    """A therapist sees how far the case is from an emergency, each change found by search and not by guess."""
    case = factories.case(at=location, answers=FOOT_DROP)
    browser = sign_in(maya)
    assert reverse("what_if", args=[case.public_id]) in browser.get(case.get_absolute_url()).text
    part = browser.get(reverse("what_if", args=[case.public_id]), headers={"HX-Request": "true"}).text
    assert "It would be more urgent with" in part
    assert "Cauda equina" in part
    assert "<html" not in part
    whole = browser.get(reverse("what_if", args=[case.public_id])).text
    assert "Back to the case" in whole


def test_what_is_said_to_raise_the_urgency_does_raise_it(location, maya):
    """Each change that is shown is a real one: with it made, the engine comes to the tier it names."""
    case = factories.case(at=location, answers=HEEL_PAIN)
    protocol, answers = triage.shipped(), case.intake.answers
    for one in triage.counterfactuals(protocol, answers).raise_:
        changed = dict(answers)
        for change in one.changes:
            question, value = protocol.questions[change.question], changed.get(change.question)
            if change.kind == "answer":
                changed[change.question] = [change.value] if question.takes_many else change.value
            elif change.kind == "add":
                kept = [option for option in value or [] if option not in question.exclusive]
                changed[change.question] = [*kept, change.value]
            else:
                changed[change.question] = [option for option in value if option != change.value]
        assert triage.assess(protocol, changed, explain=False).urgency == one.urgency, one
