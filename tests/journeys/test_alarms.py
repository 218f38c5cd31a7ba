"""A therapist meets danger signs that no rule used: in the queue, on the case, and in the button that decides."""

import pytest

from intake.models import Case
from tests import factories
from tests.journeys.people import Colleague
from tests.journeys.words import label, text

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SIZES = {"a computer": {"width": 1280, "height": 800}, "a phone": {"width": 360, "height": 780}}
SIGNS = [("neck_artery_signs", "double_vision", "critical"), ("walking_change", "falls", "concerning")]


@pytest.fixture
def case(location):
    case = factories.case(of=factories.patient(at=location, first_name="Ben", last_name="Quill"))
    factories.unused_alarms(case, *SIGNS)
    return case


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_decides_reads_them_first_and_says_so_in_one_press(window, case, maya, size, scheme):
    screen = window(Colleague, SIZES[size], color_scheme=scheme)
    screen.is_signed_in(maya)
    screen.sees("2 danger signs no rule used", label(*SIGNS[0][:2]))

    screen.follows("Ben Quill")
    screen.sees(
        "2 danger signs the rules did not use", text("neck_artery_signs"), *(label(*sign[:2]) for sign in SIGNS)
    )
    signs, decision = (screen.page.get_by_role("heading", name=name) for name in ("2 danger signs", "Decision"))
    assert signs.bounding_box()["y"] < decision.bounding_box()["y"]

    screen.presses("I have seen the danger signs: decide")
    screen.sees("Decided", "Saw danger signs no rule used by Maya Ortiz")
    assert Case.objects.get().decisions.get().alarms_seen.by == maya


def test_without_scripts_an_answer_that_comes_meanwhile_is_read_before_deciding(window, case, maya):
    """What she typed is still there, and nothing was decided."""
    screen = window(Colleague, SIZES["a computer"], scripts=False)
    screen.is_signed_in(maya)
    screen.follows("Ben Quill")
    screen.ticks("Decide otherwise")
    screen.fills_in(In_your_words="Walks on heels and toes.")
    factories.unused_alarms(case, *SIGNS, ("headache_signs", "vision_change", "serious"))
    screen.presses("I have seen the danger signs: decide", status=409)
    screen.sees("This case changed while you worked on it", "3 danger signs the rules did not use")
    assert screen.page.get_by_label("In your words").input_value() == "Walks on heels and toes."
    case.refresh_from_db()
    assert case.is_open
