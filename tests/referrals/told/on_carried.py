"""How each change is made while somebody carries a referral."""

from django.utils import timezone

from clinic.links.actions import make_link
from clinic.links.models import MOST_WRONG_TRIES, Link
from referrals import moves as actions
from referrals.models import ReferralMove
from referrals.moves import directory
from tests import factories
from tests.referrals.told.house import OFFICE, House, Walked
from tests.referrals.told.on_referrals import DAY, about
from tests.referrals.told.walks import walks


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
