"""A manager reads how mail goes: since when it fails, what waits, why, in a figure and in numbers, and of nobody."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.messages.came_back import take
from clinic.messages.delivery import BASE, DAYS, TOP, Day, drawn, how_mail_goes
from clinic.messages.dispatch import sweep
from clinic.messages.models import SweepBeat
from intake.door import emails
from tests import factories

NOW = timezone.now


def settled(location, status, outcome="", *, ago=0, number=0, **fields):
    at = NOW() - timedelta(days=ago)
    key = f"intake_invitation:{status}{ago}{number}"
    return factories.message(at=location, key=key, status=status, outcome=outcome, settled_at=at, **fields)


@pytest.fixture
def two_weeks(location):
    for number in range(4):
        settled(location, "sent", ago=1, number=number)
    settled(location, "failed", "The mail server refused this address or message (550).", ago=2)
    settled(location, "skipped", "Out of date: it could not go while it was of use.", ago=2)
    settled(location, "sent", ago=40)


def test_it_counts_by_day_and_by_reason(location, ruth, two_weeks):
    found = how_mail_goes(ruth, NOW())
    assert len(found.days) == DAYS
    assert [(one.went, one.failed) for one in found.days if one.went or one.failed] == [(0, 1), (4, 0)]
    [reason] = found.reasons
    assert (reason.words.startswith("The mail server refused"), reason.count, reason.waits) == (True, 1, False)
    assert found.out_of_date == 1


def test_the_day_with_most_reaches_the_top_and_none_leaves_the_drawing():
    days = drawn([Day(NOW().date(), went, 0) for went in (0, 3, 12, 6)])
    assert [one.y for one in days] == [BASE, BASE - (BASE - TOP) // 4, TOP, BASE - (BASE - TOP) // 2]
    assert drawn([Day(NOW().date(), 0, 0)])[0].y == BASE


def test_the_manager_reads_since_when_it_fails_and_what_waits(location, ruth, sign_in, post_office):
    emails.invite(factories.intake(at=location))
    sweep()
    went = sign_in(ruth).get(reverse("delivery")).content.decode()
    assert "It does not fail" in went
    post_office.close()
    emails.invite(factories.intake(at=location))
    sweep()
    page = sign_in(ruth).get(reverse("delivery")).content.decode()
    assert SweepBeat.objects.get().mail_refused_since
    assert "The mail server takes no mail" in page
    assert "The mail server could not be reached." in page
    assert "<svg" in page


def test_it_is_of_ones_own_locations_and_names_nobody(location, other_location, ruth, sign_in, two_weeks):
    settled(other_location, "failed", "Somewhere else.", ago=1)
    patient = factories.patient(at=location, email="ada@patients.example")
    message = settled(
        location, "sent", kind="follow_up", subject_type="patient", subject_id=patient.public_id,
        recipient=patient.email, number=9,
    )  # fmt: skip
    take(message, "hard", "5.1.1", digest="one")
    found = how_mail_goes(ruth, NOW())
    assert found.addresses_off == 1
    assert dict(found.came_back)["No such address"] == 1
    page = sign_in(ruth).get(reverse("delivery")).content.decode()
    assert "Somewhere else." not in page
    assert "ada@" not in page
    assert "Quill" not in page


def test_a_new_house_has_an_empty_page(ruth, sign_in):
    page = sign_in(ruth).get(reverse("delivery")).content.decode()
    assert "No mail in 14 days" in page
    assert "Every mail went." in page


def test_only_managers_open_it(priya, maya, sign_in):
    for person in (priya, maya):
        assert sign_in(person).get(reverse("delivery")).status_code == 403
