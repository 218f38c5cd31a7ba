"""Priya at the paper desk: hands a form out, keys an emergency in, and sends it with what is signed on paper."""

import pytest
from playwright.sync_api import expect

from intake.models import Case, Intake, Urgency
from intake.paper.code import written
from tests.answers import SADDLE_NUMB_LABEL, SADDLE_NUMBNESS
from tests.intake.patients import ADA
from tests.journeys.conftest import COMPUTER, PHONE
from tests.journeys.people import Colleague

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, True), (COMPUTER, False)], ids=["phone", "computer no scripts"])
def test_priya_keys_a_form_in_from_paper(window, priya, maya, size, scripts):
    desk = window(Colleague, size, scripts=scripts)
    desk.is_signed_in(priya)
    desk.opens("/paper/")
    for name, words in ADA.items():
        if name != "language":
            desk.page.locator(f'input[name="{name}"]').fill(words)
    desk.presses("Make the form")
    intake = Intake.objects.get()
    desk.sees(written(intake.paper_code), "Ada Quill")
    assert desk.file("Print the form (PDF)").startswith(b"%PDF-1.7")

    desk.opens("/paper/")
    desk.page.get_by_label("Code on the form").fill("nonsense")
    desk.presses("Find the form", status=422)
    desk.sees_errors("This is not a code")
    desk.page.get_by_label("Code on the form").fill(written(intake.paper_code).lower())
    desk.presses("Find the form")

    desk.follows("Key in the answers")
    desk.page.get_by_label("Chest pain, pressure, or tightness").check()
    if scripts:
        expect(desk.page.get_by_text("2. Which best describes the chest pain?")).to_be_visible()
    desk.page.get_by_label("Chest pain, pressure, or tightness").uncheck()
    desk.page.get_by_label(SADDLE_NUMB_LABEL).check()
    desk.waits()
    desk.presses("Save and go on")
    desk.sees("This patient may be in danger: call now", "207 555 0111")
    assert Case.objects.get().urgency == Urgency.EMERGENCY
    desk.presses("The rest is blank on the paper")

    desk.opens(f"/paper/{intake.public_id}/submit/")
    desk.page.locator('input[name="kind"][value="patient"]').check()
    desk.presses("Save and go on")
    desk.sees("Call the patient first")
    kept = {"emergency_now": ["saddle_numb"]}
    Intake.objects.filter(pk=intake.pk).update(answers=SADDLE_NUMBNESS | kept)
    desk.opens(f"/paper/{intake.public_id}/submit/")
    desk.presses("Send to the therapists", status=422)
    desk.sees_errors("Enter the name under the signature.")
    for box in ("treatment", "privacy", "intend"):
        desk.page.locator(f'input[name="{box}"]').check()
    for choice in ("email", "referral"):
        desk.page.locator(f'input[name="{choice}"][value="yes"]').check()
    desk.page.locator('input[name="signed_name"]').fill("Ada Quill")
    desk.presses("Send to the therapists")
    desk.sees("Sent on", "keyed in by Priya Nair")
