"""Promises to patients as staff see them: what is missed now, and how many were kept."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from intake.models import AppointmentRequest, Case
from referrals import moves as actions
from referrals.desk.kept import kept
from referrals.desk.kept import totals as of_each
from referrals.desk.promises import KINDS, missed_promises
from referrals.models import OfficeToTell, Referral
from tests import factories
from tests.answers import HEEL_PAIN
from tests.referrals.conftest import OFFICE
from tests.referrals.status_page import at

pytestmark = pytest.mark.django_db

STATEMENTS = 30  # of a whole page, the bar and the bands of staff pages with it
NEXT_STEP, TO_OFFICE = KINDS["referral"], KINDS["office"]


@pytest.fixture
def late_case(location):
    case = factories.case(at=location, answers=HEEL_PAIN)
    Case.objects.filter(pk=case.pk).update(acknowledge_by=timezone.now() - timedelta(hours=1))
    return case


def totals(user, now=None) -> dict:
    """Return (kept, missed) by what was promised, of the 30 days before."""
    now = now or timezone.now()
    counted = kept(user.places(), now - timedelta(days=30), now)
    return {total.what: (total.kept, total.missed) for total in of_each(counted)}


def test_therapists_read_whose_it_is_and_go_there(late_case, maya, sign_in):
    page = sign_in(maya).get(reverse("promises")).content.decode()
    assert late_case.patient.full_name in page
    assert late_case.get_absolute_url() in page
    assert "last 30 days" not in page


def test_the_desk_and_managers_read_that_a_case_is_late_and_not_whose(late_case, priya, ruth, sign_in):
    for person in (priya, ruth):
        page = sign_in(person).get(reverse("promises")).content.decode()
        assert "Somebody looks at the answers" in page
        assert "Quill" not in page
        assert str(late_case.public_id) not in page


def test_only_managers_see_the_totals(late_case, maya, priya, ruth, sign_in):
    seen = {person: "last 30 days" in sign_in(person).get(reverse("promises")).content.decode()
            for person in (maya, priya, ruth)}  # fmt: skip
    assert seen == {maya: False, priya: False, ruth: True}


def test_another_location_s_promises_do_not_exist(late_case, olga):
    assert missed_promises(olga) == []
    assert set(totals(olga).values()) == {(0, 0)}


def test_the_oldest_stands_first_and_every_kind_can_be_missed(late_case, sent, maya, location):
    Referral.objects.filter(pk=sent.pk).update(next_check_at=timezone.now() - timedelta(hours=3))
    decided_late = factories.case(at=location, answers=HEEL_PAIN, acknowledged_by=maya)
    Case.objects.filter(pk=decided_late.pk).update(decide_by=timezone.now() - timedelta(hours=2))
    AppointmentRequest.objects.create(
        patient=late_case.patient, intake=late_case.intake, location=location, days=[], times=[], reason="new",
        answer_by=timezone.now() - timedelta(minutes=5),
    )  # fmt: skip
    factories.call_to_make(about=AppointmentRequest.objects.get(), due_at=timezone.now() - timedelta(minutes=4))
    factories.office_to_tell(of=sent, due_at=timezone.now() - timedelta(minutes=3))
    assert [missed.kind for missed in missed_promises(maya)] == [
        "referral", "decide", "look", "request", "call", "office",
    ]  # fmt: skip
    assert {missed.kind for missed in missed_promises(maya)} == set(KINDS)


def test_a_review_counts_as_kept_by_its_own_date(location, maya, ruth):
    now = timezone.now()
    for acknowledged, by in ((-3, -2), (-1, -2), (None, -2)):
        case = factories.case(at=location, answers=HEEL_PAIN, acknowledged_by=maya if acknowledged else None)
        Case.objects.filter(pk=case.pk).update(
            acknowledge_by=now + timedelta(hours=by),
            acknowledged_at=acknowledged and now + timedelta(hours=acknowledged),
        )
    assert totals(ruth)["Somebody looks at the answers"] == (1, 2)


def test_each_date_a_referral_ever_had_counts_once(decision, maya, priya, ruth, neurologist):
    """The first is kept; the second passes before the office answers; the third is still to come."""
    start = timezone.now()
    referral = actions.refer(decision, by=maya)
    actions.choose(referral, neurologist, choice="suggested", because="sees new patients", by=priya)
    actions.prepare_letter(referral, consent="agreed", by=priya)
    first = Referral.objects.get().next_check_at
    actions.send(referral, by=priya)
    second = Referral.objects.get().next_check_at
    assert first != second
    assert totals(ruth, start + timedelta(minutes=1))[NEXT_STEP] == (0, 0)
    assert totals(ruth, second + timedelta(hours=1))[NEXT_STEP] == (1, 1)
    with at(second + timedelta(hours=2)):
        actions.office_accept(referral, office=OFFICE)
        third = Referral.objects.get().next_check_at
    assert totals(ruth, third + timedelta(hours=1))[NEXT_STEP] == (1, 2), "the second date was missed, by our own clock"


def test_what_the_demo_tells_of_last_week_was_kept_last_week(decision, maya, priya, ruth, neurologist):
    """History is dated by the database, which no story moves: the promises of a demo were all missed by it."""
    now = timezone.now()
    with at(now - timedelta(days=10)):
        referral = actions.refer(decision, by=maya)
        actions.choose(referral, neurologist, choice="suggested", because="sees new patients", by=priya)
        actions.prepare_letter(referral, consent="agreed", by=priya)
        actions.send(referral, by=priya)
    with at(now - timedelta(days=10) + timedelta(hours=1)):
        actions.office_accept(referral, office=OFFICE)
        actions.give_appointment(
            referral, starts_at=now + timedelta(days=5), time_zone="America/New_York", office=OFFICE
        )
    assert totals(ruth, now)[NEXT_STEP] == (2, 0), "of the draft, and of what was sent"


@pytest.mark.parametrize("outcome", ["seen", "no_show"])
def test_how_the_day_went_taken_back_leaves_the_dates_as_if_nothing_had_been_said(accepted, priya, ruth, outcome):
    start = timezone.now()
    later = start + timedelta(days=28)
    with at(start):
        actions.give_appointment(
            accepted, starts_at=start + timedelta(days=2), time_zone="America/New_York", office=OFFICE
        )
    before = totals(ruth, later)
    with at(start + timedelta(days=2, hours=1)):
        getattr(actions, outcome)(accepted, by=priya)
        said = totals(ruth, later)
        actions.set_next_check(accepted, at=timezone.now() + timedelta(minutes=20), by=priya)
        actions.undo(accepted, by=priya)
        taken_back = totals(ruth, later)
        getattr(actions, outcome)(accepted, by=priya)
    assert taken_back == before
    assert totals(ruth, later) == said, "what is said once more counts once"


def test_a_letter_that_has_not_to_be_told_any_more_is_no_missed_promise(sent, ruth):
    """A newer letter was to be sent to an office; then the office declined, so nobody has to."""
    factories.office_to_tell(of=sent, due_at=timezone.now() - timedelta(hours=1))
    assert OfficeToTell.objects.get().what == OfficeToTell.What.LETTER
    assert totals(ruth)[TO_OFFICE] == (0, 1)
    actions.office_decline(sent, reason="not_taking", office=OFFICE)
    assert totals(ruth)[TO_OFFICE] == (0, 0)


def test_what_fell_due_more_than_thirty_days_ago_counts_no_more(late_case, ruth):
    assert totals(ruth)["Somebody looks at the answers"] == (0, 1)
    later = timezone.now() + timedelta(days=31)
    assert totals(ruth, later)["Somebody looks at the answers"] == (0, 0)


def test_the_page_asks_as_many_questions_of_the_database_for_two_as_for_twelve(
    location, maya, ruth, sign_in, django_assert_max_num_queries
):
    page = sign_in(ruth)
    for many in (2, 10):
        for _each in range(many):
            case = factories.case(at=location, answers=HEEL_PAIN, acknowledged_by=maya)
            Case.objects.filter(pk=case.pk).update(decide_by=timezone.now() - timedelta(hours=2))
        with django_assert_max_num_queries(STATEMENTS):
            page.get(reverse("promises"))
