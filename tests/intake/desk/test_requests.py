"""The desk's page of requests: what waits, late first; booking, moving, closing with words; whose it is."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from intake.models import AppointmentRequest
from intake.visits import actions as appointments
from tests import factories
from tests.answers import HEEL_PAIN
from tests.source import one_line

pytestmark = pytest.mark.django_db
State = AppointmentRequest.State


def asked(at, **more) -> AppointmentRequest:
    sent = factories.intake(at=at, answers=HEEL_PAIN, submitted=True)
    said = {"days": ["tue"], "times": ["midday"], "reason": "new", "words": "", "location": at} | more
    return appointments.ask(sent, **said)


def page_of(request) -> str:
    return reverse("appointment_request", args=[request.public_id])


def local(location, *, days=3):
    """Day and time to type in: half an hour after the doors open, some days ahead."""
    at = location.opening_hours.next_opening((timezone.now() + timedelta(days=days)).replace(hour=2))
    at = at.astimezone(location.zone).replace(second=0, microsecond=0) + timedelta(minutes=30)
    return {"day": at.strftime("%Y-%m-%d"), "at": at.strftime("%H:%M")}, at


@pytest.fixture
def desk(priya, sign_in):
    return sign_in(priya)


def test_an_empty_page_says_what_will_stand_there(desk):
    page = desk.get(reverse("requests")).content.decode()
    assert "No request waits" in page
    assert reverse("paper") in page
    assert reverse("messages") in page


def test_late_requests_stand_on_top_and_the_bar_counts_what_waits(desk, location):
    asked(location)
    late = asked(location, reason="again")
    AppointmentRequest.objects.filter(pk=late.pk).update(answer_by=timezone.now() - timedelta(hours=3))
    page = desk.get(reverse("requests")).content.decode()
    rows = page.split("<tbody")[1]
    assert rows.index("Overdue by") < rows.index("left</time>")
    assert '>2<span class="visually-hidden"> waiting</span>' in page
    assert "<b>1</b> late" in page
    assert "reads on their page that we missed it" in one_line(desk.get(page_of(late)).content.decode())


def test_a_visit_is_booked_by_the_clock_of_its_location(desk, priya, location):
    request = asked(location)
    when, at = local(location)
    seen = appointments.stamp(request)
    sent = {"do": "book", "seen": seen, "answer": "With Maya Ortiz. Park behind the house.", **when}
    answered = desk.post(page_of(request), sent, follow=True)
    assert "Booked." in answered.content.decode()
    request.refresh_from_db()
    assert (request.state, request.starts_at, request.answered_by) == (State.BOOKED, at, priya)
    assert "Booked visits to come" in answered.content.decode()


@pytest.mark.parametrize("others", [0, 1])
def test_an_answered_request_leads_on_to_the_next(desk, location, others):
    request = asked(location)
    waiting = [asked(location, reason="again") for _ in range(others)]
    typed, _at = local(location)
    given = {"do": "book", "seen": appointments.stamp(request), "answer": "", **typed}
    page = one_line(desk.post(page_of(request), given, follow=True).content.decode())
    banner = page[page.index('class="next-up"') :].split("</p>")[0]
    assert [page_of(one) in banner for one in waiting] == [True] * others
    assert ("Nothing else waits" in banner) == (not others)
    assert "next-up" not in desk.get(reverse("requests")).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "2020-01-06", "at": "10:00"}, "Enter a day and time to come"),
        ({"day": "2026-02-31", "at": "10:00"}, "Enter a date such as"),
        ({"day": "", "at": "25:99"}, "Enter a time such as"),
        ({"at": "03:00"}, "closed at that time"),
    ],
)
def test_a_slip_is_said_at_its_field_and_nothing_typed_is_lost(desk, location, typed, said):
    request = asked(location)
    when, _at = local(location)
    sent = {"do": "book", "seen": appointments.stamp(request), "answer": "Room 2"} | when | typed
    refused = desk.post(page_of(request), sent)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert "Room 2" in refused.content.decode()


def test_a_day_on_which_the_location_is_closed_is_refused(desk, location):
    request = asked(location)
    shut = next(
        day
        for ahead in range(1, 60)
        if location.opening_hours.on(day := timezone.localdate() + timedelta(days=ahead)) is None
    )
    sent = {"do": "book", "seen": appointments.stamp(request), "day": shut.isoformat(), "at": "10:00"}
    assert "closed on that day" in desk.post(page_of(request), sent).content.decode()


def test_two_people_do_not_answer_the_same_request(desk, maya, location):
    """The second one is shown what the first did, with the own words kept."""
    request = asked(location)
    seen = appointments.stamp(request)
    appointments.close(request, answer="We called you.", by=maya, seen=seen)
    late = desk.post(page_of(request), {"do": "close", "seen": seen, "answer": "I called too."})
    assert late.status_code == 409
    assert "answered or changed meanwhile" in late.content.decode()
    assert AppointmentRequest.objects.get().answer == "We called you."


def test_what_the_patient_changed_meanwhile_is_seen_before_it_is_booked(desk, location):
    request = asked(location)
    seen = appointments.stamp(request)
    asked_again = {"days": ["fri"], "times": [], "reason": "other", "location": location}
    appointments.ask(request.intake, **asked_again)
    when, _at = local(location)
    late = desk.post(page_of(request), {"do": "book", "seen": seen, **when})
    assert late.status_code == 409
    assert "Friday" in late.content.decode()
    assert AppointmentRequest.objects.get().state == State.ASKED


def test_a_booked_visit_is_moved_and_cancelled_with_words(desk, priya, location):
    request = asked(location)
    _when, at = local(location)
    appointments.book(request, starts_at=at, by=priya, seen=appointments.stamp(request))
    request.refresh_from_db()
    later, moved_to = local(location, days=10)
    sent = {"do": "book", "seen": appointments.stamp(request), **later}
    assert "Moved. The patient sees it" in desk.post(page_of(request), sent, follow=True).content.decode()
    request.refresh_from_db()
    assert request.starts_at == moved_to
    silent = desk.post(page_of(request), {"do": "close", "seen": appointments.stamp(request), "answer": "  "})
    assert silent.status_code == 422
    sent = {"do": "close", "seen": appointments.stamp(request), "answer": "Maya is ill."}
    assert "The visit is off. The patient reads" in desk.post(page_of(request), sent, follow=True).content.decode()
    request.refresh_from_db()
    assert (request.state, request.starts_at, request.answer) == (State.CLOSED, None, "Maya is ill.")
    assert "What happened to it" in desk.get(page_of(request)).content.decode()


def test_another_location_knows_of_nothing(location, olga, sign_in):
    request = asked(location)
    elsewhere = sign_in(olga)
    assert request.patient.full_name not in elsewhere.get(reverse("requests")).content.decode()
    assert elsewhere.get(page_of(request)).status_code == 404
    assert elsewhere.post(page_of(request), {"do": "close", "answer": "No"}).status_code == 404


def test_opening_a_request_leaves_a_trace(desk, location):
    request = asked(location)
    desk.get(page_of(request))
    assert AccessLog.objects.filter(patient_id=request.patient_id).exists()


def test_grown_up_patients_are_listed_until_their_details_are_confirmed(desk, location):
    grown = factories.patient(at=location)
    type(grown).objects.filter(pk=grown.pk).update(contact_is_of="guardian", came_of_age_at=timezone.now())
    page = desk.get(reverse("requests")).content.decode()
    assert reverse("confirm_contact", args=[grown.public_id]) in page
    assert '>1<span class="visually-hidden"> waiting</span>' in page
