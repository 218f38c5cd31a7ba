"""What is next by the reason of a decline, and the listing that it shows to be out of date."""

from datetime import timedelta

import pytest
from django.utils import timezone

from referrals import moves as actions
from referrals.models import DeclineReason, Referral
from referrals.models.plans import Match, match
from tests.referrals.conftest import OFFICE
from tests.referrals.moves.test_undelivered import step_of

FIRST = {  # what the desk reads, and the button that stands out
    "not_taking": ("Choose another office: this one takes no new patients", "redirect"),
    "plan": ("Choose an office that takes the patient's plan", "redirect"),
    "other_specialty": ("Send it back to the therapist", "back"),
    "not_in_time": ("Choose an office that has an earlier day", "redirect"),
    "more_needed": ("Get what the office needs first", "back"),
    "no_answer": ("Choose an office that answers", "redirect"),
    "other": ("Choose another office", "redirect"),
}


def declined(sent, reason, words="") -> Referral:
    return actions.office_decline(sent, reason=reason, words=words, office=OFFICE)


def card(desk, referral) -> str:
    text = desk.get(f"/referrals/{referral.public_id}/").text
    return text[text.index('aria-labelledby="next"') :].partition("</section>")[0]


@pytest.mark.parametrize("reason", DeclineReason.values)
def test_each_reason_has_its_next_step(sent, reason):
    step = step_of(declined(sent, reason))
    assert (step.title, step.buttons[0].name) == FIRST[reason]
    assert step.buttons[0].main


@pytest.mark.parametrize("waits", [False, True])
def test_another_office_is_not_offered_where_a_therapist_decides_first(sent, priya, sign_in, waits):
    declined(sent, "other_specialty")
    if waits:  # another card stands in the place of the next step
        until = timezone.now() + timedelta(days=3)
        actions.wait_for(sent, what="data", until=until, by=priya)
    page = sign_in(priya).get(f"/referrals/{sent.public_id}/").text
    assert "?do=back" in page
    assert "?do=redirect" not in page


def test_the_words_of_the_office_stand_beside_the_next_step(sent, priya, sign_in):
    declined(sent, "more_needed", "An MRI of the lower back first, please.")
    assert "An MRI of the lower back first, please." in card(sign_in(priya), sent)


@pytest.mark.parametrize(
    ("reason", "plan", "offers"),
    [
        ("not_taking", "", "takes no new patients"),
        ("plan", "Northern Mutual PPO", "does not take Northern Mutual PPO"),
        ("plan", "northern mutual ppo ", "does not take"),
        ("plan", "Harbor Health", ""),  # the listing does not name it
        ("not_in_time", "", ""),
        ("other", "", ""),
    ],
)
def test_a_listing_that_is_out_of_date_is_set_right_by_one_press(sent, priya, sign_in, reason, plan, offers):
    office, desk = sent.specialist, sign_in(priya)
    office.insurance_plans = ["Northern Mutual PPO", "Acadia Care"]
    office.save()
    sent.patient.insurance_plan = plan
    sent.patient.save()
    declined(sent, reason)
    office.refresh_from_db()
    assert (office.accepts_new_patients, len(office.insurance_plans)) == (True, 2), "never by itself"
    page = card(desk, sent)
    assert ("Update the listing" in page) is bool(offers)
    assert offers in page
    press = {"do": "listing", "saw": actions.newest_line(sent)}
    for _twice in range(2):
        assert desk.post(f"/referrals/{sent.public_id}/move/", press).status_code == (302 if offers else 409)
    office.refresh_from_db()
    if not offers:
        assert (office.accepts_new_patients, len(office.insurance_plans)) == (True, 2)
        return
    assert office.accepts_new_patients is (reason != "not_taking")
    assert office.insurance_plans == (["Acadia Care"] if reason == "plan" else ["Northern Mutual PPO", "Acadia Care"])
    [line] = sent.moves.filter(what="listing")
    assert (line.by, office.practice in line.note) == (priya, True)
    assert "Update the listing" not in card(desk, sent)


@pytest.mark.parametrize(
    ("lists", "plan", "left"),
    [
        ((["B.C.B.S.", "Acadia Care"], [], []), "bcbs", {"insurance_plans": ["Acadia Care"]}),
        (
            (["BCBS", "Acadia Care"], ["blue cross blue shield"], ["BCBS", "Acadia Care"]),
            "Bluecross Blueshield",
            {"insurance_plans": ["Acadia Care"], "referral_plans": [], "authorization_plans": ["Acadia Care"]},
        ),
        ((["BCBS PPO", "Acadia Care"], [], []), "BCBS HMO", {}),  # looks like it: nobody said so of this one
        ((["Northern Mutual PPO"], [], []), "Northern Mutual PPO", {}),  # that names none is silent, and ranks better
        (([], [], ["Northern Mutual PPO"]), "Northern Mutual PPO", {}),
        ((["-", "Acadia Care"], [], []), "", {}),
    ],
)
def test_the_plan_is_taken_off_by_how_the_directory_reads_plans(sent, priya, lists, plan, left):
    office = sent.specialist
    office.insurance_plans, office.referral_plans, office.authorization_plans = lists
    office.save()
    sent.patient.insurance_plan = plan
    sent.patient.save()
    referral = declined(sent, "plan")
    assert actions.listing_out_of_date(Referral.objects.get()) == left
    if not left:
        return
    actions.update_listing(referral, by=priya)
    office.refresh_from_db()
    assert {name: getattr(office, name) for name in left} == left
    how, _known = match(plan, office.insurance_plans)
    assert how == Match.OTHER, "it stands behind those that take the plan, and those that say nothing"


def test_whoever_may_not_change_the_directory_is_not_offered_it(sent, maya, sign_in):
    declined(sent, "not_taking")
    therapist = sign_in(maya)
    assert "Update the listing" not in card(therapist, sent)
    press = {"do": "listing", "saw": actions.newest_line(sent)}
    assert therapist.post(f"/referrals/{sent.public_id}/move/", press).status_code == 403
    assert sent.specialist.accepts_new_patients
