"""A manager turns a kind of mail off for the whole clinic, and on again. Nothing is late, and somebody hears."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.choice import CLINIC_OFF
from clinic.messages.dispatch import sweep
from clinic.messages.kinds import KINDS
from clinic.messages.models import MAY_BE_OFF, MailChoice, Message
from clinic.owning.mails import remind_before, turn_kind
from clinic.owning.rules import NotAllowed
from clinic.staff.changes import ClinicChange
from intake.models import CallToMake
from referrals.moves import telling
from tests import factories
from tests.clinic.owning.test_people import in_with_a_phone
from tests.intake.visits.made import NOON, THURSDAY, first_booking, moves

STAY = sorted(name for name, kind in KINDS.items() if not kind.may_be_off)


def reminders(status="scheduled"):
    return Message.objects.filter(kind="visit_reminder", status=status)


# Which may be off -----------------------------------------------------------------------------------------------------


def test_only_what_no_promise_rests_on_may_be_off_and_the_database_knows_the_same():
    assert {name for name, kind in KINDS.items() if kind.may_be_off} == set(MAY_BE_OFF)
    for name in STAY:
        assert KINDS[name].why_it_stays.endswith("."), name
    assert not {name for name in MAY_BE_OFF if KINDS[name].why_it_stays}
    assert {KINDS[name].audience for name in MAY_BE_OFF} == {"patient", "staff"}
    assert {name for name, kind in KINDS.items() if kind.category} <= set(MAY_BE_OFF), "patients turn these off too"


@pytest.mark.parametrize("name", STAY)
def test_nobody_turns_off_what_stays(name, ruth):
    with pytest.raises(NotAllowed, match="cannot be turned off"):
        turn_kind(name, on=False, by=ruth)
    with pytest.raises(IntegrityError, match="a_mail_that_stays_is_on"), transaction.atomic():
        MailChoice.objects.create(off=[name])
    assert not ClinicChange.objects.exists()


def test_only_managers_do(maya, priya, daniel):
    for person in (maya, priya, daniel):
        with pytest.raises(PermissionDenied):
            turn_kind("visit_reminder", on=False, by=person)


# Off, and on again ----------------------------------------------------------------------------------------------------


def test_what_waits_is_withdrawn_listed_and_comes_back_only_where_it_is_not_late(location, priya, ruth, sign_in):
    first_booking(location, priya, to=THURSDAY, at=NOON)
    first_booking(location, priya, to=THURSDAY + timedelta(days=7), at=NOON)
    with time_machine.travel(NOON, tick=False):
        assert turn_kind("visit_reminder", on=False, by=ruth) == 2
        assert turn_kind("visit_reminder", on=False, by=ruth) == 0, "pressed twice"
        assert {one.outcome for one in reminders("skipped")} == {CLINIC_OFF}
        listed = sign_in(ruth).get(reverse("messages"), {"show": "skipped", "kind": "visit_reminder"}).text
        assert listed.count(CLINIC_OFF) == 2
    with time_machine.travel(THURSDAY, tick=False):  # the first reminder is late by now
        turn_kind("visit_reminder", on=True, by=ruth)
        assert [one.due_at > timezone.now() for one in reminders()] == [True]
        assert reminders("skipped").count() == 1


def test_what_is_booked_meanwhile_goes_out_neither_then_nor_late(location, priya, ruth, post_office):
    with time_machine.travel(NOON, tick=False):
        turn_kind("visit_reminder", on=False, by=ruth)
    first_booking(location, priya, to=THURSDAY, at=NOON)
    late = THURSDAY - timedelta(hours=20)
    with time_machine.travel(late, tick=False):
        sweep(late)
        turn_kind("visit_reminder", on=True, by=ruth)
        sweep(late)
    assert [one.outcome for one in reminders("skipped")] == [CLINIC_OFF]
    assert not [mail for mail in post_office.mails if "reminder" in mail.get_content()]


def test_a_visit_that_moved_away_and_back_is_reminded_of_once(location, priya, ruth):
    visit = first_booking(location, priya, to=THURSDAY, at=NOON)
    with time_machine.travel(NOON):
        turn_kind("visit_reminder", on=False, by=ruth)
    moves(visit, priya, THURSDAY + timedelta(days=1))
    moves(visit, priya, THURSDAY)
    with time_machine.travel(NOON):
        turn_kind("visit_reminder", on=True, by=ruth)
    assert reminders().count() == 1


def test_what_was_withdrawn_comes_back_as_it_was_whatever_was_chosen_meanwhile(location, priya, ruth):
    first_booking(location, priya, to=THURSDAY + timedelta(days=14), at=NOON)
    [waited] = reminders()
    with time_machine.travel(NOON, tick=False):
        turn_kind("visit_reminder", on=False, by=ruth)
        remind_before("visit_reminder", [48, 24], by=ruth)
        turn_kind("visit_reminder", on=True, by=ruth)
        assert turn_kind("visit_reminder", on=False, by=ruth) == 1
        turn_kind("visit_reminder", on=True, by=ruth)
    assert [(one.pk, one.due_at, one.outcome) for one in reminders()] == [(waited.pk, waited.due_at, "")]


def test_what_moved_while_they_were_off_has_the_reminders_of_its_last_move_alone(location, priya, ruth):
    visit = first_booking(location, priya, to=THURSDAY + timedelta(days=14), at=NOON)
    with time_machine.travel(NOON):
        turn_kind("visit_reminder", on=False, by=ruth)
        remind_before("visit_reminder", [48], by=ruth)
    moves(visit, priya, THURSDAY + timedelta(days=15))
    moves(visit, priya, THURSDAY + timedelta(days=14))
    with time_machine.travel(NOON):
        turn_kind("visit_reminder", on=True, by=ruth)
    assert [one.due_at for one in reminders()] == [THURSDAY + timedelta(days=12)]


def test_whom_no_mail_has_told_of_an_appointment_is_called(at_an_office, ruth):
    """No mail of it is there: the reminder would have told of it."""
    with time_machine.travel(NOON - timedelta(days=1)):
        telling.remind(at_an_office.standing_appointment)
        assert turn_kind("appointment_reminder", on=False, by=ruth) == 1
    assert CallToMake.objects.filter(done_at=None).count() == 1


# The pages ------------------------------------------------------------------------------------------------------------


def test_a_manager_turns_it_off_and_every_other_manager_reads_it(ruth, other_location, sign_in):
    browser = sign_in(ruth)
    done = browser.post(reverse("turn_kind_of_mail", args=["visit_reminder"]), {"turn": "off"}, follow=True).text
    assert "Turned off for the whole clinic" in done
    assert done.count(KINDS["visit_reminder"].without) == 2, "above, and with the kind"
    [line] = ClinicChange.objects.all()
    assert (line.by, line.before, line.after) == (ruth, {"Reminder of a visit": "on"}, {"Reminder of a visit": "off"})
    rosa = in_with_a_phone(factories.staff("Rosa Hale", "manager", at=[other_location]), sign_in)
    elsewhere = rosa.get(reverse("clinic_changes")).text
    assert "The whole clinic" in elsewhere
    assert "Reminder of a visit" in elsewhere
    browser = sign_in(ruth)
    refused = browser.post(reverse("turn_kind_of_mail", args=["case_needs_you"]), {"turn": "off"}, follow=True).text
    assert "cannot be turned off. Safety" in refused


@pytest.mark.parametrize("sent", [{}, {"turn": "maybe"}])
def test_a_press_that_says_neither_on_nor_off_changes_nothing(sent, ruth, sign_in):
    """It was read as off: a form that lost its field would have ended the reminders of the whole clinic."""
    answer = sign_in(ruth).post(reverse("turn_kind_of_mail", args=["visit_reminder"]), sent)
    assert answer.status_code == 400
    assert not ClinicChange.objects.exists()


def test_a_patient_is_not_asked_about_mails_the_clinic_does_not_write(ruth):
    from referrals.status.mails import MailsForm

    assert len([*MailsForm().fields["wanted"].choices]) == 3
    turn_kind("follow_up", on=False, by=ruth)
    turn_kind("visit_reminder", on=False, by=ruth)
    assert [name for name, _label in MailsForm().fields["wanted"].choices] == ["visits", "forms"]
