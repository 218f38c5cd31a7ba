"""What the desk's small forms share: their words, when each fits, and the action it calls."""

from datetime import date, datetime, time
from typing import Any

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS
from clinic.web.forms import ClockField, DayField
from referrals.models import Referral, ReferralMove
from referrals.moves.forms import ReferralForm
from referrals.moves.schedule import MORNING


class MoveForm(ReferralForm):
    """What somebody at the desk does with a referral. `apply` calls the action."""

    title = button = lead = ""
    danger = False
    takes = CARRY_REFERRALS  # the permission without which it is not offered

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        """Whether this is offered in the status the referral has."""
        return referral.is_open

    def apply(self, *, by: User) -> Any:
        """Make the move: each form names its action as `act`."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "saw"}
        return self.act(by=by, saw=self.cleaned_data["saw"], **given)


class NextDateFields(MoveForm):
    """When somebody looks again, by the clock of the location."""

    day = DayField(label="Look again on")
    at = ClockField(label="At", initial=MORNING)

    def moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.referral.location.zone)

    def left(self, line: ReferralMove) -> bool:
        """Say whether the date that stands is the one that was sent, too."""
        if not (super().left(line) and self.is_valid()):
            return False
        sent = self.moment(self.cleaned_data["day"], self.cleaned_data["at"])
        return Referral.objects.filter(pk=self.referral.pk, next_check_at=sent).exists()


def fits_status(*statuses: str) -> Any:
    return classmethod(lambda cls, referral: referral.status in statuses)
