"""From their page the patient says that they come to an appointment at an office, or cannot."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from intake.models import CallToMake
from referrals import moves as actions
from referrals.models import Referral
from tests import factories
from tests.referrals.status_page import Page, appointment, at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    """A Tuesday: what is due today at the desk is due before its doors close."""
    with at(datetime(2027, 3, 2, 17, 0, tzinfo=UTC)):
        yield


def says(phone, referral, answer, **other):
    where = f"/status/visit/{referral.public_id}/"
    return phone.sends(where, {"whose": phone.hidden("whose"), "number": phone.hidden("number"), answer: "1"} | other)


@pytest.mark.parametrize(
    ("answer", "patient_reads", "desk_reads"),
    [
        ("comes", "You told us that you come.", "The patient comes"),
        ("cannot", "We find another day", "Find another day: the patient cannot come"),
    ],
)
def test_what_they_say_stands_on_their_page_and_on_the_desks(
    sent, page, sign_in, priya, answer, patient_reads, desk_reads
):
    appointment(sent, days=9)
    phone = page()
    assert "Can you come?" in phone.text
    says(phone, sent, answer)
    assert patient_reads in phone.opens("status").text
    assert ("Put it in my calendar" in phone.text) is (answer == "comes")
    at_desk = sign_in(priya)
    assert desk_reads in at_desk.get(f"/referrals/{sent.public_id}/").text
    if answer == "cannot":
        assert desk_reads in at_desk.get("/referrals/").text
        assert desk_reads in at_desk.get("/today/").text
        assert "The patient, on their page" in at_desk.get(f"/referrals/{sent.public_id}/").text


def test_an_answer_to_a_day_that_has_changed_is_not_taken(sent, page):
    appointment(sent, days=9)
    phone = page()
    second = appointment(sent, days=11)
    says(phone, sent, "comes")
    assert "Your appointment has changed" in phone.text
    second.refresh_from_db()
    assert second.answer == ""


@pytest.mark.parametrize("number", ["", "x", "9" * 30, "-1"])
def test_no_number_is_too_odd(sent, page, number):
    appointment(sent, days=9)
    phone = page()
    says(phone, sent, "comes", number=number)
    assert "Your appointment has changed" in phone.text


def test_nobody_answers_for_somebody_else(sent, page, location):
    made = appointment(sent, days=9)
    other = Page(factories.intake(at=location, submitted=True).patient)
    where = f"/status/visit/{sent.public_id}/"
    assert other.sends(where, {"whose": other.hidden("whose"), "number": made.pk, "comes": "1"}).page.status_code == 404
    made.refresh_from_db()
    assert made.answer == ""


def test_a_call_that_is_late_is_late_on_their_page_too(sent, page):
    appointment(sent, days=0.9)
    assert CallToMake.objects.exists()
    assert "We call you about your appointment" in page().text
    due = Referral.objects.get().next_check_at
    with at(due + timedelta(seconds=30)):
        assert "We are late" in page().text


def test_lines_of_what_happened_carry_the_day_and_the_one_before(sent, page, sign_in, priya):
    first = appointment(sent, days=9)
    second = appointment(sent, days=11)
    days = [f"{one.starts_at.astimezone(timezone.get_fixed_timezone(-420)):%B %-d}" for one in (first, second)]
    text = page().text
    assert text.index("Before, it was") > text.index(days[0])
    at_desk = sign_in(priya).get(f"/referrals/{sent.public_id}/").text
    assert ", before " in at_desk
    actions.no_show(sent, by=priya)
    assert "Off: " in sign_in(priya).get(f"/referrals/{sent.public_id}/").text


def test_moving_starts_from_what_stands(sent, sign_in, priya):
    made = appointment(sent, days=9)
    type(made).objects.update(instructions="Bring the scan.")
    form = sign_in(priya).get(f"/referrals/{sent.public_id}/move/?do=appointment").context["form"]
    local = made.starts_at.astimezone(form.zone).replace(microsecond=0)
    assert (form["day"].initial, form["at"].initial, form["instructions"].initial) == (
        local.date(), local.time(), "Bring the scan.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "reads"), [(9, "Patient told: a mail is on its way."), (0.9, "Patient told: not yet. Call them.")]
)
def test_the_desk_reads_whether_the_patient_knows(sent, sign_in, priya, days, reads):
    appointment(sent, days=days)
    browser = sign_in(priya)
    address = f"/referrals/{sent.public_id}/"
    assert reads in browser.get(address).text
    if "Call" in reads:
        page = browser.get(address).text
        assert "Call the patient: no mail tells them in time" in page
        assert sent.patient.phone in page
        saw = actions.newest_line(sent)
        browser.post(f"{address}move/", {"do": "told", "saw": saw})
        assert "Patient told: Priya Nair, by phone" in browser.get(address).text
