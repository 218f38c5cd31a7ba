"""How each change of a case is made."""

from datetime import timedelta

from django.utils import timezone

from clinic.messages.models import Message
from intake.models import Case, Decision, Intake, Urgency
from intake.questionnaire.on_file import say_what_is_worse
from intake.returning.actions import start_again
from intake.review import actions as cases
from intake.review import asking, second_look, undo
from intake.review.alarms import see_alarms
from intake.review.forgotten import raise_again, take_back_forgotten
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.referrals.told.house import House, Walked
from tests.referrals.told.walks import walks

LOOKS, DECIDES = "A therapist looks at your answers", "A therapist decides what comes next"
HERE = {"specialist": "physical_therapist", "reason": "other", "words": "Direct access."}
LOWER = {"tier": Urgency.SOON, "specialist": "physical_therapist", "reason": "explained", "words": "Old numbness."}
CALLS = "A therapist calls you"
IN_WEEKS = timedelta(weeks=4)


@walks("Answers, a form that was sent or left, or a patient who got worse open a case")
def opens(house: House):
    intake = house.sent(TEMPLE_HEADACHE)
    house.now_changes()
    return Walked(case=house.answered(intake, TEMPLE_HEADACHE), reads={"status": CALLS, "on_watch": "Riverside"})


@walks("It happens by night: whoever is on call gets a text")
def opens_by_night(house: House):
    house.clock.shift(timedelta(hours=12))
    house.settings.TEXT_URL = "https://texts.example.org/send"
    factories.on_call(house.maya, at=house.location)
    intake = house.sent(SADDLE_NUMBNESS)
    house.now_changes()
    case = house.answered(intake, SADDLE_NUMBNESS)
    house.settings.TEXT_URL = ""
    return Walked(case=case)


@walks("Answers raise the urgency, of the form or on the phone")
def raises(house: House):
    case = house.taken()
    house.now_changes()
    case = house.answered(case.intake, TEMPLE_HEADACHE)
    return Walked(case=case, colleague=house.maya, reads={"status": CALLS})


@walks("Answers bring a flag or a danger sign of no higher urgency, and nobody has the case")
def brings_a_flag(house: House):
    return _brings_a_flag(house, house.opened())


@walks("Answers bring one, and somebody has the case")
def brings_a_flag_in_review(house: House):
    return _brings_a_flag(house, house.taken())


def _brings_a_flag(house, case) -> Walked:
    house.now_changes()
    factories.unused_alarms(case, ("calf_signs", "swollen", "urgent"))
    return Walked(case=case, colleague=house.maya, reads={"case": "New answers"})


@walks("Other answers fire the same rules, or none any more")
def fires_no_more(house: House):
    case = house.taken()
    house.now_changes()
    return Walked(case=house.answered(case.intake, HEEL_PAIN))


@walks("The patient says which place got worse")
def says_where_it_is_worse(house: House):
    intake = start_again(house.decided(HEEL_PAIN, **HERE).patient, occasion=Intake.Occasion.WORSE)
    house.now_changes()
    say_what_is_worse(intake, HEEL_PAIN["pain_regions"])
    return Walked(case=intake.case, reads={"case": "What got worse"})


@walks("The form is sent while its case is open")
def sent_later(house: House):
    intake = house.sent()
    case = factories.danger_in(intake)
    house.now_changes()
    return Walked(case=house.answered(case.intake, FOOT_DROP), reads={"case": "Intake submitted"})


@walks("Nobody has come since the last notice")
def raised_again(house: House):
    case = house.opened(SADDLE_NUMBNESS)
    _everybody_was_told(house, case)
    house.now_changes()
    raise_again()
    return Walked(case=case)


def _everybody_was_told(house, case):
    """The first steps are over, and so is the hour after the last of them."""
    told = Message.objects.about("case", case.public_id)
    last = told.latest("due_at").due_at
    told.update(status="sent", settled_at=timezone.now())
    house.clock.move_to(last + timedelta(hours=1))


