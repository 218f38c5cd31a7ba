"""A visit moved or is off, here or at an office: the patient hears at once by mail, or stands in the desk's list."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from icalendar import Calendar

from clinic.messages.models import Message
from intake.models import AppointmentRequest, CallToMake, Document
from intake.visits import actions as appointments
from intake.visits import calls
from referrals import moves as referring
from referrals.models import Referral
from tests import factories
from tests.intake.visits.made import NIGHT, NOON, THURSDAY, first_booking, is_booked, is_off, mails, moves

pytestmark = pytest.mark.usefixtures("quiet_by_night")

# By day, by mail ------------------------------------------------------------------------------------------------------


def test_a_visit_that_is_off_is_told_at_once(visit, priya, post_office):
    is_off(visit, priya)
    [text] = mails(post_office, NOON)
    assert "is off" in text
    assert "Thursday, March 4, 2027 at 10:00 AM EST" in text
    assert not CallToMake.objects.exists()


def test_a_visit_that_moved_is_told_with_the_new_time_and_that_the_old_is_gone(visit, priya, post_office):
    moves(visit, priya, THURSDAY + timedelta(days=1))
    [text] = mails(post_office, NOON)
    assert "Friday, March 5, 2027 at 10:00 AM EST" in text
    assert "does not count any more" in text
    assert not CallToMake.objects.exists()


def test_words_mended_at_the_same_time_call_nobody(visit, priya):
    visit.patient.email = ""
    visit.patient.save()
    moves(visit, priya, THURSDAY)
    assert not CallToMake.objects.exists()


def test_an_office_that_moves_an_appointment(at_an_office, post_office):
    with time_machine.travel(NOON):
        referring.give_appointment(
            at_an_office, starts_at=THURSDAY + timedelta(days=8), time_zone="America/New_York", office="Ellen Park"
        )
    [text] = mails(post_office, NOON)
    assert "Friday, March 12, 2027 at 10:00 AM EST" in text
    assert not CallToMake.objects.exists()


@pytest.mark.parametrize("how", ["declined", "ended"])
def test_an_appointment_at_an_office_that_is_off(at_an_office, priya, post_office, how):
    with time_machine.travel(NOON):
        if how == "declined":
            referring.office_decline(at_an_office, reason="not_taking", office="Ellen Park")
        else:
            referring.withdraw(at_an_office, reason="not_needed", by=priya)
    [text] = mails(post_office, NOON)
    assert "Please do not go" in text
    assert "Thursday, March 4, 2027 at 10:00 AM EST" in text


def test_in_the_language_of_the_patient(visit, priya, post_office):
    visit.patient.language = "es"
    visit.patient.save()
    is_off(visit, priya)
    [text] = mails(post_office, NOON)
    assert "cancelada" in text


def test_each_mail_of_a_visit_carries_its_calendar_file(visit, priya, post_office):
    """Moved, moved back and off: one event, of which each file is newer than the one before."""
    for minute, to in enumerate((THURSDAY + timedelta(days=1), THURSDAY)):
        moves(visit, priya, to, at=NOON + timedelta(minutes=minute))
        mails(post_office, NOON + timedelta(minutes=minute))
    is_off(visit, priya, at=NOON + timedelta(minutes=5))
    mails(post_office, NOON + timedelta(minutes=5))
    parts = [part for mail in post_office.mails for part in mail.iter_attachments()]
    files = [Calendar.from_ical(part.get_payload(decode=True)) for part in parts]
    events = [file.walk("VEVENT")[0] for file in files]
    assert [str(file["METHOD"]) for file in files] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [part.get_param("method") for part in parts] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [event.start for event in events] == [THURSDAY + timedelta(days=1), THURSDAY, THURSDAY]
    assert len({event["UID"] for event in events}) == 1
    numbers = [event["SEQUENCE"] for event in events]
    assert numbers == sorted(set(numbers))
    assert "12 Mill Road" in str(events[0]["LOCATION"]), "the clinic's own street says nothing of anybody"


@pytest.mark.parametrize(
    ("fields", "told", "desk_reads"),
    [({}, 1, "A mail tells them to look."), ({"email": ""}, 0, "No mail tells them to look: call them.")],
)
def test_a_request_answered_without_a_visit_is_mailed(location, priya, post_office, sign_in, fields, told, desk_reads):
    """They read the desk's words when they happened to look."""
    with time_machine.travel(NOON):
        request = factories.appointment_request(at=location)
        type(request.patient).objects.update(**fields)
        answer = {"do": "close", "seen": appointments.stamp(request), "answer": "Please see your dentist first."}
        page = sign_in(priya).post(reverse("appointment_request", args=[request.public_id]), answer, follow=True)
        assert desk_reads in page.text
    texts = mails(post_office, NOON)
    assert len(texts) == told
    assert "dentist" not in " ".join(texts), "the words stand on their page alone"
    assert all("Our answer is on your own page" in text for text in texts)


