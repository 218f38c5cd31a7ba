"""How each change of a person is made: a patient and how to reach them, somebody on staff and their account."""

from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.utils import timezone

from clinic.links import actions as links
from clinic.links import requests
from clinic.links.models import MOST_WRONG_TRIES
from clinic.messages import stopping
from clinic.on_call import actions as on_call
from clinic.owning import locations, mails, people, setting_up
from clinic.owning.words import newest
from clinic.sign_in import alerts, emails, handing_over, resets
from clinic.sign_in.tries import account_key
from clinic.staff.signing_in import SignInTry
from intake.door import addresses, languages, link_requests, respondents, way_back
from intake.door.form_links import link_to
from intake.door.status_links import link_to_status
from intake.review.forgotten import take_back_forgotten
from referrals.leaving import actions as leaving
from referrals.moves.left import tell_of_those_left
from referrals.today.morning import write_in_the_morning
from tests import factories
from tests.answers import HEEL_PAIN
from tests.referrals.told.house import House, Walked
from tests.referrals.told.walks import walks

HOUR = timedelta(hours=1)


def _asks_for_a_link(house, patient) -> Walked:
    requests.ask(patient.email, "203.0.113.9")
    house.now_changes()
    link_requests.answer_link_requests(timezone.now())
    return Walked(patient=patient)


@walks("A patient asks for a new link")
def asks_for_a_link(house: House):
    patient = house.sent(HEEL_PAIN).patient
    house.clock.shift(HOUR)
    factories.intake(of=patient, occasion="again", earlier=patient.intakes.get())
    return _asks_for_a_link(house, patient)


@walks("More people share an address than get a link at one time")
def left_out(house: House):
    for _one in range(link_requests.MOST_PEOPLE + 1):
        patient = factories.intake(of=house.patient(email="all@patients.example")).patient
    requests.ask(patient.email, "203.0.113.9")
    link_requests.answer_link_requests(timezone.now())
    house.now_changes()
    left = patient.__class__.objects.get(left_out__isnull=False)
    return Walked(patient=left)


@walks("Five wrong birth dates put a link to sleep")
def asleep(house: House):
    patient = house.sent(HEEL_PAIN).patient
    link = link_to_status(patient)
    house.now_changes()
    for _try in range(MOST_WRONG_TRIES):
        links.try_open.__wrapped__(link, right=False)  # it insists on a transaction of its own
    return Walked(patient=patient)


@walks("The desk gives out a patient's links, or wakes one")
def gives_out(house: House):
    patient = house.sent(HEEL_PAIN).patient
    house.now_changes()
    way_back.give_out(patient, by=house.priya)
    return Walked(patient=patient)


@walks("A patient turns reminders off, or on again")
def turns_off(house: House):
    patient = house.sent(HEEL_PAIN).patient
    house.now_changes()
    stopping.choose(patient.public_id, [])
    stopping.choose(patient.public_id, ["visits", "forms"])
    return Walked(patient=patient)


@walks("Staff correct an address a mail could not go to")
def corrects(house: House):
    patient = house.sent(HEEL_PAIN).patient
    link_to_status(patient)
    house.now_changes()
    addresses.correct_address(patient, "right@patients.example")
    return Walked(patient=patient)


@walks("A patient chooses another language")
def speaks(house: House):
    patient = house.patient()
    house.now_changes()
    languages.change_language(patient, "es")
    return Walked(patient=patient)


def _of_age(house):
    """Somebody who came of age today; a guardian's details are on file."""
    patient = house.patient(date_of_birth=date(2009, 3, 2), contact_is_of="guardian")
    link_to(factories.intake(of=patient))
    return patient


@walks("A patient comes of age while a guardian's details stand")
def comes_of_age(house: House):
    patient = _of_age(house)
    house.now_changes()
    respondents.came_of_age(timezone.now())
    return Walked(patient=patient)


@walks("The desk puts in the patient's own details")
def own_details(house: House):
    patient = _of_age(house)
    respondents.came_of_age(timezone.now())
    house.now_changes()
    respondents.confirm_contact(patient, email="own@patients.example", phone="(207) 555-0133", by=house.priya)
    patient.refresh_from_db()
    return Walked(patient=patient)


@walks("Staff see proof of an authority")
def proof(house: House):
    intake = factories.intake(of=house.patient(date_of_birth=date(2015, 3, 2)))
    said = respondents.set_respondent(intake, kind="guardian", name="Rosa Quill", authority="parent")
    house.now_changes()
    respondents.see_proof(said, by=house.priya)
    return Walked(intake=intake)


# The clinic itself ----------------------------------------------------------------------------------------------------


@walks("The clinic is set up")
def set_up(house: House):
    """Their phone is gone before they ever used it: the command is run again."""
    Authenticator.objects.filter(user=house.ruth).delete()
    house.now_changes()
    setting_up.look_again()
    return Walked(patient=house.patient(), colleague=house.ruth)


@walks("A location is made or changed")
def moves_house(house: House):
    house.now_changes()
    values = {"phone": "(207) 555-0177"}
    locations.change_location(house.location, values, saw=newest(location=house.location), by=house.ruth)
    return Walked(patient=house.patient())


