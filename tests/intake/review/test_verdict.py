"""The three choices of a decision: what is chosen beforehand, and what "otherwise" must mean."""

import pytest

from intake.review import actions as cases
from tests import factories
from tests.answers import FOOT_DROP, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_case_page import decision, press
from tests.intake.review.test_cases import answered, reached

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("answers", "chosen"), [(SADDLE_NUMBNESS, False), (FOOT_DROP, True)])
def test_agreeing_with_what_is_pressing_is_an_act_of_its_own(location, maya, sign_in, answers, chosen):
    """A button that is pressed by habit would be no second pair of eyes."""
    case = answered(factories.intake(at=location), answers)
    reached(case, maya)
    form = sign_in(maya).get(case.get_absolute_url()).context["decision_form"]
    assert bool(form["verdict"].value()) is chosen


def test_to_decide_otherwise_and_change_nothing_is_refused(location, maya, sign_in):
    """The record would say that somebody differed who did not."""
    case = answered(factories.intake(at=location), FOOT_DROP)
    response = press(sign_in(maya), "decide", case, **decision(case, outcome="refer"))
    assert response.status_code == 422
    assert "Nothing here differs from the suggestion." in response.content.decode()


def test_temple_headache_goes_to_whom_the_protocol_says(location, maya, sign_in):
    case = answered(factories.intake(at=location), TEMPLE_HEADACHE)
    page = sign_in(maya).get(case.get_absolute_url())
    assert page.context["page"].specialists[0]["id"] == cases.suggestion(case)
    assert page.context["page"].specialists[0]["reason"] == "Flag: Giant cell arteritis"
