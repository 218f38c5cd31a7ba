"""How each change of a referral is made."""

from datetime import timedelta

from django.utils import timezone

from intake.models import Urgency
from referrals import moves as actions
from referrals.models import Report
from tests import factories
from tests.referrals.told.house import OFFICE, House, Walked
from tests.referrals.told.walks import walks

DAY = timedelta(days=1)
OTHER_OFFICE = "We write to another office"


def prepared(house):
    """A draft that lacks nothing but the sending."""
    draft = house.referral()
    actions.choose(draft, factories.specialist(), choice="suggested", because="sees new patients", by=house.priya)
    return actions.prepare_letter(draft, consent="agreed", question="Please see her.", by=house.priya)


def gives(house, referral, *, days=9.0):
    starts_at = timezone.now() + days * DAY
    actions.give_appointment(referral, starts_at=starts_at, time_zone="America/New_York", office=OFFICE)


def about(referral, reads="", *, colleague=None, **more) -> Walked:
    return Walked(referral=referral, colleague=colleague, reads={"status": reads} | more)


# To be sent -----------------------------------------------------------------------------------------------------------


@walks("A decision asks for a specialist")
def started(house: House):
    decision = factories.decision(on=house.taken(), by=house.maya)
    house.now_changes()
    return about(actions.refer(decision, by=house.maya), OTHER_OFFICE)


@walks("A specialist is chosen")
def chosen(house: House):
    draft, office = house.referral(), factories.specialist()
    house.now_changes()
    return about(actions.choose(draft, office, choice="other", because="near", by=house.priya))


@walks("The letter is changed before it is sent")
def letter_changed(house: House):
    draft = house.referral()
    house.now_changes()
    return about(actions.prepare_letter(draft, question="Is it the nerve?", by=house.priya))


@walks("The letter is changed after it was sent")
def letter_changed_later(house: House):
    referral = house.referral("accepted")
    house.now_changes()
    actions.prepare_letter(referral, question="Is it the nerve?", by=house.priya)
    return about(referral, office="Is it the nerve?")


@walks("It is sent by a link")
def sent(house: House):
    draft = prepared(house)
    house.now_changes()
    return about(actions.send(draft, by=house.priya), "The other office answers us")


@walks("It is printed and faxed, mailed or handed over")
def faxed(house: House):
    draft = prepared(house)
    house.now_changes()
    return about(actions.send(draft, by=house.priya, channel="fax"), "The other office answers us")


# The office -----------------------------------------------------------------------------------------------------------


@walks("Somebody at the office opens it")
def opened(house: House):
    referral = house.referral("sent")
    house.now_changes()
    return about(actions.office_opened(referral, office=OFFICE))


@walks("The office accepts")
def accepted(house: House):
    referral = house.referral("sent")
    house.now_changes()
    return about(actions.office_accept(referral, office=OFFICE), "The office will see you")


@walks("The office accepts an urgent referral")
def accepted_urgent(house: House):
    referral = house.referral("sent", urgency=Urgency.URGENT)
    house.now_changes()
    return about(actions.office_accept(referral, office=OFFICE), "The office will see you")


@walks("The office declines")
def declined(house: House):
    referral = house.referral("accepted")
    gives(house, referral)
    house.now_changes()
    return about(actions.office_decline(referral, reason="not_taking", office=OFFICE), "The office cannot see you")


@walks("The office asks a question")
def asked(house: House):
    referral = house.referral("sent")
    house.now_changes()
    said = "The office asked us a question"
    return about(actions.office_ask(referral, words="Since when?", office=OFFICE), said)


@walks("The desk answers an office that has not accepted yet")
def answered(house: House):
    return _answers_it(house, "sent")


@walks("The desk answers an office that has accepted")
def answered_after_all(house: House):
    return _answers_it(house, "accepted")


def _answers_it(house, status):
    referral = actions.office_ask(house.referral(status), words="Since when?", office=OFFICE)
    house.now_changes()
    return about(actions.answer_question(referral, words="Since May.", by=house.priya), "We answered the office")


@walks("The office gives a first day")
def scheduled(house: House):
    referral = house.referral("accepted")
    house.now_changes()
    gives(house, referral)
    return about(referral, "You got an appointment")


@walks("The office gives a first day for an urgent referral")
def scheduled_urgent(house: House):
    referral = house.referral("accepted", urgency=Urgency.URGENT)
    house.now_changes()
    gives(house, referral)
    return about(referral, "You got an appointment")


