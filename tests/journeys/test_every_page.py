"""Every page of questions as it looks filled in and with errors, in both languages, in the light and in the dark: axe
finds nothing, nothing scrolls sideways at 320 pixels, and what is pressed is big enough for a thumb. The other pages
of a patient are in `test_every_state.py`.
"""

from functools import cache

import pytest
from django.urls import reverse

from intake import triage
from intake.models import Respondent
from tests import factories
from tests.journeys.visitor import NARROW, has_open, looks_well
from tests.protocol.chance import answer_sets
from tests.protocol.naive import Files

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@cache
def tried() -> list[dict]:
    return list(answer_sets(Files(), 100))


@pytest.fixture(params=["en", "es"])
def patient(request, phone, location, maya):
    """A narrow phone that has chosen its language and is moved from one form to the next."""
    screen = phone(viewport=NARROW)
    screen.language = request.param
    yield screen
    screen.came_to.clear()  # pages between two looks are not read


def form_with(location, answers, **fields):
    intake = factories.intake(at=location, answers=answers, version=1, **fields)
    Respondent.objects.get_or_create(intake=intake, defaults={"kind": Respondent.Kind.PATIENT})
    return intake


@cache
def fullest(page_id) -> dict:
    """Answers under which this page asks as much as it can."""
    protocol = triage.shipped()

    def asked(answers):
        return sum(name in answers for name in triage.page_questions(protocol, page_id, answers).visible)

    return max(tried(), key=asked)


@pytest.mark.parametrize("page", triage.pages(triage.shipped()), ids=lambda page: page.id)
def test_each_page_of_questions(patient, location, page):
    answers = fullest(page.id)
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
