"""The walks of `referrals/told/directory.py`."""

from referrals import moves
from referrals.directory import actions
from referrals.moves.directory import listing_version
from tests import factories
from tests.referrals.directory.sheets import kept, sheet
from tests.referrals.told.house import House, Walked
from tests.referrals.told.walks import walks


def _a_new_fax(house, referral):
    """A file, looked at, in which the office of this referral has another fax."""
    row = {"Listing": str(referral.specialist.public_id), "Fax": "207 555 0199"}
    return kept(sheet(row, headings=("Listing", "Fax")), house.ruth)


@walks("A file of offices is put into the directory")
def put_in(house: House):
    referral = house.referral("sent")
    file = _a_new_fax(house, referral)
    house.now_changes()
    actions.confirm_import(file, saw=actions.preview_of(file).mark, by=house.ruth)
    return Walked(referral=referral, colleague=house.priya)


@walks("A file of offices is taken back")
def taken_back(house: House):
    referral = house.referral("sent")
    file = _a_new_fax(house, referral)
    actions.confirm_import(file, saw=actions.preview_of(file).mark, by=house.priya)
    house.clock.shift(1)
    house.now_changes()
    actions.undo_import(file, by=house.ruth)
    return Walked(referral=referral, colleague=house.priya)


@walks("An office has said that its listing is right")
def confirmed(house: House):
    listing = factories.specialist()
    house.now_changes()
    actions.confirm_listing(listing, saw=listing_version(listing), by=house.priya)
    return Walked(patient=house.patient())


@walks("What a plan wants first is there, or it goes out without")
def settled(house: House):
    draft = house.referral()
    type(draft.patient).objects.filter(pk=draft.patient_id).update(insurance_plan="Harbor HMO")
    office = factories.specialist(referral_plans=["Harbor HMO"])
    draft.refresh_from_db()
    draft = moves.choose(draft, office, choice="other", because="near", by=house.priya)
    house.now_changes()
    moves.settle_plan_step(draft, what="referral", how="there", words="Dr. Lund, faxed today", by=house.priya)
    return Walked(referral=draft)
