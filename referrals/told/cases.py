"""Who is told when a case is opened, taken, decided, opened again."""

from intake.by_phone.actions import take_answers
from intake.handover.actions import hand_over
from intake.handover.untouched import give_back, raise_untaken
from intake.models import Case, CaseEvent, DeskTask
from intake.questionnaire.actions import open_cases_for_abandoned
from intake.questionnaire.on_file import say_what_is_worse
from intake.review import actions, asking, desk_tasks, forgotten, opening, reaching, second_look, undo
from intake.review.alarms import see_alarms
from referrals.told.rows import (
    AT_ONCE,
    UNDER_MESSAGES,
    Band,
    Change,
    Hears,
    Mail,
    Page,
    Told,
    Who,
    moves,
    stays,
)

Kind, Status, What = CaseEvent.Kind, Case.Status, DeskTask.What
WAITING, IN_REVIEW, SECOND_LOOK, DECIDED = Status
STEPS = "5, 15, 30 and 60 minutes later, then each hour; an urgent one in open hours, any other once a day"
NOBODY_CAME = (Hears(Who.STAFF, Band("cases")), Hears(Who.THERAPIST, Mail("case_needs_you")))
UNHEARD = (Hears(Who.STAFF, Band("alarms")), Hears(Who.THERAPIST, Mail("case_needs_you")))

ANNOUNCED = (
    Told(Who.THERAPIST, Mail("case_needs_you"), AT_ONCE, "soon or worse, or late", otherwise=UNHEARD),
    Told(Who.MANAGER, Mail("case_needs_you"), STEPS, "nobody has come", otherwise=(Hears(Who.STAFF, Band("alarms")),)),
    Told(Who.THERAPIST, Page("queue"), otherwise=NOBODY_CAME),
)
THEIR_PAGE_SAYS_SO = Told(
    Who.PATIENT, Page("status"), enough="the next step is ours and has a clock; their page says when it is late"
)
LOOK_IS_ASKED_FOR = (
    Told(
        Who.THERAPIST,
        Mail("case_needs_you"),
        otherwise=(Hears(Who.STAFF, Band("alarms")), Hears(Who.STAFF, Band("second_looks"))),
    ),
    Told(Who.MANAGER, Mail("case_needs_you"), STEPS, "nobody looks", otherwise=(Hears(Who.STAFF, Band("alarms")),)),
)
NOT_THEIRS = Told(
    Who.COLLEAGUE,
    Page("queue", "Not yours any more"),
    when="who had it",
    enough="everybody is told of the case meanwhile",
)
WITH_WHOEVER_HAS_IT = (
    Told(
        Who.COLLEAGUE,
        Mail("case_is_with_you"),
        AT_ONCE,
        "another did it; by night an emergency",
        otherwise=UNDER_MESSAGES,
    ),
    Told(Who.THERAPIST, Page("queue"), otherwise=NOBODY_CAME[:1]),
)
WHO_CARRIES = (
    Told(
        Who.CARRIER,
        Mail("referral_case_open"),
        when="it has a referral",
        otherwise=(Hears(Who.STAFF, Band("alarms")), Hears(Who.DESK, Page("messages"))),
    ),
    Told(
        Who.CARRIER,
        Page("referrals", "Its case is open again"),
        when="it has a referral",
        enough="the case itself is raised until somebody decides",
    ),
)