@walks("The office gives another day")
def rescheduled(house: House):
    referral = house.referral("accepted")
    gives(house, referral)
    house.now_changes()
    gives(house, referral, days=11)
    return about(referral, "You got an appointment")


@walks("The office gives a day that is less than a day away")
def scheduled_at_once(house: House):
    referral = house.referral("accepted")
    house.now_changes()
    gives(house, referral, days=0.9)
    return about(referral)


@walks("The desk has told the patient of it by phone")
def told_by_phone(house: House):
    referral = house.referral("accepted")
    gives(house, referral, days=0.9)
    house.now_changes()
    return about(actions.patient_told(referral, by=house.priya))


def _answers(house, *, comes):
    referral = house.referral("accepted")
    gives(house, referral)
    house.now_changes()
    actions.patient_answers(referral, number=referral.standing_appointment.pk, comes=comes)
    return referral


@walks("The patient says that they come")
def comes(house: House):
    reads = {"status": "You told us that you come", "referral": "The patient comes"}
    return Walked(referral=_answers(house, comes=True), reads=reads)


@walks("The patient says that they cannot come")
def cannot_come(house: House):
    return about(_answers(house, comes=False), "You told us that you cannot come")


# Seen, and the report -------------------------------------------------------------------------------------------------


@walks("The patient was seen")
def seen(house: House):
    referral = house.referral("scheduled")
    house.now_changes()
    return about(actions.seen(referral, by=house.priya), "You were seen")


@walks("The patient did not come")
def no_show(house: House):
    referral = house.referral("scheduled")
    house.now_changes()
    return about(actions.no_show(referral, by=house.priya), "The visit did not take place")


@walks("That they were seen, or did not come, is taken back")
def undone(house: House):
    referral = house.referral("accepted")
    gives(house, referral, days=1)
    house.clock.shift(2 * DAY)
    actions.no_show(referral, by=house.priya)
    house.now_changes()
    return about(actions.undo(referral, by=house.priya), "We took that back, and ask again if you were seen")


@walks("The report comes")
def reported(house: House):
    referral = house.referral("seen")
    house.now_changes()
    actions.receive_report(referral, words="All is well.", office=OFFICE)
    return about(referral, "The report of the office came")


@walks("The report of an urgent referral comes")
def reported_urgent(house: House):
    referral = house.referral("seen", urgency=Urgency.URGENT)
    house.now_changes()
    actions.receive_report(referral, words="All is well.", office=OFFICE)
    return about(referral, "The report of the office came")


@walks("A therapist reads the report")
def report_read(house: House):
    referral = house.referral("reported")
    report = Report.objects.create(referral=referral, words="All is well.", sent_by=OFFICE)
    house.now_changes()
    actions.read_report(report, by=house.maya)
    return about(referral, "We tell you what comes next")


# Elsewhere, ended, again ----------------------------------------------------------------------------------------------


@walks("It goes to another specialist")
def redirected(house: House):
    referral = house.referral("declined")
    house.now_changes()
    return about(actions.redirect(referral, by=house.priya), "We began to look for another office")


@walks("It goes back to the therapist, who decides what comes next")
def back(house: House):
    referral = house.referral("declined")
    house.now_changes()
    words = "A neurosurgeon should look."
    return about(actions.back_to_therapist(referral, words=words, by=house.priya), "A therapist decides")


@walks("The therapist it went back to wants another office of the same specialty")
def same_specialty(house: House):
    referral = house.referral("back")
    house.now_changes()
    again = actions.redirect(referral, by=house.maya)
    return about(again, "We began to look for another office", colleague=again.owner)


@walks("The therapist decides again, and it ends: another takes its place, or none is needed")
def decided_again(house: House):
    referral = house.referral("back")
    decision = factories.decision(on=referral.case, by=house.maya)
    house.now_changes()
    actions.refer(decision, by=house.maya)
    return about(referral, "A therapist decided again")


@walks("The loop is closed")
def closed(house: House):
    referral = house.referral("seen")
    house.now_changes()
    said = "You were seen. The office sends no report."
    return about(actions.close(referral, reason="seen_no_report", by=house.priya), said)


@walks("It is withdrawn")
def withdrawn(house: House):
    referral = house.referral("accepted")
    gives(house, referral)
    house.now_changes()
    return about(actions.withdraw(referral, reason="not_needed", by=house.priya), "It is no longer needed.")


@walks("It is taken up again")
def reopened(house: House):
    referral = house.referral("withdrawn")
    house.now_changes()
    return about(actions.reopen(referral, by=house.ruth), "We took it up again", colleague=house.priya)
