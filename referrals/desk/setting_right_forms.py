"""Forms by which the desk sets right what it wrote down."""

from clinic.staff.models import User
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
