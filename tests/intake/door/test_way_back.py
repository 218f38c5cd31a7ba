"""Nobody is shut out for want of an email address: a page to write down, and a desk that gives out the link."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.links.models import MOST_WRONG_TRIES, Link
from clinic.messages.models import Message
from intake.door import way_back
from intake.models import Patient
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone

pytestmark = pytest.mark.django_db

BORN = {name: value for name, value in ADA.items() if name.startswith("date_of_birth")}


@pytest.fixture
def ada(location, maya):
    """She gave a phone number only."""
    return Phone().starts(email="")


@pytest.fixture
def patient(ada):
    return Patient.objects.get()


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


def written_on(page) -> str:
    """The way to the first link that stands on a page."""
    return re.search(r"https?://[^/<]+(/l/[\w-]+/)", page)[1]


def falls_asleep(ada):
    ada.answers("safety-check", emergency_now=["none"], more={"then": "later"})
    link = written_on(ada.html)
    for _try in range(MOST_WRONG_TRIES):
        Phone().sends(link, BORN | {"date_of_birth_year": "1955"})
    assert Link.objects.asleep().exists()
    return link


def page_of(desk, patient) -> str:
    return desk.get(reverse("confirm_contact", args=[patient.public_id])).content.decode()


def test_who_closes_the_form_without_an_address_takes_the_link_along(ada):
    ada.answers("safety-check", emergency_now=["none"])
    ada.sends(reverse("intake_leave"), {"whose": ada.hidden("whose")})
    ada = Phone().sends(written_on(ada.html), BORN)
    assert ada.page.wsgi_request.path.startswith("/intake/page/")


def test_who_closes_it_with_one_is_mailed_the_link(location, maya):
    ada = Phone().starts()
    ada.answers("safety-check", emergency_now=["saddle_numb"])
    ada.sends(reverse("intake_leave"), {"whose": ada.hidden("whose")})
    assert "Use the link we send to your email address" in ada.text
    assert "/l/" not in ada.html
    assert Message.objects.filter(kind="intake_link").count() == 1


def test_the_last_page_holds_the_way_to_the_status_page_for_who_gets_no_mail(ada):
    ada.has_answered(HEEL_PAIN)
    ada.submits()
    again = Phone().sends(written_on(ada.html), BORN)
    assert again.page.wsgi_request.path == reverse("status")


def test_closing_the_status_page_leaves_the_way_back_to_it(ada):
    ada.has_answered(HEEL_PAIN)
    ada.submits().opens("status")
    ada.sends(reverse("status_leave"), {"whose": ada.hidden("whose")})
    assert "newest email" not in ada.text
    again = Phone().sends(written_on(ada.html), BORN)
    assert again.page.wsgi_request.path == reverse("status")


def test_who_locked_themselves_out_stands_on_the_desks_list_and_gets_in_again(ada, patient, desk, priya):
    link = falls_asleep(ada)
    listed = desk.get(reverse("requests")).content.decode()
    assert reverse("confirm_contact", args=[patient.public_id]) in listed
    assert "/l/" not in page_of(desk, patient), "nothing is shown before somebody made sure"

    shown = desk.post(reverse("give_out_links", args=[patient.public_id])).content.decode()

    assert written_on(shown) == link
    assert Phone().sends(link, BORN).page.wsgi_request.path.startswith("/intake/page/")
    assert reverse("confirm_contact", args=[patient.public_id]) not in desk.get(reverse("requests")).content.decode()
    assert AccessLog.objects.filter(page="give_out_links", user=priya, patient_id=patient.pk).count() == 1
    assert Link.objects.get().history.filter(pgh_context__metadata__user=priya.pk, wrong_tries=0).exists()


def test_the_desk_gives_out_the_page_and_the_form_that_is_not_sent(ada, patient, priya):
    ada.has_answered(HEEL_PAIN)
    ada.submits()
    ada.opens("again")
    ada.sends(reverse("again"), {"whose": ada.hidden("whose")})
    links = way_back.give_out(patient, by=priya)
    assert [link.purpose for link in links] == [Link.Purpose.STATUS, Link.Purpose.INTAKE]


def test_a_caller_is_found_by_name_and_birth_date_and_never_in_an_address(ada, patient, desk, sign_in, olga):
    asked = {"begun-last_name": "quill"} | {f"begun-{name}": value for name, value in BORN.items()}
    found = desk.post(reverse("find_patient"), asked)
    assert reverse("patient", args=[patient.public_id]) in found.content.decode()
    missed = desk.post(reverse("find_patient"), asked | {"begun-date_of_birth_year": "1983"})
    assert missed.status_code == 422
    assert "Nobody of this name and birth date" in missed.content.decode()
    assert sign_in(olga).post(reverse("find_patient"), asked).status_code == 422
    assert desk.get(reverse("find_patient")).url == reverse("requests")


def test_no_link_is_given_out_by_another_location_or_for_a_grown_up_whose_details_are_a_guardians(
    ada, patient, sign_in, olga, priya
):
    assert sign_in(olga).post(reverse("give_out_links", args=[patient.public_id])).status_code == 404
    with pytest.raises(PermissionDenied):
        way_back.give_out(patient, by=olga)
    assert way_back.give_out(patient, by=priya)
    patient.came_of_age_at = timezone.now()
    assert way_back.give_out(patient, by=priya) == []
