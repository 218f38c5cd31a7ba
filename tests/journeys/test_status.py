"""A patient follows how things stand on a phone, from the mail to the end: on time and late, in both languages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.links.actions import address_of
from clinic.messages.dispatch import sweep
from intake.door.link_requests import answer_link_requests
from intake.door.status_links import link_to_status
from intake.models import Case
from referrals import moves as actions
from referrals.models import Referral
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LIGHT, DARK, NO_SCRIPTS = {"color_scheme": "light"}, {"color_scheme": "dark"}, {"scripts": False}
LOOKS = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark"), pytest.param(NO_SCRIPTS, id="no scripts")]
READ = [("en", LIGHT), ("es", DARK), ("en", NO_SCRIPTS), ("es", NO_SCRIPTS)]


def opens_status(screen, patient, language="en"):
    """By the mailed link and the date of birth, on a device that has never been here."""
    screen.opens(address_of(link_to_status(patient)))
    if language == "es":
        screen.presses("Español")
    for part, value in zip(("month", "day", "year"), ("2", "29", "1980"), strict=True):
        screen.page.locator(f'input[name="date_of_birth_{part}"]').fill(value)
    screen._leads_on(screen.page.locator("main button.btn-primary"), 200)


@pytest.mark.parametrize(("language", "look"), READ, ids=["en light", "es dark", "en no scripts", "es no scripts"])
def test_from_waiting_to_late_to_the_end(phone, location, maya, priya, language, look):
    patient = factories.patient(at=location)
    case = factories.case(of=patient, answers=HEEL_PAIN)
    ada = phone(**look)
    opens_status(ada, patient, language)

    Case.objects.filter(pk=case.pk).update(acknowledge_by=timezone.now() - timedelta(minutes=1))
    ada.opens("/status/")
    ada.sees("We are late" if language == "en" else "(207) 555-0142")

    referral = actions.refer(factories.decision(on=case, by=maya), by=maya)
    ada.opens("/status/")
    office = factories.specialist(specialty=referral.specialty)
    actions.choose(referral, office, choice="suggested", because="sees new patients", by=priya)
    actions.prepare_letter(referral, consent="agreed", by=priya)
    actions.send(referral, by=priya)
    for state in ("sent", "question", "accepted", "declined", "no_show"):
        Referral.objects.filter(pk=referral.pk).update(status=state)
        ada.opens("/status/")
    Referral.objects.filter(pk=referral.pk).update(status="accepted")
    starts = timezone.now() + timedelta(days=3)
    actions.give_appointment(
        referral,
        starts_at=starts,
        time_zone="America/New_York",
        instructions="Bring your pictures.",
        office="Ellen Park",
    )
    ada.opens("/status/")
    ada.sees("Casco Nerve Center")
    report = actions.receive_report(referral, words="Fine.", office="Ellen Park")
    ada.opens("/status/")
    actions.read_report(report, by=maya)
    actions.close(referral, reason="report_read", by=priya)
    ada.opens("/status/")
    ada.opens("/status/looked/")
    ada.opens("/status/answers/")
    if language == "en":
        ada.file("To read and print (PDF)")
        ada.follows("Back")
        ada.presses("Close this page on this device")
        ada.opens("/status/", status=404)


@pytest.mark.parametrize("answers", [SADDLE_NUMBNESS, TEMPLE_HEADACHE], ids=["emergency", "urgent"])
def test_advice_stands_on_top(phone, location, answers):
    patient = factories.patient(at=location)
    case = factories.case(of=patient, answers=answers)
    ada = phone()
    opens_status(ada, patient)
    past = timezone.now() - timedelta(minutes=1)
    Case.objects.filter(pk=case.pk).update(acknowledge_by=past, decide_by=past)
    ada.opens("/status/")
    ada.sees("No help has been sent" if answers is SADDLE_NUMBNESS else "We are late")
    ada.opens("/status/looked/")
    ada.sees("Read what to do")


def test_with_nothing_to_show(phone, location):
    ada = phone()
    opens_status(ada, factories.patient(at=location))
    ada.opens("/status/answers/")


@pytest.mark.parametrize("look", LOOKS)
def test_a_lost_link_is_mailed_again(phone, location, mail, look):
    patient = factories.patient(at=location, email="ada@patients.example")
    factories.case(of=patient, answers=HEEL_PAIN)
    old = phone(**look)
    opens_status(old, patient)
    ada = phone(**look)
    ada.opens("/")
    ada.follows("I cannot find it: email me a new link")
    ada.page.locator("main input[type=email]").fill("no address")
    ada.presses("Send me a link", status=422)
    ada.sees_errors("Enter an email address")
    ada.page.locator("main input[type=email]").fill("ada@patients.example")
    ada.presses("Send me a link")
    assert ada.heading == "Look at your email"
    answer_link_requests(timezone.now())
    sweep()
    link = next(word for word in mail("ada@patients.example").get_content().split() if "/l/" in word)
    old.opens("/status/", status=404)
    old.sees("a newer link was sent")
    ada.opens(link)


def test_the_page_warns_before_it_closes_and_one_press_keeps_it_open(phone, location, monkeypatch, settings):
    settings.PATIENT_IDLE_MINUTES = 8 / 60
    monkeypatch.setattr("intake.door.frame.WARNED_FOR", 5)
    patient = factories.patient(at=location)
    factories.case(of=patient, answers=HEEL_PAIN)
    ada = phone()
    opens_status(ada, patient)
    ada.page.get_by_role("dialog").wait_for()
    ada.sees("Are you still there?")
    ada.page.get_by_role("button", name="Yes, I am still here").click()
    ada.page.get_by_role("dialog").wait_for(state="hidden")
    ada.opens("/status/")


@pytest.mark.parametrize("who", ["ruth", "maya"])
def test_staff_see_what_is_missed_now(computer, location, maya, who, request):
    case = factories.case(at=location, answers=HEEL_PAIN)
    Case.objects.filter(pk=case.pk).update(acknowledge_by=timezone.now() - timedelta(minutes=90))
    screen = computer()
    screen.is_signed_in(request.getfixturevalue(who))
    screen.opens("/promises/")
    screen.sees("Somebody looks at the answers", "Overdue by")
    if who == "ruth":
        screen.sees("The last 30 days")
        assert "Quill" not in screen.words
    else:
        screen.sees("Quill")
