"""Asking for a visit: before the questions, after them, from the status page; never while help comes first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import secret_of
from clinic.messages.dispatch import sweep
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.door.form_links import link_to
from intake.door.languages import change_language
from intake.models import AppointmentRequest, Urgency
from intake.visits import actions as appointments
from tests import factories
from tests.answers import HEEL_PAIN, TEMPLE_HEADACHE
from tests.intake.patients import ADA, Phone

pytestmark = pytest.mark.django_db
State = AppointmentRequest.State
WISH = {"reason": "new", "days": ["mon", "wed"], "times": ["morning"], "words": ""}
ANY = {"reason": "other", "days": ["any"], "times": ["any"], "words": "Please call after noon."}


@pytest.fixture
def ada(location):
    return Phone()


def comes_to_ask(phone):
    """From the clinic's first page by "Ask for an appointment" to the page that asks what suits."""
    phone.opens("home")
    assert f'href="{reverse("intake_start")}?next=appointment"' in phone.html
    phone.opens(f"{reverse('intake_start')}?next=appointment")
    return phone.sends(reverse("intake_start"), ADA | {"ticket": phone.hidden("ticket"), "next": "appointment"})


def asked(at, of=None, **more) -> AppointmentRequest:
    of = of or factories.intake(at=at, answers=HEEL_PAIN, submitted=True)
    said = {"days": ["mon"], "times": [], "reason": "new", "location": of.patient.location} | more
    return appointments.ask(of, **said)


# The patient ----------------------------------------------------------------------------------------------------------


def test_a_visit_is_asked_for_before_any_question_and_the_questions_are_offered_then(ada):
    comes_to_ask(ada)
    assert ada.page.wsgi_request.path == reverse("intake_appointment")
    assert "not for emergencies" in ada.text.lower()
    ada.sends(reverse("intake_appointment"), WISH)
    request = AppointmentRequest.objects.get()
    assert (request.days, request.times, request.state) == (["mon", "wed"], ["morning"], State.ASKED)
    assert "We have your request" in ada.text
    assert "Answer our questions before your visit" in ada.text
    assert f'href="{reverse("intake_who")}"' in ada.html


def test_the_way_to_the_page_is_a_word_and_never_an_address(ada):
    """`next` cannot send anybody to another site: anything but the one word is passed over."""
    ada.opens(f"{reverse('intake_start')}?next=https://elsewhere.example/")
    assert 'name="next" value="https' not in ada.html
    sent = ADA | {"ticket": ada.hidden("ticket"), "next": "//elsewhere.example/"}
    assert ada.sends(reverse("intake_start"), sent, follow=False).page["Location"] == reverse("intake_who")


def test_any_day_stands_alone_and_nothing_typed_is_lost(ada):
    comes_to_ask(ada)
    ada.sends(reverse("intake_appointment"), WISH | {"days": ["any", "mon"], "words": "By the side door."})
    assert ada.page.status_code == 422
    assert "cannot go together with single days" in ada.errors
    assert "By the side door." in ada.html
    ada.sends(reverse("intake_appointment"), {"words": "x" * 301})
    assert "Check each day that suits you" in ada.errors
    assert "Choose what the visit is for." in ada.errors
    assert "at most 300" in ada.errors
    ada.sends(reverse("intake_appointment"), ANY)
    assert AppointmentRequest.objects.get().days == []


def test_asking_again_changes_the_request_and_keeps_the_promise(ada):
    comes_to_ask(ada)
    ada.sends(reverse("intake_appointment"), WISH)
    before = AppointmentRequest.objects.get()
    ada.opens(f"{reverse('intake_appointment')}?change")
    assert 'value="mon"' in ada.html
    ada.sends(reverse("intake_appointment"), ANY)
    after = AppointmentRequest.objects.get()
    assert (after.pk, after.answer_by, after.reason) == (before.pk, before.answer_by, "other")


def test_a_request_is_taken_back(ada):
    comes_to_ask(ada)
    ada.sends(reverse("intake_appointment"), WISH)
    ada.sends(reverse("intake_appointment"), {"withdraw": "1"})
    assert "taken back" in ada.text
    assert AppointmentRequest.objects.get().state == State.CLOSED
    assert "Which days suit you?" in ada.text


