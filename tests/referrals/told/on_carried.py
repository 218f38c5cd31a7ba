"""How each change is made while somebody carries a referral."""

from django.utils import timezone

from clinic.links.actions import make_link
from clinic.links.models import MOST_WRONG_TRIES, Link
from intake.models import Patient
from referrals import moves as actions
from referrals.models import Referral, ReferralMove
from referrals.moves import directory
from tests import factories
from tests.referrals.told.house import OFFICE, House, Walked
from tests.referrals.told.on_referrals import DAY, about, gives
from tests.referrals.told.walks import walks

NOT_REACHED = "We could not reach you."


def _noted(what):
    @walks(f"Whoever carries it writes down {what.label.lower()}")
    def noted(house: House):
        referral = house.referral("sent")
        house.now_changes()
        return about(actions.note(referral, words="No answer.", what=what, by=house.priya))


for _what in (ReferralMove.What.PHONE, ReferralMove.What.FAX, ReferralMove.What.NOTE):
    _noted(_what)


@walks("It gets another next date")
def next_date(house: House):
    referral = house.referral("sent")
    house.now_changes()
    actions.set_next_check(referral, at=timezone.now() + 9 * DAY, by=house.priya)
    return about(referral, "The other office answers us")


def _waits(house):
    referral = house.referral()
    until = timezone.now() + 9 * DAY
    return actions.wait_for(referral, what="coverage", until=until, words="Asked the plan.", by=house.priya)


@walks("It waits for consent, coverage or papers")
def waits(house: House):
    house.now_changes()
    return about(_waits(house), "We wait for something we need")


@walks("What it waited for came")
def came(house: House):
    referral = _waits(house)
    house.now_changes()
    return about(actions.it_came(referral, words="A-17.", by=house.priya), "We write to another office")


def _tries(house):
    """Nobody is reached, on three days, by phone and by mail."""
    referral = house.referral("accepted")
    for channel in ("phone", "email", "phone"):
        actions.tried(referral, channel=channel, reached=False, by=house.priya)
        house.clock.shift(DAY)
    return referral


@walks("Somebody tries to reach the patient, and does not")
def tried(house: House):
    referral = house.referral("no_show")
    house.now_changes()
    said = "We tried to reach you. Please call us."
    return about(actions.tried(referral, channel="phone", reached=False, by=house.priya), said)


@walks("It is withdrawn because the patient could not be reached")
def lost(house: House):
    referral = _declined(_tries(house))
    house.now_changes()
    return about(actions.withdraw(referral, reason="lost_contact", by=house.priya), NOT_REACHED)


def _declined(referral):
    """Its office expects nobody."""
    Referral.objects.filter(pk=referral.pk).update(status="declined")
    referral.refresh_from_db()
    return referral


@walks("It is withdrawn so, and no mail may go to the patient")
def lost_by_mail_too(house: House):
    return _lost_by_mail_too(house, _declined(_tries(house)), actions.withdraw)


def _lost_by_mail_too(house, referral, end):
    Patient.objects.update(email="")
    house.now_changes()
    walked = about(end(referral, reason="lost_contact", by=house.priya), NOT_REACHED)
    walked.late = timezone.now() + 28 * DAY
    return walked


@walks("It is withdrawn so while the office keeps a day for them")
def lost_before_their_day(house: House):
    return _lost_before_their_day(house, actions.withdraw)


@walks("It is closed so while the office keeps a day for them")
def closed_before_their_day(house: House):
    return _lost_before_their_day(house, actions.close)


def _lost_before_their_day(house, end):
    referral = _tries(house)
    gives(house, referral)
    house.now_changes()
    return about(end(referral, reason="lost_contact", by=house.priya), NOT_REACHED)


def _came_to_nothing(house):
    """They did not come on their day."""
    referral = _tries(house)
    Referral.objects.filter(pk=referral.pk).update(status="no_show")
    referral.refresh_from_db()
    return referral


@walks("It is closed because the patient could not be reached")
def lost_after_their_day(house: House):
    referral = _came_to_nothing(house)
    house.now_changes()
    return about(actions.close(referral, reason="lost_contact", by=house.priya), NOT_REACHED)


@walks("It is closed so, and no mail may go to the patient")
def lost_after_their_day_by_mail_too(house: House):
    return _lost_by_mail_too(house, _came_to_nothing(house), actions.close)


@walks("Somebody else carries it")
def handed_over(house: House):
    referral = house.referral("sent")
    house.now_changes()
    return about(actions.hand_over(referral, to=house.ruth, by=house.priya), colleague=house.ruth)


@walks("Whoever carries it opens it, and has the news")
def looked(house: House):
    referral = actions.office_accept(house.referral("sent"), office=OFFICE)
    house.now_changes()
    actions.look(referral, by=house.priya)
    return about(referral)


@walks("The link of an office that mistyped its number works again")
def link_woken(house: House):
    referral = house.referral("sent")
    link = make_link(Link.Purpose.OFFICE, referral.public_id, expires_at=timezone.now() + 9 * DAY)
    Link.objects.filter(pk=link.pk).update(wrong_tries=MOST_WRONG_TRIES)
    house.now_changes()
    return about(actions.wake_link(referral, by=house.priya))


@walks("The desk makes a code for the office")
def code_made(house: House):
    referral = house.referral("sent")
    make_link(Link.Purpose.OFFICE, referral.public_id, expires_at=timezone.now() + 9 * DAY)
    house.now_changes()
    actions.make_code(referral, way="read_out", by=house.priya)
    return about(referral)


@walks("Mail or fax of an office is changed in the directory")
def listing_changed(house: House):
    referral = house.referral("sent")
    house.now_changes()
    directory.change_listing(referral.specialist, email="new@office.example", by=house.ruth)
    return Walked(referral=referral, colleague=house.priya)


@walks("Its listing is set right by what its office said when it declined")
def listing_set_right(house: House):
    referral = actions.office_decline(house.referral("sent"), reason="not_taking", office=OFFICE)
    house.now_changes()
    return about(actions.update_listing(referral, by=house.ruth))


@walks("A listing is added")
def listing_added(house: House):
    listed = factories.specialist()
    fields = {field.name: getattr(listed, field.name) for field in listed._meta.concrete_fields}
    house.now_changes()
    directory.add_listing(
        by=house.ruth, **fields | {"id": None, "public_id": listed.public_id.int + 1, "name": "Other"}
    )
    return Walked(patient=house.patient())
