"""Staff read how mail goes: a manager on a phone, and the desk, whose patient's address does not work any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.messages.came_back import take
from tests import factories
from tests.journeys.conftest import PHONE
from tests.journeys.people import Colleague

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_an_address_goes_off_and_works_again(window, location, priya, ruth):
    patient = factories.patient(at=location, email="ada@patients.example")
    about = {"subject_type": "patient", "subject_id": patient.public_id, "recipient": patient.email}
    for ago in range(3):
        at = timezone.now() - timedelta(days=ago)
        mail = factories.message(at=location, kind="follow_up", status="sent", settled_at=at, **about)
    take(mail, "hard", "5.1.1", digest="one")

    manager = window(Colleague, PHONE, color_scheme="dark")
    manager.signs_in(ruth)
    manager.opens("/messages/delivery/")
    manager.sees("How mail goes", "Day by day", "The mail server refused this address or message after it had left")
    manager.opens("/messages/kinds/")
    manager.sees("Kinds of messages", "Reminder of a visit")

    desk = window(Colleague, PHONE)
    desk.signs_in(priya)
    desk.opens("/requests/")
    desk.sees("Email addresses that do not work", "ada@patients.example", "5.1.1")
    desk._leads_on(desk.page.get_by_role("button", name="It works"), 200)
    desk.sees("Mails go there again.")
