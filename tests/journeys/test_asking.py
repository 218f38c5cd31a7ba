"""The pain guide on a phone, a visit asked for before any question, and the desk that books it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intake.models import AppointmentRequest
from tests import factories
from tests.intake.guide.test_guide import answer
from tests.journeys.conftest import PHONE
from tests.journeys.people import Colleague

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
END = "What we can do for you"


def goes_through(reader, **told):
    """Page after page of the guide, until something else than questions comes."""
    for _page in range(25):
        if not reader.asked:
            return
        reader.answers_page({name: answer(name, told) for name in reader.asked})
        reader.presses("Continue")
    raise AssertionError("the guide never ends")


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_unsure_reads_the_guide_and_asks_for_a_visit(phone, location, scripts):
    ada = phone(scripts=scripts)
    ada.opens("/")
    ada.follows("Pain guide: what we treat, and when not to wait")
    ada.presses("Continue", status=422)
    ada.sees("Check at least one place.")
    ada.ticks("Foot", "Neck")
    ada.presses("Continue")
    assert ada.asked == ["emergency_now"]
    goes_through(ada)
    assert ada.heading == END
    ada.sees("Pain in one place can come from another", "When not to wait", "This guide cannot tell what you have")
    assert ada.page.url.endswith("/guide/")
    ada.follows("Ask for an appointment")
    ada.gives_details()
    ada.presses("Continue")
    ada.presses("Ask for an appointment", status=422)
    ada.ticks("A new problem", "Monday", "Any time")
    ada.presses("Ask for an appointment")
    assert ada.heading == "We have your request"
    ada.follows("Go to the questions")
    assert AppointmentRequest.objects.get().days == ["mon"]


def test_back_works_with_the_browsers_own_button_and_in_spanish(phone, location):
    ada = phone(color_scheme="dark")
    ada.opens("/guide/")
    ada.ticks("Foot")
    ada.presses("Continue")
    ada.answers_page({"emergency_now": ["none"]})
    ada.presses("Continue")
    second = ada.asked
    ada.page.go_back()
    ada.looks()
    assert ada.asked == ["emergency_now"]
    ada.answers_page({"emergency_now": ["none"]})
    ada.presses("Continue")
    assert ada.asked == second
    ada.presses("Back")
    assert ada.page.locator('[name="emergency_now"][value="none"]').is_checked()
    ada.presses("Español")
    assert ada.page.locator('[name="emergency_now"][value="none"]').is_checked()
    assert ada.page.locator("html").get_attribute("lang") == "es"


def test_danger_ends_the_guide_at_once(phone, location):
    ada = phone()
    ada.opens("/guide/")
    ada.ticks("Lower back")
    ada.presses("Continue")
    ada.answers_page({"emergency_now": ["lost_control"]})
    ada.presses("Continue")
    assert ada.heading == "Call 911 now or go to the nearest emergency room"
    ada.sees("Nobody is reading this", "Because you told us")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_desk_books_what_is_late(window, location, priya, width):
    late = factories.appointment_request(at=location, answer_by=timezone.now() - timedelta(hours=4), words="Mornings.")
    factories.appointment_request(at=location, reason="after_surgery")
    desk = window(Colleague, PHONE | {"width": width})
    desk.is_signed_in(priya)
    if width == 360:
        menu = desk.page.locator(".bar-menu > summary")
        assert not desk.page.get_by_role("link", name="Directory").is_visible()
        menu.focus()
        desk.page.keyboard.press("Enter")
        assert desk.page.get_by_role("link", name="Directory").is_visible()
    desk.page.get_by_role("navigation").get_by_role("link", name="Requests").click()
    desk.looks()
    assert desk.heading == "Requests"
    desk.sees("Overdue by")
    desk.follows(late.patient.full_name)
    desk.sees("Late.", "Mornings.")
    opens = location.opening_hours.next_opening(timezone.now() + timedelta(days=2)).astimezone(location.zone)
    desk.page.get_by_label("Date").fill(opens.strftime("%Y-%m-%d"))
    desk.page.get_by_label("Time").fill("00:30")
    desk.presses("Book it", status=422)
    desk.page.get_by_label("Time").fill("10:30")
    desk.presses("Book it")
    desk.sees("Booked.", "Booked visits to come")
    late.refresh_from_db()
    assert late.state == "booked"