@walks("A therapist takes it")
def taken(house: House):
    case = house.opened()
    house.now_changes()
    return Walked(case=cases.acknowledge(case, by=house.maya), reads={"status": DECIDES})


@walks("Whoever has it hands it back")
def handed_back(house: House):
    case = house.taken()
    house.now_changes()
    return Walked(case=cases.hand_back(case, by=house.maya))


@walks("Whoever took it did nothing about it, did not decide in time, or has left")
def forgotten(house: House):
    case = house.taken()
    house.clock.shift(timedelta(days=9))
    house.now_changes()
    take_back_forgotten()
    return Walked(case=case, colleague=house.maya)


@walks("A colleague takes it over, or decides it in the place of whoever has it")
def taken_over(house: House):
    case = house.taken()
    house.now_changes()
    cases.take_over(case, of=house.maya.public_id, words="She is ill.", by=house.daniel)
    return Walked(case=case, colleague=house.maya)


@walks("The press that took it is taken back")
def untaken(house: House):
    case = house.taken()
    house.now_changes()
    return Walked(case=undo.undo(case, by=house.maya))


@walks("The press that handed it back is taken back")
def not_handed_back(house: House):
    case = cases.hand_back(house.taken(), by=house.maya)
    house.now_changes()
    return Walked(case=undo.undo(case, by=house.maya))


@walks("Somebody tries to reach the patient")
def calls(house: House):
    case = house.taken(TEMPLE_HEADACHE)
    house.now_changes()
    house.reached(case, outcome="no_answer", safety_advice_given=False)
    return Walked(case=case, reads={"status": "We called and did not reach you. Please call us."})


@walks("A colleague is asked to take it")
def asks(house: House):
    case = house.opened()
    house.now_changes()
    asking.ask_to_take(case, person=house.daniel, by=house.ruth)
    return Walked(case=case, colleague=house.daniel)


@walks("Whoever decides has seen the danger signs no rule used")
def sees_signs(house: House):
    case = house.taken()
    found = factories.unused_alarms(case, ("calf_signs", "swollen", "urgent"))
    house.now_changes()
    see_alarms(case, found, by=house.maya, now=timezone.now())
    return Walked(case=case)


@walks("A therapist raises the urgency of a case nobody has")
def raised_by_staff(house: House):
    case = house.decided(refer=True)
    house.now_changes()
    return Walked(case=cases.raise_tier(case, tier=Urgency.URGENT, by=house.daniel))


@walks("A therapist raises the urgency of a case somebody has")
def raised_in_review(house: House):
    case = house.taken()
    house.now_changes()
    return Walked(case=cases.raise_tier(case, tier=Urgency.URGENT, by=house.daniel), colleague=house.maya)


def _proposed(house) -> Decision:
    case = house.taken(SADDLE_NUMBNESS)
    house.reached(case)
    return house.decides(case, **LOWER)


@walks("A decision waits for a second person")
def proposed(house: House):
    case = house.taken(SADDLE_NUMBNESS)
    house.reached(case)
    house.now_changes()
    house.decides(case, **LOWER)
    return Walked(case=case)


@walks("Nobody has looked since the last notice")
def asked_again(house: House):
    case = _proposed(house).case
    _everybody_was_told(house, case)
    house.now_changes()
    raise_again()
    return Walked(case=case)


def _looks(house, look) -> Case:
    decision = _proposed(house)
    house.now_changes()
    version = Case.objects.get(pk=decision.case_id).version
    return look(decision, version=version, words="I read it.", by=house.daniel).case


@walks("The second person agrees, as here that the patient is treated at the clinic")
def agreed(house: House):
    case = _looks(house, second_look.agree_second)
    return Walked(case=case, reads={"status": "A therapist decided what comes next"}, late=timezone.now() + IN_WEEKS)


@walks("The second person does not agree")
def refused(house: House):
    return Walked(case=_looks(house, second_look.refuse_second), colleague=house.maya)


@walks("Its author takes the proposal back")
def dropped(house: House):
    decision = _proposed(house)
    house.now_changes()
    return Walked(case=second_look.drop_proposal(decision, by=house.maya).case)
