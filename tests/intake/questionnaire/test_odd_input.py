"""What people type into boxes meant for something plainer: understood when certain, else given back with words."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from intake.door.contact import ContactForm, EmailAddressField, InvitationForm, OpenLinkForm
from intake.door.dates import BirthDateField, PastDateField
from intake.models import Patient
from intake.paper.forms import PaperContactForm
from intake.questionnaire.forms import WholeNumberField
from tests.intake.patients import ADA, Phone

# Dates ----------------------------------------------------------------------------------------------------------------

UNDERSTOOD = [
    ("March", "31", "1961"),
    ("marzo", "31", "1961"),
    ("MAR.", "31st", "1961"),
    ("3", "31st", "1961"),
    ("03", "31", " 1961 "),
    ("3", "31.", "1961"),
    ("3\u00a0", "\u200b31", "1961"),
    ("\u0663", "\u0663\u0661", "\u0661\u0669\u0666\u0661"),  # Arabic
    ("\u0969", "\u0969\u0967", "\u0967\u096f\u096c\u0967"),  # Devanagari
    ("\uff13", "\uff13\uff11", "\uff11\uff19\uff16\uff11"),  # as wide as a Chinese sign
    ("3/31/1961", "", ""),
    ("31/3/1961", "", ""),
    ("1961-03-31", "", ""),
    ("", "03-31-1961", ""),
    ("", "", "3.31.1961"),
    ("March 31, 1961", "", ""),
    ("31 March 1961", "", ""),
    ("31 de marzo de 1961", "", ""),
    ("mar 31st 1961", "", ""),
    ("1961 March 31", "", ""),
]
FIRST = [("1", "1st", "1961"), ("enero", "1ro", "1961"), ("Jan", "1\u00ba", "1961"), ("1/1/1961", "", "")]


@pytest.mark.parametrize("typed", UNDERSTOOD, ids=ascii)
def test_a_date_that_can_be_nothing_else_is_understood(typed):
    assert BirthDateField().clean(list(typed)) == date(1961, 3, 31)
    assert PastDateField().clean(list(typed)) == date(1961, 3, 31)


@pytest.mark.parametrize("typed", FIRST, ids=ascii)
def test_the_first_of_a_month_in_both_languages(typed):
    assert BirthDateField().clean(list(typed)) == date(1961, 1, 1)


@pytest.mark.parametrize("month", ["setiembre", "Sept.", "septiembre", "SEP", "September"])
def test_months_by_every_name_they_have(month):
    assert BirthDateField().clean([month, "9", "1961"]) == date(1961, 9, 9)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("5/6/1961", "", ""), "Type month, day, and year each in a box of its own"),
        (("5/6/61", "", ""), "Type month, day, and year each in a box of its own"),
        (("05061961", "", ""), "Type month, day, and year each in a box of its own"),
        (("Marzember", "31", "1961"), "in numbers"),
        (("March", "", ""), "Enter month, day, and year"),
        (("3", "31th of", "1961"), "in numbers"),
        (("3", "32", "1961"), "There is no such date"),
        (("3", "31", "61"), "four digits"),
        (("13/32/1961", "", ""), "Type month, day, and year each in a box of its own"),
        (("\u200b", " ", "\u00a0"), "Enter your date of birth"),
    ],
    ids=ascii,
)
def test_what_could_be_another_date_is_asked_about(typed, says):
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        BirthDateField().clean(list(typed))
    assert re.search(says, refused.value.messages[0]), refused.value.messages


def test_a_pasted_date_fits_into_the_box_and_comes_back_as_it_was_typed(location):
    page = Phone().opens("intake_start")
    assert {int(most) for most in re.findall(r'name="date_of_birth_\w+"[^>]*maxlength="(\d+)"', page.html)} == {40}
    pasted = {"date_of_birth_month": "5/6/1961", "date_of_birth_day": "", "date_of_birth_year": ""}
    page.sends(reverse("intake_start"), ADA | pasted | {"ticket": page.hidden("ticket")})
    assert page.page.status_code == 422
    assert 'value="5/6/1961"' in page.html
    assert page.filled["first_name"] == ["Ada"]


@pytest.mark.parametrize("typed", ["\u0667", "\uff17", " 7\u00a0", "7\u200b"], ids=ascii)
def test_a_whole_number_in_digits_of_any_script(typed):
    assert WholeNumberField().clean(typed) == 7


# Names and addresses --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_whoever_has_one_name_is_told_what_to_write(location):
    page = Phone().gives_details(first_name="Suharto", last_name="")
    assert "Whoever has only one name writes it here too" in page.errors
    assert page.filled["first_name"] == ["Suharto"]
    Phone().starts(first_name="Suharto", last_name="Suharto")
    assert Patient.objects.get().last_name == "Suharto"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ana@b\u00fccher.example", "ana@xn--bcher-kva.example"),
        ("ana@bu\u0308cher.example", "ana@xn--bcher-kva.example"),
        ("ana@B\u00dcCHER.example", "ana@xn--bcher-kva.example"),
        ("ana@correo.\u4f8b\u5b50.example", "ana@correo.xn--fsqu00a.example"),
        ("ana\uff20clinic.example", "ana@clinic.example"),
        ("ana@clinic\u3002example", "ana@clinic.example"),
        ("ana@clinic.example", "ana@clinic.example"),
    ],
    ids=ascii,
)
def test_a_domain_of_any_alphabet_is_kept_as_mail_servers_write_it(typed, kept):
    assert EmailAddressField().clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("a\u00f1a@clinic.example", "before the @"),
        ("\u0131da@clinic.example", "before the @"),
        ("ana@" + "\u00fc" * 80 + ".example", "like name@example.com"),
        ("ana@.\u00fc.example", "like name@example.com"),
        ("\u00fc", "like name@example.com"),
    ],
    ids=lambda typed: ascii(typed)[:30],
)
def test_what_no_mail_reaches_is_refused_in_words(typed, says):
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        EmailAddressField().clean(typed)
    assert says in refused.value.messages[0]


# The browser fills in -------------------------------------------------------------------------------------------------

PATIENTS = ("first_name", "last_name", "date_of_birth")


def fills_in(form, *fields) -> set[str]:
    widgets = [form.fields[name].widget for name in fields]
    boxes = [box for widget in widgets for box in getattr(widget, "widgets", [widget])]
    return {box.attrs.get("autocomplete", "") for box in boxes}


@pytest.mark.django_db
def test_the_browser_of_staff_fills_in_nothing_of_their_own(location):
    locations = type(location).objects.all()
    for form in (InvitationForm(locations=locations), PaperContactForm(locations=locations)):
        assert fills_in(form, *PATIENTS, "phone", "email") == {"off"}


@pytest.mark.django_db
def test_before_anybody_said_who_sits_there_the_patient_is_a_section_apart(location):
    """The phone number of a mother may be filled in, without her name landing in her child's."""
    form = ContactForm(locations=type(location).objects.all())
    assert all(kind.startswith("section-patient ") for kind in fills_in(form, *PATIENTS))
    assert fills_in(form, "phone", "email") == {"tel", "email"}


