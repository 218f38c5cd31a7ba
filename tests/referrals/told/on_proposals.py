"""How an office proposes times, and says how the day went."""

from django.utils import timezone

from intake.models import Urgency
from referrals import moves as actions
from referrals.models import Referral
from tests.referrals.told.house import OFFICE, House
from tests.referrals.told.on_referrals import DAY, about, gives
from tests.referrals.told.walks import walks


def _proposes(house, **fields):
    referral = house.referral("accepted", **fields)
    house.now_changes()
    times = [timezone.now() + 9 * DAY, timezone.now() + 10 * DAY]
    actions.propose_times(referral, times=times, time_zone="America/New_York", office=OFFICE)
    return Referral.objects.get(pk=referral.pk)


@walks("The office proposes times")
def proposed(house: House):
    return about(_proposes(house), "The office will see you")


@walks("The office proposes times for an urgent referral")
def proposed_urgent(house: House):
    return about(_proposes(house, urgency=Urgency.URGENT), "The office will see you")


@walks("The desk takes one of the times the office proposed")
def time_taken(house: House):
    referral = _proposes(house)
    house.now_changes()
    actions.take_time(referral, referral.standing_times[0], by=house.priya)
    return about(referral, "You got an appointment")


@walks("The desk asks the office for other times")
def other_times(house: House):
    referral = _proposes(house)
    house.now_changes()
    actions.ask_other_times(referral, words="Only in the mornings.", by=house.priya)
    return about(referral, office_room="Only in the mornings.")


def _day_came(house, **fields):
    referral = house.referral("accepted", **fields)
    gives(house, referral, days=1)
    house.clock.shift(2 * DAY)
    house.now_changes()
    return referral


@walks("The office says that the patient came")
def came(house: House):
    return about(actions.seen(_day_came(house), office=OFFICE), "You were seen")


@walks("The office says that the patient did not come")
def did_not_come(house: House):
    return about(actions.no_show(_day_came(house), office=OFFICE), "The visit did not take place")


@walks("The office says of an urgent referral whether the patient came")
def did_not_come_urgent(house: House):
    referral = _day_came(house, urgency=Urgency.URGENT)
    return about(actions.no_show(referral, office=OFFICE), "The visit did not take place")