# Else by a call -------------------------------------------------------------------------------------------------------


def test_at_night_no_mail_leaves_and_the_desk_calls_in_the_morning(visit, priya, post_office):
    is_off(visit, priya, at=NIGHT)
    assert mails(post_office, NIGHT) == []
    call = CallToMake.objects.visible_to(priya).waiting().get()
    assert (call.patient, call.was_at, call.starts_at) == (visit.patient, THURSDAY, None)
    [text] = mails(post_office, NIGHT + timedelta(hours=9, minutes=1))
    assert "is off" in text


@pytest.mark.parametrize("why", ["no address", "no mail wanted", "too close"])
def test_whom_a_mail_does_not_reach_in_time_is_called(visit, priya, post_office, why):
    at = THURSDAY - timedelta(hours=2) if why == "too close" else NOON
    if why == "no address":
        visit.patient.email = ""
        visit.patient.save()
    elif why == "no mail wanted":
        factories.consent(factories.intake(of=visit.patient), Document.EMAIL, agreed=False)
    is_off(visit, priya, at=at)
    assert CallToMake.objects.waiting().get().patient == visit.patient
    assert len(mails(post_office, at)) == (1 if why == "too close" else 0)


def test_an_office_that_moves_it_for_somebody_without_an_address(at_an_office, priya):
    at_an_office.patient.email = ""
    at_an_office.patient.save()
    with time_machine.travel(NOON):
        referring.give_appointment(
            at_an_office, starts_at=THURSDAY + timedelta(days=8), time_zone="America/New_York", office="Ellen Park"
        )
    call = CallToMake.objects.visible_to(priya).waiting().get()
    assert (call.where, call.was_at, call.starts_at) == ("office", THURSDAY, THURSDAY + timedelta(days=8))


def test_a_visit_that_changes_again_before_the_call_is_the_same_call(visit, priya):
    moves(visit, priya, THURSDAY + timedelta(days=1), at=NIGHT)
    moves(visit, priya, THURSDAY + timedelta(days=2), at=NIGHT + timedelta(minutes=5))
    call = CallToMake.objects.get()
    assert (call.was_at, call.starts_at) == (THURSDAY, THURSDAY + timedelta(days=2))


def test_it_stands_in_the_list_until_somebody_says_by_name_that_it_is_done(visit, priya, ruth, sign_in):
    is_off(visit, priya, at=NIGHT)
    browser = sign_in(priya)
    page = browser.get(reverse("requests")).text
    assert "Patients to call" in page
    assert visit.patient.phone in page
    call = CallToMake.objects.get()
    browser.post(reverse("call_made", args=[call.public_id]))
    call.refresh_from_db()
    assert (call.done_by, call.done_at is not None) == (priya, True)
    assert "Patients to call" not in browser.get(reverse("requests")).text
    again = sign_in(ruth).post(reverse("call_made", args=[call.public_id]), follow=True)
    assert "Priya Nair has already made this call." in again.text
    call.refresh_from_db()
    assert call.done_by == priya


def test_nobody_of_another_location_says_so(visit, priya, olga, sign_in):
    is_off(visit, priya, at=NIGHT)
    call = CallToMake.objects.get()
    assert sign_in(olga).post(reverse("call_made", args=[call.public_id])).status_code == 404
    with pytest.raises(PermissionDenied):
        calls.say_it_was_made(call, by=olga)
    assert CallToMake.objects.waiting().exists()


def test_a_visit_that_is_over_is_told_of_to_nobody(visit, priya, post_office):
    is_off(visit, priya, at=THURSDAY + timedelta(hours=3))
    assert mails(post_office, THURSDAY + timedelta(hours=3)) == []
    assert not CallToMake.objects.exists()