def test_after_the_answers_were_sent_the_last_page_offers_it(ada):
    ada.starts().has_answered(HEEL_PAIN)
    ada.submits().opens("intake_done")
    assert reverse("intake_appointment") in ada.html
    ada.sends(reverse("intake_appointment"), WISH)
    assert "Answer our questions" not in ada.text
    assert "We answer by" in ada.opens("intake_done").text
    ada.opens("status")
    assert "You asked for an appointment" in ada.text
    ada.sends(reverse("status_appointment"), ANY)
    assert AppointmentRequest.objects.get().reason == "other"


def test_whoever_opened_the_link_later_does_not_learn_of_a_visit(ada):
    ada.starts().has_answered(HEEL_PAIN)
    ada.submits()
    later = Phone()
    later.sends(f"/l/{secret_of(link_to(ada.intake))}/", {name: ADA[name] for name in ADA if name.startswith("date")})
    assert later.opens("intake_appointment").page.wsgi_request.path == reverse("intake_done")


def test_in_an_emergency_the_advice_takes_the_place_of_the_page(ada):
    ada.starts().answers("safety-check", emergency_now=["lost_control"])
    assert ada.opens("intake_appointment").page.wsgi_request.path == reverse("intake_emergency")
    ada.sends(reverse("intake_appointment"), WISH)
    assert not AppointmentRequest.objects.exists()


def test_when_we_call_today_no_time_is_asked_for(ada):
    comes_to_ask(ada)
    ada.answers("safety-check", emergency_now=["unsure"])
    ada.opens("intake_appointment")
    assert "We call you" in ada.text
    assert "Which days" not in ada.text
    ada.sends(reverse("intake_appointment"), WISH)
    assert ada.page.status_code == 409
    assert not AppointmentRequest.objects.exists()


def test_the_last_page_of_an_urgent_intake_holds_no_link_to_book(ada):
    ada.starts().has_answered(TEMPLE_HEADACHE)
    ada.submits().opens("intake_done")
    assert ada.intake.urgency == Urgency.URGENT
    assert reverse("intake_appointment") not in ada.html
    assert reverse("status_appointment") not in ada.opens("status").html


def test_once_a_therapist_has_decided_a_visit_can_be_asked_for(maya):
    urgent = factories.case(answers=TEMPLE_HEADACHE, at=maya.locations.first())
    assert not appointments.are_offered(urgent.patient)
    factories.decision(on=urgent, by=maya)
    assert appointments.are_offered(urgent.patient)


# Promise and mails ----------------------------------------------------------------------------------------------------


def test_an_answer_is_promised_for_the_end_of_the_next_working_day(location):
    request = asked(location)
    assert request.answer_by == location.opening_hours.after_working_days(request.asked_at, 1)


def test_the_desk_is_told_now_and_the_manager_when_it_is_late(location, priya, ruth, mail_of):
    request = asked(location)
    [at_once], [late] = mail_of("appointment_asked", 1), mail_of("appointment_asked", 2)
    assert at_once.people() == [priya]
    assert late.people() == [priya, ruth]
    assert late.due_at == request.answer_by
    subject, body = at_once.render()
    assert reverse("requests") in body
    assert request.patient.last_name not in subject + body
    appointments.withdraw(request)
    assert at_once.still_needed() == "The request was answered or withdrawn."


def test_who_left_after_a_visit_was_asked_for_is_not_the_one_who_hears_of_it(location, priya, ruth, mail_of):
    asked(location)
    [at_once] = mail_of("appointment_asked", 1)
    priya.is_active = False
    priya.save()
    assert at_once.people() == [ruth]


@pytest.fixture
def mail_of():
    class Mail:
        def __init__(self, message):
            self.message, self.kind = message, KINDS[message.kind]

        def __getattr__(self, name):
            if name in ("render", "still_needed", "people"):
                return lambda: getattr(self.kind, name)(self.message)
            return getattr(self.message, name)

    def found(kind, number=None):
        rows = Message.objects.filter(kind=kind).order_by("pk")
        return [Mail(row) for row in rows if number is None or row.facts.get("round") == number]

    return found


