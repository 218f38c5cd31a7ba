"""Who is told of the times an office proposes, and of what it says of the day once that has come."""

from referrals import moves as actions
from referrals.told.referrals import (
    IN_THE_LIST,
    IN_THE_NEWS,
    MAILED,
    NOT_REACHED,
    REMINDED,
    THEIR_PAGE_SAYS_SO,
    TOLD_OF_A_TIME,
    What,
)
from referrals.told.rows import Change, Mail, Page, Told, Who, moves, stays

THEIR_PAGE_STAYS = Told(
    Who.PATIENT, Page("status"), enough="nothing is settled yet: they hear of the one time that is taken"
)
OFFICE_IS_MAILED = Told(Who.OFFICE, Mail("times_answered"), when="it has a link", otherwise=NOT_REACHED)

ROWS = (
    Change(
        "The office proposes times",
        (actions.propose_times,),
        What.PROPOSED,
        stays("accepted", "scheduled", "no_show"),
        (IN_THE_NEWS, THEIR_PAGE_STAYS),
    ),
    Change(
        "The office proposes times for an urgent referral",
        (actions.propose_times,),
        What.PROPOSED,
        stays("accepted", "scheduled", "no_show"),
        (IN_THE_NEWS, MAILED, THEIR_PAGE_STAYS),
    ),
    Change(
        "The desk takes one of the times the office proposed",
        (actions.take_time,),
        What.SCHEDULED,
        moves("accepted scheduled no_show -> scheduled"),
        (
            Told(Who.PATIENT, Mail("appointment_made"), otherwise=TOLD_OF_A_TIME),
            REMINDED,
            THEIR_PAGE_SAYS_SO,
            OFFICE_IS_MAILED,
        ),
    ),
    Change(
        "The desk asks the office for other times",
        (actions.ask_other_times,),
        What.OTHER_TIMES,
        stays("accepted", "scheduled", "no_show"),
        (
            OFFICE_IS_MAILED,
            Told(Who.OFFICE, Page("office_room"), enough="it reads the words whenever it opens its room"),
            IN_THE_LIST,
        ),
    ),
    Change(
        "The office says that the patient came",
        (actions.seen,),
        What.SEEN,
        moves("scheduled -> seen"),
        (IN_THE_NEWS, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The office says that the patient did not come",
        (actions.no_show,),
        What.NO_SHOW,
        moves("scheduled -> no_show"),
        (IN_THE_NEWS, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The office says of an urgent referral whether the patient came",
        (actions.seen, actions.no_show),
        What.NO_SHOW,
        moves("scheduled -> no_show"),
        (IN_THE_NEWS, MAILED, THEIR_PAGE_SAYS_SO),
    ),
)
