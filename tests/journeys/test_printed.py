"""What goes on paper: the advice in an emergency and the page at the end, each on one sheet; a case on one or two.

All answers of a case follow on sheets of their own.
"""

import io

import pypdf
import pytest
from django.utils.translation import gettext, override

from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.journeys.test_every_page import form_with
from tests.journeys.visitor import has_open

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MANY = {
    "emergency_now": ["chest_pain", "one_side_weak", "lost_control", "saddle_numb", "cold_pale_limb"],
    "low_mood": "every_day",
    "self_harm": "plan_now",
}


PLACE = "Plumbline Physical Therapy · Riverside"


def sheets(screen) -> list[str]:
    """The words of each sheet of US Letter."""
    printed = pypdf.PdfReader(io.BytesIO(screen.page.pdf(format="Letter")))
    return [" ".join(page.extract_text().split()) for page in printed.pages]


@pytest.fixture(params=["en", "es"])
def ada(request, phone):
    screen = phone()
    screen.language = request.param
    yield screen
    screen.came_to.clear()  # they are read on the screen elsewhere


@pytest.mark.parametrize("danger", ["one", "many"])
def test_the_advice_in_an_emergency(ada, location, danger):
    intake = form_with(location, SADDLE_NUMBNESS | (MANY if danger == "many" else {}))
    factories.danger_in(intake)
    has_open(ada, intake)
    ada.opens("/intake/emergency/")
    printed = sheets(ada)
    assert len(printed) == 1
    with override(ada.language):
        assert gettext("Nobody is reading this form right now") in printed[0]
    assert "911" in printed[0]


@pytest.mark.parametrize("answers", [HEEL_PAIN, FOOT_DROP], ids=["routine", "urgent"])
def test_the_page_at_the_end(ada, location, answers):
    intake = factories.case(at=location, answers=answers).intake
    has_open(ada, intake)
    ada.opens("/intake/done/")
    printed = sheets(ada)
    assert len(printed) == 1
    assert "(207) 555-0142" in printed[0]


def says(sheet, words) -> bool:
    """Whether a sheet says these words; where letters move together, a PDF reads as if there were a space."""
    return "".join(words.split()) in "".join(sheet.split())


def the_case(at, answers, by=None, **decided):
    """A case on which everything on paper has something to say."""
    patient = factories.patient(at=at, first_name="Ada", last_name="Quill")
    case = factories.case(of=patient, answers=answers, acknowledged_by=by)
    factories.consent(case.intake)
    if decided:
        factories.decision(on=case, by=by, **decided)
    return case


@pytest.mark.parametrize(
    ("answers", "flag", "hold"),
    [
        (HEEL_PAIN, "", False),
        (FOOT_DROP, "Weakness weeks old", True),
        (SADDLE_NUMBNESS | MANY, "Cauda equina syndrome", True),
    ],
    ids=["routine", "urgent", "emergency"],
)
def test_a_case_is_on_two_sheets_and_its_answers_follow(computer, location, maya, answers, flag, hold):
    """A therapist takes it to the examination; eleven sheets of forms stay on the printer."""
    case = the_case(location, answers, by=maya)
    screen = computer()
    screen.is_signed_in(maya)
    screen.opens(case.get_absolute_url())
    printed = sheets(screen)
    first_of_answers = next(number for number, words in enumerate(printed) if says(words, "All answers of Ada Quill"))
    assert 1 <= first_of_answers <= 2
    case_itself, answers_sheets = " ".join(printed[:first_of_answers]), printed[first_of_answers:]
    assert len(answers_sheets) <= 2
    assert says(case_itself[:60], PLACE)
    assert says(answers_sheets[0], PLACE)
    for words in ("Ada Quill", flag, "Not decided yet", "Worst pain", "Who answered and signed"):
        assert says(case_itself, words), words
    assert says(case_itself, "until this is cleared") == hold
    for words in ("Decide otherwise", "Dismiss this flag", "Record a call", "What would change", "What happened"):
        assert not says(" ".join(printed), words), words


def test_a_decided_case_says_on_paper_who_decided_what(computer, location, maya):
    case = the_case(location, FOOT_DROP, by=maya, specialist="neurologist", reason="examined", words="As I saw.")
    screen = computer()
    screen.is_signed_in(maya)
    screen.opens(case.get_absolute_url())
    said = sheets(screen)[0]
    assert not says(said, "Not decided yet")
    for words in ("Decided", maya.name, "Neurologist", "As I saw."):
        assert says(said, words), words
