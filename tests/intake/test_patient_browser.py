"""The patient's pages in a real browser, on a phone: follow-ups in place, the advice, and all of it without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import expect

from intake import triage
from intake.models import Case
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def at_the_clinic(monkeypatch, live_server):
    """The address of a clinic with one location. The browser runs beside the database in this thread."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)  # the server leaves no session behind
    factories.staff("Maya Ortiz", at=[factories.location("Riverside")])
    return live_server.url


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request, browser):
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def starts(page, address):
    page.goto(address)
    page.get_by_role("link", name="Start your intake").click()
    for name in ("first_name", "last_name", "phone", "email"):
        page.fill(f"[name={name}]", ADA[name])
    for part in ("month", "day", "year"):
        page.fill(f"[name=date_of_birth_{part}]", ADA[f"date_of_birth_{part}"])
    saves(page, "Continue")
    page.get_by_label("I am the patient", exact=True).check()
    saves(page, "Continue")


def checks(page, question, *options):
    """Presses the options as a finger would, opening the part of the body they are in."""
    for option in options:
        box = page.locator(f'[name="{question}"][value="{option}"]')
        part = page.locator("details", has=box)
        if part.count() and not box.is_visible():
            part.locator("summary").click()
        page.locator(f'label[for="{box.get_attribute("id")}"]').click(
            force=True
        )  # on a scale the box lies on its label


def saves(page, button="Save and continue"):
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()  # a finger that is faster than the scripts finds a page without them


def fits(page):
    """No sideways scroll."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_patient_with_heel_pain_reaches_the_end(at_the_clinic, phone):
    starts(phone, at_the_clinic)
    while phone.url.split("?")[0].split("/")[-3] == "page":
        number = int(phone.url.split("?")[0].split("/")[-2])
        for name in triage.pages(triage.shipped())[number - 1].questions:
            if name in HEEL_PAIN and phone.locator(f"#div_id_{name}").count():
                answer = HEEL_PAIN[name]
                if name == "age":
                    phone.fill("[name=age]", str(answer))
                elif not phone.locator(f'[name="{name}"]:checked').count():
                    checks(phone, name, *(answer if isinstance(answer, list) else [str(answer)]))
        saves(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Check your answers")
    saves(phone, "Continue to sign and send")
    for box in ("treatment", "privacy", "intend"):
        phone.check(f"[name={box}]")
    for choice in ("email", "referral"):
        phone.check(f"[name={choice}][value=yes]")
    phone.fill("[name=signed_name]", "Ada Quill")
    saves(phone, "Sign and send")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your answers have been sent")
    assert Case.objects.get().rules_urgency == 0


def test_an_emergency_answer_shows_the_advice_at_once(at_the_clinic, phone):
    starts(phone, at_the_clinic)
    checks(phone, "emergency_now", "saddle_numb")
    saves(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Call 911 or go to the nearest emergency room now")
    assert Case.objects.get().urgency == 3
    saves(phone, "I have read this")
    phone.get_by_role("link", name="Go on with the questions").click()
    expect(phone.get_by_role("region", name="Emergency")).to_contain_text("Call 911")


def test_a_follow_up_opens_in_place_and_nothing_else_moves(at_the_clinic, page):
    page.set_viewport_size(PHONE)
    starts(page, at_the_clinic)
    checks(page, "emergency_now", "chest_pain", "fainted")
    expect(page.get_by_role("radiogroup", name="Which best describes the chest pain?")).to_be_visible()
    expect(page.locator("#revealed")).to_have_text("One more question has appeared below.")
    assert page.evaluate("document.activeElement.value") == "fainted", "focus stays where it was"
    assert page.is_checked("[value=chest_pain]")
    checks(page, "emergency_now", "none")
    expect(page.locator("#div_id_chest_kind")).to_have_count(0)
    assert not page.is_checked("[value=chest_pain]"), "none of these unticks the others"


def test_every_kind_of_page_is_found_without_fault_by_axe(at_the_clinic, browser):
    context = browser.new_context(viewport=PHONE, bypass_csp=True)  # axe is not part of the page
    page = context.new_page()

    def sound():
        found = Axe().run(page)
        assert found.violations_count == 0, (page.url, found.generate_report())
        fits(page)

    page.goto(at_the_clinic)
    sound()
    page.goto(f"{at_the_clinic}/intake/start/")
    saves(page, "Continue")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    sound()
    starts(page, at_the_clinic)
    sound()
    for number in (2, 3, 4, 5, 26):
        page.goto(f"{at_the_clinic}/intake/page/{number}/")
        sound()
    saves(page)
    sound()
    page.goto(f"{at_the_clinic}/intake/page/1/")
    checks(page, "emergency_now", "saddle_numb")
    saves(page)
    sound()
    for name in ("check", "save", "leave", "contact", "who"):
        page.goto(f"{at_the_clinic}/intake/{name}/")
        sound()
    page.goto(f"{at_the_clinic}/l/no-such-link/")
    sound()
    context.close()
