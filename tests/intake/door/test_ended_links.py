"""A link that ended stays ended: no page brings it back, and no page answers with a secret. Two devices on one link."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import renew_link, secret_of, withdraw
from clinic.links.models import Link
from intake.door import form_links, respondents
from intake.door.status_links import link_to_status
from intake.models import Intake, Patient, Respondent
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone, page_address

pytestmark = pytest.mark.django_db

SAFETY = page_address("safety-check")
BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}
ADA_BORN = {name: value for name, value in ADA.items() if name.startswith("date_of_birth")}
GROWN_UP = date(2000, 1, 1)
GROWN_UP_BORN = {"date_of_birth_month": "1", "date_of_birth_day": "1", "date_of_birth_year": "2000"}


def confirmed(born):
    return {f"confirm-{name}": value for name, value in born.items()}


def links() -> list:
    """Every link there is, as far as a page could change one: made, renewed or given longer to live."""
    return list(Link.objects.order_by("pk").values_list("pk", "generation", "expires_at", "withdrawn_at"))


def has_a_secret(response) -> bool:
    said = response.content.decode() + response.get("Location", "")
    return bool(re.search(r"/l/[\w-]{40,}", said))


ENDS = {
    "withdrawn": withdraw,
    "renewed": lambda link: renew_link(link.purpose, link.subject_id, expires_at=link.expires_at),
    "expired": lambda link: Link.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(minutes=1)),
}


@pytest.fixture
def bea(location):
    patient = factories.patient(at=location, first_name="Bea")
    factories.intake(of=patient, answers=HEEL_PAIN, submitted=True)
    return patient


@pytest.fixture
def ada(location, maya):
    """Her form is open, at the questions about danger."""
    return Phone().starts().opens_page("safety-check")


# The status page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", ENDS)
def test_a_status_page_whose_link_ended_gets_no_new_one_through_the_page_of_somebody_else(location, bea, ends):
    old = Phone().sends(f"/l/{secret_of(link_to_status(bea))}/", BORN).opens("status_worse")
    field = old.hidden("whose")
    ENDS[ends](link_to_status(bea))
    cal = factories.patient(at=location, first_name="Cal")
    factories.intake(of=cal, answers=HEEL_PAIN, submitted=True)
    window = Phone().sends(f"/l/{secret_of(link_to_status(cal))}/", BORN)
    before = links()

    window.sends(reverse("status_worse"), {"whose": field}, follow=False)

    assert not has_a_secret(window.page)
    assert "What you just sent was not saved. Nobody has seen it." in window.text
    assert links() == before


def test_even_a_living_link_is_not_told_to_whoever_holds_a_page_of_it(location, bea):
    field = Phone().sends(f"/l/{secret_of(link_to_status(bea))}/", BORN).opens("status_worse").hidden("whose")
    cal = factories.patient(at=location, first_name="Cal")
    factories.intake(of=cal, answers=HEEL_PAIN, submitted=True)
    window = Phone().sends(f"/l/{secret_of(link_to_status(cal))}/", BORN)
    window.sends(reverse("status_worse"), {"whose": field}, follow=False)
    assert not has_a_secret(window.page)
    assert "What you sent was not saved" in window.text

    window.sends(reverse("status_resume"), window.filled | BORN)
    assert "For Bea" in window.opens("status").text


def test_an_idle_status_page_asks_for_the_date_of_birth_and_tells_no_secret(bea, clock):
    phone = Phone().sends(f"/l/{secret_of(link_to_status(bea))}/", BORN)
    clock.shift(timedelta(minutes=21))
    for answer in (phone.client.get(reverse("status")), phone.client.post(reverse("status_worse"))):
        assert not has_a_secret(answer)
    phone.opens("status")
    assert not has_a_secret(phone.page)
    assert "For Bea" not in phone.text
    assert phone.sends(reverse("status_resume"), phone.filled | BORN).page.wsgi_request.path == reverse("status")
    assert "For Bea" in phone.text


@pytest.mark.parametrize("ends", ENDS)
def test_the_page_that_asks_for_the_date_of_birth_opens_no_link_that_ended_meanwhile(bea, clock, ends):
    phone = Phone().sends(f"/l/{secret_of(link_to_status(bea))}/", BORN)
    clock.shift(timedelta(minutes=21))
    asks = phone.opens("status").filled
    ENDS[ends](link_to_status(bea))
    before = links()
    phone.sends(reverse("status_resume"), asks | BORN)
    assert phone.page.status_code == 404
    assert links() == before


@pytest.mark.parametrize("ends", ["withdrawn", "renewed"])
def test_the_browser_that_sent_the_answers_is_not_given_a_newer_status_link(location, maya, ends):
    """She gave no address, so the last page showed her the link to write down. It ended since."""
    ada = Phone().starts(email="")
    ada.has_answered(HEEL_PAIN)
    ada.submits()
    assert has_a_secret(ada.page)
    patient = Patient.objects.get()
    ENDS[ends](link_to_status(patient))
    link_to_status(patient)
    before = links()
    for page in ("intake_done", "status"):
        assert not has_a_secret(ada.opens(page).page), page
    assert ada.page.status_code == 404
    assert links() == before


# The form -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", ENDS)
def test_a_page_of_a_form_whose_link_ended_opens_nothing_in_another_browser(ada, ends):
    sent = ada.filled | {"emergency_now": ["saddle_numb"]}
    ENDS[ends](form_links.link_to(ada.intake))
    form_links.link_to(ada.intake)  # the patient has another one by now
    before = links()
    other = Phone()
    other.sends(SAFETY, sent)
    assert other.page.status_code == 404
    assert "What you just sent was not saved. Nobody has seen it." in other.text
    other.sends(reverse("intake_resume"), sent | {"confirm-whose": sent["whose"]} | confirmed(ADA_BORN))
    assert other.page.status_code == 404
    assert "emergency_now" not in Intake.objects.get().answers
    assert links() == before


def test_a_page_that_asks_for_the_date_of_birth_is_good_as_long_as_its_link_and_no_longer(ada, location):
    other = Phone().sends(SAFETY, ada.filled | {"emergency_now": ["saddle_numb"]})
    assert other.page.status_code == 403
    asks = other.filled | confirmed(ADA_BORN)
    renew_link(Link.Purpose.INTAKE, ada.intake.public_id, expires_at=timezone.now() + timedelta(days=3))
    assert other.sends(reverse("intake_resume"), asks).page.status_code == 404
    assert other.opens("intake_check").page.status_code == 404


def test_whoever_opened_the_form_by_the_old_mailbox_is_out_once_the_address_is_changed(ada):
    """Decision 19: others may read that mailbox. The date of birth is no way back in."""
    old = Phone().sends(f"/l/{secret_of(form_links.link_to(ada.intake))}/", ADA_BORN).opens_page("safety-check")
    sent = old.filled | {"emergency_now": ["none"]}
    ada.opens("intake_contact").sends(reverse("intake_contact"), ADA | {"email": "ada@new.example"})
    assert ada.page.status_code == 200
    for answer in (
        old.client.get(reverse("intake_check")),
        old.client.post(SAFETY, sent),
        old.client.post(reverse("intake_resume"), sent | confirmed(ADA_BORN)),
        old.client.get(reverse("intake_emergency")),
    ):
        assert answer.status_code == 404
    assert "emergency_now" not in Intake.objects.get().answers
    assert ada.opens_page("safety-check").asks, "the device that changed it goes on"


def test_a_changed_address_gives_no_more_tries(ada):
    Link.objects.update(wrong_tries=3)
    ada.opens("intake_contact").sends(reverse("intake_contact"), ADA | {"email": "ada@new.example"})
    assert Link.objects.live().get().wrong_tries == 3


def test_the_first_page_sent_again_brings_no_form_back_whose_link_ended(location):
    page = Phone().opens("intake_start")
    details = ADA | {"ticket": page.hidden("ticket")}
    page.sends(reverse("intake_start"), details)
    begun = Intake.objects.get()
    withdraw(form_links.link_to(begun))
    Phone().sends(reverse("intake_start"), details)
    assert Intake.objects.count() == 2
    assert not Link.objects.live().filter(subject_id=begun.public_id).exists()


def test_each_use_has_a_signature_of_its_own(ada, bea):
    """A field that says whose page it is asks for no date of birth, and is nothing on a page of another kind."""
    hers = Phone().sends(f"/l/{secret_of(link_to_status(bea))}/", BORN).opens("status_worse").hidden("whose")
    form = ada.hidden("whose")
    assert Phone().sends(reverse("status_resume"), {"confirm-whose": hers} | BORN).page.status_code == 404
    assert Phone().sends(reverse("intake_resume"), {"confirm-whose": form}).page.status_code == 404
    assert Phone().sends(SAFETY, {"whose": hers, "version": "0"}).page.status_code == 404


def test_a_page_that_does_not_say_whose_it_is_any_more_is_nobodys(ada):
    """Changed, or older than a link lives: it may be of another form, so the one open here does not take it."""
    ada.presses_save("safety-check", more={"whose": "forged"}, emergency_now=["saddle_numb"])
    assert ada.page.status_code == 404
    assert "What you just sent was not saved. Nobody has seen it." in ada.text
    assert "emergency_now" not in Intake.objects.get().answers


def test_pages_open_at_an_upgrade_still_say_whose_they_are_and_open_nothing(ada):
    """Before, the field held the public id alone."""
    old = signing.Signer(salt="intake.whose").sign(ada.intake.public_id.hex)
    assert Phone().sends(SAFETY, {"whose": old, "version": "0"}).page.status_code == 404
    ada.presses_save("safety-check", more={"whose": old}, emergency_now=["saddle_numb"])
    assert ada.page.wsgi_request.path == reverse("intake_emergency")


# Coming of age --------------------------------------------------------------------------------------------------------


@pytest.fixture
def milo(location):
    """An adult since midnight, still reached by his mother's address. The clock that ends her links has not run."""
    patient = factories.patient(at=location, first_name="Milo", date_of_birth=GROWN_UP, contact_is_of="patient")
    factories.intake(of=patient, answers=HEEL_PAIN, submitted=True)
    return patient


