"""Reading and signing on a phone: for a child, with errors, in the dark, without scripts."""

import io

import pypdf
import pytest

from intake.models import Consent, Document, Respondent
from intake.signing.texts import text_in
from tests.answers import HEEL_PAIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["with scripts", "without scripts"])
def rosa(request, phone, maya):
    """The mother of Milo, at the page that asks who fills the form in."""
    rosa = phone(scripts=request.param == "with scripts")
    rosa.opens("/intake/start/")
    rosa.gives_details(first_name="Milo", date_of_birth_year="2015")
    rosa.presses("Continue")
    return rosa


def test_a_mother_answers_and_signs_for_her_child(rosa):
    assert rosa.heading == "Who is filling this in?"
    name = rosa.page.get_by_label("Your first and last name")
    assert not name.is_visible()  # nobody but the patient is asked for no name
    rosa.page.get_by_label("I am the patient’s parent or legal guardian").check()
    assert name.is_visible()
    rosa.presses("Continue", status=422)
    rosa.sees_errors("Enter your first and last name.", "Choose what lets you act", "Choose whose phone")
    name.fill("Rosa Quill")
    rosa.page.get_by_label("I am a parent", exact=True).check()
    rosa.page.get_by_label("Mine, or those of somebody else").check()
    rosa.presses("Continue")
    rosa.sees("means the patient. Answer for them")

    rosa.has_answered(HEEL_PAIN | {"age": 11})
    rosa.sees("Rosa Quill, parent or guardian")
    rosa.presses("Continue to sign and send")
    rosa.sees("Rosa Quill signs for Milo Quill.")
    rosa.presses("Sign and send", status=422)
    rosa.sees_errors("Check this box if you agree", "Type your full name to sign", "Choose one of the two")
    rosa.page.get_by_label("Type your full name").fill("Rosa Quill")
    rosa.page.get_by_label("Ask me each time").check()
    rosa.page.get_by_label("No, call me").check()
    for box in ("treatment", "privacy", "intend"):
        rosa.page.locator(f'input[name="{box}"]').check()
    rosa.presses("Sign and send")
    assert rosa.heading.startswith("Sent. We read it by")
    assert rosa.file("Download what you signed (PDF)").startswith(b"%PDF")
    assert Respondent.objects.get().relationship == ""
    assert list(Consent.objects.values_list("document", "agreed")) == [
        ("treatment", True), ("privacy", True), ("email", False), ("referral", False),
    ]  # fmt: skip


def test_the_pages_in_the_dark_with_another_name(phone, maya):
    ada = phone(color_scheme="dark")
    ada.starts_an_intake()
    ada.has_answered(HEEL_PAIN)
    ada.signs_and_sends("Addie Quill", status=422)
    ada.sees_errors("We have the name Ada Quill")
    ada.presses("Sign and send")
    assert Consent.objects.first().signed_name == "Addie Quill"


@pytest.mark.parametrize("language", ["en", "es"])
def test_on_an_old_phone_it_is_short_and_the_whole_text_is_one_touch_away(phone, maya, language):
    ada = phone(scripts=False)
    ada.starts_an_intake()
    ada.has_answered(HEEL_PAIN)
    if language == "es":
        ada.page.context.add_cookies([{"name": "django_language", "value": "es", "url": ada.home}])
    ada.goes_on()
    ada.page.set_viewport_size({"width": 360, "height": 740})
    assert ada.page.evaluate("document.documentElement.scrollHeight") < 2600
    assert ada.page.evaluate(TOO_SMALL) == []
    whole = ada.page.locator("details p", has_text="911")
    assert not whole.is_visible()
    ada.page.locator("details summary").first.click()
    assert whole.is_visible()
    printed = pypdf.PdfReader(io.BytesIO(ada.page.pdf()))
    words = " ".join(" ".join(page.extract_text() for page in printed.pages).split())
    for document in Document:  # on paper all is open
        assert text_in(language, document).whole[-40:] in words


TOO_SMALL = """
[...document.querySelectorAll("main summary, main .form-check-label, main .btn, main [name=signed_name]")]
    .filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)
"""