@pytest.mark.django_db
def test_a_parents_browser_leaves_the_child_alone(location):
    born = {"date_of_birth_month": "3", "date_of_birth_day": "3", "date_of_birth_year": "2018"}
    mother = Phone().gives_details(first_name="Milo", **born)
    mother.says_who("guardian", name="Rosa Quill", relationship="mother", authority="parent", contact="mine")
    form = mother.opens("intake_contact").page.context["form"]
    assert fills_in(form, *PATIENTS) == {"off"}


def test_the_birth_date_that_opens_a_link_is_typed_and_not_filled_in():
    assert fills_in(OpenLinkForm(), "date_of_birth") == {"off"}


# Cookies off ----------------------------------------------------------------------------------------------------------


def sends_without_cookies(page, **headers):
    return Client(enforce_csrf_checks=True).post(reverse("intake_start"), ADA | {"phone": "207 555 0111"}, **headers)


@pytest.mark.django_db
def test_without_cookies_the_page_says_so_and_what_was_typed_is_still_there(location):
    answer = sends_without_cookies("intake_start", HTTP_ORIGIN="http://testserver")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Cookies must be allowed for this site" in page
    assert 'name="first_name" value="Ada"' in page
    assert 'action="/start/"' in page or f'action="{reverse("intake_start")}"' in page
    assert "csrfmiddlewaretoken" in page

    browser = Client(enforce_csrf_checks=True)  # cookies are on now, and the button is pressed
    page = browser.post(reverse("intake_start"), ADA, HTTP_ORIGIN="http://testserver").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    again = ADA | {"csrfmiddlewaretoken": token}
    assert browser.post(reverse("intake_start"), again, HTTP_ORIGIN="http://testserver").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_what_a_strangers_page_sent_is_not_offered_for_a_press(location, origin):
    more = {"HTTP_ORIGIN": origin} if origin else {}
    page = sends_without_cookies("intake_start", **more).content.decode()
    assert "Ada" not in page
    assert "Send it again" not in page


@pytest.mark.django_db
def test_no_password_stands_in_the_page(maya):
    sent = {"login": maya.email, "password": "a-password-typed"}
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), sent, HTTP_ORIGIN="http://testserver")
    assert answer.status_code == 403
    assert "a-password-typed" not in answer.content.decode()
    assert maya.email not in answer.content.decode()
