"""How a mail does not reach an office, and how somebody tells the office where no mail does."""

from datetime import timedelta

from django.utils import timezone

from clinic.messages.dispatch import sweep
from referrals import moves as actions
from referrals.models import OfficeToTell, Referral
from referrals.moves import emails, undelivered
from tests import factories
from tests.referrals.told.house import OFFICE, House, Walked
from tests.referrals.told.walking import post
from tests.referrals.told.walks import walks

DAY = timedelta(days=1)


def _about(referral, reads="") -> Walked:
    return Walked(referral=referral, reads={"status": reads})


def _refused(house) -> Referral:
    """A referral whose mail the office's server has refused."""
    referral = house.referral("sent")
    emails.referral_sent(referral)
    with post(takes=False, refuses={referral.specialist.email}):
        sweep(timezone.now())
    referral.refresh_from_db()
    return referral


def _on_paper(house, status) -> Referral:
    return house.referral(status, channel=Referral.Channel.FAX)


def _to(office, referral, reads) -> Walked:
    """What the office hears that had it before."""
    walked = _about(referral, reads)
    walked.office = office
    return walked


def _late(referral, reads="") -> Walked:
    walked = _about(referral, reads)
    walked.late = OfficeToTell.objects.get(referral=referral).due_at
    return walked


@walks("A mail to the office did not arrive")
def not_arrived(house: House):
    referral = house.referral("sent")
    house.now_changes()
    undelivered.notice(referral)
    return _about(referral, "We see that the other office gets our letter")


@walks("It goes after all")
def went(house: House):
    referral = house.referral("sent")
    undelivered.notice(referral)
    referral.refresh_from_db()
    house.now_changes()
    undelivered.went(referral)
    return _about(referral)


@walks("Somebody sends it again, to another address, or another way")
def sent_again(house: House):
    referral = _refused(house)
    house.now_changes()
    return _about(actions.send_again(referral, by=house.priya))


@walks("The letter is changed, and the office has no link")
def letter_on_paper(house: House):
    referral = _on_paper(house, "accepted")
    house.now_changes()
    return _late(actions.prepare_letter(referral, question="Is it the nerve?", by=house.priya))


@walks("It is withdrawn, and the office has no link")
def withdrawn_on_paper(house: House):
    referral = _on_paper(house, "accepted")
    house.now_changes()
    return _late(actions.withdraw(referral, reason="not_needed", by=house.priya))


@walks("It goes to another specialist, and the office before may expect the patient")
def redirected(house: House):
    referral = house.referral("no_show")
    house.now_changes()
    return _to(referral.specialist, actions.redirect(referral, by=house.priya), "We began to look for another office")


@walks("It goes to another specialist, and the office before has no link")
def redirected_on_paper(house: House):
    referral = _on_paper(house, "no_show")
    house.now_changes()
    return _late(actions.redirect(referral, by=house.priya))


@walks("It goes back to the therapist from an office that did not answer")
def back_unanswered(house: House):
    referral = actions.office_decline(house.referral("accepted"), reason="no_answer", by=house.priya)
    house.now_changes()
    back = actions.back_to_therapist(referral, words="Nobody answers.", by=house.priya)
    return _to(back.specialist, back, "A therapist decides")


@walks("The loop is closed while the office keeps a day")
def closed_with_a_day(house: House):
    referral = house.referral("accepted")
    starts_at = timezone.now() + 9 * DAY
    actions.give_appointment(referral, starts_at=starts_at, time_zone="America/New_York", office=OFFICE)
    house.now_changes()
    said = "You were seen somewhere else."
    return _about(actions.close(referral, reason="seen_elsewhere", by=house.priya), said)


@walks("Somebody has told the office")
def told(house: House):
    to_tell = factories.office_to_tell(of=house.referral("accepted"))
    house.now_changes()
    actions.office_was_told(to_tell, by=house.priya)
    return _about(to_tell.referral)