@walks("A manager turns a kind of message off or on, or chooses when reminders go")
def turns_kinds(house: House):
    house.now_changes()
    mails.turn_kind("visit_reminder", on=False, by=house.ruth)
    mails.remind_before("visit_reminder", [24, 3], by=house.ruth)
    return Walked(patient=house.patient(), reads={"clinic_changes": "Reminder of a visit"})


# Somebody on staff ----------------------------------------------------------------------------------------------------


def _about(house, change) -> Walked:
    house.now_changes()
    change(house.maya)
    return Walked(patient=house.patient(), colleague=house.maya)


@walks("Somebody is invited to work here, once more, or after they had left")
def invited(house: House):
    house.now_changes()
    values = {"name": "Noa Beck", "email": "noa@plumbline.example", "role": "therapist"}
    noa = people.invite(values, [house.location], by=house.ruth)
    return Walked(patient=house.patient(), colleague=noa)


@walks("A manager changes somebody's account")
def changed(house: House):
    def change(person):
        values = {"name": "Maya Ortiz-Lee", "role": person.role}
        people.change_person(person, values, [house.location], saw=newest(person=person), by=house.ruth)

    return _about(house, change)


@walks("A manager changes what holds for colleagues elsewhere too: an account, a second step, a new manager")
def changed_elsewhere(house: House):
    """Ruth hears that the manager of another location closed the account of somebody who works at hers."""
    otto = factories.staff("Otto Field", "manager", at=[house.elsewhere])
    house.maya.locations.add(house.elsewhere)
    return _about(house, lambda person: people.close_account(person, by=otto))


@walks("A manager signs somebody out everywhere")
def signed_out(house: House):
    return _about(house, lambda person: people.sign_out_everywhere(person, by=house.ruth))


@walks("Somebody leaves, and what they carry goes to colleagues")
def leaves(house: House):
    case = house.taken(by=house.daniel)
    referral = house.referral("sent")
    referral.owner = house.daniel
    referral.save()
    house.now_changes()
    here = house.location.pk
    leaving.let_go(house.daniel, cases_to={here: house.maya}, referrals_to={here: house.priya}, by=house.ruth)
    return Walked(case=case, referral=referral)


@walks("A code for the second step is handed over")
def code(house: House):
    return _about(house, lambda person: handing_over.hand_over(person, by=house.ruth, page="people"))


@walks("A password is another one")
def password(house: House):
    return _about(house, emails.password_changed)


@walks("Somebody signs in on a device that was not used before")
def device(house: House):
    return _about(house, emails.new_device)


@walks("Many wrong passwords or codes are tried")
def tried(house: House):
    keys = {"account_key": account_key(house.maya.email), "network_key": b"a network", "device_key": b""}
    SignInTry.objects.bulk_create(
        SignInTry(step=SignInTry.Step.PASSWORD, at=timezone.now(), **keys) for _try in range(alerts.WORTH_A_MAIL)
    )
    return _about(house, lambda _person: alerts.tell_of_wrong_tries(timezone.now()))


@walks("Somebody on staff asks for a new password")
def reset(house: House):
    resets.ask(house.maya.email, "203.0.113.9")
    return _about(house, lambda _person: resets.answer(timezone.now()))


def _on_call(house):
    begins, ends = timezone.now() + HOUR, timezone.now() + 20 * HOUR
    return on_call.put_on_call(
        house.location, person=house.maya, starts_at=begins, ends_at=ends, phone="207 555 0190", by=house.ruth
    )


@walks("Somebody is put on call")
def put_on_call(house: House):
    house.now_changes()
    _on_call(house)
    return Walked(patient=house.patient(), colleague=house.maya, reads={"on_watch": "The mail did not go"})


@walks("Somebody is taken off call")
def taken_off_call(house: House):
    shift = _on_call(house)
    house.now_changes()
    on_call.end_on_call(shift, by=house.ruth)
    return Walked(patient=house.patient(), colleague=house.maya, reads={"on_watch": "The mail did not go"})


@walks("Their day begins, and there is something to do")
def morning(house: House):
    house.taken(by=house.maya)
    house.settings.MORNING_MAIL = timezone.localtime(timezone=house.location.zone).hour
    return _about(house, lambda _person: write_in_the_morning(timezone.now()))


def _leaves(person):
    person.is_active = False
    person.save()


@walks("Whoever had cases has left")
def left(house: House):
    case = house.taken(by=house.daniel)
    _leaves(house.daniel)
    house.now_changes()
    take_back_forgotten()
    return Walked(case=case)


@walks("The last therapist of a location has left")
def nobody_treats(house: House):
    house.now_changes()
    for person in (house.maya, house.daniel):
        _leaves(person)
    return Walked(patient=house.patient())


@walks("Whoever carried a referral has left")
def carrier_left(house: House):
    referral = house.referral("sent")
    hana = factories.staff("Hana Moss", "front_desk", at=[house.location])
    referral.owner = hana
    referral.save()
    house.now_changes()
    _leaves(hana)
    tell_of_those_left(timezone.now())
    return Walked(referral=referral)
