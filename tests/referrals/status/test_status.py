"""The patient's status page: plain words for every state, a date for every promise, and the truth about missed ones."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.links.actions import find, secret_of, withdraw
from clinic.links.models import Link
from clinic.messages.models import Message
from intake.door.status_emails import answers_received
from intake.door.status_links import link_to_status
from intake.models import AppointmentRequest, Case, Contact
from intake.paper.actions import put_on_paper
from intake.returning.actions import start_again
from intake.review import actions as cases
from referrals import moves as actions
from referrals.desk.promises import missed_promises
from referrals.models import Referral, ReferralMove
from referrals.moves import carrying
from referrals.status import standing as status
from referrals.status import words as status_words
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.patients import ADA, Phone
from tests.referrals.conftest import OFFICE
from tests.referrals.status_page import BORN, Page, appointment, at

pytestmark = pytest.mark.django_db
Status = Referral.Status
DATE = ("month", "day", "year")

# Every state has words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "states"),
    [
        (status_words.CASES, Case.Status),
        (status_words.CONTACTS, Contact.Outcome),
        (status_words.REQUESTS, AppointmentRequest.State),
        (status_words.REFERRALS, Referral.Status),
        (status_words.ENDED, Referral.EndReason),
        (status_words.MOVES, ReferralMove.What),
    ],
)
def test_every_state_has_words_for_the_patient(table, states):
    assert set(table) == set(states)


def test_no_words_name_a_condition_or_how_bad_it_is():
    said = [words.title + words.text for words in status_words.REFERRALS.values()]
    said += [words.title + words.text for words in status_words.CASES.values()]
    said += [str(words) for words in (*status_words.MOVES.values(), *status_words.ENDED.values())]
    for word in ("diagnos", "nerve", "surg", "cancer", "emergency", "red flag", "overdue"):
        assert not [one for one in said if word in str(one).lower()]


# The way to the page -------------------------------------------------------------------------------------------------


def test_it_opens_by_the_link_and_the_date_of_birth_and_is_logged(decision):
    patient = decision.case.patient
    phone = Page(patient)
    assert phone.page.status_code == 200
    assert "What is happening with your care" in phone.text
    row = AccessLog.objects.filter(page="status").get()
    assert (row.actor, row.patient_id, row.subject) == ("patient", patient.pk, "patient")


def test_the_link_alone_shows_only_the_clinic(decision):
    phone = Phone().opens(f"/l/{secret_of(link_to_status(decision.case.patient))}/")
    assert "Riverside" in phone.text
    for secret in ("Graciela", "Monteverde", "1980", "What is happening with your care"):
        assert secret not in phone.html
    assert "This link opens until" in phone.text


def test_after_twenty_minutes_without_use_the_date_of_birth_opens_it_again(page):
    now = timezone.now()
    with at(now):
        phone = page()
    for minutes in (19, 38):
        with at(now + timedelta(minutes=minutes)):
            assert phone.opens("status").page.status_code == 200
    with at(now + timedelta(minutes=59)):
        phone.opens("status")
        assert "To keep your page private, we ask for the date of birth first." in phone.text
        assert "Graciela" not in phone.html
        assert phone.opens("status_looked").text.count("What is happening with your care") == 0
        link = phone.page.wsgi_request.path
        assert "What is happening with your care" in phone.sends(link, BORN).text


def test_it_closes_after_twelve_hours_in_any_case(page):
    now = timezone.now()
    with at(now):
        phone = page()
    for quarter in range(1, 48):
        with at(now + timedelta(minutes=15 * quarter)):
            assert phone.opens("status").page.status_code == 200
    with at(now + timedelta(hours=12, minutes=1)):
        assert phone.opens("status").page.status_code == 404


def test_a_link_taken_back_closes_it_at_once_and_its_successor_does_not_open_it_again(page, decision, maya):
    phone = page()
    withdraw(Link.objects.get(purpose=Link.Purpose.STATUS), by=maya)
    assert phone.opens("status").page.status_code == 404
    phone = page()
    withdraw(Link.objects.live().get(purpose=Link.Purpose.STATUS), by=maya)
    link_to_status(decision.case.patient)
    assert phone.opens("status").page.status_code == 404


def test_somebody_else_s_page_and_files_do_not_exist(page, location):
    other = factories.intake(at=location, answers=HEEL_PAIN, submitted=True)
    phone = page()
    for name in ("status_answers_pdf", "status_answers_json", "status_calendar"):
        assert phone.opens(name, other.public_id).page.status_code == 404


def test_closing_it_closes_the_form_as_well(location):
    phone = Phone().starts()
    phone.has_answered(HEEL_PAIN)
    phone.submits()
    assert phone.opens("status").page.status_code == 200
    phone.sends(reverse("status_leave"))
    assert phone.opens("status").page.status_code == 404
    assert phone.opens("intake_done").page.status_code == 404


def test_whoever_has_just_sent_the_form_goes_straight_on_and_a_later_browser_does_not(location):
    phone = Phone().starts()
    phone.has_answered(HEEL_PAIN)
    phone.submits()
    assert reverse("status") in phone.html
    assert phone.opens("status").page.status_code == 200
    assert "The next step" in phone.text
    intake = phone.intake
    later, link = Phone(), Link.objects.get(purpose=Link.Purpose.INTAKE)
    with at(timezone.now() + timedelta(minutes=1)):
        later.sends(f"/l/{secret_of(link)}/", {f"date_of_birth_{part}": ADA[f"date_of_birth_{part}"] for part in DATE})
        assert "We have your answers" in later.text
        assert later.opens("status").page.status_code == 404
    mail = Message.objects.get(kind="answers_received")
    assert (mail.recipient, mail.subject_id) == (intake.patient.email, intake.patient.public_id)


def test_whoever_wants_no_email_gets_none_and_is_shown_the_link_to_keep(location):
    intake = factories.intake(at=location, answers=HEEL_PAIN, submitted=True)
    factories.consent(intake, "email", agreed=False)
    answers_received(intake)
    from clinic.messages.dispatch import sweep

    sweep()
    assert Message.objects.get(kind="answers_received").status == Message.Status.SKIPPED
    phone = Page(intake.patient)
    secret = phone.html.split("/l/")[1].split("/")[0]
    assert find(secret).subject_id == intake.patient.public_id


# What it says --------------------------------------------------------------------------------------------------------


def test_waiting_for_a_therapist_says_who_and_by_when(location):
    case = factories.case(at=location, answers=HEEL_PAIN)
    phone = Page(case.patient)
    assert "The next step A therapist looks at your answers." in phone.text
    assert "A therapist at our clinic" in phone.text
    with timezone.override(location.zone):
        assert status.in_words(case.acknowledge_by, location.zone, timezone.now()) in phone.text
    assert "We are late" not in phone.text


@pytest.mark.parametrize("who", ["waiting", "in review"])
def test_a_missed_review_shows_on_the_page_and_the_worklist_in_the_same_minute(location, maya, who):
    case = factories.case(at=location, answers=HEEL_PAIN, acknowledged_by=maya if who == "in review" else None)
    due = case.acknowledge_by if who == "waiting" else case.decide_by
    for moment, late in ((due - timedelta(seconds=30), False), (due + timedelta(seconds=30), True)):
        with at(moment):
            assert ("We are late" in Page(case.patient).text) is late
            assert Case.objects.overdue(moment).filter(pk=case.pk).exists() is late
            assert (case in [missed.row for missed in missed_promises(maya)]) is late


STEPS = {
    "draft": lambda referral: None,
    "sent": lambda referral: None,
    "opened": lambda referral: actions.office_opened(referral, office=OFFICE),
    "question": lambda referral: actions.office_ask(referral, words="Which side?", office=OFFICE),
    "accepted": lambda referral: actions.office_accept(referral, office=OFFICE),
    "declined": lambda referral: actions.office_decline(referral, reason="plan", office=OFFICE),
    "scheduled": lambda referral: appointment(referral),
    "seen": lambda referral: (appointment(referral), actions.seen(referral, by=referral.owner)),
    "no_show": lambda referral: (appointment(referral), actions.no_show(referral, by=referral.owner)),
    "reported": lambda referral: actions.receive_report(referral, words="All well.", office=OFFICE),
}


@pytest.mark.parametrize("state", STEPS)
def test_every_missed_date_of_a_referral_shows_on_the_page_and_the_worklist_in_the_same_minute(
    state, request, page, priya
):
    referral = request.getfixturevalue("chosen" if state == "draft" else "sent")
    STEPS[state](referral)
    referral.refresh_from_db()
    assert referral.status == state
    due = referral.next_check_at
    for moment, late in ((due - timedelta(seconds=30), False), (due + timedelta(seconds=30), True)):
        with at(moment):
            phone = page()
            assert ("We are late" in phone.text) is late
            assert Referral.objects.overdue(moment).exists() is late
            assert bool(missed_promises(priya)) is late
            if late:
                assert "(207) 555-0142" in phone.text.split("We are late")[1][:120]


def test_every_state_is_shown_in_its_own_words(sent, page):
    for state, words in status_words.REFERRALS.items():
        if state in Referral.ENDED:
            continue
        Referral.objects.filter(pk=sent.pk).update(status=state)
        said = status_words.AFTER_THE_DAY if state == Status.SCHEDULED else words
        said = status_words.READ if state == Status.REPORTED else said
        assert str(said.title) in page().text, state


@pytest.mark.parametrize("state", [Status.QUESTION, Status.NO_SHOW])
def test_whoever_gave_no_phone_number_is_promised_no_call_in_a_referral(sent, page, state):
    Referral.objects.filter(pk=sent.pk).update(status=state, next_check_at=timezone.now() - timedelta(hours=1))
    assert "e call you" in page().text
    type(sent.patient).objects.update(phone="")
    ada = page()
    assert "e call you" not in ada.text
    assert "We have no phone number for you, so please call us." in ada.text
    assert "We are late" in ada.text, "the next step stays with the clinic"


def test_no_specialist_is_named_before_the_letter_went_out(draft, neurologist, priya, page):
    actions.choose(draft, neurologist, choice="suggested", because="sees new patients", by=priya)
    actions.prepare_letter(draft, consent="agreed", by=priya)
    for word in ("Katz", "Ashport", "eurolog"):
        assert word not in page().html
    actions.send(draft, by=priya)
    assert "Ashport Neurology" in page().text


def test_a_decision_that_waits_for_a_second_person_shows_nothing_of_itself(location, maya):
    case = factories.case(at=location, answers=SADDLE_NUMBNESS, acknowledged_by=maya)
    cases.record_contact(case, outcome=Contact.Outcome.REACHED, safety_advice_given=True, words="", by=maya)
    Case.objects.filter(pk=case.pk).update(status=Case.Status.SECOND_LOOK, held_until=None)
    text = Page(case.patient).text
    assert "We spoke with you" in text
    assert "Call 911" in text
    assert "neuro" not in text.lower().split("what is happening with your care")[1]


def test_a_referral_is_shown_only_once_its_decision_is_in_effect(location, maya, priya):
    case = factories.case(at=location, answers=HEEL_PAIN)
    decision = factories.decision(on=case, by=maya, effective_at=None)
    factories.referral(after=decision, owner=priya, to=factories.specialist())
    text = Page(case.patient).text
    assert str(status_words.REFERRALS["sent"].title) not in text
    decision.effective_at = timezone.now()
    decision.save()
    assert str(status_words.REFERRALS["sent"].title) in Page(case.patient).text


def test_advice_stays_on_top_also_of_a_missed_promise(location):
    case = factories.case(at=location, answers=TEMPLE_HEADACHE)
    with at(case.decide_by + timedelta(minutes=5)):
        text = Page(case.patient).text
    assert (
        text.index("Urgent: call us now") < text.index("What is happening with your care") < text.index("We are late")
    )


def test_nothing_of_what_the_answers_mean_is_on_the_page(decision, sent, page):
    said = page().html
    for word in ("Toe lift", "foot_drop", "red flag", "Red flag", decision.case.flags[0]["condition"]):
        assert word not in said


@pytest.mark.parametrize("reason", [reason for reason in Referral.EndReason if reason != "report_read"])
def test_a_referral_that_ended_says_why_and_owes_nothing(sent, priya, page, reason, monkeypatch):
    monkeypatch.setattr(carrying, "left_before_closing", lambda _referral: [])  # whoever was lost was tried to reach
    actions.withdraw(sent, reason=reason, by=priya)
    phone = page()
    assert str(status_words.ENDED[reason]) in phone.text
    assert "Nothing is open" in phone.text


def test_the_whole_line_to_the_end(sent, page, maya, priya):
    appointment(sent)
    actions.seen(sent, by=priya)
    report = actions.receive_report(sent, words="All well.", office=OFFICE)
    assert "A therapist reads the report" in page().text
    actions.read_report(report, by=maya)
    assert "We tell you what comes next" in page().text
    actions.close(sent, reason="report_read", by=priya)
    text = page().text
    lines = [
        "We received your answers",
        "A therapist decided",
        "We wrote to the other office",
        "You got an appointment",
    ]
    lines += ["You were seen", "The report of the office came", "A therapist read the report", "Finished"]
    places = [text.index(line) for line in lines]
    assert places == sorted(places)
    assert "All steps are done" in text
    assert "All well" not in text


def test_a_patient_without_answers_reads_that_there_are_none(location):
    assert "We have no answers from you yet" in Page(factories.patient(at=location)).text


def test_a_form_that_is_not_sent_is_said(location):
    intake = factories.intake(at=location, answers={"age": 46})
    assert "A form is not sent yet" in Page(intake.patient).text


def test_a_form_on_paper_is_no_form_to_go_on_with(location, priya):
    case = factories.case(at=location, answers=HEEL_PAIN)
    put_on_paper(factories.intake(of=case.patient), by=priya)
    text = Page(case.patient).text
    assert "A form is not sent yet" in text
    assert "Go on with your form" not in text
    begun = start_again(case.patient, occasion="again")
    put_on_paper(factories.intake(of=case.patient), by=priya)
    phone = Page(case.patient)
    assert "Go on with your form" in phone.text
    phone.sends(reverse("status_go_on"), {"whose": phone.hidden("whose")})
    assert phone.page.context["intake"] == begun


def test_whoever_got_worse_and_has_not_sent_the_form_is_promised_a_call(location):
    case = factories.case(at=location, answers=HEEL_PAIN)
    worse = start_again(case.patient, occasion="worse")
    text = Page(case.patient).text
    assert "You told us that you got worse" in text
    assert "A therapist calls you" in text
    due = status.in_words(worse.case.acknowledge_by, location.zone, timezone.now())
    assert due in text


def test_a_visit_asked_for_and_booked_is_a_step(location, maya):
    case = factories.case(at=location, answers=HEEL_PAIN)
    factories.decision(on=case, by=maya, refer=False)
    now = timezone.now()
    asked = AppointmentRequest.objects.create(
        patient=case.patient, intake=case.intake, location=location, days=[], times=[], reason="new",
        answer_by=now + timedelta(days=1),
    )  # fmt: skip
    assert "We answer your request for a visit" in Page(case.patient).text
    with at(now + timedelta(days=1, minutes=1)):
        assert "We are late" in Page(case.patient).text
        assert [missed.kind for missed in missed_promises(maya)] == ["request"]
    asked.state, asked.starts_at, asked.answered_by = "booked", now + timedelta(days=5), maya
    asked.save()
    phone = Page(case.patient)
    assert "You come to your visit with us" in phone.text
    assert "12 Mill Road" in phone.text
    assert phone.opens("status_calendar", asked.public_id).page.status_code == 200
