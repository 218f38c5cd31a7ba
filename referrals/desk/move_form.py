"""What the small forms of the desk share: whom they fit, what they take, and that they name an action."""

from typing import Any

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS
from referrals.models import Referral
from referrals.moves.forms import ReferralForm


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


def fits_status(*statuses: str) -> Any:
    return classmethod(lambda cls, referral: referral.status in statuses)
