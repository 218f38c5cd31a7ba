"""Every page of the patient's form as it looks filled in and with errors, in both languages, in the light and in the
dark: axe finds nothing, nothing scrolls sideways at 320 pixels, and what is pressed is big enough for a thumb.
"""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import make_link, secret_of
from clinic.links.models import Link
from intake import triage
from intake.draft import has_sent
from intake.models import Respondent
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.protocol.chance import answer_sets
from tests.protocol.naive import Files

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TRIED = list(answer_sets(Files(), 300))
NARROW = {"width": 320, "height": 700}
BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}
SMALL = """() => [...document.querySelectorAll("main button, main a.btn, main summary, main .form-check-label")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44 && !one.closest("svg"))
  .map((one) => `${one.textContent.trim().slice(0, 40)}: ${Math.round(one.getBoundingClientRect().height)} px`)"""


@pytest.fixture(params=["en", "es"])
def patient(request, phone, location, maya):
    """A narrow phone that has chosen its language and is moved from one form to the next."""
    screen = phone(viewport=NARROW)
    screen.language = request.param
    yield screen
    screen.came_to.clear()  # pages between two looks are not read


def has_open(screen, intake):
    """This browser has passed the second factor of this form; when its answers are sent, they were sent from here."""
    link = make_link(Link.Purpose.INTAKE, intake.public_id, expires_at=timezone.now() + timedelta(days=1))
    elsewhere = Client()
    elsewhere.post(f"/l/{secret_of(link)}/", BORN)
    if intake.submitted_at:
        asked = RequestFactory().get("/")
        asked.COOKIES = {name: morsel.value for name, morsel in elsewhere.cookies.items()}
        elsewhere.cookies.load(has_sent(asked, HttpResponse()).cookies.output(header=""))
    language = {"django_language": screen.language}
    cookies = {name: morsel.value for name, morsel in elsewhere.cookies.items()} | language
    screen.page.context.clear_cookies()
    screen.page.context.add_cookies(
        [{"name": name, "value": value, "url": screen.home} for name, value in cookies.items()]
    )


def form_with(location, answers, **fields):
    intake = factories.intake(at=location, answers=answers, version=1, **fields)
    Respondent.objects.get_or_create(intake=intake, defaults={"kind": Respondent.Kind.PATIENT})
    return intake


def looks_well(screen, *, status=200):
    """In the light and in the dark, both by axe and by size."""
    for scheme in ("light", "dark"):
        screen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        screen.looks(status)
    assert screen.page.locator("html").get_attribute("lang") == screen.language
    assert screen.page.evaluate(SMALL) == [], f"too small to hit at {screen.page.url}"


def fullest(page) -> dict:
    """Answers under which this page asks as much as it can."""
    protocol = triage.shipped()

    def asked(answers):
        return sum(name in answers for name in triage.page_questions(protocol, page.id, answers).visible)

    return max(TRIED, key=asked)


@pytest.mark.parametrize("page", triage.pages(triage.shipped()), ids=lambda page: page.id)
def test_each_page_of_questions(patient, location, page):
    answers = fullest(page)
    address = reverse("intake_page", args=[triage.pages(triage.shipped()).index(page) + 1])
    has_open(patient, form_with(location, answers))
    patient.opens(address)
    looks_well(patient)

    bare = {name: value for name, value in answers.items() if name not in page.questions}
    has_open(patient, form_with(location, bare))
    patient.page.goto(patient.home + address)
    if address not in patient.page.url:  # its first question is asked because of one of its own answers
        return
    with patient.page.expect_navigation():
        patient.page.locator("main form button.btn-primary").click()
    if patient.status == 422:
        looks_well(patient, status=422)


BESIDE = [
    ("intake_who", {}, "bare"),
    ("intake_contact", HEEL_PAIN, ""),
    ("intake_check", HEEL_PAIN, ""),
    ("intake_check", {"emergency_now": ["none"]}, ""),
    ("intake_submit", HEEL_PAIN, ""),
    ("intake_files", HEEL_PAIN, ""),
    ("intake_appointment", HEEL_PAIN, ""),
    ("intake_save", HEEL_PAIN, ""),
    ("intake_leave", HEEL_PAIN, ""),
    ("intake_emergency", SADDLE_NUMBNESS, "danger"),
    ("intake_check", SADDLE_NUMBNESS, "danger"),
    ("intake_done", HEEL_PAIN, "sent"),
    ("intake_done", FOOT_DROP, "sent"),
    ("intake_done", SADDLE_NUMBNESS, "sent"),
    ("intake_worse", HEEL_PAIN, "sent"),
]


@pytest.mark.parametrize(("name", "answers", "how"), BESIDE, ids=lambda value: value if isinstance(value, str) else "")
def test_each_page_beside_the_questions(patient, location, name, answers, how):
    done = {page.id: 1 for page in triage.pages(triage.shipped())}
    if how == "sent":
        intake = factories.case(at=location, answers=answers).intake
    elif how == "bare":
        intake = factories.intake(at=location)
        Respondent.objects.filter(intake=intake).delete()
    else:
        intake = form_with(location, answers, pages_done=done)
    if how == "danger":
        factories.danger_in(intake)
    has_open(patient, intake)
    patient.opens(f"{reverse(name)}?version={intake.version}")
    assert reverse(name) in patient.page.url
    looks_well(patient)
    send = patient.page.locator("main form:not([data-upload]) button.btn-primary")
    if send.count() and name in ("intake_who", "intake_submit", "intake_appointment"):
        with patient.page.expect_navigation():
            send.first.click()
        looks_well(patient, status=422)


@pytest.mark.parametrize("path", ["/", "/intake/start/", "/link/new/", "/intake/check/", "/status/", "/nowhere/"])
def test_each_page_without_an_open_form(patient, path):
    patient.page.context.add_cookies([{"name": "django_language", "value": patient.language, "url": patient.home}])
    found = 200 if path in ("/", "/intake/start/", "/link/new/") else 404
    patient.opens(path, status=found)
    looks_well(patient, status=found)
    if path.endswith(("start/", "new/")):
        with patient.page.expect_navigation():
            patient.page.locator("main form button.btn-primary").click()
        looks_well(patient, status=422)