# The visit that is meant, and no other --------------------------------------------------------------------------------


def asks_to_move(visit, at=NOON) -> AppointmentRequest:
    with time_machine.travel(at):
        wish = {"days": [], "times": [], "reason": "move", "location": visit.location}
        return appointments.ask(visit.intake, **wish)


@pytest.fixture
def next_week(visit, location, priya) -> AppointmentRequest:
    """A second visit of the same patient, a week after the first."""
    request = factories.appointment_request(at=location)
    request.patient, request.intake = visit.patient, visit.intake
    request.save()
    request = is_booked(request, priya, THURSDAY + timedelta(days=7), at=NOON - timedelta(hours=20))
    Message.objects.update(status="sent", settled_at=NOON)
    return request


def test_moving_one_visit_ends_no_other(visit, next_week, priya, post_office):
    """All that a patient had booked was closed, and the mail told of one."""
    moved = is_booked(asks_to_move(visit), priya, THURSDAY + timedelta(days=1), at=NOON + timedelta(minutes=5))
    for one in (visit, next_week, moved):
        one.refresh_from_db()
    assert moved.moved_from == visit
    assert (visit.state, next_week.state) == ("closed", "booked")
    assert next_week.starts_at == THURSDAY + timedelta(days=7)
    assert len(mails(post_office, NOON + timedelta(minutes=5))) == 1


def test_a_visit_that_is_over_before_the_desk_answers_is_not_replaced_by_the_next(visit, next_week, priya):
    moved = is_booked(asks_to_move(visit), priya, THURSDAY + timedelta(days=14), at=THURSDAY + timedelta(hours=3))
    next_week.refresh_from_db()
    assert (next_week.state, moved.moved_from) == ("booked", None)


# The call says what is true -------------------------------------------------------------------------------------------


def test_a_call_that_waits_says_the_newest_time_though_a_mail_tells_it_too(visit, priya):
    moves(visit, priya, THURSDAY + timedelta(days=1), at=NIGHT - timedelta(days=1))
    assert CallToMake.objects.get().starts_at == THURSDAY + timedelta(days=1)
    moves(visit, priya, THURSDAY + timedelta(days=5), at=NOON)
    call = CallToMake.objects.get()
    assert (call.was_at, call.starts_at) == (THURSDAY, THURSDAY + timedelta(days=5))
    is_off(visit, priya, at=NOON + timedelta(minutes=5))
    assert CallToMake.objects.get().starts_at is None


def test_also_where_an_office_changes_it(at_an_office):
    for at, days in ((NIGHT - timedelta(days=1), 8), (NOON, 9)):
        with time_machine.travel(at):
            referring.give_appointment(
                at_an_office, starts_at=THURSDAY + timedelta(days=days), time_zone="America/New_York", office="E. Park"
            )
    call = CallToMake.objects.get()
    assert (call.was_at, call.starts_at) == (THURSDAY, THURSDAY + timedelta(days=9))


def test_the_call_follows_a_visit_that_another_takes_the_place_of(visit, priya):
    moves(visit, priya, THURSDAY + timedelta(days=1), at=NIGHT - timedelta(days=1))
    moved = is_booked(asks_to_move(visit), priya, THURSDAY + timedelta(days=6), at=NOON)
    call = CallToMake.objects.get()
    assert (call.subject_id, call.starts_at) == (moved.public_id, THURSDAY + timedelta(days=6))


def test_the_list_says_so_when_the_first_time_stands_again(visit, priya, sign_in):
    moves(visit, priya, THURSDAY + timedelta(days=1), at=NIGHT)
    moves(visit, priya, THURSDAY, at=NIGHT + timedelta(minutes=5))
    assert "stands; they may have heard of another time" in sign_in(priya).get(reverse("requests")).text


# A first time ---------------------------------------------------------------------------------------------------------


def test_a_first_visit_booked_at_night_for_the_next_morning_is_a_call(location, priya, post_office, sign_in):
    """No mail may go before 8, and at 8 it is too late: it was told to nobody."""
    at_nine = NIGHT + timedelta(hours=10)
    visit = first_booking(location, priya, to=at_nine, at=NIGHT)
    call = CallToMake.objects.waiting().get()
    assert (call.patient, call.was_at, call.starts_at) == (visit.patient, None, at_nine)
    assert "is booked:" in sign_in(priya).get(reverse("requests")).text


