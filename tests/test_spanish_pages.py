"""Every address a patient may come to, opened by Lucía with an open form, with a sent one, and on her status page."""

import io

import pypdf
import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from clinic.links.actions import secret_of
from intake.door.status_links import link_to_status
from intake.models import FollowUp
from intake.paper import actions as paper
from intake.paper.sheet import sheet
from tests import factories, routes
from tests.answers import HEEL_PAIN
from tests.spanish import ENGLISH, LUCIA, SpanishPhone, english_words, is_spanish

BORN = {"date_of_birth_month": "3", "date_of_birth_day": "31", "date_of_birth_year": "1982"}
NOT_HERS = ("account_", "mfa_", "demo_", "office")
NO_PAGES = {"set_language", "consent_copy", "status_answers_pdf", "status_answers_json"}
NO_PAGES |= {"livez", "readyz", "healthz", "metrics", "status_calendar"}  # these are files, or nothing to read


@pytest.fixture
def lucia(location, maya):
    phone = SpanishPhone()
    phone.page = phone.client.get("/")
    return phone.presses_language("es").starts(**LUCIA)


def pages() -> dict[str, routes.Route]:
    """The routes of patients that answer with a page."""
    hers = {name: route for name, route in routes.ROUTES.items() if route.who == routes.ANYONE}
    return {name: route for name, route in hers.items() if name not in NO_PAGES and not name.startswith(NOT_HERS)}


def looks_everywhere(phone, seen):
    """Opens every page and sends every form empty; what was answered with a page of its own is added to `seen`."""
    for name in pages():
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        for response in (phone.client.get(address), phone.client.post(address, {})):
            if "leave" not in name and response.get("Content-Type", "").startswith("text/html") and response.content:
                is_spanish(response)
                seen |= {name} if response.status_code in (200, 403, 404, 409, 422) else set()


def left(phone):
    """The pages that end something, at the end."""
    for name in ("intake_leave", "status_leave"):
        phone.sends(reverse(name))


def text_of(pdf) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def is_spanish_paper(pdf, *names):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"].lower().startswith("es")
    text = text_of(pdf)
    for name in names:
        text = text.replace(name, "")
    assert not ENGLISH.search(text), ENGLISH.search(text)
    for line in text.splitlines():
        assert not english_words().fullmatch(line.strip()), line


def test_with_an_open_form(lucia):
    lucia.answers_everything(HEEL_PAIN).comes_to_sign()
    lucia.sends(reverse("intake_submit"), {"version": lucia.hidden("version")})
    assert lucia.page.status_code == 422
    looks_everywhere(lucia, set())
    left(lucia)


def test_after_sending_and_on_the_status_page(lucia, maya, priya):
    lucia.answers_everything(HEEL_PAIN).submits()
    looks_everywhere(lucia, set())
    patient = lucia.intake.patient
    FollowUp.objects.filter(patient=patient).delete()
    FollowUp.objects.create(patient=patient, intake=lucia.intake, week=2, due_at=timezone.now(), activity="Bailar")
    lucia.opens(f"/l/{secret_of(link_to_status(patient))}/").sends(lucia.page.wsgi_request.path, BORN)
    assert "Cómo va su atención" in lucia.text
    seen = set()
    looks_everywhere(lucia, seen)
    assert {name for name in pages() if name.startswith("status") and not pages()[name].post_only} <= seen
    lucia.sends(reverse("follow_up"), {"pain": "2", "difficulty": "3", "change": "same"})
    left(lucia)


def test_the_papers_she_may_keep(lucia):
    lucia.answers_everything(HEEL_PAIN).submits()
    is_spanish_paper(lucia.client.get(reverse("consent_copy")).content)
    patient = lucia.intake.patient
    lucia.opens(f"/l/{secret_of(link_to_status(patient))}/").sends(lucia.page.wsgi_request.path, BORN)
    answers = lucia.client.get(reverse("status_answers_pdf", args=[lucia.intake.public_id]))
    is_spanish_paper(answers.content)


def test_the_form_on_paper(location, priya):
    patient = factories.patient(at=location, last_name="Prado", language="es")
    intake = paper.put_on_paper(factories.intake(of=patient, language="es"), by=priya)
    is_spanish_paper(sheet(intake))
