"""How a letter goes by fax, and how somebody hears that it did not arrive."""

from clinic.messages.faxing import Result, Went
from referrals import moves as actions
from referrals.models import Fax, Referral
from referrals.moves.faxing import fax_came_back
from tests.referrals.told.house import House
from tests.referrals.told.on_referrals import about, prepared
from tests.referrals.told.walks import walks

WAITS = "The other office answers us"


def _faxed(house) -> Referral:
    house.settings.FAX_URL = "https://faxes.example.org/faxes"
    return actions.send(prepared(house), by=house.priya, channel="fax_here")


@walks("It is faxed from here")
def faxed(house: House):
    house.settings.FAX_URL = "https://faxes.example.org/faxes"
    draft = prepared(house)
    house.now_changes()
    return about(actions.send(draft, by=house.priya, channel="fax_here"), WAITS)


@walks("It is faxed again, to another number, or in place of a link")
def faxed_again(house: House):
    referral = _faxed(house)
    house.now_changes()
    return about(actions.fax_it(referral, by=house.priya), WAITS)


@walks("The gateway says that the fax did not arrive")
def failed(house: House):
    referral = _faxed(house)
    Fax.objects.update(state="taken", taken_at=referral.sent_at, handed=referral.public_id, tries=3)
    house.now_changes()
    fax_came_back(Fax.objects.get(), Result(Went.FAILED, "Busy"))
    return about(referral, "We see that the other office gets our letter")


@walks("The confirmation of a fax that was sent by hand is kept")
def proven(house: House):
    referral = actions.send(prepared(house), by=house.priya, channel="fax")
    house.now_changes()
    actions.prove_fax(referral, confirmation="0042", by=house.priya)
    return about(referral, WAITS)
