"""A mail is a row before it is a mail: sent once, put off, given up or dropped, and staff can see which."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.messages import actions, dispatch
from clinic.messages.dispatch import sweep
from clinic.messages.facts import NotSafe
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.door import emails
from intake.models import Document
from intake.review import emails as case_emails
from tests import factories
from tests.answers import SADDLE_NUMBNESS

Status = Message.Status


@pytest.fixture
def ada(location):
    return factories.intake(of=factories.patient(at=location, email="ada@patients.example"))


def the_only_message() -> Message:
    return Message.objects.get()


# Scheduling -----------------------------------------------------------------------------------------------------------


def test_the_same_cause_never_makes_a_second_row(ada):
    assert emails.invite(ada).pk == emails.invite(ada).pk
    assert Message.objects.count() == 1


def test_a_row_is_gone_with_the_transaction_that_wanted_it(ada):
    with transaction.atomic():
        emails.invite(ada)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "key", ["intake_invitation:Ada", "intake_invitation", "finish_intake:1", "intake_invitation:1 "]
)
def test_a_key_holds_its_kind_and_uuids_and_numbers_only(ada, location, key):
    with pytest.raises(ValueError, match="key of a message"):
        actions.schedule(
            "intake_invitation",
            key=key,
            to="ada@patients.example",
            language="en",
            subject_type="intake",
            subject_id=ada.public_id,
            location=location,
        )


def test_a_fact_that_was_not_declared_is_refused_at_once(ada, location):
    with pytest.raises(NotSafe, match="round"):
        actions.schedule(
            "intake_invitation",
            key=f"intake_invitation:{ada.public_id}:1",
            to="ada@patients.example",
            language="en",
            subject_type="intake",
            subject_id=ada.public_id,
            location=location,
            facts={"round": 1},
        )


def test_patients_without_an_address_are_not_written_to(location):
    by_phone = factories.intake(of=factories.patient(at=location, email=""))
    assert emails.invite(by_phone) is None
    assert emails.remind_to_finish(by_phone) == []


# Sending --------------------------------------------------------------------------------------------------------------


def test_a_due_message_arrives_with_a_message_id_made_from_its_row(ada, post_office, settings):
    row = emails.invite(ada)
    assert sweep() == {Status.SENT: 1}
    [mail] = post_office.mails
    assert mail["Message-ID"] == f"<{row.id}@{settings.MESSAGE_ID_DOMAIN}>"
    assert mail["X-Message-Key"] == row.key == f"intake_invitation:{ada.public_id}:1"
    assert mail["To"] == "ada@patients.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    row = the_only_message()
    assert (row.status, row.attempts, row.lease_token) == (Status.SENT, 1, None)
    assert row.settled_at


def test_nothing_is_sent_before_it_is_due_nor_twice(ada, post_office):
    emails.invite(ada, at=timezone.now() + timedelta(hours=1))
    assert not sweep()
    assert sweep(timezone.now() + timedelta(hours=2)) == {Status.SENT: 1}
    assert not sweep(timezone.now() + timedelta(hours=3))
    assert len(post_office.mails) == 1


def test_the_clock_of_the_database_decides_not_that_of_the_worker(ada, post_office):
    emails.invite(ada, at=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(days=3650)):
        assert not sweep()


def test_it_is_looked_at_again_before_it_is_sent(ada, post_office):
    emails.remind_to_finish(ada)
    for document in (Document.TREATMENT, Document.PRIVACY):
        factories.consent(ada, document)
    ada.submitted_at = timezone.now()
    ada.save()
    sweep(timezone.now() + timedelta(days=4))
    assert post_office.mails == []
    assert set(Message.objects.values_list("status", "outcome")) == {(Status.SKIPPED, "The intake was submitted.")}


def test_after_a_long_silence_one_reminder_goes_out_not_two(ada, post_office):
    emails.remind_to_finish(ada)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        sweep(timezone.now())
    assert [mail["Subject"] for mail in post_office.mails] == ["Plumbline Physical Therapy still waits for your form"]
    assert Message.objects.get(status=Status.SKIPPED).outcome == "A later reminder is due and says the same."


def test_a_mail_goes_to_the_address_the_patient_has_when_it_leaves(ada, post_office):
    emails.invite(ada)
    ada.patient.email = "ada@new.example"
    ada.patient.save()
    sweep()
    assert post_office.recipients == {"ada@new.example": 1}
    assert the_only_message().recipient == "ada@new.example"


def test_a_withdrawn_message_says_why(ada, post_office):
    emails.invite(ada)
    assert actions.withdraw(subject_type="intake", subject_id=ada.public_id, why="Entered by mistake.") == 1
    sweep()
    assert post_office.mails == []
    assert the_only_message().outcome == "Entered by mistake."


def test_a_sweep_of_many_mails_uses_one_connection(location, post_office):
    patients = [factories.patient(at=location) for _ in range(120)]
    for one in patients:
        emails.invite(factories.intake(of=one))
    assert sweep() == {Status.SENT: 120}
    assert post_office.connections == 1
    assert post_office.recipients == dict.fromkeys([one.email for one in patients], 1)


# When the mail server says no -----------------------------------------------------------------------------------------


def test_put_off_by_the_server_it_is_tried_again_later_and_arrives(ada, post_office):
    emails.invite(ada)
    post_office.put_off["ada@patients.example"] = 2
    start = timezone.now()
    assert sweep() == {Status.SCHEDULED: 1}
    row = the_only_message()
    assert (row.attempts, row.outcome) == (1, "The mail server asked us to try later (451).")
    assert timedelta(seconds=45) < row.due_at - start < timedelta(seconds=80)
    assert not sweep()
    sweep(start + timedelta(minutes=2))
    assert the_only_message().due_at > start + timedelta(minutes=3)  # the wait grows
    sweep(start + timedelta(minutes=6))
    assert the_only_message().status == Status.SENT
    assert post_office.recipients == {"ada@patients.example": 1}


def test_put_off_for_ever_it_is_given_up_where_staff_see_it(ada, post_office):
    emails.invite(ada)
    post_office.put_off["ada@patients.example"] = 1000
    for hours in range(2, 40, 2):
        sweep(timezone.now() + timedelta(hours=hours))
    row = the_only_message()
    assert row.status == Status.FAILED
    assert row.outcome.startswith(f"Given up after {dispatch.MOST_ATTEMPTS} tries.")


def test_mails_put_off_together_do_not_come_back_together(location, post_office):
    for _ in range(30):
        intake = factories.intake(at=location)
        post_office.put_off[intake.patient.email] = 1
        emails.invite(intake)
    sweep()
    times = sorted(Message.objects.values_list("due_at", flat=True))
    assert times[-1] - times[0] > timedelta(seconds=10)


def test_staff_alerts_are_tried_again_at_short_steps(location, maya, post_office):
    case_emails.case_needs_you(factories.case(at=location, answers=SADDLE_NUMBNESS), now=timezone.now())
    Message.objects.filter(due_at__gt=timezone.now() + timedelta(seconds=1)).delete()
    post_office.put_off[maya.email] = 1000
    sweep()
    hers = Message.objects.filter(recipient=maya.email)
    hers.update(attempts=7, due_at=timezone.now())
    sweep()
    assert timezone.now() < hers.get().due_at < timezone.now() + timedelta(minutes=3)


def test_refused_for_good_it_fails_at_once_and_holds_nobody_up(ada, location, post_office):
    emails.invite(ada)
    other = factories.intake(at=location)
    emails.invite(other)
    post_office.refuse["ada@patients.example"] = "550 Ada Quill has no mailbox here"
    assert sweep() == {Status.FAILED: 1, Status.SENT: 1}
    row = Message.objects.needing_a_person().get()
    assert row.outcome == "The mail server refused this address or message (550)."  # never the server's own words
    assert not sweep(timezone.now() + timedelta(days=1))


@pytest.mark.parametrize("address", ["ada@pat ients.example", "ada@@x", "ada\n@patients.example"])
def test_an_address_no_server_could_take_fails_alone(ada, location, post_office, address):
    emails.invite(ada)
    emails.invite(factories.intake(at=location))
    ada.patient.email = address
    ada.patient.save()
    assert sweep() == {Status.FAILED: 1, Status.SENT: 1}


def test_when_our_own_sender_address_is_refused_every_mail_waits(ada, post_office):
    emails.invite(ada)
    post_office.refuse_sender = "553 not from here"
    assert not sweep()
    row = the_only_message()
    assert (row.status, row.outcome) == (Status.SCHEDULED, "The mail server refuses our sender address (553).")
    post_office.refuse_sender = ""
    assert sweep(timezone.now() + timedelta(minutes=1)) == {Status.SENT: 1}


def test_when_the_mail_server_is_down_every_mail_waits_and_none_counts_as_tried(ada, post_office):
    emails.invite(ada)
    post_office.close()
    assert not sweep()
    row = the_only_message()
    assert (row.status, row.attempts, row.outcome) == (Status.SCHEDULED, 0, "The mail server could not be reached.")
    post_office.open()
    assert sweep(timezone.now() + timedelta(minutes=1)) == {Status.SENT: 1}


def test_an_answer_that_got_lost_gives_one_more_copy_with_the_same_message_id(ada, post_office):
    row = emails.invite(ada)
    post_office.swallow["ada@patients.example"] = 1
    assert sweep() == {Status.SCHEDULED: 1}
    sweep(timezone.now() + timedelta(minutes=2))
    assert the_only_message().status == Status.SENT
    assert [mail["X-Message-Key"] for mail in post_office.mails] == [row.key, row.key]
    assert len({mail["Message-ID"] for mail in post_office.mails}) == 1


def test_after_the_second_lost_answer_a_person_decides(ada, post_office):
    emails.invite(ada)
    post_office.swallow["ada@patients.example"] = 5
    for minutes in (0, 5, 10, 20):
        sweep(timezone.now() + timedelta(minutes=minutes))
    row = the_only_message()
    assert (row.status, row.outcome) == (Status.FAILED, dispatch.NO_ANSWER_TWICE)
    assert len(post_office.mails) == 2


def test_a_silent_server_frees_the_worker_within_the_time_out(ada, post_office):
    emails.invite(ada)
    post_office.delay = 6
    start = timezone.now()
    assert sweep() == {Status.SCHEDULED: 1}
    assert timezone.now() - start < timedelta(seconds=5)


# When a worker dies ---------------------------------------------------------------------------------------------------


def claimed_by_a_dead_worker(row, *, handed_over):
    now = timezone.now()
    Message.objects.filter(pk=row.pk).update(
        status=Status.SENDING,
        lease_token=uuid4(),
        lease_until=now + timedelta(seconds=30),
        handed_over_at=now if handed_over else None,
        attempts=int(handed_over),
    )


@pytest.mark.parametrize("handed_over", [False, True])
def test_what_a_dead_worker_left_is_sent_when_its_lease_has_run_out(ada, post_office, handed_over):
    claimed_by_a_dead_worker(emails.invite(ada), handed_over=handed_over)
    assert not sweep()
    assert sweep(timezone.now() + timedelta(seconds=31)) == {Status.SENT: 1}
    assert the_only_message().doubts == int(handed_over)


def test_alerts_to_staff_do_not_wait_for_another_sweep_to_end(ada, location, maya, post_office):
    claimed_by_a_dead_worker(emails.invite(ada), handed_over=False)  # it looks just like one that is at work
    emails.invite(factories.intake(at=location))
    case_emails.case_needs_you(factories.case(at=location, answers=SADDLE_NUMBNESS), now=timezone.now())
    assert sweep() == {dispatch.SPREAD: 1, Status.SENT: 1}
    assert post_office.recipients == {maya.email: 1}
    assert sweep(timezone.now() + timedelta(seconds=31))[Status.SENT] == 2


def test_a_message_that_kills_its_worker_twice_is_set_aside(ada, post_office):
    row = emails.invite(ada)
    for minutes in (1, 2):
        claimed_by_a_dead_worker(row, handed_over=True)
        Message.objects.update(doubts=minutes - 1)
    sweep(timezone.now() + timedelta(minutes=3))
    assert the_only_message().status == Status.FAILED
    assert post_office.mails == []


def test_a_worker_that_lost_its_lease_leaves_the_row_to_the_other(ada, post_office, monkeypatch):
    emails.invite(ada)
    other = uuid4()

    def meanwhile(message):
        Message.objects.update(lease_token=other)
        return ""

    monkeypatch.setattr(KINDS["intake_invitation"].source, "still_needed", meanwhile)
    assert sweep() == {dispatch.LOST: 1}
    assert post_office.mails == []
    assert the_only_message().lease_token == other


def test_a_kind_this_worker_does_not_know_yet_waits_for_one_that_does(location, post_office):
    factories.message(at=location, kind="from_next_release")
    assert sweep() == {Status.SCHEDULED: 1}
    assert the_only_message().due_at > timezone.now()


def test_one_bad_record_stops_nobody_behind_it(ada, location, post_office):
    emails.invite(ada)
    Message.objects.update(subject_id=uuid4())
    emails.invite(factories.intake(at=location))
    assert sweep() == {Status.FAILED: 1, Status.SENT: 1}
    assert Message.objects.needing_a_person().get().outcome == "Its words could not be made (DoesNotExist)."


# What staff see of it -------------------------------------------------------------------------------------------------


def test_a_worker_that_is_silent_for_a_minute_is_noticed(db):
    assert dispatch.silent_worker()
    sweep()
    assert not dispatch.silent_worker()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert dispatch.silent_worker()


def test_a_failed_message_goes_to_the_corrected_address_and_so_does_the_next(ada, location, priya, post_office):
    invitation = emails.invite(ada)
    emails.remind_to_finish(ada)
    post_office.refuse["ada@patients.example"] = "550 no"
    sweep()
    assert actions.send_again(invitation, to="ada@right.example", by=priya)
    sweep()
    ada.patient.refresh_from_db()
    assert ada.patient.email == "ada@right.example"
    assert post_office.recipients == {"ada@right.example": 1}
    assert set(Message.objects.values_list("recipient", flat=True)) == {"ada@right.example"}
    [retry] = invitation.retries.all()
    assert (retry.recipient, retry.pgh_context.metadata["user"]) == ("ada@right.example", priya.pk)


def test_a_message_that_did_not_fail_is_not_sent_again(ada, priya, post_office):
    invitation = emails.invite(ada)
    sweep()
    assert not actions.send_again(invitation, to="ada@right.example", by=priya)
    assert not sweep()


def test_someone_who_left_sends_nothing_again(ada, priya, post_office):
    invitation = emails.invite(ada)
    priya.is_active = False
    with pytest.raises(PermissionDenied):
        actions.send_again(invitation, to="ada@right.example", by=priya)


def test_a_row_that_is_being_sent_always_has_a_lease(ada):
    emails.invite(ada)
    with pytest.raises(IntegrityError, match="message_being_sent_has_a_lease"), connection.cursor() as cursor:
        cursor.execute("UPDATE outbox_message SET status = 'sending'")
