"""How each change of a visit is made."""

from datetime import timedelta

from django.utils import timezone

from clinic.messages.dispatch import sweep
from intake.models import CallToMake
from intake.visits import actions, calls
from tests import factories
from tests.answers import HEEL_PAIN
from tests.referrals.told.house import House, Walked
from tests.referrals.told.walking import post
from tests.referrals.told.walks import walks

DAY = timedelta(days=1)
ASKED, BOOKED = "We answer your request for a visit", "You come to your visit with us"


def _asks(house, intake, **more):
    return actions.ask(intake, **{"days": ["mon"], "times": [], "reason": "new", "location": house.location} | more)


def _asked(house):
    return _asks(house, house.sent(HEEL_PAIN))


def _books(house, visit, *, days=9.0):
    starts_at = timezone.now() + days * DAY
    return actions.book(visit, starts_at=starts_at, by=house.priya, seen=actions.stamp(visit))


def _about(visit, reads="") -> Walked:
    return Walked(visit=visit, reads={"status": reads})


@walks("A patient asks for a visit")
def asked(house: House):
    intake = house.sent(HEEL_PAIN)
    house.now_changes()
    house.subject = _asks(house, intake)
    return _about(house.subject, ASKED)


@walks("They ask for it at another location")
def asked_elsewhere(house: House):
    visit = _asks(house, house.sent(HEEL_PAIN), location=house.elsewhere)
    house.now_changes(visit)
    return _about(_asks(house, visit.intake))


@walks("They want other days")
def other_days(house: House):
    visit = _asked(house)
    house.now_changes(visit)
    return _about(_asks(house, visit.intake, days=["fri"]))


@walks("They take the request back")
def withdrawn(house: House):
    visit = _asked(house)
    house.now_changes(visit)
    return _about(actions.withdraw(visit))


@walks("The desk books it")
def booked(house: House):
    visit = _asked(house)
    house.now_changes(visit)
    return _about(_books(house, visit), BOOKED)


@walks("The desk moves it")
def moved(house: House):
    visit = _books(house, _asked(house))
    house.now_changes(visit)
    return _about(_books(house, visit, days=11), BOOKED)


@walks("The desk moves it too late for a mail")
def moved_late(house: House):
    visit = _books(house, _asked(house), days=1 / 16)
    calls.say_it_was_made(CallToMake.objects.get(subject_id=visit.public_id), by=house.priya)
    house.now_changes(visit)
    return _about(_books(house, visit, days=1 / 12))


def _answers(house, *, comes) -> Walked:
    visit = _books(house, _asked(house))
    house.now_changes(visit)
    said = actions.patient_answers(visit, number=visit.number_of_its_time, comes=comes)
    return _about(said, f"You told us that you {'come' if comes else 'cannot come'}")


@walks("The patient says that they come to us")
def comes(house: House):
    return _answers(house, comes=True)


@walks("The patient says that they cannot come to us")
def cannot_come(house: House):
    return _answers(house, comes=False)


@walks("The desk calls it off")
def called_off(house: House):
    visit = _books(house, _asked(house))
    house.now_changes(visit)
    off = actions.close(visit, answer="We are closed.", by=house.priya, seen=actions.stamp(visit))
    return _about(off, "We are closed.")


@walks("The desk answers a request without a visit")
def answered(house: House):
    visit = _asked(house)
    house.now_changes(visit)
    closed = actions.close(visit, answer="Please see your doctor first.", by=house.priya, seen=actions.stamp(visit))
    return _about(closed, "Please see your doctor first.")


@walks("A mail about a visit does not go, or not in time")
def mail_refused(house: House):
    visit = _books(house, _asked(house))
    house.now_changes()
    with post(takes=False):
        sweep(timezone.now())
    return _about(visit)


@walks("The desk has told the patient by phone")
def told_by_phone(house: House):
    visit = factories.appointment_request(at=house.location)
    call = factories.call_to_make(about=visit)
    house.now_changes()
    calls.say_it_was_made(call, by=house.priya)
    return _about(visit)