def test_the_patient_is_told_when_the_visit_is_and_never_what_for(location, priya, mail_of):
    request = asked(location, reason="after_surgery", words="My knee")
    starts_at = opening(location)
    booked = appointments.book(
        request, starts_at=starts_at, by=priya, seen=appointments.stamp(request), answer="With Maya, room 2."
    )
    assert (booked.state, booked.answered_by) == (State.BOOKED, priya)
    (told,) = mail_of("appointment_booked")
    subject, body = told.render()
    assert "surgery" not in (subject + body).lower()
    assert "Maya" not in body
    assert "knee" not in body.lower()
    assert told.still_needed() == ""
    moved = appointments.book(
        booked, starts_at=starts_at + timedelta(hours=1), by=priya, seen=appointments.stamp(booked)
    )
    assert told.still_needed() == "The visit was moved or is off."
    assert len(mail_of("appointment_booked")) == 2
    appointments.close(moved, answer="We called you.", by=priya, seen=appointments.stamp(moved))
    assert all(one.still_needed() for one in mail_of("appointment_booked"))


def test_a_reminder_goes_out_the_day_before_unless_the_visit_is_moved_or_off(location, priya, mail_of):
    starts_at = opening(location)
    request = asked(location)
    booked = appointments.book(request, starts_at=starts_at, by=priya, seen=appointments.stamp(request))
    (reminder,) = mail_of("visit_reminder")
    assert reminder.due_at == starts_at - timedelta(hours=24)
    assert reminder.still_needed() == ""
    subject, body = reminder.render()
    assert "knee" not in (subject + body).lower()
    later = appointments.book(
        booked, starts_at=starts_at + timedelta(days=1), by=priya, seen=appointments.stamp(booked)
    )
    reminder.refresh_from_db()
    assert reminder.status == "skipped"
    appointments.close(later, answer="We called you.", by=priya, seen=appointments.stamp(later))
    assert {one.status for one in mail_of("visit_reminder")} == {"skipped"}


def test_the_mails_of_a_visit_are_in_the_language_the_patient_reads_by_then(location, priya, post_office):
    request = asked(location)
    appointments.book(request, starts_at=opening(location), by=priya, seen=appointments.stamp(request))
    change_language(request.patient, "es")
    sweep(timezone.now() + timedelta(days=8))
    to_patient = [mail for mail in post_office.mails if mail["To"] == request.patient.email]
    assert {mail["Content-Language"] for mail in to_patient} == {"es"}


def test_a_visit_within_a_day_is_told_of_once(location, priya, mail_of):
    request = asked(location)
    soon = timezone.now() + timedelta(hours=5)
    appointments.book(request, starts_at=soon, by=priya, seen=appointments.stamp(request))
    assert len(mail_of("appointment_booked")) == 1
    assert not mail_of("visit_reminder")


def opening(location):
    """Half an hour after the doors open on a day to come."""
    start = timezone.now() + timedelta(days=3)
    return location.opening_hours.next_opening(start.replace(hour=1)).replace(microsecond=0) + timedelta(minutes=30)


def test_a_visit_that_was_to_be_moved_is_closed_when_the_new_one_is_booked(location, priya):
    first = asked(location)
    at = opening(location)
    appointments.book(first, starts_at=at, by=priya, seen=appointments.stamp(first))
    again = asked(location, first.intake, reason="move")
    assert again.pk != first.pk
    appointments.book(again, starts_at=at + timedelta(hours=2), by=priya, seen=appointments.stamp(again))
    standing = appointments.standing(first.patient)
    assert (standing.booked.pk, standing.asked) == (again.pk, None)
    first.refresh_from_db()
    assert first.state == State.CLOSED


def test_the_database_keeps_one_open_request_for_each_patient(location):
    first = asked(location)
    copy = AppointmentRequest.objects.get(pk=first.pk)
    copy.pk, copy.public_id = None, uuid4()
    with pytest.raises(IntegrityError, match="one_open_appointment_request"), transaction.atomic():
        copy.save()


def test_somebody_of_another_location_changes_nothing(location, olga):
    request = asked(location)
    with pytest.raises(PermissionDenied):
        appointments.close(request, answer="No.", by=olga, seen=appointments.stamp(request))
    assert AppointmentRequest.objects.get().state == State.ASKED
