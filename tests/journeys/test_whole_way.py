"""The whole way on a phone, in both languages, with and without scripts: stopped, gone on with elsewhere, changed,
signed, with a photo, sent, and looked after on the status page.

What is pressed is found by what it does, so that the same steps walk the English and the Spanish pages.
"""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override
from PIL import Image

from intake.models import AnswerChange, Case, CaseEvent, Consent, Intake, PatientFile, Urgency
from tests.answers import HEEL_PAIN
from tests.journeys.words import advice, label

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LOCALES = {"en": "en-US", "es": "es-US"}
HOSTILE_NAME = "../../<b>knee.png"


@pytest.fixture(params=[("en", True), ("es", False)], ids=["en", "es without scripts"])
def read_and_run(request):
    """A language, and whether scripts run."""
    return request.param


@pytest.fixture
def language(read_and_run):
    with override(read_and_run[0]):
        yield read_and_run[0]


@pytest.fixture
def a_phone(phone, language, read_and_run):
    """`a_phone()` is another browser of the same patient, set to the same language."""
    return lambda: phone(scripts=read_and_run[1], locale=LOCALES[language])


def begins(patient):
    patient.opens("/intake/start/")
    patient.gives_details()
    patient.goes_on()
    patient.says_who("patient")


def number(patient) -> str:
    return re.search(r"/intake/page/(\d+)/", patient.page.url)[1]


def saves(patient, answers):
    """Answers the page and saves it. Without scripts a follow-up question comes on the page again."""
    here = number(patient)
    patient.answers_page(answers)
    patient.goes_on()
    if "?more" in patient.page.url and number(patient) == here:
        patient.answers_page(answers)
        patient.goes_on()


def opens_by_mail(patient, mail):
    link = re.search(r"https?://\S+/l/\S+/", mail.get_content())[0]
    patient.opens(link)
    for part, typed in {"month": "3", "day": "31", "year": "1982"}.items():
        patient.page.locator(f'[name="date_of_birth_{part}"]').fill(typed)
    patient.goes_on()


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 40), "#a86").save(out, "PNG")
    return out.getvalue()


def test_from_the_first_page_to_the_status_page_with_a_stop_and_two_devices(a_phone, maya, mail, language):
    first = a_phone()
    begins(first)
    for _page in range(3):
        saves(first, HEEL_PAIN)
    fourth = number(first)
    first.answers_page(HEEL_PAIN)
    first._leads_on(first.page.locator('main button[value="later"]'), 200)
    assert first.page.locator("html").get_attribute("lang") == language

    second = a_phone()
    opens_by_mail(second, mail("ada@patients.example"))
    assert int(number(second)) > int(fourth)
    assert second.page.locator("html").get_attribute("lang") == language
    first.opens(f"/intake/page/{fourth}/")
    second.opens(f"/intake/page/{fourth}/")
    second.answers_page({"onset_when": "weeks_1_to_6"})
    second.goes_on()

    # The first phone shows the page as it was; what it sends now does not overwrite what the second one saved.
    first.answers_page({"onset_when": "over_1_year"})
    first._leads_on(first.page.locator("main button.btn-primary"), 409)
    assert label("onset_when", "weeks_1_to_6", language) in first.words
    first.page.locator('input[value="saved"]').first.check()
    first.goes_on()
    assert Intake.objects.get().answers["onset_when"] == "weeks_1_to_6"

    while "/intake/page/" in second.page.url:  # pain of some weeks may be a broken bone, so walking is asked about
        saves(second, HEEL_PAIN | {"weight_bearing": "normal"})
    second.opens("/intake/files/")
    second.page.locator('input[name="kind"][value="photo"]').check()
    second.page.locator('input[name="files"]').set_input_files(
        {"name": HOSTILE_NAME, "mimeType": "image/png", "buffer": photo()}
    )
    second.page.locator("main form[data-upload] button.btn-primary").click()
    second.page.locator("main").get_by_text("<b>knee.png").first.wait_for()
    second.looks()
    assert PatientFile.objects.get().media_type == "image/png"

    second.opens("/intake/check/")
    second.signs_and_sends()
    assert second.page.url.endswith("/intake/done/")
    assert Consent.objects.count() == 4
    assert set(Consent.objects.values_list("text__language", flat=True)) == {language}
    case = Case.objects.get()
    assert case.urgency == Urgency.ROUTINE

    second.opens("/status/")
    second.sees(gettext("What is happening with your care"))
    assert gettext("We are late") not in second.words
    Case.objects.update(acknowledge_by=timezone.now() - timedelta(minutes=1))
    second.opens("/status/")
    second.sees("(207) 555-0142", gettext("Please call us, and we tell you what is going on:"))
    assert Case.objects.overdue(timezone.now()).count() == 1


def test_an_emergency_answer_taken_back_is_kept_and_the_advice_stays(a_phone, maya, language):
    patient = a_phone()
    begins(patient)
    saves(patient, {"emergency_now": ["saddle_numb"]})
    assert patient.page.url.endswith("/intake/emergency/")
    with override(language):
        assert patient.heading == advice(language)
    patient.goes_on() if patient.page.locator("main button.btn-primary").count() else patient._leads_on(
        patient.page.locator("main form button").first, 200
    )
    patient.opens("/intake/page/1/")
    patient.page.locator('[name="emergency_now"][value="saddle_numb"]').uncheck()
    saves(patient, {"emergency_now": ["none"]})

    patient.sees(gettext("Call 911 or go to the nearest emergency room now."))  # on top of the pages after it
    change = AnswerChange.objects.get(question="emergency_now")
    assert (change.before, change.after) == (["saddle_numb"], ["none"])
    case = Case.objects.get()
    assert case.urgency == Urgency.EMERGENCY
    assert case.events.filter(kind=CaseEvent.Kind.ANSWER_CHANGED).exists()
    patient.opens("/intake/emergency/")
    patient.sees(label("emergency_now", "saddle_numb", language))
