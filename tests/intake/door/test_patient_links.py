"""Coming back: links with a date of birth, keeping a form for later, invitations."""

import pytest
from django.urls import reverse

from clinic.links.actions import make_link, secret_of, withdraw
from clinic.links.models import Link
from clinic.messages.models import Message
from intake.door import form_links
from intake.models import Intake
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone

pytestmark = pytest.mark.django_db

RIGHT = {"date_of_birth_month": "3", "date_of_birth_day": "31", "date_of_birth_year": "1982"}
WRONG = RIGHT | {"date_of_birth_day": "30"}


@pytest.fixture
def ada(location):
    phone = Phone().starts()
    phone.answers("safety-check", emergency_now=["none"])
    return phone


@pytest.fixture
def address(ada):
    return f"/l/{secret_of(form_links.link_to(ada.intake))}/"


@pytest.fixture
def other(ada):
    return Phone()


def test_looking_at_a_link_changes_nothing_and_names_only_the_clinic(ada, address, other):
    for _look in range(3):
        other.opens(address)
        assert other.page.status_code == 200
    assert "Riverside" in other.text
    for secret in ("Ada", "Quill", "1982", "emergency_now"):
        assert secret not in other.html
    link = Link.objects.get()
    assert (link.opened_count, link.wrong_tries) == (0, 0)
    assert "plumbline_intake" not in other.client.cookies


def test_the_right_date_opens_it_on_another_device_where_the_patient_stopped(ada, address, other):
    other.sends(address, RIGHT)
    assert other.asks == ["sex_at_birth"]
    other.opens_page("safety-check")
    assert 'value="none"' in other.html


def test_it_opens_as_often_as_needed(ada, address, other):
    for _time in range(2):
        assert Phone().sends(address, RIGHT).page.status_code == 200


def test_a_wrong_date_is_counted_and_said_kindly(ada, address, other):
    other.sends(address, WRONG)
    assert other.page.status_code == 422
    assert "You can try 4 more times" in other.errors
    assert other.html.count("You can try 4 more times") == 2, "in the summary and at the field"
    assert other.html.count('aria-invalid="true"') == 3
    assert Link.objects.get().wrong_tries == 1


def test_nonsense_is_not_counted(ada, address, other):
    for nonsense in ({}, RIGHT | {"date_of_birth_month": "x"}, RIGHT | {"date_of_birth_year": "82"}):
        other.sends(address, nonsense)
        assert other.page.status_code == 422
    assert Link.objects.get().wrong_tries == 0


def test_after_five_wrong_tries_even_the_right_date_leads_to_the_phone(ada, address, other):
    for _try in range(5):
        other.sends(address, WRONG)
    for _try in (other.sends(address, RIGHT), other.opens(address)):
        assert "Please call us to open this form" in other.text
        assert "(207) 555-0142" in other.text
    assert other.opens("intake_check").page.status_code == 404


def test_unknown_withdrawn_expired_and_foreign_links_are_the_same_plain_page(ada, address, other, maya):
    withdraw(form_links.link_to(ada.intake), by=maya)
    seen = [other.opens(address)]
    expired = make_link(Link.Purpose.INTAKE, ada.intake.public_id, expires_at=ada.intake.started_at)
    office = make_link(Link.Purpose.OFFICE, ada.intake.public_id, expires_at=ada.intake.started_at.replace(year=2099))
    pages = []
    for secret in ("x", "x" * 43, secret_of(expired), secret_of(office)):
        page = Phone().opens(f"/l/{secret}/")
        assert page.page.status_code == 404
        pages.append(page.text)
    assert set(pages) == {seen[0].text}
    assert "Open the newest email" in pages[0]


@pytest.mark.parametrize("method", ["head", "options", "put", "delete"])
def test_other_verbs_open_nothing(ada, address, other, method):
    getattr(other.client, method)(address)
    assert Link.objects.get().opened_count == 0


def test_save_and_come_back_later_keeps_the_page_and_says_until_when(ada):
    ada.answers("about-you", age=44, sex_at_birth="male", more={"then": "later"})
    assert ada.page.wsgi_request.path == reverse("intake_save")
    assert ada.intake.answers["sex_at_birth"] == "male"
    assert "Use your link to come back until" in ada.text
    assert "ada@patients.example" in ada.text
    assert Message.objects.filter(kind="intake_link").count() == 1


@pytest.mark.parametrize("address", ["intake_check", "intake_submit"])
def test_the_page_to_check_and_the_page_to_sign_are_kept_for_later_too(ada, address):
    """The button of either mails the link the next page speaks of."""
    ada.has_answered(HEEL_PAIN)
    ada.comes_to_sign() if address == "intake_submit" else ada.opens(address)
    assert '<button class="btn btn-link" form="later">' in ada.html
    assert 'id="later" method="post" action="/intake/save/"' in ada.html
    ada.sends(reverse("intake_save"), {"whose": ada.hidden("whose")})

    assert "We are sending the link to ada@patients.example" in ada.text
    assert Message.objects.filter(kind="intake_link").count() == 1


def test_half_a_page_can_be_kept_for_later(ada):
    ada.answers("about-you", sex_at_birth="male", more={"then": "later", "age": "x"})
    assert ada.page.wsgi_request.path == reverse("intake_save")
    assert ada.intake.answers["sex_at_birth"] == "male"


def test_who_has_no_email_is_shown_the_link_to_write_down(location):
    ada = Phone().starts(email="")
    ada.answers("safety-check", emergency_now=["none"], more={"then": "later"})
    assert f"/l/{secret_of(form_links.link_to(ada.intake))}/" in ada.text
    assert not Message.objects.exists()


def test_leaving_closes_the_form_on_this_device_only(ada, address, other):
    ada.sends(reverse("intake_leave"))
    assert "closed on this device" in ada.text
    assert ada.opens("intake_check").page.status_code == 404
    assert other.sends(address, RIGHT).asks == ["sex_at_birth"]


# Invited --------------------------------------------------------------------------------------------------------------


def test_the_desk_invites_a_patient_who_opens_the_link_with_their_birth_date(location, priya, sign_in):
    desk = sign_in(priya)
    assert desk.get(reverse("invite")).status_code == 200
    desk.post(reverse("invite"), ADA)
    intake = Intake.objects.get()
    assert intake.invited_by == priya
    assert Message.objects.get(kind="intake_invitation").recipient == "ada@patients.example"
    patient = Phone().sends(f"/l/{secret_of(form_links.link_to(intake))}/", RIGHT)
    assert patient.says_who().asks == ["emergency_now"]


def test_an_invitation_needs_an_email(location, priya, sign_in):
    response = sign_in(priya).post(reverse("invite"), ADA | {"email": ""})
    assert response.status_code == 422
    assert "the email address the link goes to" in response.content.decode()


def test_staff_invite_only_to_their_own_location(location, other_location, priya, sign_in):
    response = sign_in(priya).post(reverse("invite"), ADA | {"location": "hillcrest"})
    assert Intake.objects.filter(patient__location=other_location).count() == 0
    assert response.status_code in (302, 422)


def test_strangers_are_sent_to_sign_in(location):
    assert Phone().client.get(reverse("invite")).status_code == 302
