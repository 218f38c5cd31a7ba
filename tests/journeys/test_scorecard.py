"""A therapist says in three presses how a case ended; the clinical lead reads the scorecard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from intake.models import Case, Urgency
from intake.scorecard.actions import look_back
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN
from tests.journeys.conftest import PHONE
from tests.journeys.people import Colleague

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cases(location, maya):
    """Twenty foot drops nobody acted on, half of them rightly, and a heel pain that turned out urgent."""
    made = []
    for answers, ended in [*[(FOOT_DROP, Urgency(number % 2)) for number in range(20)], (HEEL_PAIN, Urgency.URGENT)]:
        case = factories.case(at=location, answers=answers, acknowledged_by=maya)
        factories.decision(on=case, by=maya, tier=Urgency.ROUTINE, reason="examined", words="Full strength.")
        look_back(case, urgency=ended, specialist="orthopedist", group="nerve", by=maya)
        made.append(case)
    last = factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya)
    factories.decision(on=last, by=maya, specialist="neurologist", reason="examined", words="Toe lift 3 of 5.")
    Case.objects.filter(pk=last.pk).update(decided_at=timezone.now() - timedelta(weeks=13))
    return [*made, last]


def test_three_presses_and_what_they_add_up_to(window, computer, cases, maya, ruth):
    name = cases[-1].patient.full_name
    therapist = window(Colleague, PHONE, color_scheme="dark")
    therapist.is_signed_in(maya)
    therapist.opens("/scorecard/")
    therapist.sees("Your cases nobody has looked back on", "To review", "came back urgent within 90 days")
    therapist.follows(name)
    therapist.presses("Single nerve or neuropathy", status=422)
    therapist.sees_errors("Say whether the urgency was right.", "Say whether it was the right specialist.")
    therapist.ticks("Yes: soon", "Yes: Neurologist")
    therapist.presses("Single nerve or neuropathy")
    therapist.sees("Thank you. It counts on the scorecard", "Single nerve or neuropathy", "Correct it")

    lead = computer()
    lead.is_signed_in(ruth)
    lead.opens("/scorecard/")
    lead.sees("How often each rule was right", "Every rule that fired", "1 of those turned out urgent")
    assert name not in lead.words
    lead.chooses("90 days", of="Cases of the last")
    lead.presses("Show")
    assert lead.file("Download as CSV").startswith(b"\xef\xbb\xbfrule,")
