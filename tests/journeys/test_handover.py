"""Before leave: one step gives the open cases to a colleague, who reads of it. And today's list, as it prints."""

import pytest

from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.journeys.conftest import PHONE
from tests.journeys.people import Colleague

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_cases_are_handed_over_in_one_step_and_todays_list_prints(window, computer, location, maya, daniel, mail):
    foot, heel, emergency = (
        factories.case(at=location, answers=answers, acknowledged_by=maya)
        for answers in (FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS)
    )
    therapist = window(Colleague, PHONE, color_scheme="dark")
    therapist.is_signed_in(maya)
    therapist.opens("/handover/")
    therapist.presses("Hand over", status=422)
    therapist.sees_errors("Choose who takes the cases of Riverside.")
    therapist.chooses("Daniel Brandt", of="Who takes them")
    therapist.presses("Hand over")
    therapist.sees("Handed over: 2 cases", "raised until somebody takes them by name: 1 case", "You have no open case")

    assert mail(daniel.email)
    colleague = computer()
    colleague.is_signed_in(daniel)
    colleague.opens("/queue/")
    colleague.sees("2 cases were handed over to you")
    colleague.follows("See what was handed over")
    colleague.sees(foot.patient.full_name, heel.patient.full_name)
    colleague.opens("/today/")
    colleague.sees("Cases to decide", emergency.patient.full_name, "Nobody yet")
    colleague.page.emulate_media(media="print")
    colleague.sees("Printed", "by Daniel Brandt. It names patients")
    assert not colleague.page.get_by_role("button", name="Print this list").is_visible()
