"""What the desk and the office do with a referral, and what follows from it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from clinic.links.models import Link
from clinic.messages.models import Message
from referrals import moves as actions
from referrals.models import Referral, Report
from referrals.moves import uploads
from tests import factories
from tests.referrals.conftest import OFFICE
from tests.referrals.papers import a_pdf

Status = Referral.Status


def kinds_waiting(referral):
    waiting = Message.objects.about("referral", referral.public_id).filter(status="scheduled")
    return sorted(waiting.values_list("kind", flat=True))


def live_link(referral):
    return Link.objects.live().filter(subject_id=referral.public_id).first()


# Starting ------------------------------------------------------------------------------------------------------------


def test_a_decision_becomes_one_referral_that_the_desk_owns(decision, maya, priya):
    referral = actions.refer(decision, by=maya)
    assert (referral.status, referral.owner, referral.specialty) == ("draft", priya, "neurologist")
    assert referral.next_check_at > timezone.now()
    assert "fibular (peroneal) nerve" in referral.question
    assert actions.refer(decision, by=maya) == referral
    assert [line.what for line in referral.moves.all()] == ["started"]


def test_without_a_front_desk_whoever_acts_owns_it(location, daniel):
    case = factories.case(at=location, acknowledged_by=daniel)
    assert actions.refer(factories.decision(on=case, by=daniel), by=daniel).owner == daniel


def test_the_least_busy_at_the_desk_gets_it(decision, maya, priya, location, neurologist):
    helper = factories.staff("Sam Reyes", "front_desk", at=[location])
    busy_with = factories.decision(on=factories.case(at=location, acknowledged_by=maya), by=maya)
    factories.referral(after=busy_with, owner=priya)
    assert actions.refer(decision, by=maya).owner == helper


@pytest.mark.parametrize("fields", [{"refer": False}, {"effective_at": None}])
def test_only_a_decision_in_effect_that_asks_for_it(decision, maya, fields):
    type(decision).objects.filter(pk=decision.pk).update(**fields)
    decision.refresh_from_db()
    with pytest.raises(ValueError, match="in effect"):
        actions.refer(decision, by=maya)


# Choosing and sending -------------------------------------------------------------------------------------------------


def test_a_choice_needs_a_reason_and_a_listing_that_is_listed(draft, neurologist, priya):
    with pytest.raises(actions.NotYet, match="why"):
        actions.choose(draft, neurologist, choice="other", because="  ", by=priya)
    neurologist.listed = False
    neurologist.save()
    with pytest.raises(actions.NotYet, match="no longer listed"):
        actions.choose(draft, neurologist, choice="other", because="near", by=priya)


def test_the_patients_own_choice_is_kept_with_its_reason(draft, priya):
    own = factories.specialist(accepts_new_patients=False)
    referral = actions.choose(draft, own, choice="patient", because="Knows her from before", by=priya)
    assert (referral.specialist, referral.choice, referral.choice_reason) == (own, "patient", "Knows her from before")


def test_another_specialty_follows_a_therapists_decision_only(draft, priya):
    """The letter of a foot drop, with its question for a neurologist, went to a podiatrist."""
    podiatrist = factories.specialist(specialty="podiatrist")
    with pytest.raises(actions.NotYet, match="another specialty"):
        actions.choose(draft, podiatrist, choice="patient", because="Knows her from before", by=priya)
    assert Referral.objects.get().specialist is None


def test_nothing_goes_out_before_it_is_complete(draft, neurologist, priya):
    with pytest.raises(actions.NotYet, match="specialist"):
        actions.send(draft, by=priya)
    actions.choose(draft, neurologist, choice="suggested", because="near", by=priya)
    with pytest.raises(actions.NotYet, match="agreed"):
        actions.send(draft, by=priya)
    neurologist.email = ""
    neurologist.save()
    actions.prepare_letter(draft, consent="agreed", by=priya)
    with pytest.raises(actions.NotYet, match="email"):
        actions.send(draft, by=priya)
    assert Referral.objects.get().status == "draft"


def test_sending_mails_a_link_and_fixes_the_letter(sent):
    assert (sent.status, sent.channel, sent.sent_letter.version) == ("sent", "link", 1)
    assert live_link(sent)
    assert kinds_waiting(sent) == [
        "referral_not_answered", "referral_not_answered", "referral_not_answered_desk", "referral_sent",
    ]  # fmt: skip


def test_printed_and_faxed_mails_nobody_and_still_has_a_next_date(chosen, priya):
    referral = actions.send(chosen, channel="fax", by=priya)
    assert (referral.status, referral.channel) == ("sent", "fax")
    assert referral.next_check_at
    assert not live_link(referral)
    assert not kinds_waiting(referral)


def test_a_changed_letter_is_another_version_and_the_same_words_are_not(sent, priya):
    first = sent.sent_letter
    same = actions.prepare_letter(sent, question=sent.question, by=priya)
    assert same.sent_letter == first
    changed = actions.prepare_letter(sent, question="Is surgery needed?", by=priya)
    assert changed.letters.count() == 2
    changed.refresh_from_db()
    assert (changed.sent_letter.version, changed.sent_letter.content["question"]) == (2, "Is surgery needed?")
    first.refresh_from_db()
    assert first.content["question"] != "Is surgery needed?"


# What the office answers ----------------------------------------------------------------------------------------------


def test_accepting_stops_the_reminders(accepted):
    assert accepted.status == "accepted"
    assert kinds_waiting(accepted) == ["referral_sent"]
    assert accepted.moves.last().office == OFFICE


def test_a_question_is_answered_back_to_where_it_was(sent, priya):
    asked = actions.office_ask(sent, words="Is there an MRI?", office=OFFICE)
    assert actions.answer_question(asked, words="No.", by=priya).status == "sent"
    accepted = actions.office_accept(asked, office=OFFICE)
    asked = actions.office_ask(accepted, words="A morning?", office=OFFICE)
    assert actions.answer_question(asked, words="Yes.", by=priya).status == "accepted"


def test_declined_goes_back_and_on_to_another(sent, priya):
    actions.office_decline(sent, reason="not_in_time", words="Eleven weeks.", office=OFFICE)
    again = actions.redirect(sent, by=priya)
    assert (again.status, again.round, again.specialist, again.sent_letter) == ("draft", 2, None, None)
    assert live_link(again) is None, "the first office can open nothing any more"
    other = factories.specialist()
    actions.choose(again, other, choice="suggested", because="next on the list", by=priya)
    with pytest.raises(actions.NotYet, match="agreed"):
        actions.send(again, by=priya)
    actions.prepare_letter(again, consent="agreed", by=priya)
    sent_again = actions.send(again, by=priya)
    mails = Message.objects.about("referral", sent.public_id).filter(kind="referral_sent")
    assert set(mails.values_list("recipient", flat=True)) == {"desk@ashportneuro.example", other.email}
    assert sent_again.sent_letter.content["to"]["practice"] == other.practice


def test_an_appointment_reminds_the_patient_and_a_new_one_replaces_it(accepted):
    day = timezone.now() + timedelta(days=6)
    first = actions.give_appointment(accepted, starts_at=day, time_zone="America/New_York", office=OFFICE)
    assert first.referral.next_check_at > day, "the desk looks again after the visit"
    second = actions.give_appointment(
        accepted, starts_at=day + timedelta(days=1), time_zone="America/New_York", office=OFFICE
    )
    first.refresh_from_db()
    assert first.replaced_at
    reminders = Message.objects.about("referral", accepted.public_id).filter(kind="appointment_reminder")
    assert {mail.key.rsplit(":", 1)[1]: mail.status for mail in reminders} == {
        str(first.pk): "skipped",
        str(second.pk): "scheduled",
    }


def test_no_appointment_in_the_past(accepted):
    with pytest.raises(actions.NotYet, match="future"):
        actions.give_appointment(
            accepted, starts_at=timezone.now() - timedelta(minutes=1), time_zone="America/New_York", office=OFFICE
        )


# The report -----------------------------------------------------------------------------------------------------------


def test_a_report_waits_for_a_therapist_who_reads_it_by_name(accepted, maya, priya, daniel):
    report = actions.receive_report(accepted, words="Fibular palsy.", office=OFFICE)
    referral = Referral.objects.get()
    assert (referral.status, referral.owner) == ("reported", priya), "the desk carries it, a therapist reads"
    with pytest.raises(actions.NotYet, match="must read"):
        actions.close(referral, reason="report_read", by=priya)
    with pytest.raises(PermissionDenied):
        actions.read_report(report, by=priya)
    actions.read_report(report, by=maya)
    assert actions.read_report(report, by=daniel).read_by == maya, "the first reader stays"
    closed = actions.close(referral, reason="report_read", by=priya)
    assert (closed.status, closed.end_reason) == ("closed", "report_read")
    assert live_link(closed) is None


def test_a_file_is_kept_with_its_checksum_under_a_random_name(accepted):
    checked = uploads.check(SimpleUploadedFile("../../../etc/Graciela.pdf", a_pdf()))
    report = actions.receive_report(accepted, file=checked, office=OFFICE)
    assert report.file_name == "Graciela.pdf"
    assert "Graciela" not in report.file.name
    assert report.sha256 == checked.sha256


def test_closing_without_a_report_needs_a_reason_and_counts_as_such(accepted, priya):
    actions.give_appointment(
        accepted, starts_at=timezone.now() + timedelta(days=1), time_zone="America/New_York", office=OFFICE
    )
    with pytest.raises(actions.NotYet, match="no report"):
        actions.close(accepted, reason="report_read", by=priya)
    assert actions.close(accepted, reason="seen_no_report", by=priya).end_reason == "seen_no_report"


def test_a_late_report_opens_a_closed_referral_again(accepted, priya):
    actions.seen(
        actions.give_appointment(
            accepted, starts_at=timezone.now() + timedelta(days=1), time_zone="America/New_York", office=OFFICE
        ).referral,
        by=priya,
    )
    actions.close(accepted, reason="seen_no_report", by=priya)
    actions.receive_report(accepted, words="Here it is.", sent_by="Miriam Katz, MD", by=priya)
    again = Referral.objects.get()
    assert (again.status, again.end_reason, again.ended_at) == ("reported", "", None)
    assert again.owner
    assert Report.objects.unread().count() == 1


# Carrying -------------------------------------------------------------------------------------------------------------


def test_withdrawing_ends_the_link_and_every_mail_that_waits(sent, priya):
    ended = actions.withdraw(sent, reason="patient_declined", by=priya)
    assert (ended.status, live_link(ended), kinds_waiting(ended)) == ("withdrawn", None, [])
    again = actions.reopen(ended, words="Changed her mind.", by=priya)
    assert (again.status, again.round, again.end_reason) == ("draft", 2, "")
    assert again.owner
    assert again.next_check_at


def test_handing_over_only_to_somebody_who_works_there_and_may(sent, priya, ruth, olga):
    assert actions.hand_over(sent, to=ruth, by=priya).owner == ruth
    with pytest.raises(actions.NotYet, match="does not work"):
        actions.hand_over(sent, to=olga, by=priya)


@pytest.mark.parametrize("days", [-1, 91])
def test_the_next_date_is_ahead_and_not_out_of_sight(sent, priya, days):
    with pytest.raises(actions.NotYet, match="90 days"):
        actions.set_next_check(sent, at=timezone.now() + timedelta(days=days), by=priya)


def test_a_note_changes_nothing_but_the_history(sent, priya):
    before = Referral.objects.values().get()
    actions.note(sent, what="phone", words="They call back tomorrow.", by=priya)
    assert Referral.objects.values().get() == before
    assert (sent.moves.last().what, sent.moves.last().note) == ("phone", "They call back tomorrow.")


def test_who_left_may_do_nothing(sent, priya):
    priya.is_active = False
    with pytest.raises(PermissionDenied):
        actions.office_accept(sent, by=priya)


def test_a_page_that_is_behind_is_told_so(sent, priya, ruth):
    saw = actions.newest_line(sent)
    actions.note(sent, words="Called.", by=ruth)
    with pytest.raises(actions.ReferralChanged):
        actions.office_accept(sent, by=priya, saw=saw)
    assert Referral.objects.get().status == "sent"


def test_next_dates_keep_to_opening_hours(decision, maya):
    """Friday evening: a routine or soon referral is looked at on Monday, not in the night."""
    from referrals.moves.schedule import next_check, see_by

    hours = decision.case.location.opening_hours
    friday = datetime(2027, 3, 5, 18, 30, tzinfo=ZoneInfo("America/New_York"))
    assert next_check("draft", 1, friday, hours) == datetime(2027, 3, 8, 18, tzinfo=hours.zone)
    assert next_check("sent", 2, friday, hours) == datetime(2027, 3, 8, 12, tzinfo=hours.zone)
    assert next_check("sent", 3, friday, hours) == friday + timedelta(hours=1), "an emergency waits for no door"
    assert [see_by(tier, friday, hours).isoformat() for tier in (3, 2, 1, 0)] == [
        "2027-03-05", "2027-03-08", "2027-03-12", "2027-04-02",
    ]  # fmt: skip
