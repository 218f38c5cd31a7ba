"""Who is told when a visit at the clinic is asked for, booked, moved or called off."""

from intake.models import AppointmentRequest
from intake.visits import actions, calls
from referrals.told.rows import (
    NOBODY_CALLS,
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

State = AppointmentRequest.State


def _the_desk_answers(mail: str, until: str) -> tuple[Told, ...]:
    """The desk hears at once and has it in its list.

    Managers hear where nobody answers.
    """
    return (
        Told(
            Who.DESK,
            Mail(mail),
            otherwise=(Hears(Who.STAFF, Band("alarms")), Hears(Who.MANAGER, Mail(mail))),
        ),
        Told(
            Who.MANAGER,
            Mail(mail),
            f"when the {until} that was promised is over",
            "nobody has answered",
            otherwise=(Hears(Who.STAFF, Band("alarms")), Hears(Who.MANAGER, Page("promises"))),
        ),
        Told(Who.DESK, Page("requests"), otherwise=(Hears(Who.MANAGER, Page("promises")),)),
    )


ASKED_AT_THE_DESK = _the_desk_answers("appointment_asked", "day")
THEIR_PAGE_SAYS_SO = Told(Who.PATIENT, Page("status"), enough="a mail or a call has told them")
CALL_INSTEAD = (Hears(Who.DESK, Call()),)

ROWS = (
    Change(
        "A patient asks for a visit",
        (actions.ask,),
        moves=moves("- -> asked"),
        told=(*ASKED_AT_THE_DESK, Told(Who.PATIENT, Page("status"), enough="the answer is ours and has a day")),
    ),
    Change(
        "They ask for it at another location",
        (actions.ask,),
        moves=stays(State.ASKED),
        told=ASKED_AT_THE_DESK[:1],
    ),
    Change(
        "They want other days",
        (actions.ask,),
        moves=stays(State.ASKED),
        told=(Told(Who.DESK, Page("requests"), otherwise=(Hears(Who.MANAGER, Page("promises")),)),),
    ),
    Change(
        "They take the request back",
        (actions.withdraw,),
        moves=moves("asked -> closed"),
        nobody="nobody has to do anything any more: the line is gone, and no mail about it goes",
    ),
    Change(
        "The desk books it",
        (actions.book,),
        moves=moves("asked -> booked"),
        told=(
            Told(Who.PATIENT, Mail("appointment_booked"), otherwise=CALL_INSTEAD),
            Told(
                Who.PATIENT,
                Mail("visit_reminder"),
                "the day before, or as the clinic chose",
                enough="the mail before has told of it",
            ),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The desk moves it",
        (actions.book,),
        moves=stays(State.BOOKED),
        told=(
            Told(Who.PATIENT, Mail("appointment_booked"), otherwise=CALL_INSTEAD),
            Told(
                Who.PATIENT,
                Mail("visit_reminder"),
                "the day before, or as the clinic chose",
                enough="the mail before has told of it",
            ),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The desk moves it too late for a mail",
        (actions.book, calls.see_that_they_hear),
        moves=stays(State.BOOKED),
        told=(
            Told(Who.DESK, Call(), otherwise=NOBODY_CALLS),
            Told(Who.PATIENT, Mail("appointment_booked"), enough="the desk calls"),
        ),
    ),
    Change(
        "The patient says that they come to us",
        (actions.patient_answers,),
        moves=stays(State.BOOKED),
        told=(Told(Who.DESK, Page("requests"), enough="nothing is asked of anybody"), THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The patient says that they cannot come to us",
        (actions.patient_answers,),
        moves=stays(State.BOOKED),
        told=(*_the_desk_answers("visit_cannot_come", "hour"), THEIR_PAGE_SAYS_SO),
    ),
    Change(
        "The desk calls it off",
        (actions.close,),
        moves=moves("booked -> closed"),
        told=(
            Told(Who.PATIENT, Mail("visit_off"), otherwise=CALL_INSTEAD),
            THEIR_PAGE_SAYS_SO,
        ),
    ),
    Change(
        "The desk answers a request without a visit",
        (actions.close,),
        moves=moves("asked -> closed"),
        told=(
            Told(
                Who.PATIENT,
                Mail("request_answered"),
                when="one may go to them, else the desk is told to call",
                otherwise=UNDER_MESSAGES,
            ),
            Told(Who.PATIENT, Page("status"), enough="a mail tells them to look"),
        ),
    ),
    Change(
        "A mail about a visit does not go, or not in time",
        (calls.call_instead,),
        told=(Told(Who.DESK, Call(), otherwise=NOBODY_CALLS),),
    ),
    Change(
        "The desk has told the patient by phone",
        (calls.say_it_was_made,),
        nobody="the patient has just heard; who told them stands on the call",
    ),
)
