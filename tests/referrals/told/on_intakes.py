"""How each change of an intake is made."""

from datetime import date, timedelta

from django.utils import timezone

from intake import triage
from intake.door import form_links, respondents
from intake.emergency.actions import emergency_read
from intake.follow_up import actions as follow_ups
from intake.inviting import actions as inviting
from intake.inviting.preview import look
from intake.models import Document, Intake
from intake.paper import actions as paper
from intake.questionnaire import actions, after_sending, on_file
from intake.returning import actions as returning
from intake.signing.actions import sign
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.referrals.told.house import House, Walked
from tests.referrals.told.on_cases import HERE
from tests.referrals.told.walks import walks

AGAIN, WORSE = Intake.Occasion.AGAIN, Intake.Occasion.WORSE
AGREED = dict.fromkeys(Document, True)


def _contact(house, **more):
    return {
        "location": house.location,
        "first_name": "Ada",
        "last_name": "Quill",
        "date_of_birth": date(1980, 2, 29),
        "email": "ada@patients.example",
        "phone": "(207) 555-0111",
        "language": "en",
        **more,
    }


def _begun(house, answers=None, **fields) -> Intake:
    """A form that is not sent, with a link."""
    intake = factories.intake(of=house.patient(), answers=answers, **fields)
    form_links.link_to(intake)
    return intake


@walks("A patient begins a form")
def begun(house: House):
    house.now_changes()
    return Walked(intake=actions.start_intake(**_contact(house)))


@walks("Staff invite a new patient")
def invited(house: House):
    house.now_changes()
    return Walked(intake=actions.invite_patient(by=house.priya, **_contact(house)))


@walks("Staff invite a patient the clinic knows")
def invited_again(house: House):
    case = house.decided(HEEL_PAIN, **HERE)
    house.now_changes()
    return Walked(intake=returning.invite_again(case.patient, by=house.priya))


@walks("Everybody of a list is invited")
def list_invited(house: House):
    kept = factories.invitation_list(by=house.priya)
    house.now_changes()
    inviting.invite_list(kept, saw=look(kept, house.priya).mark, by=house.priya)
    return Walked(intake=kept.intakes.get())


@walks("An invitation is sent again")
def sent_again(house: House):
    intake = _begun(house, invited_by=house.priya)
    house.now_changes()
    inviting.send_again(intake, by=house.priya)
    return Walked(intake=intake)


@walks("An invitation, or those of a list, are taken back")
def invitation_taken_back(house: House):
    intake = _begun(house, invited_by=house.priya)
    house.now_changes()
    inviting.take_back(intake, by=house.priya)
    return Walked(intake=intake)


@walks("A patient the clinic knows begins another form, or goes on with one")
def begun_again(house: House):
    case = house.decided(HEEL_PAIN, **HERE)
    house.now_changes()
    return Walked(intake=returning.start_again(case.patient, occasion=AGAIN))


@walks("The desk hands out a form on paper")
def on_paper(house: House):
    intake = _begun(house)
    house.now_changes()
    return Walked(intake=paper.put_on_paper(intake, by=house.priya))


@walks("The patient keeps the form for later")
def kept(house: House):
    intake = _begun(house)
    house.now_changes()
    form_links.keep_for_later(intake)
    return Walked(intake=intake)


@walks("Somebody says who answers")
def answers_for(house: House):
    intake = _begun(house)
    house.now_changes()
    respondents.set_respondent(intake, kind="helper", name="Ben Quill")
    return Walked(intake=intake)


@walks("The patient changes their details in the form")
def changed_details(house: House):
    intake = _begun(house)
    house.now_changes()
    actions.change_contact(intake, **_contact(house))
    intake.patient.refresh_from_db()
    return Walked(intake=intake)


# Answered -------------------------------------------------------------------------------------------------------------


