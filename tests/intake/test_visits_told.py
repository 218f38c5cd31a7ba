"""A visit moved or is off, here or at an office: the patient hears at once by mail, or stands in the desk's list."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.messages.quiet import QuietHours
from intake.actions import appointments, calls
from intake.models import AppointmentRequest, CallToMake, Document
from referrals import actions as referring
from referrals.models import Referral
from tests import factories
from tests.answers import FOOT_DROP

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2027, 3, 2, 12, 0, tzinfo=NEW_YORK)  # a Tuesday
NIGHT = datetime(2027, 3, 2, 23, 0, tzinfo=NEW_YORK)
THURSDAY = datetime(2027, 3, 4, 10, 0, tzinfo=NEW_YORK)


@pytest.fixture(autouse=True)
def _quiet_by_night(settings):
    settings.QUIET_HOURS = QuietHours.from_text("21-8")


@pytest.fixture
def visit(location, priya) -> AppointmentRequest:
    """Booked for Thursday at ten; the mail about it has gone."""
    request = factories.appointment_request(at=location)
    with time_machine.travel(NOON - timedelta(days=1)):
        request = appointments.book(request, starts_at=THURSDAY, by=priya, seen=appointments.stamp(request))
    Message.objects.update(status="sent", settled_at=NOON)
    return request


@pytest.fixture
def at_an_office(location, maya, priya) -> Referral:
    """An office gave an appointment on Thursday at ten."""
    case = factories.case(at=location, answers=FOOT_DROP)
    referral = factories.referral(
        after=factories.decision(on=case, by=maya), owner=priya, to=factories.specialist(), status="accepted"
    )
    with time_machine.travel(NOON - timedelta(days=1)):
        referring.give_appointment(referral, starts_at=THURSDAY, time_zone="America/New_York", office="Ellen Park")
    Message.objects.all().delete()
    referral.refresh_from_db()
    return referral


def is_off(visit, by, at=NOON):
    with time_machine.travel(at):
        visit.refresh_from_db()
        appointments.close(visit, answer="We are closed.", by=by, seen=appointments.stamp(visit))


def moves(visit, by, to, at=NOON):
    with time_machine.travel(at):
        visit.refresh_from_db()
        appointments.book(visit, starts_at=to, by=by, seen=appointments.stamp(visit))


def mails(post_office, at) -> list[str]:
    """Sends what is due a moment later; the texts that arrived for patients."""
    at += timedelta(seconds=10)
    with time_machine.travel(at):
        sweep(at)
    return [mail.get_content() for mail in post_office.mails if mail["To"].endswith("@patients.example")]


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
