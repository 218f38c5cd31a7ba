"""A case of any tier that somebody took and did not finish, and what follows until somebody does."""

from datetime import timedelta

import pytest

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from intake.models import Case, CaseEvent, Urgency
from intake.review.actions import acknowledge
from intake.review.forgotten import PATIENCE, raise_again, take_back_forgotten
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_cases import MONDAY_MORNING, opened
from tests.intake.review.test_nobody_takes_it import the_clock_runs

pytestmark = pytest.mark.django_db
EVERY_TIER = pytest.mark.parametrize(
    ("tier", "answers"),
    [
        (Urgency.EMERGENCY, SADDLE_NUMBNESS),
        (Urgency.URGENT, TEMPLE_HEADACHE),
        (Urgency.SOON, FOOT_DROP),
        (Urgency.ROUTINE, HEEL_PAIN),
    ],
    ids=lambda value: value.word if isinstance(value, Urgency) else "",
)


@EVERY_TIER
def test_taken_and_forgotten_it_goes_back_and_everybody_hears_until_somebody_acts(
    location, maya, daniel, post_office, tier, answers
):
    """Also a routine one: Daniel took it, and nobody looks at a list of cases that have somebody."""
    case = opened(location, answers)
    assert case.urgency == tier
    acknowledge(case, by=daniel, now=MONDAY_MORNING)
    Message.objects.all().delete()
    case.refresh_from_db()
    forgotten_at = min(case.held_until, case.decide_by + PATIENCE[tier]) + timedelta(minutes=1)
    assert take_back_forgotten(forgotten_at - timedelta(minutes=2)) == 0
    assert take_back_forgotten(forgotten_at) == 1
    told = the_clock_runs(forgotten_at, forgotten_at + timedelta(days=8), post_office, each=timedelta(hours=4))
    assert len(told[maya.email]) >= 5, "at each opening at least, for as long as nobody comes"
    assert told[maya.email][-1] > forgotten_at + timedelta(days=6)


@EVERY_TIER
def test_of_somebody_who_has_left_it_goes_back_at_once(location, maya, daniel, tier, answers):
    case = opened(location, answers)
    acknowledge(case, by=daniel, now=MONDAY_MORNING)
    daniel.is_active = False
    daniel.save()
    assert take_back_forgotten(MONDAY_MORNING + timedelta(minutes=1)) == 1
    case.refresh_from_db()
    assert case.status == Case.Status.WAITING
    assert case.events.last().words == "Daniel Brandt had it, and does not treat here any more."


def test_of_somebody_whose_time_on_call_is_over_it_goes_back_to_those_who_work_there(location, maya, olga):
    """Olga took it at night for a location that is not hers; from eight on she does not even see it."""
    case = opened(location, FOOT_DROP)
    shift = factories.on_call(olga, at=location)
    acknowledge(case, by=olga, now=shift.starts_at)
    assert take_back_forgotten(shift.ends_at - timedelta(minutes=1)) == 0
    assert take_back_forgotten(shift.ends_at + timedelta(minutes=1)) == 1
    case.refresh_from_db()
    assert case.acknowledged_by is None


def test_a_routine_case_nobody_takes_is_raised_once_its_time_is_over(location, maya, post_office):
    case = opened(location, HEEL_PAIN)
    assert raise_again(case.acknowledge_by - timedelta(minutes=1)) == 0
    late = case.acknowledge_by + timedelta(minutes=1)
    told = the_clock_runs(late, late + timedelta(days=8), post_office, each=timedelta(hours=4))
    assert len(told[maya.email]) >= 5
    assert case.events.filter(kind=CaseEvent.Kind.RAISED_AGAIN).count() >= 3


def test_an_emergency_brings_along_what_would_be_raised_within_half_an_hour(location, maya, post_office):
    """Two within ten minutes: from the second hour on they are raised together, and not one after the other."""
    first, second = opened(location, SADDLE_NUMBNESS), opened(location, SADDLE_NUMBNESS)
    ten_later = timedelta(minutes=10)
    for message in Message.objects.about("case", second.public_id):
        Message.objects.filter(pk=message.pk).update(due_at=message.due_at + ten_later)
    for minute in range(0, 240, 5):
        now = MONDAY_MORNING + timedelta(minutes=minute)
        raise_again(now)
        sweep(now)
    moments = [[event.at for event in case.events.filter(kind=CaseEvent.Kind.RAISED_AGAIN)] for case in (first, second)]
    assert len(moments[0]) >= 2
    assert moments[0] == moments[1]
    assert factories.Case.objects.count() == 2
