"""Who is told while a referral is carried to an office and its report comes back."""

from referrals import moves as actions
from referrals.models import Referral, ReferralMove
from referrals.told.rows import (
    UNDER_MESSAGES,
    Band,
    Call,
    Change,
    Hears,
    Mail,
    Page,
    Told,
    Who,
    moves,
    stays,
)

What = ReferralMove.What
NOT_ARRIVED, TO_TELL = "The mail did not arrive", "Offices to tell"
OPEN = tuple(status for status in Referral.Status if status not in Referral.ENDED)
MISSED = (Hears(Who.DESK, Page("referrals", "Overdue")), Hears(Who.MANAGER, Page("promises")))

IN_THE_LIST = Told(Who.DESK, Page("referrals", "Open"), otherwise=MISSED)
THEIR_PAGE_SAYS_SO = Told(
    Who.PATIENT,
    Page("status"),
    enough="the next step is somebody else's and has a date; their page says when it is late",
)
TOLD_OF_A_TIME = (Hears(Who.DESK, Call()),)
DAY_IS_OFF = Told(Who.PATIENT, Mail("appointment_off"), when="the office had given a day", otherwise=TOLD_OF_A_TIME)
REMINDED = Told(
    Who.PATIENT,
    Mail("appointment_reminder"),
    "48 hours before it, or as the clinic chose",
    enough="the mail before has told of it",
)
IN_THE_NEWS = Told(Who.CARRIER, Page("referrals", "New from offices"), otherwise=MISSED)
NOT_MAILED = (Hears(Who.STAFF, Band("alarms")), Hears(Who.DESK, Page("messages")))
MAILED = Told(Who.CARRIER, Mail("referral_answered"), otherwise=NOT_MAILED)
THEIRS_NOW = Told(Who.COLLEAGUE, Mail("referral_handed_over"), when="by somebody else", otherwise=UNDER_MESSAGES)
NOT_REACHED = (Hears(Who.DESK, Page("referrals", NOT_ARRIVED)), Hears(Who.DESK, Mail("referral_undelivered")))
OFFICE_EXPECTS_NOBODY = Told(
    Who.OFFICE,
    Mail("referral_withdrawn"),
    when="it has a link",
    otherwise=(Hears(Who.DESK, Page("referrals", TO_TELL)), Hears(Who.DESK, Mail("referral_undelivered"))),
)
REMINDED_OF_IT = (
    Told(
        Who.OFFICE,
        Mail("referral_not_answered"),
        "after 2 and 4 working days; urgent: 4 and 8 open hours",
        "it has not answered",
        otherwise=NOT_REACHED,
    ),
    Told(
        Who.DESK,
        Mail("referral_not_answered_desk"),
        "after 4 working days; urgent: 8 open hours",
        "it has not answered",
        otherwise=(Hears(Who.STAFF, Band("alarms")), *MISSED),
    ),
)