def is_reached_by_a_guardian(patient):
    Patient.objects.filter(pk=patient.pk).update(contact_is_of="guardian")


def test_a_guardians_links_open_nothing_from_midnight_on_whether_or_not_the_clock_ran(milo):
    begun = factories.intake(of=milo)
    status, form = link_to_status(milo), form_links.link_to(begun)
    is_reached_by_a_guardian(milo)
    for link in (status, form):
        answer = Client().post(reverse("link", args=[secret_of(link)]), GROWN_UP_BORN)
        assert answer.status_code == 404


def test_a_guardians_open_pages_close_at_midnight(milo):
    begun = factories.intake(of=milo)
    said = {"kind": "guardian", "name": "Rosa Quill", "authority": "parent"}
    Respondent.objects.update_or_create(intake=begun, defaults=said)
    page = Phone().sends(f"/l/{secret_of(link_to_status(milo))}/", GROWN_UP_BORN).opens("status")
    form = Phone().sends(f"/l/{secret_of(form_links.link_to(begun))}/", GROWN_UP_BORN).opens("intake_who")
    assert (page.page.status_code, form.page.status_code) == (200, 200)
    field = form.hidden("whose")
    is_reached_by_a_guardian(milo)
    assert page.opens("status").page.status_code == 404
    assert form.opens("intake_who").page.status_code == 404
    assert form.sends(reverse("intake_who"), {"kind": "patient", "contact": "patient"}).page.status_code == 404
    assert Phone().sends(reverse("intake_who"), {"whose": field}).page.status_code == 404


