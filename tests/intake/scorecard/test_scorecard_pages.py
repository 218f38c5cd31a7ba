"""Three presses say how a case ended; the scorecard shows what they add up to, each role what it may know."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.formats.cells import inert
from intake.models import Case, CaseEvent, Hindsight, Urgency
from intake.review.actions import CaseChanged
from intake.scorecard.actions import look_back, newest
from intake.scorecard.rates import ENOUGH
from referrals.models import Report
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN
from tests.intake.scorecard.simulated import simulate

pytestmark = pytest.mark.django_db
RIGHT = {"urgency": "1", "specialist": "neurologist", "group": "nerve"}


@pytest.fixture
def decided(location, maya) -> Case:
    """A foot drop that Maya sent to a neurologist."""
    case = factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya)
    factories.decision(on=case, by=maya, specialist="neurologist", reason="examined", words="Toe lift 3 of 5.")
    return case


def address(name, case) -> str:
    return reverse(name, args=[case.public_id])


def words_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_three_presses_say_it_and_a_later_word_corrects_it(decided, maya, daniel, sign_in):
    browser = sign_in(maya)
    assert browser.post(address("look_back", decided), RIGHT)["Location"] == decided.get_absolute_url()
    sign_in(daniel).post(address("look_back", decided), RIGHT | {"urgency": "2", "group": "cord"})
    said = newest(decided)
    assert (said.by, said.tier, said.group, said.urgency_was_right) == (daniel, Urgency.URGENT, "cord", False)
    assert Hindsight.objects.count() == 2
    event = decided.events.filter(kind=CaseEvent.Kind.LOOKED_BACK).last()
    assert (event.by, event.words[:38]) == (daniel, "Urgency: urgent would have been right.")
    page = words_of(browser.get(decided.get_absolute_url()))
    assert "urgent would have been right" in page
    assert "Correct it" in page


def test_what_was_said_is_never_changed(decided, maya):
    said = look_back(decided, urgency=Urgency.SOON, specialist="neurologist", group="nerve", by=maya)
    for change in (lambda: Hindsight.objects.update(group="other"), said.delete):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_a_press_too_early_says_what_is_missing_and_keeps_the_rest(decided, maya, sign_in):
    answer = sign_in(maya).post(address("look_back", decided), {"specialist": "orthopedist", "group": "nerve"})
    assert answer.status_code == 422
    assert "Say whether the urgency was right." in words_of(answer)
    assert re.search('<input[^>]*value="orthopedist"[^>]*checked', words_of(answer))
    assert not Hindsight.objects.exists()


def test_only_who_decides_there_says_it_and_only_of_what_is_decided(decided, location, maya, olga, priya):
    said = {"urgency": Urgency.SOON, "specialist": "neurologist", "group": "nerve"}
    for stranger in (olga, priya):
        with pytest.raises(PermissionDenied):
            look_back(decided, by=stranger, **said)
    with pytest.raises(CaseChanged):
        look_back(factories.case(at=location), by=maya, **said)


def test_an_open_case_is_not_asked_about(location, maya, sign_in):
    case = factories.case(at=location)
    browser = sign_in(maya)
    assert "How did it turn out" not in words_of(browser.get(case.get_absolute_url()))
    assert browser.get(address("look_back", case))["Location"] == case.get_absolute_url()


def test_whoever_reads_a_report_is_asked_beside_it_and_comes_back_to_it(decided, maya, priya, sign_in):
    referral = factories.referral(
        after=decided.decisions.get(), owner=priya, to=factories.specialist(), status="reported"
    )
    report = Report.objects.create(referral=referral, words="Peroneal palsy.", sent_by="Ellen Park")
    browser, page = sign_in(maya), reverse("referral", args=[referral.public_id])
    assert "How did it turn out?" not in words_of(browser.get(page))
    browser.post(reverse("read_report", args=[report.public_id]))
    assert "How did it turn out?" in words_of(browser.get(page))
    assert "How did it turn out?" not in words_of(sign_in(priya).get(page))
    answer = browser.post(address("look_back", decided), RIGHT | {"referral": str(referral.public_id)})
    assert answer["Location"] == page
    assert newest(decided).by_report


@pytest.fixture
def unseen(location, maya) -> list[Case]:
    """Heel pains no rule saw: one turned out urgent, one came back urgent, one was nothing."""
    cases = [factories.case(at=location, answers=HEEL_PAIN, acknowledged_by=maya) for _each in range(3)]
    for case, ended in zip(cases[::2], (Urgency.URGENT, Urgency.ROUTINE), strict=True):
        factories.decision(on=case, by=maya)
        look_back(case, urgency=ended, specialist="orthopedist", group="cancer", by=maya)
    later = factories.case(of=cases[1].patient, answers=HEEL_PAIN)
    Case.objects.filter(pk=later.pk).update(rules_urgency=Urgency.URGENT, urgency=Urgency.URGENT)
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(opened_at=timezone.now() - timedelta(days=9))
    return cases


def test_who_sees_cases_reads_what_no_rule_saw_and_a_manager_only_how_many(unseen, maya, ruth, sign_in):
    turned_out, came_back, nothing = unseen
    count = "3 sent forms set off no urgent rule. 2 of them were looked back on, and 1 of those turned out urgent"
    page = words_of(sign_in(maya).get(reverse("scorecard")))
    assert count in page
    assert turned_out.patient.full_name in page
    assert came_back.patient.full_name in page
    assert nothing.patient.full_name not in page
    page = words_of(sign_in(ruth).get(reverse("scorecard")))
    assert count in page
    assert "Quill" not in page


def test_a_therapist_is_asked_of_cases_that_ended_and_nobody_spoke_of(decided, location, maya, daniel, sign_in):
    asks = "Your cases nobody has looked back on"
    browser = sign_in(maya)
    assert asks not in words_of(browser.get(reverse("scorecard")))
    Case.objects.filter(pk=decided.pk).update(decided_at=timezone.now() - timedelta(weeks=13))
    assert asks in words_of(browser.get(reverse("scorecard")))
    assert asks not in words_of(sign_in(daniel).get(reverse("scorecard")))
    browser.post(address("look_back", decided), RIGHT)
    assert asks not in words_of(browser.get(reverse("scorecard")))


def test_rules_nobody_acts_on_are_for_review_and_few_outcomes_have_no_rate(location, maya, ruth, sign_in):
    simulate(at=location, by=maya, seed=1, rates={"=ignored": (0.5, 1.0)}, many=ENOUGH)
    simulate(at=location, by=maya, seed=1, rates={"few": (0.5, 0.0)}, many=ENOUGH - 1)
    browser = sign_in(ruth)
    page = words_of(browser.get(reverse("scorecard")))
    assert "<b>=ignored</b>: acted on in 0 of 20" in page
    assert page.count("<circle") == 1
    assert "Not enough data" in page
    rows = browser.get(reverse("scorecard_file"), {"days": "90"}).content.decode().splitlines()
    assert rows[1].startswith("'=ignored,'=ignored,urgent,")
    assert "not enough data" in rows[2]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\ufeff=1", "\n=1", "\uff1d1+1"]
)
def test_a_cell_of_a_file_never_acts(cell):
    assert inert(cell) == f"'{cell}"


def test_a_cell_that_only_says_something_stays_as_it_is():
    assert [inert(cell) for cell in ("Foot drop", 12, -3, "a=b", "")] == ["Foot drop", 12, -3, "a=b", ""]


def test_an_empty_scorecard_says_so_and_another_places_rules_do_not_exist(location, maya, olga, sign_in):
    simulate(at=location, by=maya, seed=1, rates={"few": (0.5, 0.0)}, many=1)
    page = words_of(sign_in(olga).get(reverse("scorecard"), {"location": "riverside", "days": "nonsense"}))
    assert "No rule fired in this time" in page
