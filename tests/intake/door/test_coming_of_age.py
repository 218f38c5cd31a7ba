"""On the birthday, at midnight where they are treated, a patient is an adult: a guardian's part ends by itself."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import find, make_link, secret_of
from clinic.links.models import Link
from clinic.messages.models import Message
from intake.door import emails, respondents
from intake.models import Consent, Document, Intake, Patient
from intake.questionnaire import actions as intakes
from intake.signing import actions as consents
from intake.tasks import see_who_came_of_age
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone

pytestmark = pytest.mark.django_db

BORN = date(2009, 5, 17)
MIDNIGHT = datetime(2027, 5, 17, tzinfo=ZoneInfo("America/New_York"))  # of the eighteenth birthday, in Maine
A_MOMENT = timedelta(seconds=1)
MOTHER = {"name": "Rosa Quill", "relationship": "mother", "authority": "parent", "contact": "mine"}
CHILD = {"date_of_birth_year": "2015", "first_name": "Milo"}
OWN = {"email": "milo@patients.example", "phone": "(207) 555-0133"}


@pytest.fixture
def milo(location):
    """Seventeen; his mother answered, signed and gave her own phone and email. Half a year before his birthday."""
    with time_machine.travel(MIDNIGHT - timedelta(days=180), tick=False):
        patient = factories.patient(
            at=location, first_name="Milo", date_of_birth=BORN, email="rosa@patients.example", contact_is_of="guardian"
        )
        intake = factories.intake(of=patient, answers=HEEL_PAIN | {"age": 17})
        respondents.set_respondent(intake, kind="guardian", name="Rosa Quill", authority="parent")
        intakes.sign_and_submit(
            intake,
            version=intake.version,
            signed_name="Rosa Quill",
            choices=dict.fromkeys(Document, True),
            language="en",
        )
    return patient


def link_of(patient, purpose=Link.Purpose.STATUS, subject=None):
    return make_link(purpose, subject or patient.public_id, expires_at=timezone.now() + timedelta(days=900))


def test_at_midnight_of_the_birthday_the_guardians_part_ends(milo):
    with time_machine.travel(MIDNIGHT - A_MOMENT, tick=False):
        status, own = link_of(milo), link_of(milo, Link.Purpose.INTAKE, milo.intakes.get().public_id)
        see_who_came_of_age()
        assert not Patient.objects.came_of_age().exists()
        assert len(consents.in_force(milo)) == 4
        assert milo.is_minor
    with time_machine.travel(MIDNIGHT, tick=False):
        assert consents.in_force(milo) == {}  # before anything ran
        assert milo.why_no_mail(asked_for=True)
        see_who_came_of_age()
        assert Patient.objects.came_of_age().get().came_of_age_at == MIDNIGHT
        assert find(secret_of(status)) is None
        assert find(secret_of(own)) is None
        assert respondents.came_of_age(timezone.now()) == 0


def test_elsewhere_it_is_midnight_later(location, other_location):
    born = {"date_of_birth": BORN, "contact_is_of": "guardian"}
    here, west = factories.patient(at=location, **born), factories.patient(at=other_location, **born)
    with time_machine.travel(MIDNIGHT, tick=False):
        see_who_came_of_age()
        assert list(Patient.objects.came_of_age()) == [here]
    with time_machine.travel(MIDNIGHT + timedelta(hours=2), tick=False):  # midnight in Colorado
        see_who_came_of_age()
        assert set(Patient.objects.came_of_age()) == {here, west}


@pytest.mark.parametrize(
    ("born", "still_a_child", "grown"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), date(2026, 3, 1)),
        (date(2008, 2, 28), date(2026, 2, 27), date(2026, 2, 28)),
        (date(2010, 3, 1), date(2028, 2, 29), date(2028, 3, 1)),
        (date(2010, 2, 28), date(2028, 2, 27), date(2028, 2, 28)),
    ],
)
def test_leap_days(location, born, still_a_child, grown):
    """Whoever was born on February 29 comes of age on March 1, for the sweep, the pages and the database alike."""
    patient = factories.patient(at=location, date_of_birth=born, contact_is_of="guardian")
    for day, adult in ((still_a_child, False), (grown, True)):
        with time_machine.travel(datetime(day.year, day.month, day.day, 17, tzinfo=UTC), tick=False):
            assert patient.is_minor != adult
            assert respondents.came_of_age(timezone.now()) == int(adult)


def test_the_age_is_the_locations(location):
    location.majority_age = 19
    location.save()
    patient = factories.patient(at=location, date_of_birth=BORN, contact_is_of="guardian")
    with time_machine.travel(MIDNIGHT, tick=False):
        assert respondents.came_of_age(timezone.now()) == 0
        assert patient.is_minor
    with time_machine.travel(MIDNIGHT.replace(year=2028), tick=False):
        assert respondents.came_of_age(timezone.now()) == 1


@pytest.mark.parametrize("of", ["patient", "representative"])
def test_whose_own_details_are_on_file_goes_on_as_before(location, of):
    patient = factories.patient(at=location, date_of_birth=BORN, contact_is_of=of)
    with time_machine.travel(MIDNIGHT, tick=False):
        assert respondents.came_of_age(timezone.now()) == 0
        assert patient.why_no_mail() == ""


def test_mails_that_wait_are_withheld_and_say_why(location):
    with time_machine.travel(MIDNIGHT - timedelta(days=1), tick=False):
        patient = factories.patient(at=location, date_of_birth=BORN, contact_is_of="guardian")
        intake = factories.intake(of=patient)
        [reminder, _later] = emails.remind_to_finish(intake)
        asked_for = emails.resume_link_requested(intake)
        assert emails.FinishIntake.still_needed(reminder) == ""
    with time_machine.travel(MIDNIGHT, tick=False):
        see_who_came_of_age()
        for kind, mail in ((emails.FinishIntake, reminder), (emails.IntakeLink, asked_for)):
            assert "come of age" in kind.still_needed(Message.objects.get(pk=mail.pk))


# Asked again --------------------------------------------------------------------------------------------------------


def test_everything_is_signed_again_by_the_patient_as_an_adult(milo):
    with time_machine.travel(MIDNIGHT, tick=False):
        intake = factories.intake(of=Patient.objects.get(), answers=HEEL_PAIN | {"age": 18})
        assert consents.needed(intake) == list(Document)
        with pytest.raises(IntegrityError), transaction.atomic():  # the database counts as the pages do
            Intake.objects.filter(pk=intake.pk).update(submitted_at=timezone.now())
        with pytest.raises(consents.Unsigned):
            intakes.submit_intake(intake, version=0)
        intakes.sign_and_submit(
            intake, version=0, signed_name="Milo Quill", choices=dict.fromkeys(Document, True), language="en"
        )
        assert {one.capacity for one in consents.in_force(milo).values()} == {"patient"}
        assert Consent.objects.filter(capacity="guardian").count() == 4  # what was signed then stays on record


def test_a_moment_before_the_database_still_takes_the_mothers_signature(milo):
    with time_machine.travel(MIDNIGHT - A_MOMENT, tick=False):
        intake = factories.intake(of=Patient.objects.get(), answers=HEEL_PAIN | {"age": 17})
        assert intakes.submit_intake(intake, version=0)


def test_what_a_minor_signed_alone_is_asked_again_too(location):
    with time_machine.travel(MIDNIGHT - timedelta(days=9), tick=False):
        patient = factories.patient(at=location, date_of_birth=BORN)
        signed = factories.intake(of=patient, submitted=True)
    with time_machine.travel(MIDNIGHT, tick=False):
        assert consents.needed(signed) == list(Document)


def test_an_intake_a_mother_began_asks_who_answers_now(milo):
    with time_machine.travel(MIDNIGHT - A_MOMENT, tick=False):
        intake = factories.intake(of=Patient.objects.get())
        respondents.set_respondent(intake, kind="guardian", name="Rosa Quill", authority="parent")
        assert not respondents.needs_respondent(intake)
    with time_machine.travel(MIDNIGHT, tick=False):
        assert respondents.needs_respondent(Intake.objects.get(pk=intake.pk))


# The patient's own details --------------------------------------------------------------------------------------------


@pytest.fixture
def grown(location):
    patient = factories.patient(
        at=location, first_name="Milo", date_of_birth=date(2000, 1, 1), contact_is_of="guardian"
    )
    factories.intake(of=patient)
    respondents.came_of_age(timezone.now())
    return Patient.objects.get()


def test_the_desk_puts_in_the_patients_own_details(grown, sign_in, priya):
    desk, address = sign_in(priya), reverse("confirm_contact", args=[grown.public_id])
    assert grown.email in desk.get(address).content.decode()
    shown = desk.post(address, OWN | {"told": "on"}, follow=True).content.decode()
    assert "own details are on file" in shown
    milo = Patient.objects.get()
    assert (milo.email, milo.contact_is_of, milo.came_of_age_at) == (OWN["email"], "patient", None)
    assert milo.history.order_by("pgh_id").last().pgh_context.metadata["user"] == priya.pk
    assert Message.objects.get(kind="intake_link").recipient == OWN["email"]
    assert milo.why_no_mail() == ""


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (OWN, "Speak with the patient first"),
        ({"told": "on"}, "Enter a phone number or an email address"),
        ({"told": "on", "phone": "123"}, "area code"),
        ({"told": "on", "email": "milo@"}, "name@example.com"),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(grown, sign_in, priya, sent, words):
    answer = sign_in(priya).post(reverse("confirm_contact", args=[grown.public_id]), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Patient.objects.came_of_age().exists()


def test_twice_is_once_and_others_may_not(grown, sign_in, priya, olga):
    assert sign_in(olga).get(reverse("confirm_contact", args=[grown.public_id])).status_code == 404
    with pytest.raises(PermissionDenied):
        respondents.confirm_contact(grown, **OWN, by=olga)
    assert respondents.confirm_contact(grown, **OWN, by=priya)
    assert not respondents.confirm_contact(grown, email="", phone="(207) 555-0100", by=priya)
    assert Patient.objects.get().email == OWN["email"]


def test_a_slip_in_the_year_asks_a_mother_who_she_is_and_keeps_her_form_open(location, maya):
    """She made it herself; no birthday has come."""
    mother = Phone().gives_details(date_of_birth_year="2015").says_who("guardian", **MOTHER)
    mother.sends(reverse("intake_contact"), ADA | {"date_of_birth_year": "1980"})
    assert mother.page.wsgi_request.path == reverse("intake_who")
    assert mother.page.status_code == 200
    mother.sends(reverse("intake_contact"), ADA | {"date_of_birth_year": "2015"})
    assert mother.says_who("guardian", **MOTHER).page.status_code == 200
    assert mother.intake.patient.contact_is_of == Patient.ContactIsOf.GUARDIAN


@pytest.fixture
def slipped(location, maya):
    """The mother of a child of eleven typed a year that makes it an adult."""
    mother = Phone().gives_details(**CHILD).says_who("guardian", **MOTHER)
    mother.sends(reverse("intake_contact"), ADA | CHILD | {"date_of_birth_year": "1980"})
    return mother


def test_a_slip_that_was_mended_makes_a_mothers_details_no_patients_own(slipped):
    """She is not asked again who she is, and is out all the same when her child comes of age."""
    assert slipped.page.wsgi_request.path == reverse("intake_who")
    slipped.sends(reverse("intake_contact"), ADA | CHILD)
    assert slipped.page.wsgi_request.path != reverse("intake_who")
    assert slipped.intake.patient.contact_is_of == Patient.ContactIsOf.GUARDIAN


@pytest.mark.parametrize(("kind", "words"), [("helper", MOTHER), ("patient", {})])
def test_what_was_said_of_an_adult_by_a_slip_is_asked_again_of_a_child(location, maya, kind, words):
    """A mother who typed a wrong year called herself a helper: her details counted as the child's for good."""
    mother = Phone().gives_details(date_of_birth_year="1980").says_who(kind, **words)
    assert mother.page.wsgi_request.path != reverse("intake_who")
    mother.sends(reverse("intake_contact"), ADA | CHILD)
    assert mother.page.wsgi_request.path == reverse("intake_who")
    mother.says_who("guardian", **MOTHER)
    assert mother.page.wsgi_request.path != reverse("intake_who")
    assert mother.intake.patient.contact_is_of == Patient.ContactIsOf.GUARDIAN


def test_a_birthday_asks_nobody_who_they_are_but_a_parent(location, maya):
    """A child that answers by itself goes on as the adult it is now."""
    child = Phone().gives_details(**CHILD).says_who("patient")
    child.sends(reverse("intake_contact"), ADA | {"date_of_birth_year": "1980"})
    assert child.page.wsgi_request.path != reverse("intake_who")


def test_what_was_said_of_an_adult_by_a_slip_is_a_guardians_once_it_is_mended(slipped):
    slipped.says_who("representative", **MOTHER | {"authority": "court"})
    assert slipped.intake.patient.contact_is_of == Patient.ContactIsOf.REPRESENTATIVE
    slipped.sends(reverse("intake_contact"), ADA | CHILD)
    assert slipped.intake.patient.contact_is_of == Patient.ContactIsOf.GUARDIAN
