"""Who is told while somebody carries a referral: notes, dates, owners, what it waits for; and of the directory."""

from intake.models import DeskTask
from referrals import moves as actions
from referrals.models import Referral
from referrals.moves import directory
from referrals.told.referrals import (
    DAY_IS_OFF,
    IN_THE_LIST,
    OFFICE_EXPECTS_NOBODY,
    OPEN,
    THEIR_PAGE_SAYS_SO,
    THEIRS_NOW,
    What,
)
from referrals.told.rows import (
    UNDER_MESSAGES,
    Band,
    Change,
    Hears,
    Mail,
    Page,
    Task,
    Told,
    Who,
    moves,
    stays,
)

WITHDRAWN = moves("draft sent opened question accepted declined back no_show -> withdrawn")
CLOSED = moves("scheduled seen no_show -> closed")  # the day, where there was one, is over
BY_THE_DESK = (Hears(Who.DESK, Task(DeskTask.What.WRITE)),)
PATIENT_HEARS = Told(Who.PATIENT, Mail("referral_not_reached"), otherwise=BY_THE_DESK)
ASKED_TO_CALL = Told(Who.PATIENT, Page("status"), enough="it says so, and asks them to call")
DESK_ASKS = Told(Who.DESK, Task(DeskTask.What.WRITE), otherwise=(Hears(Who.THERAPIST, Page("queue")),))
THERAPIST_HEARS = Told(Who.THERAPIST, Mail("referral_lost"), otherwise=(Hears(Who.STAFF, Band("alarms")),))

ROWS = (
    *(
        Change(
            f"Whoever carries it writes down {what.label.lower()}",
            (actions.note,),
            what,
            stays(*Referral.Status),
            nobody="it is in the history of the referral for whoever carries it next",
        )
        for what in (What.PHONE, What.FAX, What.NOTE)
    ),
    Change(
        "It gets another next date",
        (actions.set_next_check,),
        What.NEXT_DATE,
        stays(*OPEN),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "It waits for consent, coverage or papers",
        (actions.wait_for,),
        What.WAITS,
        stays(*actions.MAY_WAIT),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "What it waited for came",
        (actions.it_came,),
        What.CAME,
        stays(*actions.MAY_WAIT),
        (IN_THE_LIST, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "Somebody tries to reach the patient, and does not",
        (actions.tried, actions.log_call),
        What.TRIED,
        stays(*OPEN),
        (
            IN_THE_LIST,
            Told(Who.PATIENT, Page("status"), enough="it is tried again, and ended only by a mail or a letter"),
        ),
    ),
    Change(
        "It is withdrawn because the patient could not be reached",
        (actions.withdraw,),
        What.WITHDRAWN,
        WITHDRAWN,
        (PATIENT_HEARS, ASKED_TO_CALL, THERAPIST_HEARS),
    ),
    Change(
        "It is withdrawn so, and no mail may go to the patient",
        (actions.withdraw,),
        What.WITHDRAWN,
        WITHDRAWN,
        (DESK_ASKS, ASKED_TO_CALL, THERAPIST_HEARS),
    ),
    Change(
        "It is withdrawn so while the office keeps a day for them",
        (actions.withdraw,),
        What.WITHDRAWN,
        moves("scheduled -> withdrawn"),
        (PATIENT_HEARS, DAY_IS_OFF, ASKED_TO_CALL, OFFICE_EXPECTS_NOBODY, THERAPIST_HEARS),
    ),
    Change(
        "It is closed because the patient could not be reached",
        (actions.close,),
        What.CLOSED,
        CLOSED,
        (PATIENT_HEARS, ASKED_TO_CALL, THERAPIST_HEARS),
    ),
    Change(
        "It is closed so, and no mail may go to the patient",
        (actions.close,),
        What.CLOSED,
        CLOSED,
        (DESK_ASKS, ASKED_TO_CALL, THERAPIST_HEARS),
    ),
    Change(
        "It is closed so while the office keeps a day for them",
        (actions.close,),
        What.CLOSED,
        moves("scheduled -> closed"),
        (PATIENT_HEARS, DAY_IS_OFF, ASKED_TO_CALL, OFFICE_EXPECTS_NOBODY, THERAPIST_HEARS),
    ),
    Change(
        "Somebody else carries it",
        (actions.hand_over,),
        What.HANDED_OVER,
        stays(*OPEN),
        (IN_THE_LIST, THEIRS_NOW),
    ),
    Change(
        "Whoever carries it opens it, and has the news",
        (actions.look,),
        nobody="they have just read it; it is new to nobody any more",
    ),
    Change(
        "The link of an office that mistyped its number works again",
        (actions.wake_link,),
        What.LINK_WOKEN,
        stays(*OPEN[1:]),
        nobody="the desk does it while the office is on the phone",
    ),
    Change(
        "The desk makes a code for the office",
        (actions.make_code,),
        nobody="whoever makes it reads it out or faxes it; when it was used stands on the referral",
    ),
    Change(
        "Mail or fax of an office is changed in the directory",
        (directory.change_listing,),
        told=(
            Told(
                Who.COLLEAGUE,
                Mail("listing_changed"),
                when="they carry a referral to it",
                otherwise=UNDER_MESSAGES,
            ),
        ),
    ),
    Change(
        "Its listing is set right by what its office said when it declined",
        (actions.update_listing,),
        What.LISTING,
        stays("declined"),
        nobody="whoever chooses next reads it in the directory, and the line says who changed it",
    ),
    Change(
        "A listing is added",
        (directory.add_listing,),
        nobody="nothing was sent to it yet",
    ),
)