def _saves(intake, answers):
    page = next(page for page in triage.pages(triage.shipped()) if set(answers) <= set(page.questions))
    return actions.save_page(intake, page.id, answers, version=intake.version).intake


@walks("A page is saved in which nothing alarms")
def saved(house: House):
    intake = _begun(house)
    house.now_changes()
    return Walked(intake=_saves(intake, {"emergency_now": ["none"]}))


@walks("An emergency shows on a page")
def emergency_shows(house: House):
    intake = _begun(house)
    house.now_changes()
    intake = _saves(intake, {"emergency_now": ["saddle_numb"]})
    return Walked(intake=intake, reads={"intake_emergency": "911"})


@walks("The patient has read the emergency page")
def has_read(house: House):
    case = factories.danger_in(_begun(house, SADDLE_NUMBNESS))
    house.now_changes()
    emergency_read(case.intake)
    return Walked(case=case)


@walks("A form is left before it could ask about danger")
def left(house: House):
    intake = _begun(house, {"age": 44})
    house.clock.shift(timedelta(hours=13))
    house.now_changes()
    actions.open_cases_for_abandoned(timezone.now())
    intake.refresh_from_db()
    return Walked(case=intake.case)


# Sent -----------------------------------------------------------------------------------------------------------------


@walks("The patient signs")
def signed(house: House):
    intake = _begun(house)
    house.now_changes()
    sign(intake, signed_name=intake.patient.full_name, choices=AGREED, language="en")
    return Walked(intake=intake)


def _sends(intake):
    name = intake.patient.full_name
    actions.sign_and_submit(intake, version=intake.version, signed_name=name, choices=AGREED, language="en")
    intake.refresh_from_db()
    return intake


@walks("The form is sent")
def sent(house: House):
    intake = _begun(house, FOOT_DROP)
    house.now_changes()
    return Walked(intake=_sends(intake), reads={"status": "A therapist looks at your answers"})


@walks("Answers with a danger come after the form was sent")
def danger_later(house: House):
    intake = _sends(_begun(house, HEEL_PAIN))
    house.now_changes()
    page = triage.safety_page(triage.shipped()).id
    after_sending.page_after_sending(intake, page, {"emergency_now": ["saddle_numb"]})
    return Walked(intake=intake)


# Afterwards -----------------------------------------------------------------------------------------------------------


@walks("The patient says that they got worse")
def got_worse(house: House):
    patient = house.decided(HEEL_PAIN, **HERE).patient
    house.now_changes()
    return Walked(
        intake=returning.start_again(patient, occasion=WORSE), reads={"status": "You told us that you got worse"}
    )


def _asked_how_it_goes(house):
    """Two weeks after a form was sent and decided on."""
    intake = _sends(_begun(house, HEEL_PAIN))
    house.decides(intake.case, **HERE)
    house.clock.shift(timedelta(weeks=2, days=1))
    house.now_changes()
    return follow_ups.open_for(intake.patient)


@walks("Whoever comes back says what on file is still right")
def confirms(house: House):
    intake = returning.start_again(house.decided(HEEL_PAIN, **HERE).patient, occasion=AGAIN)
    house.now_changes()
    return Walked(intake=on_file.confirm_on_file(intake, ["medicines"]).intake)


@walks("The patient answers some weeks later, no worse")
def no_worse(house: House):
    done = follow_ups.answer(_asked_how_it_goes(house), pain=4, change="better")
    return Walked(case=done.follow_up.intake.case, reads={"case": "2 weeks"})


@walks("The patient answers some weeks later, and is worse")
def worse_by_numbers(house: House):
    return Walked(intake=follow_ups.answer(_asked_how_it_goes(house), pain=9, change="worse").screening)


@walks("A therapist has seen that it got worse")
def seen(house: House):
    patient = follow_ups.answer(_asked_how_it_goes(house), pain=9, change="worse").follow_up.patient
    house.now_changes()
    follow_ups.seen(patient, by=house.maya)
    return Walked(patient=patient)
