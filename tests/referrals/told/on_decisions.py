"""How a case is decided, handed over and opened again."""

from datetime import date, timedelta

from django.utils import timezone

from clinic.messages.models import Message
from intake.handover.actions import hand_over
from intake.handover.untouched import give_back
from intake.models import Case, DeskTask, Hindsight, Patient, Urgency
from intake.review import actions as cases
from intake.review import addenda, desk_tasks
from intake.review.outcomes import WhatBecomes
from intake.scorecard.actions import look_back
from intake.visits import actions as visits
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.referrals.told.house import House, Walked
from tests.referrals.told.on_cases import DECIDES, HERE, IN_WEEKS, LOOKS
from tests.referrals.told.walks import walks

# Decided --------------------------------------------------------------------------------------------------------------


def _decides(house, answers=HEEL_PAIN, *, reads="", **how) -> Walked:
    case = house.taken(answers)
    if case.holds_emergency:
        house.reached(case, told="emergency")
    house.now_changes()
    house.decides(case, **how)
    return Walked(case=case, reads={"status": reads})


@walks("Decided: treated here")
def treated(house: House):
    walked = _decides(house, **HERE, reads="You plan your visit with us")
    walked.late = timezone.now() + IN_WEEKS
    return walked


def _needs(whom="patient") -> WhatBecomes:
    return WhatBecomes(outcome="more", needs="The scan of May.", needs_from=whom, by_when=date(2027, 3, 9))


@walks("Decided: more information is needed")
def more_needed(house: House):
    walked = _decides(house, **HERE, becomes=_needs())
    walked.late = timezone.now() + timedelta(days=9)
    return walked


@walks("Decided: referred")
def referred(house: House):
    return _decides(house, FOOT_DROP, refer=True, reads="A therapist decided what comes next")


@walks("Decided: emergency or urgent care")
def sent_away(house: House):
    return _decides(house, SADDLE_NUMBNESS, reads="You do what we told you")


NEVER_REACHED = HERE | {"reason": "not_reached", "words": "Three tries.", "becomes": WhatBecomes(outcome="closed")}


def _never_reached(house) -> Case:
    case = house.taken(HEEL_PAIN)
    for channel in ("phone", "email", "phone"):
        house.reached(case, outcome="message", channel=channel, safety_advice_given=False)
        house.clock.shift(timedelta(days=1))
    return case


CLOSED = WhatBecomes(outcome="closed")
NEVER_REACHED = HERE | {"reason": "not_reached", "words": "Three tries.", "becomes": CLOSED}


def _never_reached(house) -> Case:
    case = house.taken(HEEL_PAIN)
    for channel in ("phone", "email", "phone"):
        house.reached(case, outcome="message", channel=channel, safety_advice_given=False)
        house.clock.shift(timedelta(days=1))
    return case


@walks("Closed: the patient could not be reached")
def not_reached(house: House):
    case = _never_reached(house)
    house.now_changes()
    house.decides(case, **NEVER_REACHED)
    return Walked(case=case, reads={"status": "We tried to reach you and did not."})


@walks("Closed so, and no mail may go to the patient")
def not_reached_by_mail_either(house: House):
    case = _never_reached(house)
    Patient.objects.update(email="")
    house.now_changes()
    house.decides(case, **NEVER_REACHED)
    return Walked(case=case, late=timezone.now() + IN_WEEKS)


@walks("Closed: no visit is needed, for any other reason")
def closed(house: House):
    return _decides(house, **HERE | {"becomes": CLOSED})


@walks("Closed: the patient wants no care, or sent another form that goes on")
def wants_no_care(house: House):
    case = house.taken(HEEL_PAIN)
    house.reached(case)
    house.now_changes()
    house.decides(case, **HERE | {"reason": "no_care", "words": "Goes elsewhere.", "becomes": CLOSED})
    return Walked(case=case)


