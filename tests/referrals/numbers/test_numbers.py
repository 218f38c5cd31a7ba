"""What a manager reads of referrals: how long they took, how they ended, who declined. By the product's own times."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals import moves as actions
from referrals.models import Referral
from referrals.numbers.part import NumbersForm
from referrals.numbers.views import Figures
from tests import factories
from tests.answers import FOOT_DROP
from tests.referrals.conftest import OFFICE
from tests.referrals.status_page import at

pytestmark = pytest.mark.django_db

WHOLE_PAGE = 26  # statements of the page with the bar and the bands of every staff page
COUNTED = 6  # of them count


@pytest.fixture
def page(sign_in, ruth):
    browser = sign_in(ruth)
    return lambda **part: browser.get(reverse("numbers"), part)


def tables_of(user, **part) -> dict:
    """Return each table by name: its rows by their heading."""
    counted = Figures(NumbersForm(part, user=user, now=timezone.now()))
    return {table.name: {row[0]: tuple(row[1:]) for row in table.rows} for table in counted.tables()}


def referred(by, carried_by, *, location, specialist=None, days_ago=20, specialty="neurologist"):
    """Return a referral of a decision made so many days ago, sent two days later."""
    began = timezone.now() - timedelta(days=days_ago)
    with at(began):
        case = factories.case(of=factories.patient(at=location), answers=FOOT_DROP, acknowledged_by=by)
        decision = factories.decision(on=case, by=by, specialist=specialty, reason="examined", words="Weak.")
        referral = actions.refer(decision, by=by)
    with at(began + timedelta(days=2)):
        office = specialist or factories.specialist()
        actions.choose(referral, office, choice="suggested", because="sees new patients", by=carried_by)
        actions.prepare_letter(referral, consent="agreed", by=carried_by)
        return actions.send(referral, by=carried_by)


@pytest.fixture
def seen_and_read(location, maya, priya, neurologist):
    """Sent on day 2, accepted on day 4, seen on day 10, reported and read on day 14, closed."""
    referral = referred(maya, priya, location=location, specialist=neurologist)
    began = referral.created_at
    with at(began + timedelta(days=4)):
        actions.office_accept(referral, office=OFFICE)
        actions.give_appointment(
            referral, starts_at=began + timedelta(days=10), time_zone="America/New_York", office=OFFICE
        )
    with at(began + timedelta(days=12)):
        actions.seen(referral, by=priya)
    with at(began + timedelta(days=14)):
        report = actions.receive_report(referral, words="Nothing urgent.", office=OFFICE)
        actions.read_report(report, by=maya)
        actions.close(referral, reason=Referral.EndReason.REPORT_READ, by=priya)
    return referral


@pytest.fixture
def declined(location, maya, priya, neurologist):
    referral = referred(maya, priya, location=location, specialist=neurologist)
    with at(referral.created_at + timedelta(days=5)):
        actions.office_decline(referral, reason="not_taking", office=OFFICE)
    return referral


def test_each_step_is_counted_in_days_from_the_decision(seen_and_read, declined, ruth):
    steps = tables_of(ruth)["steps"]
    assert steps["Sent"] == (2, "100 %", "2.0 days", "2.0 days")
    assert steps["Answered by an office"] == (2, "100 %", "4.5 days", "4.9 days")
    assert steps["Seen"] == (1, "50 %", "10.0 days", "10.0 days"), "the day of the appointment, not of the note"
    assert steps["Report read"] == (1, "50 %", "14.0 days", "14.0 days")


def test_a_visit_that_was_taken_back_was_none(location, maya, priya, ruth, neurologist):
    referral = referred(maya, priya, location=location, specialist=neurologist, days_ago=10)
    began = referral.created_at
    with at(began + timedelta(days=3)):
        actions.give_appointment(
            referral, starts_at=began + timedelta(days=6), time_zone="America/New_York", office=OFFICE
        )
    with at(began + timedelta(days=6, hours=2)):
        actions.seen(referral, by=priya)
        assert tables_of(ruth)["steps"]["Seen"][0] == 1
        actions.undo(referral, by=priya)
    assert tables_of(ruth)["steps"]["Seen"] == (0, "0 %", "", "")


def test_ends_and_declines_are_counted_by_reason_specialty_and_office(seen_and_read, declined, ruth, neurologist):
    tables = tables_of(ruth)
    assert tables["ends"] == {"Open still": (1, "50 %"), "Report received and read": (1, "50 %")}
    assert tables["declines-by-reason"] == {"Not taking new patients": (1, "100 %")}
    assert list(tables["declines-by-specialty"].values()) == [(2, 1, "50 %")]
    assert tables["declines-by-office"] == {f"{neurologist.name}, {neurologist.practice}": (2, 1, "50 %")}


def test_time_place_and_specialty_narrow_what_is_counted(seen_and_read, ruth, olga, location, maya, priya):
    old = referred(maya, priya, location=location, days_ago=120)
    assert old.specialty == "neurologist"
    assert tables_of(ruth)["steps"]["Sent"][0] == 2
    assert tables_of(ruth, days="90")["steps"]["Sent"][0] == 1
    assert tables_of(ruth, specialty="neurologist")["steps"]["Sent"][0] == 2
    assert tables_of(ruth, specialty="podiatrist")["steps"] == {}
    assert tables_of(olga)["steps"] == {}, "another location's referrals do not exist"


def test_the_page_draws_the_months_and_names_nobody(seen_and_read, ruth, page, location, maya, priya):
    referred(maya, priya, location=location, days_ago=100)
    words = page().content.decode()
    assert "trend-bar" in words
    assert "Referrals begun" in words
    assert "Report received and read" in words
    for secret in (seen_and_read.patient.last_name, str(seen_and_read.public_id), seen_and_read.reference):
        assert secret not in words


def test_an_empty_clinic_reads_that_there_is_nothing(page):
    words = page().content.decode()
    assert "None in this time." in words
    assert "trend-bar" not in words


def test_a_table_goes_into_a_spreadsheet_and_calculates_nothing(declined, sign_in, ruth, neurologist):
    """An office may call itself anything, also a formula."""
    neurologist.name = "=1+1"
    neurologist.save()
    browser = sign_in(ruth)
    file = browser.get(reverse("numbers_file", args=["declines-by-office"]))
    assert file.headers["Content-Disposition"] == 'attachment; filename="numbers-declines-by-office.csv"'
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Office,Sent,Declined,Of those sent"
    assert lines[1] == f'"\'=1+1, {neurologist.practice}",1,1,100 %'
    assert browser.get(reverse("numbers_file", args=["salaries"])).status_code == 404


def test_who_is_no_manager_reads_none_of_it(sign_in, maya, priya):
    for person in (maya, priya):
        assert sign_in(person).get(reverse("numbers")).status_code == 403


def test_the_number_of_statements_is_that_of_an_empty_page(
    page, ruth, location, maya, priya, django_assert_num_queries, django_assert_max_num_queries
):
    for _each in range(3):
        referral = referred(maya, priya, location=location)
        actions.office_decline(referral, reason="not_taking", office=OFFICE)
    part = NumbersForm({}, user=ruth, now=timezone.now())
    list(part.places)
    with django_assert_num_queries(COUNTED):
        Figures(part).tables()
    with django_assert_max_num_queries(WHOLE_PAGE):
        page()
