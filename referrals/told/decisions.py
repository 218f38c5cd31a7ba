"""Who is told of a decision: made, added to, and what it leaves to the desk."""

from intake.models import Case, CaseEvent, DeskTask
from intake.review import actions, addenda, desk_tasks, second_look
from intake.scorecard.actions import look_back
from referrals.told.cases import THEIR_PAGE_SAYS_SO
from referrals.told.rows import UNDER_MESSAGES, Change, Hears, Mail, Page, Task, Told, Who, moves, stays

Kind, DECIDED, What = CaseEvent.Kind, Case.Status.DECIDED, DeskTask.What

OPENED_AGAIN = (Hears(Who.THERAPIST, Page("queue")),)
BY_THE_DESK = (Hears(Who.DESK, Task(What.WRITE)),)
TO_BOOK = Told(Who.DESK, Task(What.BOOK), when="no visit in time is booked already", otherwise=OPENED_AGAIN)
TREATED_HERE = (
    Told(Who.PATIENT, Mail("decision_made"), otherwise=BY_THE_DESK),
    Told(Who.PATIENT, Page("status"), enough="the desk has the visit to book"),
    TO_BOOK,
)

ROWS = (
    Change(
        "Decided: treated here",
        (actions.decide,),
        Kind.DECIDED,
        moves("in_review -> decided"),
        TREATED_HERE,
    ),
    Change(
        "The second person agrees, as here that the patient is treated at the clinic",
        (second_look.agree_second,),
        Kind.SECOND_AGREED,
        moves("second_look -> decided"),
        TREATED_HERE,
    ),
    Change(
        "Decided: more information is needed",
        (actions.decide,),
        Kind.DECIDED,
        moves("in_review -> decided"),
        (
            Told(Who.PATIENT, Mail("more_needed"), when="the patient has it", otherwise=UNDER_MESSAGES),
            Told(Who.DESK, Task(What.ASK), otherwise=OPENED_AGAIN),
        ),
    ),
    Change(
        "Decided: referred",
        (actions.decide,),
        Kind.DECIDED,
        moves("in_review -> decided"),
        (Told(Who.PATIENT, Mail("decision_referred"), otherwise=BY_THE_DESK), THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "Decided: emergency or urgent care",
        (actions.decide,),
        Kind.DECIDED,
        moves("in_review -> decided"),
        (Told(Who.PATIENT, Page("status"), enough="an emergency is decided after contact, or says why not"),),
    ),
    Change(
        "Closed: the patient could not be reached",
        (actions.decide,),
        Kind.DECIDED,
        moves("in_review -> decided"),
        (Told(Who.PATIENT, Mail("not_reached"), otherwise=UNDER_MESSAGES),),
    ),
    Change(
        "Closed so, and no mail may go to the patient",
        (actions.decide,),
        Kind.DECIDED,
        moves("in_review -> decided"),
        (Told(Who.DESK, Task(What.WRITE), otherwise=OPENED_AGAIN),),
    ),
    Change(
        "Closed: no visit is needed, for any other reason",
        (actions.decide,),
        Kind.DECIDED,
        moves("in_review -> decided"),
        (Told(Who.PATIENT, Mail("decision_made"), otherwise=BY_THE_DESK),),
    ),
    Change(
        "Closed: the patient wants no care, or sent another form that goes on",
        (actions.decide,),
        Kind.DECIDED,
        moves("in_review -> decided"),
        nobody="the patient said so and heard our answer, or hears of the other form",
    ),
    Change(
        "Words are added to a decision",
        (addenda.add,),
        Kind.ADDED,
        stays(DECIDED),
        nobody="nothing that was decided or sent changes by them; they stand on the case",
    ),
    Change(
        "The desk says that a line is done, or a visit that is booked does it",
        (desk_tasks.finish, desk_tasks.visit_changed),
        Kind.TASK_DONE,
        stays(DECIDED),
        nobody="nobody waits for it; it stands on the case",
    ),
    Change(
        "The visit that a therapist wanted is off, or did not take place",
        (desk_tasks.visit_changed, desk_tasks.did_not_take_place),
        Kind.UNDONE,
        stays(DECIDED),
        (TO_BOOK,),
    ),
    Change(
        "A therapist says how it ended",
        (look_back,),
        Kind.LOOKED_BACK,
        stays(DECIDED),
        nobody="it is counted on the scorecard",
    ),
)