def test_a_first_visit_booked_at_night_for_another_day_is_a_mail_at_eight(location, priya, post_office):
    first_booking(location, priya, to=THURSDAY + timedelta(days=7), at=NIGHT)
    assert not CallToMake.objects.exists()
    assert mails(post_office, NIGHT) == []
    assert len(mails(post_office, NIGHT + timedelta(hours=9, minutes=1))) == 1


@pytest.mark.parametrize("before_nine", [0, 10])
def test_at_the_edge_of_the_night_it_counts_as_night(location, priya, before_nine):
    """The mail is written at 8:50 PM, held back at 9, and the visit is at 9 the next morning."""
    edge = NIGHT - timedelta(hours=2, minutes=before_nine)
    first_booking(location, priya, to=edge.replace(hour=9, minute=0) + timedelta(days=1), at=edge)
    assert CallToMake.objects.waiting().exists()


def test_a_first_visit_of_somebody_without_an_address_is_a_call(location, priya):
    request = factories.appointment_request(at=location)
    request.patient.email = ""
    request.patient.save()
    is_booked(request, priya, THURSDAY)
    assert CallToMake.objects.waiting().get().starts_at == THURSDAY


def test_a_first_visit_by_day_is_a_mail(location, priya, post_office):
    first_booking(location, priya, to=THURSDAY, at=NOON)
    assert not CallToMake.objects.exists()
    assert len(mails(post_office, NOON)) == 1


def test_a_first_visit_that_is_off_before_anybody_called_is_told_as_off(location, priya):
    visit = first_booking(location, priya, to=NIGHT + timedelta(hours=10), at=NIGHT)
    is_off(visit, priya, at=NIGHT + timedelta(minutes=5))
    call = CallToMake.objects.get()
    assert (call.was_at, call.starts_at) == (NIGHT + timedelta(hours=10), None)


def test_a_first_appointment_at_an_office_given_at_night_for_the_morning_is_a_call(without_a_day):
    with time_machine.travel(NIGHT):
        referring.give_appointment(
            without_a_day, starts_at=NIGHT + timedelta(hours=10), time_zone="America/New_York", office="Ellen Park"
        )
    call = CallToMake.objects.waiting().get()
    assert (call.where, call.was_at, call.starts_at) == ("office", None, NIGHT + timedelta(hours=10))


# What the patient believes --------------------------------------------------------------------------------------------


def test_an_appointment_that_is_off_is_told_also_when_there_is_a_new_one(at_an_office, post_office):
    """The mail waited for the morning, a new appointment made it "not needed", and nobody told that the old is off."""
    later = THURSDAY + timedelta(days=20)
    with time_machine.travel(NIGHT):
        referring.office_decline(at_an_office, reason="not_taking", office="Ellen Park")
    Referral.objects.update(status="accepted")
    with time_machine.travel(NIGHT + timedelta(minutes=10)):
        referring.give_appointment(at_an_office, starts_at=later, time_zone="America/New_York", office="Ellen Park")
    [text] = mails(post_office, NIGHT + timedelta(hours=9, minutes=1))
    assert "The earlier one does not count any more" in text
    assert "Wednesday, March 24, 2027 at 10:00 AM EDT" in text


def test_one_that_moved_at_night_and_then_was_off_is_told_by_the_time_they_know(at_an_office, post_office):
    with time_machine.travel(NIGHT):
        referring.give_appointment(
            at_an_office, starts_at=THURSDAY + timedelta(days=8), time_zone="America/New_York", office="Ellen Park"
        )
    with time_machine.travel(NIGHT + timedelta(minutes=10)):
        referring.office_decline(at_an_office, reason="not_taking", office="Ellen Park")
    told = " ".join(mails(post_office, NIGHT + timedelta(hours=9, minutes=1)))
    assert "Thursday, March 4, 2027 at 10:00 AM EST" in told


def test_a_visit_that_moved_at_night_and_then_was_off_is_told_by_the_time_they_know(visit, priya, post_office):
    moves(visit, priya, THURSDAY + timedelta(days=1), at=NIGHT)
    is_off(visit, priya, at=NIGHT + timedelta(minutes=5))
    told = " ".join(mails(post_office, NIGHT + timedelta(hours=9, minutes=1)))
    assert "Thursday, March 4, 2027 at 10:00 AM EST" in told
