"""Who is told of what the desk does to many referrals, and of its calls."""

from referrals import moves as actions
from referrals.models import ReferralMove
from referrals.told.referrals import IN_THE_LIST, OPEN, THEIR_PAGE_SAYS_SO
from referrals.told.rows import UNDER_MESSAGES, Change, Mail, Page, Told, Who, stays

What = ReferralMove.What

ROWS = (
    Change(
        "A colleague looks after the referrals of somebody who is away",
        (actions.cover,),
        told=(
            Told(Who.COLLEAGUE, Mail("referrals_covered"), when="by somebody else", otherwise=UNDER_MESSAGES),
            Told(
                Who.COLLEAGUE,
                Page("referrals", "Mine"),
                "from its first moment",
                enough="whoever is away carries them still, and hears too",
            ),
        ),
    ),
    Change(
        "That ends before its time",
        (actions.end_cover,),
        nobody="whoever was away carries them, as before and meanwhile",
    ),
    Change(
        "A call is logged, with the day to look again",
        (actions.log_call,),
        What.PHONE,
        stays(*OPEN),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "Several get another next date at once",
        (actions.put_off_many,),
        What.NEXT_DATE,
        stays(*OPEN),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "Somebody else carries several from now on",
        (actions.hand_over_many,),
        What.HANDED_OVER,
        stays(*OPEN),
        (
            IN_THE_LIST,
            Told(Who.COLLEAGUE, Mail("referrals_handed_over"), when="by somebody else", otherwise=UNDER_MESSAGES),
        ),
    ),
)
