"""Who is written to about a referral, and when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from clinic.messages.actions import schedule_for_each, send_again
from clinic.messages.dispatch import sweep
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.staff.permissions import Role
from intake.door.languages import change_language
from intake.models import Urgency
from referrals import moves as actions
from referrals.models import Appointment, Referral, ReferralMove, Report
from referrals.moves import emails, telling
from tests import factories
from tests.answers import FOOT_DROP, TEMPLE_HEADACHE

NEW_YORK = ZoneInfo("America/New_York")
FRIDAY = datetime(2027, 3, 5, 15, 0, tzinfo=UTC)  # 10 in the morning at Riverside, clocks go forward on the 14th


def make(location, by, owner, answers=FOOT_DROP) -> Referral:
    """A referral that was sent on FRIDAY."""
    case = factories.case(at=location, answers=answers)
    office = factories.specialist(email="office@nerves.example")
    referral = factories.referral(after=factories.decision(on=case, by=by), owner=owner, to=office)
    Referral.objects.update(sent_at=FRIDAY)
    referral.refresh_from_db()
    return referral


@pytest.fixture
def referral(location, maya, priya):
    return make(location, maya, priya)


def local(rows):
    return [(row.kind, row.due_at.astimezone(NEW_YORK).strftime("%a %H:%M")) for row in rows]


def test_the_office_is_reminded_after_two_working_days_and_the_desk_hears_after_four(referral, priya):
    rows = emails.remind_office(referral)
    assert local(rows) == [
        ("referral_not_answered", "Tue 08:00"),
        ("referral_not_answered", "Thu 08:00"),
        ("referral_not_answered_desk", "Thu 08:00"),
    ]
    assert [row.recipient for row in rows] == ["office@nerves.example"] * 2 + [""]
    assert people(rows[-1]) == [priya]


def test_the_office_reads_how_soon_it_presses_and_by_when_to_answer(referral, priya):
    """By its own clock and its own time, which is none of when the desk looks again or what the desk waits for.

    Once it has answered, or the time is over, nothing is asked of it.
    """
    Referral.objects.update(next_check_at=FRIDAY + timedelta(days=60))
    message = emails.referral_sent(referral)

    def said(**fields) -> str:
        Referral.objects.update(**fields)
        return KINDS["referral_sent"].render(message)[1]

    with time_machine.travel(FRIDAY + timedelta(hours=1)) as clock:
        assert "How soon it presses: Soon. Please answer by Tuesday, March 9, 2027" in said()
        assert "answer by" not in said(waits_for="coverage")
        assert "answer by" not in said(waits_for="", status="accepted")
        assert "answer by Tuesday" in said(status="opened")
        clock.shift(timedelta(days=6))
        assert "answer by" not in said()
        asked = actions.office_ask(Referral.objects.get(), words="Since when?", office="Ellen Park, RN")
        actions.answer_question(asked, words="Since May.", by=priya)
        assert "answer by Monday, March 15, 2027" in said(next_check_at=FRIDAY + timedelta(days=60))


def people(message) -> list:
    """Whom an announcement would go to now."""
    return KINDS[message.kind].people(message)


def test_once_the_owner_has_left_the_desk_of_the_location_hears_of_a_silent_office(referral, priya, ruth, location):
    """The mail went to the account of somebody who had left, and the referral lay."""
    told = emails.remind_office(referral)[-1]
    priya.is_active = False
    priya.save()
    assert people(told) == [ruth], "the manager: nobody else is at the desk"
    hana = factories.staff("Hana Moss", Role.FRONT_DESK, at=[location])
    assert people(told) == [hana]


def test_a_copy_for_somebody_who_left_before_it_went_is_dropped(referral, priya, post_office):
    emails.remind_office(referral)
    desk = Message.objects.filter(kind="referral_not_answered_desk", recipient="")
    schedule_for_each(desk.get(), [priya])
    priya.is_active = False
    priya.save()
    copy = Message.objects.get(recipient=priya.email)
    assert KINDS[copy.kind].still_needed(copy) == "This person has nothing to do with it any more."


def test_an_urgent_referral_is_pressed_for_within_the_day(location, maya, priya):
    rows = emails.remind_office(make(location, maya, priya, TEMPLE_HEADACHE))
    assert [due for _kind, due in local(rows)] == ["Fri 14:00", "Fri 18:00", "Fri 18:00"]


def test_an_office_that_answered_is_not_reminded_nor_is_the_desk(referral, post_office):
    emails.remind_office(referral)
    Referral.objects.update(status=Referral.Status.ACCEPTED)
    sweep(FRIDAY + timedelta(days=20))
    assert post_office.mails == []
    assert set(Message.objects.values_list("outcome", flat=True)) == {"The office accepted."}


def test_an_office_that_no_longer_has_the_referral_hears_nothing_of_it(referral, post_office):
    emails.referral_sent(referral)
    emails.remind_office(referral)
    other = factories.specialist(email="other@nerves.example")
    Referral.objects.update(round=2, specialist=other)
    sweep(FRIDAY + timedelta(days=20))
    assert post_office.mails == []


def test_the_reminder_goes_to_whoever_carries_it_now(referral, ruth, post_office):
    emails.remind_office(referral)
    Referral.objects.update(owner=ruth)
    sweep(FRIDAY + timedelta(days=20))
    assert ruth.email in post_office.recipients


def test_once_its_question_is_answered_an_office_is_reminded_anew(referral, priya, post_office):
    """It asked, was answered, and nobody ever heard of it again."""
    emails.remind_office(referral)
    for day in (0, 7):
        with time_machine.travel(FRIDAY + timedelta(days=day)):
            asked = actions.office_ask(Referral.objects.get(), words="Since when?", office="Ellen Park, RN")
            actions.answer_question(asked, words="Since May.", by=priya)
            waiting = Message.objects.filter(kind__startswith="referral_not_answered", status="scheduled")
            assert local(waiting.order_by("due_at", "kind")) == [
                ("referral_not_answered", "Tue 08:00"),
                ("referral_not_answered", "Thu 08:00"),
                ("referral_not_answered_desk", "Thu 08:00"),
            ]
            assert {row.due_at > timezone.now() for row in waiting} == {True}


def test_an_office_that_had_accepted_before_it_asked_is_not_asked_whether_it_takes_the_patient(referral, priya):
    accepted = actions.office_accept(referral, office="Ellen Park, RN")
    actions.answer_question(
        actions.office_ask(accepted, words="Since when?", office="Ellen Park, RN"), words="May.", by=priya
    )
    assert not Message.objects.filter(kind__startswith="referral_not_answered", status="scheduled").exists()


def test_an_answered_question_is_one_more_mail_and_says_so(referral, maya, post_office):
    first = emails.referral_sent(referral)
    assert emails.referral_sent(referral) == first
    ReferralMove.objects.create(referral=referral, to_status="sent", what=ReferralMove.What.ANSWERED, by=maya)
    emails.referral_sent(referral)
    sweep()
    assert [mail["Subject"] for mail in post_office.mails] == [
        f"A referral from Plumbline Physical Therapy ({referral.reference})",
        f"Plumbline Physical Therapy has answered your question ({referral.reference})",
    ]


def test_a_corrected_address_of_an_office_is_kept_in_the_directory(referral, priya, post_office):
    sent = emails.referral_sent(referral)
    post_office.refuse["office@nerves.example"] = "550 no"
    sweep()
    send_again(sent, to="desk@nerves.example", by=priya)
    sweep()
    assert post_office.recipients == {"desk@nerves.example": 1, priya.email: 1}, "whoever carries it hears first"
    referral.specialist.refresh_from_db()
    assert referral.specialist.email == "desk@nerves.example"


def give_appointment(referral, at) -> Appointment:
    Referral.objects.update(status=Referral.Status.SCHEDULED)
    return Appointment.objects.create(referral=referral, starts_at=at, time_zone="America/New_York")


def test_the_patient_is_reminded_two_days_before_the_appointment(referral):
    at = timezone.now() + timedelta(days=9)
    telling.remind(give_appointment(referral, at))
    reminder = Message.objects.get(kind="appointment_reminder")
    assert reminder.due_at == at - timedelta(hours=48)
    assert reminder.recipient == referral.patient.email


def test_nobody_is_reminded_of_an_appointment_that_was_changed(referral, post_office):
    appointment = give_appointment(referral, timezone.now() + timedelta(days=9))
    telling.remind(appointment)
    Appointment.objects.update(replaced_at=timezone.now())
    sweep(timezone.now() + timedelta(days=8))
    assert post_office.mails == []


def test_after_a_long_silence_nobody_is_reminded_of_yesterday(referral, post_office):
    appointment = give_appointment(referral, timezone.now() + timedelta(days=9))
    telling.remind(appointment)
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        sweep(timezone.now())
    assert post_office.mails == []
    assert Message.objects.get().outcome == "The appointment is too close, or over."


def test_a_patient_who_reads_another_language_by_then_is_reminded_in_it(referral, post_office):
    telling.remind(give_appointment(referral, timezone.now() + timedelta(days=9)))
    change_language(referral.patient, "es")
    sweep(timezone.now() + timedelta(days=8))
    assert post_office.mails[0]["Content-Language"] == "es"
    assert Message.objects.get().language == "es"


def test_whoever_wants_no_email_is_not_reminded_by_email(referral, post_office):
    telling.remind(give_appointment(referral, timezone.now() + timedelta(days=9)))
    factories.consent(referral.case.intake, "email", agreed=False)
    sweep(timezone.now() + timedelta(days=8))
    assert post_office.mails == []
    assert Message.objects.get().outcome == "The patient asked for calls or paper, not email."


@pytest.mark.parametrize(("urgency", "carriers"), [(Urgency.SOON, 0), (Urgency.URGENT, 1)])
def test_a_report_is_announced_to_the_therapist_who_decided_and_when_it_presses_to_the_carrier(
    referral, maya, daniel, priya, urgency, carriers
):
    Referral.objects.update(urgency=urgency)
    report = Report.objects.create(referral=referral, words="All is well.", sent_by="Noor")
    assert people(emails.report_received(report)) == [maya, priya][: 1 + carriers]


def test_without_that_therapist_all_others_hear_of_the_report(referral, maya, daniel, priya):
    """Also when they leave after the report came and before the mail goes."""
    report = Report.objects.create(referral=referral, words="All is well.", sent_by="Noor")
    told = emails.report_received(report)
    maya.is_active = False
    maya.save()
    assert people(told) == [daniel]


def test_when_a_copy_is_dropped_those_who_act_by_now_are_told(referral, maya, daniel, priya, post_office):
    """The announcement had become copies; the author left before theirs went, and no therapist heard of the report."""
    told = emails.report_received(Report.objects.create(referral=referral, words="All is well.", sent_by="Noor"))
    post_office.put_off[maya.email] = 1
    sweep()
    maya.is_active = False
    maya.save()
    sweep(timezone.now() + timedelta(hours=2))
    sweep(timezone.now() + timedelta(hours=2))
    assert daniel.email in post_office.recipients
    assert Message.objects.get(key=f"{told.key}:{maya.pk}").status == "skipped"


def test_where_nobody_treats_any_more_a_manager_hears_of_the_report(referral, maya, priya, ruth):
    report = Report.objects.create(referral=referral, words="All is well.", sent_by="Noor")
    for left in (maya, priya):
        left.is_active = False
        left.save()
    assert people(emails.report_received(report)) == [ruth]


def test_a_report_that_was_read_is_not_announced(referral, maya, post_office):
    report = Report.objects.create(referral=referral, words="All is well.", sent_by="Noor")
    emails.report_received(report)
    Report.objects.update(read_at=timezone.now(), read_by=maya)
    sweep()
    assert post_office.mails == []


def test_a_mail_that_still_waited_when_the_referral_was_taken_back_is_passed_over_and_no_task(referral, priya):
    """Sent on a Saturday, declined by phone and taken back before Monday: there is no office whose clock to go by."""
    message = emails.referral_sent(referral)
    with time_machine.travel(FRIDAY + timedelta(hours=1)):
        actions.office_decline(referral, reason="not_taking", by=priya)
        actions.redirect(Referral.objects.get(), by=priya)
        sweep(timezone.now())
    message.refresh_from_db()
    assert (message.status, message.outcome) == ("skipped", "The referral is no longer with this office.")
