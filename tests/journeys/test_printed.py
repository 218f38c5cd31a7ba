"""What a patient takes along on paper: the advice in an emergency, and the page at the end, each on one sheet."""

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