def test_the_desk_gives_out_no_link_for_a_grown_up_whom_the_clock_has_not_seen(milo, priya, sign_in):
    is_reached_by_a_guardian(milo)
    shown = sign_in(priya).post(reverse("give_out_links", args=[milo.public_id]))
    assert not has_a_secret(shown)


def test_a_guardian_does_not_come_back_by_a_page_when_the_patient_has_links_of_their_own(milo, priya):
    begun = factories.intake(of=milo)
    old = Phone().sends(f"/l/{secret_of(form_links.link_to(begun))}/", GROWN_UP_BORN).opens("intake_who")
    status = Phone().sends(f"/l/{secret_of(link_to_status(milo))}/", GROWN_UP_BORN).opens("status_worse")
    fields = old.hidden("whose"), status.hidden("whose")
    is_reached_by_a_guardian(milo)
    respondents.came_of_age(timezone.now())
    respondents.confirm_contact(Patient.objects.get(), email="milo@patients.example", phone="", by=priya)
    form_links.link_to(begun), link_to_status(milo)
    before = links()
    other = Phone().starts()
    before += [one for one in links() if one not in before]
    for window in (other, old, status, Phone()):
        window.sends(reverse("intake_who"), {"whose": fields[0], "kind": "patient"}, follow=False)
        assert window.page.status_code == 404
        window.sends(reverse("status_worse"), {"whose": fields[1]}, follow=False)
        assert not has_a_secret(window.page)
    assert sorted(links()) == sorted(before)


# Two devices ----------------------------------------------------------------------------------------------------------

TOLD = "also opened on another device"


def test_two_devices_on_one_form_are_each_told_of_the_other(ada):
    assert TOLD not in ada.opens_page("safety-check").text
    laptop = Phone().sends(f"/l/{secret_of(form_links.link_to(ada.intake))}/", ADA_BORN)
    ada.opens_page("safety-check")
    assert TOLD in ada.text
    assert "please call us" in ada.text
    assert TOLD not in ada.opens_page("safety-check").text, "said once"
    tablet = Phone().sends(f"/l/{secret_of(form_links.link_to(ada.intake))}/", ADA_BORN)
    assert TOLD in tablet.text
    assert TOLD in laptop.opens_page("safety-check").text


def test_two_devices_on_one_status_page_are_each_told_of_the_other(bea):
    link = f"/l/{secret_of(link_to_status(bea))}/"
    phone = Phone().sends(link, BORN)
    assert TOLD not in phone.text
    other = Phone().sends(link, BORN)
    assert TOLD in other.text
    assert TOLD in phone.opens("status").text
    assert TOLD not in phone.opens("status").text


def test_the_same_device_again_and_a_day_that_is_gone_are_nothing_to_tell(bea):
    link = f"/l/{secret_of(link_to_status(bea))}/"
    phone = Phone().sends(link, BORN)
    assert TOLD not in phone.sends(link, BORN).text
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert TOLD not in Phone().sends(link, BORN).text