@walks("Words are added to a decision")
def added_to(house: House):
    case = house.decided(refer=True)
    house.now_changes()
    addenda.add(case, words="The reflex is weak, too.", by=house.maya)
    return Walked(case=case)


@walks("The desk says that a line is done, or a visit that is booked does it")
def line_done(house: House):
    case = house.decided(HEEL_PAIN, **HERE)
    house.now_changes()
    _books(house, case)
    return Walked(case=case)


def _books(house, case):
    """Priya books a visit that is in time, and its mails are left aside."""
    visit = factories.appointment_request(at=house.location, of=case.patient)
    starts_at, seen = timezone.now() + timedelta(days=3), visits.stamp(visit)
    visit = visits.book(visit, starts_at=starts_at, by=house.priya, seen=seen)
    Message.objects.about("appointment", visit.public_id).delete()
    return visit


@walks("The visit that a therapist wanted is off, or did not take place")
def visit_off(house: House):
    case = house.decided(HEEL_PAIN, **HERE)
    visit = _books(house, case)
    house.clock.shift(timedelta(days=4))
    house.now_changes()
    visits.close(visit, answer="You did not come.", by=house.priya, seen=visits.stamp(visit))
    return Walked(case=case, late=timezone.now() + IN_WEEKS)


@walks("A therapist says how it ended")
def looked_back(house: House):
    case = house.decided(HEEL_PAIN, **HERE)
    house.now_changes()
    look_back(
        case, urgency=Urgency.ROUTINE, specialist="physical_therapist", group=Hindsight.Group.values[0], by=house.maya
    )
    return Walked(case=case)


# Handed over ----------------------------------------------------------------------------------------------------------


def _hands_over(house, case):
    house.now_changes()
    hand_over([case.public_id], of=house.maya, to={house.location.pk: house.daniel}, by=house.maya)
    return Walked(case=case, colleague=house.daniel)


@walks("Open cases are given to a colleague")
def given(house: House):
    return _hands_over(house, house.taken())


@walks("An emergency is to be handed over: it waits for anybody")
def emergency_given(house: House):
    return _hands_over(house, house.taken(SADDLE_NUMBNESS))


@walks("What was handed over reached nobody, or an emergency was not touched")
def given_in_vain(house: House):
    case = house.taken()
    _hands_over(house, case)
    house.now_changes()
    give_back(house.daniel, why="the mail about it did not reach them")
    return Walked(case=case, colleague=house.daniel)


# Opened again ---------------------------------------------------------------------------------------------------------


def _with_a_referral(house, *args, **more) -> Case:
    """A decided case, of which Priya carries a referral."""
    case = house.decided(*args, **more)
    factories.referral(after=case.decisions.last(), owner=house.priya)
    return case


@walks("What was asked for is here, or there is no visit after all")
def came_in(house: House):
    case = _with_a_referral(house, FOOT_DROP, **HERE, becomes=_needs())
    house.now_changes()
    desk_tasks.finish(DeskTask.objects.get(decision__case=case), by=house.priya, words="The scan is clean.")
    return Walked(case=case)


@walks("What a decision left to the desk is late")
def line_late(house: House):
    case = _with_a_referral(house, FOOT_DROP, **HERE, becomes=_needs())
    house.clock.shift(timedelta(days=9))
    house.now_changes()
    desk_tasks.raise_late()
    return Walked(case=case)


@walks("Answers open a decided case again")
def reopened_by_answers(house: House):
    case = _with_a_referral(house, HEEL_PAIN, **HERE)
    house.now_changes()
    return Walked(case=house.answered(case.intake, FOOT_DROP), reads={"status": LOOKS})


@walks("A therapist opens a decided case again")
def reopened(house: House):
    case = _with_a_referral(house, HEEL_PAIN, **HERE)
    house.now_changes()
    return Walked(case=cases.reopen(case, by=house.maya, words="I forgot the knee."), reads={"status": DECIDES})
