"""How the desk logs a call, and changes many referrals at once."""

from datetime import timedelta

from django.utils import timezone

from referrals import moves as actions
from tests.referrals.told.house import House, Walked
from tests.referrals.told.walks import walks

DAY = timedelta(days=1)


@walks("A call is logged, with the day to look again")
def call(house: House):
    referral = house.referral("sent")
    house.now_changes()
    actions.log_call(referral, outcome="no_answer", by=house.priya)
    return Walked(referral=referral, reads={"status": "The other office answers us"})


@walks("Several get another next date at once")
def put_off(house: House):
    referral = house.referral("sent")
    house.now_changes()
    day = timezone.localdate() + 9 * DAY
    actions.put_off_many([referral.public_id], day=day, words="The office is closed.", by=house.priya)
    return Walked(referral=referral, reads={"status": "The other office answers us"})


@walks("Somebody else carries several from now on")
def handed_over(house: House):
    referral = house.referral("sent")
    house.now_changes()
    actions.hand_over_many([referral.public_id], to=house.ruth, by=house.priya)
    referral.refresh_from_db()
    return Walked(referral=referral, colleague=house.ruth)


@walks("A colleague looks after the referrals of somebody who is away")
def covered(house: House):
    referral = house.referral("sent")
    house.now_changes()
    now = timezone.now()
    actions.cover(house.priya, covered_by=house.ruth, starts_at=now, ends_at=now + 9 * DAY, by=house.priya)
    return Walked(referral=referral, colleague=house.ruth)


@walks("That ends before its time")
def cover_ended(house: House):
    referral, now = house.referral("sent"), timezone.now()
    stands = actions.cover(house.priya, covered_by=house.ruth, starts_at=now, ends_at=now + 9 * DAY, by=house.ruth)
    house.now_changes()
    actions.end_cover(stands, by=house.priya)
    return Walked(referral=referral)
