"""Who is told where a mail does not reach the office, and where no mail can tell it of a change."""

from referrals import moves as actions
from referrals.models import Referral
from referrals.moves import offices, undelivered
from referrals.told.referrals import (
    MISSED,
    NOT_ARRIVED,
    OFFICE_EXPECTS_NOBODY,
    OPEN,
    THEIR_PAGE_SAYS_SO,
    TO_TELL,
    TOLD_OF_A_TIME,
    What,
)
from referrals.told.rows import Band, Change, Hears, Mail, Page, Told, Who, moves, stays

SOMEBODY_TELLS_IT = Told(Who.DESK, Page("referrals", TO_TELL), otherwise=(Hears(Who.MANAGER, Page("promises")),))

ROWS = (
    Change(
        "A mail to the office did not arrive",
        (undelivered.notice,),
        What.UNDELIVERED,
        stays(
            "draft",
            "sent",
            "opened",
            "question",
            "accepted",
            "back",
            "scheduled",
            "seen",
            "no_show",
            "reported",
            "withdrawn",
            "closed",
        ),
        (
            Told(Who.DESK, Page("referrals", NOT_ARRIVED), otherwise=MISSED),
            Told(Who.DESK, Mail("referral_undelivered"), otherwise=(Hears(Who.STAFF, Band("alarms")),)),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "It goes after all",
        (undelivered.went, offices.told_by_the_mail),
        What.WENT,
        stays(*Referral.Status),
        nobody="the office has it, and whoever carries it reads the step that was next before",
    ),
    Change(
        "Somebody sends it again, to another address, or another way",
        (undelivered.try_again, undelivered.tried_again, actions.send_again, actions.send_otherwise),
        What.SENT_AGAIN,
        stays(*OPEN[1:]),
        nobody="whoever did it waits for the office; when it does not arrive again, it stands where it stood",
    ),
    Change(
        "The letter is changed, and the office has no link",
        (actions.prepare_letter, actions.enclose),
        What.LETTER,
        stays(*OPEN[1:]),
        (SOMEBODY_TELLS_IT,),
    ),
    Change(
        "It is withdrawn, and the office has no link",
        (actions.withdraw,),
        What.WITHDRAWN,
        moves("sent opened question accepted scheduled no_show -> withdrawn"),
        (SOMEBODY_TELLS_IT,),
    ),
    Change(
        "It goes to another specialist, and the office before may expect the patient",
        (actions.redirect,),
        What.REDIRECTED,
        moves("no_show declined -> draft"),
        (
            OFFICE_EXPECTS_NOBODY,
            Told(Who.DESK, Page("referrals", "To be sent"), otherwise=MISSED),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "It goes to another specialist, and the office before has no link",
        (actions.redirect,),
        What.REDIRECTED,
        moves("no_show declined -> draft"),
        (SOMEBODY_TELLS_IT,),
    ),
    Change(
        "It goes back to the therapist from an office that did not answer",
        (actions.back_to_therapist,),
        What.BACK,
        moves("declined -> back"),
        (
            OFFICE_EXPECTS_NOBODY,
            Told(Who.THERAPIST, Mail("referral_back"), otherwise=(Hears(Who.STAFF, Band("alarms")),)),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The loop is closed while the office keeps a day",
        (actions.close,),
        What.CLOSED,
        moves("scheduled -> closed"),
        (
            OFFICE_EXPECTS_NOBODY,
            Told(Who.PATIENT, Mail("appointment_off"), otherwise=TOLD_OF_A_TIME),
            Told(Who.PATIENT, Page("status"), enough="nothing is asked of them"),
        ),
    ),
    Change(
        "Somebody has told the office",
        (actions.office_was_told,),
        What.OFFICE_TOLD,
        stays(*Referral.Status),
        nobody="the office has just heard; who told it stands in the history",
    ),
)
