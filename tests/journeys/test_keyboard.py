"""A whole intake with the keys alone, in both languages: from the clinic's first page to the status page, and to 911.

One of them sits at a desk, the other has a narrow window, so that every page is gone through in both widths.
"""

import pytest
from django.utils.translation import gettext
from playwright.sync_api import expect

from intake.models import Case, Consent, PatientFile, Urgency
from tests.answers import HEEL_PAIN
from tests.files.good import a_photo
from tests.intake.patients import ADA
from tests.journeys.conftest import COMPUTER, PHONE
from tests.journeys.keyboard import KeyboardPatient
from tests.journeys.words import advice, label, text

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WINDOWS = {"en": COMPUTER, "es": PHONE}
FOLLOW_UPS = {"pregnancy"}  # of HEEL_PAIN, asked on the page of the answer they come from


@pytest.fixture
def ada(window, maya, language):
    """At the clinic's first page, in her language."""
    ada = window(KeyboardPatient, WINDOWS[language])
    ada.opens("/")
    if language == "es":
        ada.presses("Español")
    assert ada.page.locator("html").get_attribute("lang") == language
    return ada


def follows_the_first_error(ada):
    """The summary of the errors has the focus; its first line is one Tab away and leads to the field."""
    ada.sees_errors()
    ada.key("Tab")
    line = ada.page.locator("[data-error-summary] a").first
    expect(line).to_be_focused()
    ada.key("Enter")
    field = ada.page.locator(line.get_attribute("href"))
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    return field


def begins_with_slips(ada):
    """Sends the contact page too early, then again with only the first line of the errors put right."""
    ada.follows_to("/intake/start/")
    ada.gives_details(first_name="Ada")
    ada.goes_on(422)
    ada.types(follows_the_first_error(ada), "Quill")
    ada.sends(422)
    follows_the_first_error(ada)
    ada.gives_details(**ADA)
    ada.goes_on()
    ada.says_who("patient")


def marks_the_body(ada):
    """Two places are marked and one is taken back: the drawing says the same as the boxes, which alone are reached."""
    left, right = (ada.page.locator(f'[name="pain_regions"][value="heel_{side}"]') for side in ("left", "right"))
    drawing, said = ada.page.locator("[data-body-drawing]"), ada.page.locator("[data-said]")

    def drawn(box):
        return drawing.locator(f'a.is-on[href="#{box.get_attribute("id")}"]')

    ada.opens_part(ada.page.locator("details", has=left))
    ada.ticks_box(left)
    expect(drawn(left).filter(visible=True)).not_to_have_count(0)  # the drawing turned to where it is
    expect(said).to_contain_text(gettext("marked"))
    ada.ticks_box(right)  # which of the two came first is asked below; the focus is still here
    expect(ada.page.locator('[name="both_feet_start"]').first).to_be_visible()
    ada.ticks_box(left)
    expect(drawn(left)).to_have_count(0)
    expect(drawn(right)).not_to_have_count(0)
    expect(said).to_contain_text(gettext("not marked any more"))
    expect(ada.page.locator('[name="both_feet_start"]')).to_have_count(0)


def adds_a_photo(ada):
    """From the page to check and back to it."""
    ada.page.on("filechooser", lambda _chooser: None)  # in time: the first one must already be told about
    ada.follows_to("/intake/files/")
    ada.comes_to(ada.page.locator("input[type=file]"))
    with ada.page.expect_file_chooser() as chooser:
        ada.key("Enter")
    chooser.value.set_files({"name": "heel.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
    ada.comes_to(ada.page.locator("main form[data-upload] .btn-primary"))
    ada.key("Enter")
    expect(ada.page.locator("main dt", has_text="heel.jpg")).to_be_visible()
    expect(ada.page.locator("h1")).to_be_focused()
    ada.looks()
    ada.follows_to("/intake/check/")


def test_from_the_first_page_to_the_status_page(ada, language):
    ada.careful = True
    ada.goes_through()
    begins_with_slips(ada)
    appeared = set()
    while ada.place.startswith("/intake/page/"):
        asked = set(ada.asked)
        if "pain_regions" in asked:
            marks_the_body(ada)
        ada.answers_page(HEEL_PAIN)
        appeared |= set(ada.asked) - asked
        ada.goes_on()
    assert appeared == FOLLOW_UPS

    adds_a_photo(ada)
    asked = ada.page.locator("a", has_text=text("pain_worst", language))
    ada.opens_part(ada.page.locator("details.answered", has=asked))
    ada._leads_on(asked, 200)
    ada.answers_page({"pain_worst": 4})
    ada.goes_on()
    ada.sees(label("heel_spot", "bottom_inner", language))
    ada.goes_on()
    ada.opens_part(ada.page.locator("main details").first)
    ada.goes_on(422)
    follows_the_first_error(ada)
    ada.signs("Ada Quill")
    ada.goes_on()
    assert ada.place == "/intake/done/"
    ada.follows_to("/status/")
    ada.opens_part(ada.page.locator("details", has=ada.page.locator('a[href="/status/answers/"]')))
    ada.follows_to("/status/answers/")
    ada.follows_to("/status/")
    ada._leads_on(ada.page.locator('main form[action="/status/leave/"] button'), 200)

    case = Case.objects.get()
    assert case.urgency == Urgency.ROUTINE
    assert (HEEL_PAIN | {"pain_worst": 4}).items() <= case.intake.answers.items()
    assert PatientFile.objects.get().name == "heel.jpg"
    assert set(Consent.objects.values_list("agreed", "text__language")) == {(True, language)}


def test_an_emergency_and_on_with_the_questions(ada, language):
    ada.follows_to("/intake/start/")
    ada.gives_details(**ADA)
    ada.goes_on()
    ada.says_who("patient")
    ada.careful = True
    ada.answers_page({"emergency_now": ["saddle_numb"]})
    ada.goes_on()
    assert ada.place == "/intake/emergency/"
    assert ada.heading == advice(language)
    ada._leads_on(ada.page.locator('main form[action="/intake/emergency/"] button'), 200)
    expect(ada.page.locator("#onwards")).to_be_focused()
    ada._leads_on(ada.page.locator('main a[href^="/intake/page/"]'), 200)
    expect(ada.page.locator(".advice-banner a").first).to_be_focused()  # the call is the first thing past the head
    assert Case.objects.get().urgency == Urgency.EMERGENCY