ROWS = (
    # To be sent
    Change(
        "A decision asks for a specialist",
        (actions.refer,),
        What.STARTED,
        moves("- -> draft"),
        (Told(Who.DESK, Page("referrals", "To be sent"), otherwise=MISSED), THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "A specialist is chosen",
        (actions.choose,),
        What.CHOSEN,
        stays("draft"),
        nobody="whoever carries it has just chosen",
    ),
    Change(
        "The letter is changed before it is sent",
        (actions.prepare_letter, actions.enclose),
        What.LETTER,
        stays("draft"),
        nobody="whoever carries it has just written it",
    ),
    Change(
        "The letter is changed after it was sent",
        (actions.prepare_letter, actions.enclose),
        What.LETTER,
        stays(*OPEN[1:]),
        (
            Told(Who.OFFICE, Mail("letter_changed"), otherwise=NOT_REACHED),
            Told(Who.OFFICE, Page("office_room"), enough="it reads the newest version whenever it opens its room"),
        ),
    ),
    Change(
        "It is sent by a link",
        (actions.send,),
        What.SENT,
        moves("draft -> sent"),
        (Told(Who.OFFICE, Mail("referral_sent"), otherwise=NOT_REACHED), *REMINDED_OF_IT, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "It is printed and faxed, mailed or handed over",
        (actions.send,),
        What.SENT,
        moves("draft -> sent"),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    # The office
    Change(
        "Somebody at the office opens it",
        (actions.office_opened,),
        What.OPENED,
        moves("sent -> opened", "opened -> opened"),
        (IN_THE_LIST,),
    ),
    Change(
        "The office accepts",
        (actions.office_accept,),
        What.ACCEPTED,
        moves("sent opened question -> accepted"),
        (IN_THE_NEWS, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The office accepts an urgent referral",
        (actions.office_accept,),
        What.ACCEPTED,
        moves("sent opened question -> accepted"),
        (IN_THE_NEWS, MAILED, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The office declines",
        (actions.office_decline,),
        What.DECLINED,
        moves("sent opened question accepted scheduled -> declined"),
        (
            IN_THE_NEWS,
            MAILED,
            Told(Who.PATIENT, Mail("appointment_off"), when="it had given a day", otherwise=TOLD_OF_A_TIME),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The office asks a question",
        (actions.office_ask,),
        What.ASKED,
        moves("sent opened accepted -> question"),
        (IN_THE_NEWS, MAILED, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The desk answers an office that has not accepted yet",
        (actions.answer_question,),
        What.ANSWERED,
        moves("question -> sent"),
        (
            Told(Who.OFFICE, Mail("referral_sent"), when="it has a link", otherwise=NOT_REACHED),
            *REMINDED_OF_IT,
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The desk answers an office that has accepted",
        (actions.answer_question,),
        What.ANSWERED,
        moves("question -> accepted"),
        (Told(Who.OFFICE, Mail("referral_sent"), when="it has a link", otherwise=NOT_REACHED), THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The office gives a first day",
        (actions.give_appointment,),
        What.SCHEDULED,
        moves("sent opened question accepted seen no_show reported -> scheduled"),
        (
            Told(Who.PATIENT, Mail("appointment_made"), otherwise=TOLD_OF_A_TIME),
            REMINDED,
            THEIR_PAGE_SAYS_SO,
            IN_THE_NEWS,
        ),
    ),
    Change(
        "The office gives a first day for an urgent referral",
        (actions.give_appointment,),
        What.SCHEDULED,
        moves("sent opened question accepted seen no_show reported -> scheduled"),
        (
            Told(Who.PATIENT, Mail("appointment_made"), otherwise=TOLD_OF_A_TIME),
            REMINDED,
            THEIR_PAGE_SAYS_SO,
            IN_THE_NEWS,
            MAILED,
        ),
    ),
    Change(
        "The office gives another day",
        (actions.give_appointment,),
        What.SCHEDULED,
        stays("scheduled"),
        (
            Told(Who.PATIENT, Mail("appointment_moved"), otherwise=TOLD_OF_A_TIME),
            REMINDED,
            THEIR_PAGE_SAYS_SO,
            IN_THE_NEWS,
        ),
    ),
    Change(
        "The office gives a day that is less than a day away",
        (actions.give_appointment,),
        What.SCHEDULED,
        moves("sent opened question accepted seen no_show reported scheduled -> scheduled"),
        (
            Told(Who.DESK, Call(), otherwise=MISSED),
            Told(Who.PATIENT, Mail("appointment_made"), enough="the desk calls"),
        ),
    ),
    Change(
        "The desk has told the patient of it by phone",
        (actions.patient_told,),
        What.TOLD,
        stays("scheduled"),
        nobody="the patient has just heard; who told them stands in the history and on the call",
    ),
    Change(
        "The patient says that they come",
        (actions.patient_answers,),
        What.CONFIRMED,
        stays("scheduled"),
        (Told(Who.DESK, Page("referral"), enough="nothing is asked of anybody"), THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The patient says that they cannot come",
        (actions.patient_answers,),
        What.CANNOT_COME,
        stays("scheduled"),
        (
            Told(Who.DESK, Mail("patient_cannot_come"), otherwise=(Hears(Who.STAFF, Band("alarms")),)),
            IN_THE_LIST,
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    # Seen, and the report
    Change(
        "The patient was seen",
        (actions.seen,),
        What.SEEN,
        moves("scheduled -> seen"),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The patient did not come",
        (actions.no_show,),
        What.NO_SHOW,
        moves("scheduled -> no_show"),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "That they were seen, or did not come, is taken back",
        (actions.undo,),
        What.UNDONE,
        moves("seen no_show -> scheduled"),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The report comes",
        (actions.receive_report,),
        What.REPORTED,
        moves("sent opened accepted scheduled seen no_show reported closed -> reported"),
        (
            Told(Who.THERAPIST, Mail("report_received"), otherwise=(Hears(Who.STAFF, Band("alarms")),)),
            Told(Who.THERAPIST, Page("referrals", "Reports to read"), otherwise=MISSED),
            IN_THE_NEWS,
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The report of an urgent referral comes",
        (actions.receive_report,),
        What.REPORTED,
        moves("sent opened accepted scheduled seen no_show reported closed -> reported"),
        (
            Told(Who.THERAPIST, Mail("report_received"), otherwise=(Hears(Who.STAFF, Band("alarms")),)),
            Told(Who.CARRIER, Mail("report_received"), otherwise=(Hears(Who.DESK, Page("messages")),)),
            Told(Who.THERAPIST, Page("referrals", "Reports to read"), otherwise=MISSED),
            IN_THE_NEWS,
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "A therapist reads the report",
        (actions.read_report,),
        What.READ,
        stays("reported"),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    # Elsewhere, ended, again
    Change(
        "It goes to another specialist",
        (actions.redirect,),
        What.REDIRECTED,
        moves("declined no_show -> draft"),
        (Told(Who.DESK, Page("referrals", "To be sent"), otherwise=MISSED), THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The therapist it went back to wants another office of the same specialty",
        (actions.redirect,),
        What.REDIRECTED,
        moves("back -> draft"),
        (Told(Who.DESK, Page("referrals", "To be sent"), otherwise=MISSED), THEIRS_NOW, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "It goes back to the therapist, who decides what comes next",
        (actions.back_to_therapist,),
        What.BACK,
        moves("declined -> back"),
        (
            Told(Who.THERAPIST, Mail("referral_back"), otherwise=(Hears(Who.STAFF, Band("alarms")),)),
            Told(Who.THERAPIST, Page("referrals", "Mine"), otherwise=MISSED),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The therapist decides again, and it ends: another takes its place, or none is needed",
        (actions.refer, actions.end_those_back),
        What.WITHDRAWN,
        moves("back -> withdrawn"),
        (Told(Who.PATIENT, Page("status"), enough="what was decided is told by a mail of its own"),),
    ),
    Change(
        "The loop is closed",
        (actions.close,),
        What.CLOSED,
        moves("scheduled seen no_show reported -> closed"),
        (Told(Who.PATIENT, Page("status"), enough="nothing is asked of them"),),
    ),
    Change(
        "It is withdrawn",
        (actions.withdraw,),
        What.WITHDRAWN,
        moves("draft sent opened question accepted declined back scheduled no_show -> withdrawn"),
        (
            DAY_IS_OFF,
            Told(Who.PATIENT, Page("status"), enough="nothing is asked of them"),
            OFFICE_EXPECTS_NOBODY,
        ),
    ),
    Change(
        "It is taken up again",
        (actions.reopen,),
        What.REOPENED,
        moves("closed withdrawn -> draft"),
        (Told(Who.DESK, Page("referrals", "To be sent"), otherwise=MISSED), THEIRS_NOW, THEIR_PAGE_SAYS_SO),
    ),
)
