"""Forms by which the desk sets right what it wrote down."""

from clinic.staff.models import User
from clinic.staff.permissions import MANAGE_DIRECTORY
from referrals import moves as actions
from referrals.desk.move_form import MoveForm
from referrals.models import Referral, ReferralMove
from referrals.moves.forms import words_field

What = ReferralMove.What


class UndoForm(MoveForm):
    what_it_does = What.UNDONE
    title, button = "Take back how the appointment went", "Take it back"
    lead = "The appointment stands again, with the next step and the date of before. Both lines stay in the history."
    words = words_field("What is so instead?")

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return actions.line_to_take_back(referral) is not None

    def act(self, *, by: User, saw: int, words: str) -> Referral:
        return actions.undo(self.referral, words=words, by=by, saw=saw)


class SetRightForm(MoveForm):
    what_it_does = What.LISTING
    title, button = "Update the listing in the directory", "Update the listing"
    lead = "The listing says from now on what the office said when it declined."
    takes = MANAGE_DIRECTORY

    @classmethod
    def fits(cls, referral: Referral) -> bool:
        return bool(actions.listing_out_of_date(referral))

    def act(self, *, by: User, saw: int) -> Referral:
        return actions.update_listing(self.referral, by=by, saw=saw)