ROWS = (
    # Opened, and raised by answers
    Change(
        "Answers, a form that was sent or left, or a patient who got worse open a case",
        (opening.open_case, open_cases_for_abandoned),
        Kind.OPENED,
        stays(WAITING),
        (
            *ANNOUNCED,
            Told(Who.MANAGER, Page("on_watch"), when="urgent or worse", otherwise=NOBODY_CAME[:1]),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "It happens by night: whoever is on call gets a text",
        (opening.open_case,),
        Kind.OPENED,
        stays(WAITING),
        (
            Told(Who.THERAPIST, Mail("case_needs_you"), AT_ONCE, "on call, else all", otherwise=UNHEARD),
            Told(
                Who.THERAPIST,
                Mail("case_needs_you_text"),
                "5 minutes later",
                "on call in an emergency, and a gateway is named",
                otherwise=(Hears(Who.STAFF, Band("alarms")),),
            ),
        ),
    ),
    Change(
        "Answers raise the urgency, of the form or on the phone",
        (opening.open_case, take_answers),
        Kind.RAISED,
        moves("waiting in_review second_look -> waiting"),
        (*ANNOUNCED, NOT_THEIRS, THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "Answers bring a flag or a danger sign of no higher urgency, and nobody has the case",
        (opening.open_case,),
        Kind.NEW_FLAG,
        stays(WAITING),
        (Told(Who.THERAPIST, Page("case"), enough="it is raised until somebody takes it, as it was before"),),
    ),
    Change(
        "Answers bring one, and somebody has the case",
        (opening.open_case, take_answers),
        Kind.NEW_FLAG,
        moves("in_review second_look -> in_review"),
        (*WITH_WHOEVER_HAS_IT, Told(Who.THERAPIST, Page("case"), otherwise=NOBODY_CAME[:1])),
    ),
    Change(
        "Other answers fire the same rules, or none any more",
        (opening.open_case,),
        Kind.ANSWER_CHANGED,
        stays(WAITING, IN_REVIEW, SECOND_LOOK, DECIDED),
        nobody="nothing is asked of anybody: what once fired stands until a person decides",
    ),
    Change(
        "The patient says which place got worse",
        (say_what_is_worse,),
        Kind.GOT_WORSE,
        stays(WAITING, IN_REVIEW, SECOND_LOOK, DECIDED),
        (Told(Who.THERAPIST, Page("case"), enough="it is open since they said so, and raised until it is taken"),),
    ),
    Change(
        "The form is sent while its case is open",
        (opening.open_case,),
        Kind.SUBMITTED,
        stays(WAITING, IN_REVIEW, SECOND_LOOK),
        (Told(Who.THERAPIST, Page("case"), otherwise=NOBODY_CAME[:1]),),
    ),
    Change(
        "Nobody has come since the last notice",
        (forgotten.raise_again,),
        Kind.RAISED_AGAIN,
        stays(WAITING),
        (
            Told(Who.THERAPIST, Mail("case_needs_you"), otherwise=UNHEARD),
            Told(Who.MANAGER, Mail("case_needs_you"), otherwise=UNHEARD),
        ),
    ),
    # Taken, called about
    Change(
        "A therapist takes it",
        (actions.acknowledge,),
        Kind.ACKNOWLEDGED,
        moves("waiting -> in_review"),
        (THEIR_PAGE_SAYS_SO,),
    ),
    Change(
        "Whoever has it hands it back",
        (actions.hand_back,),
        Kind.HANDED_BACK,
        moves("in_review -> waiting"),
        ANNOUNCED,
    ),
    Change(
        "Whoever took it did nothing about it, did not decide in time, or has left",
        (forgotten.take_back_forgotten,),
        Kind.HANDED_BACK,
        moves("in_review -> waiting"),
        (*ANNOUNCED, NOT_THEIRS),
    ),
    Change(
        "A colleague takes it over, or decides it in the place of whoever has it",
        (actions.take_over, actions.decide),
        Kind.TAKEN_OVER,
        stays(IN_REVIEW),
        (
            Told(
                Who.COLLEAGUE,
                Mail("case_taken_over"),
                otherwise=(Hears(Who.COLLEAGUE, Page("queue", "Not yours any more")),),
            ),
        ),
    ),
    Change(
        "The press that took it is taken back",
        (undo.undo,),
        Kind.UNDONE,
        moves("in_review -> waiting"),
        ANNOUNCED,
    ),
    Change(
        "The press that handed it back is taken back",
        (undo.undo,),
        Kind.UNDONE,
        moves("waiting -> in_review"),
        nobody="whoever pressed has it again, and what was not mailed yet is dropped",
    ),
    Change(
        "Somebody tries to reach the patient",
        (actions.record_contact, reaching.note),
        Kind.CONTACT,
        stays(IN_REVIEW, SECOND_LOOK, DECIDED),
        (Told(Who.PATIENT, Page("status"), enough="it repeats what was said, or asks them to call"),),
    ),
    Change(
        "A colleague is asked to take it",
        (asking.ask_to_take,),
        Kind.ASKED,
        stays(WAITING, SECOND_LOOK),
        (
            Told(
                Who.COLLEAGUE,
                Mail("case_needs_you"),
                otherwise=(Hears(Who.STAFF, Band("alarms")), Hears(Who.DESK, Page("messages"))),
            ),
        ),
    ),
    Change(
        "Whoever decides has seen the danger signs no rule used",
        (see_alarms,),
        Kind.ALARMS_SEEN,
        stays(IN_REVIEW),
        nobody="whoever decides has just said so, by name",
    ),
    Change(
        "A therapist raises the urgency of a case nobody has",
        (actions.raise_tier,),
        Kind.RAISED_BY_STAFF,
        moves("waiting decided -> waiting"),
        ANNOUNCED,
    ),
    Change(
        "A therapist raises the urgency of a case somebody has",
        (actions.raise_tier,),
        Kind.RAISED_BY_STAFF,
        moves("in_review second_look -> in_review"),
        WITH_WHOEVER_HAS_IT,
    ),
    # Two people
    Change(
        "A decision waits for a second person",
        (actions.decide,),
        Kind.PROPOSED,
        moves("in_review -> second_look"),
        LOOK_IS_ASKED_FOR,
    ),
    Change(
        "Nobody has looked since the last notice",
        (forgotten.raise_again,),
        Kind.ASKED_AGAIN,
        stays(SECOND_LOOK),
        LOOK_IS_ASKED_FOR[:1],
    ),
    Change(
        "The second person does not agree",
        (second_look.refuse_second,),
        Kind.SECOND_REFUSED,
        moves("second_look -> in_review"),
        WITH_WHOEVER_HAS_IT,
    ),
    Change(
        "Its author takes the proposal back",
        (second_look.drop_proposal,),
        Kind.PROPOSAL_DROPPED,
        moves("second_look -> in_review"),
        nobody="its author has the case again; who was asked to look is mailed no more",
    ),
    # Handed over
    Change(
        "Open cases are given to a colleague",
        (hand_over,),
        Kind.HANDED_OVER,
        stays(IN_REVIEW, SECOND_LOOK),
        (Told(Who.COLLEAGUE, Mail("cases_handed_over"), otherwise=(Hears(Who.THERAPIST, Mail("case_needs_you")),)),),
    ),
    Change(
        "An emergency is to be handed over: it waits for anybody",
        (hand_over,),
        Kind.HANDED_BACK,
        moves("in_review -> waiting"),
        ANNOUNCED,
    ),
    Change(
        "What was handed over reached nobody, or an emergency was not touched",
        (give_back, raise_untaken),
        Kind.HANDED_BACK,
        moves("in_review -> waiting"),
        (*ANNOUNCED, NOT_THEIRS),
    ),
    # Opened again
    Change(
        "What was asked for is here, or there is no visit after all",
        (desk_tasks.finish,),
        Kind.REOPENED,
        moves("decided -> waiting"),
        (*ANNOUNCED, *WHO_CARRIES),
    ),
    Change(
        "What a decision left to the desk is late",
        (desk_tasks.raise_late,),
        Kind.REOPENED,
        moves("decided -> waiting"),
        (*ANNOUNCED, *WHO_CARRIES),
    ),
    Change(
        "Answers open a decided case again",
        (opening.open_case,),
        Kind.REOPENED,
        moves("decided -> waiting"),
        (*ANNOUNCED, THEIR_PAGE_SAYS_SO, *WHO_CARRIES),
    ),
    Change(
        "A therapist opens a decided case again",
        (actions.reopen,),
        Kind.REOPENED,
        moves("decided -> in_review"),
        (THEIR_PAGE_SAYS_SO, *WHO_CARRIES),
    ),
)
