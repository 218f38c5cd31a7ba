"""A mail that a day is off gave way to one about another day; when that passed unheard, the first is written again."""

from datetime import timedelta

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from referrals.models import Referral
from referrals.moves.answers import drop_appointment
from tests import factories
from tests.referrals.moves.test_telling import NOON, gives
from tests.referrals.status_page import at


def test_nobody_goes_on_a_day_that_went_off_for_one_they_never_heard_of(decision, priya, neurologist):
    with at(NOON):
        referral = factories.referral(after=decision, owner=priya, to=neurologist)
        Referral.objects.update(status="accepted")
        referral.refresh_from_db()
        gives(referral, days=30)
        Message.objects.filter(kind="appointment_made").update(status="sent", settled_at=NOON)
        drop_appointment(referral)
        gives(referral, days=3)
    with at(NOON + timedelta(days=4)):
        drop_appointment(referral)
        mail = Message.objects.get(kind="appointment_off", status="scheduled")
        assert mail.facts["starts_at"].startswith("2027-04-01")
        assert KINDS[mail.kind].still_needed(mail) == ""
