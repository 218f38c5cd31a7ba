"""Whoever is woken at two reads in one mail what waits, of which tier, and by when; and never about whom."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from clinic.messages.dispatch import WITH_ANOTHER, sweep
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from intake.review import emails
from intake.review.actions import acknowledge
from tests import factories
from tests.answers import FOOT_DROP, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_cases import opened

pytestmark = pytest.mark.django_db

TWO_AT_NIGHT = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)  # in New York


@pytest.fixture
def at_two():
    with time_machine.travel(TWO_AT_NIGHT, tick=False) as clock:
        yield clock


def words(post_office, number=-1) -> tuple[str, str]:
    return post_office.mails[number]["Subject"], post_office.mails[number].get_content()


def test_the_subject_says_by_when_and_the_mail_of_which_tier(at_two, location, maya, post_office):
    opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    sweep(TWO_AT_NIGHT)
    subject, body = words(post_office)
    assert subject == "Riverside: a case needs you by 2:15 AM EST"
    assert "Emergency, Riverside: somebody takes it by Tuesday, March 2, 2027 at 2:15 AM EST. Notice 1." in body


def test_on_another_day_the_subject_says_the_day_and_the_number_of_the_notice(at_two, location, maya, post_office):
    case = opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT - timedelta(hours=3))
    message = Message.objects.about("case", case.public_id).filter(facts__round=5).get()
    subject, _body = KINDS["case_needs_you"].render(message)
    assert subject == "Riverside: a case still needs somebody by Monday, 11:15 PM EST (notice 5)"


def test_the_time_is_that_of_the_location(at_two, other_location, olga, post_office):
    opened(other_location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    sweep(TWO_AT_NIGHT)
    assert words(post_office)[0] == "Hillcrest: a case needs you by 12:15 AM MST"


def test_three_cases_are_one_mail_to_each_person_with_the_worst_first(at_two, location, maya, daniel, post_office):
    for answers in (FOOT_DROP, SADDLE_NUMBNESS, TEMPLE_HEADACHE):
        opened(location, answers, now=TWO_AT_NIGHT)
    Message.objects.filter(facts__round=1).update(due_at=TWO_AT_NIGHT)
    settled = sweep(TWO_AT_NIGHT)
    assert post_office.recipients == {maya.email: 1, daniel.email: 1}
    subject, body = words(post_office)
    assert subject == "3 cases need you, the first by 2:15 AM EST"
    tiers = [line.split(",")[0] for line in body.splitlines() if line.startswith("- ")]
    assert tiers == ["- Emergency", "- Urgent", "- Soon"]
    assert Counter(Message.objects.exclude(recipient="").values_list("status", flat=True)) == {"sent": 6}
    assert Message.objects.filter(outcome=WITH_ANOTHER).count() == 4
    assert settled["sent"] == 2


def test_one_that_somebody_took_meanwhile_is_left_out(at_two, location, maya, daniel, post_office):
    cases = [opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT) for _ in range(2)]
    acknowledge(cases[0], by=maya, now=TWO_AT_NIGHT)
    sweep(TWO_AT_NIGHT)
    assert {words(post_office, number)[0] for number in (0, 1)} == {"Riverside: a case needs you by 2:15 AM EST"}


@pytest.mark.parametrize("how", ["put off", "silent"])
def test_a_mail_that_does_not_go_keeps_what_it_told_of_and_all_go_together_later(
    at_two, location, maya, post_office, how
):
    for _ in range(3):
        opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT)
    (post_office.put_off if how == "put off" else post_office.swallow)[maya.email] = 1
    sweep(TWO_AT_NIGHT)
    hers = Message.objects.filter(recipient=maya.email)
    assert set(hers.values_list("status", flat=True)) == {"scheduled"}
    assert {message.due_since for message in hers} == {TWO_AT_NIGHT}, "it is due since it was first"
    before = len(post_office.mails)
    sweep(TWO_AT_NIGHT + timedelta(minutes=2))
    assert set(hers.values_list("status", flat=True)) == {"sent"}
    assert len(post_office.mails) == before + 1
    assert words(post_office)[0].startswith("3 cases")


def test_a_case_that_cannot_be_put_into_words_silences_no_other(at_two, location, maya, post_office):
    whole, broken = (opened(location, SADDLE_NUMBNESS, now=TWO_AT_NIGHT) for _ in range(2))
    Message.objects.about("case", broken.public_id).update(facts={"round": 1000})
    sweep(TWO_AT_NIGHT)
    statuses = {
        message.subject_id: message.status
        for message in Message.objects.filter(recipient=maya.email, due_at=TWO_AT_NIGHT)
    }
    assert statuses == {whole.public_id: "sent", broken.public_id: "failed"}


def test_more_than_twenty_are_counted(at_two, location, maya, post_office):
    for _ in range(23):
        case = factories.case(at=location, answers=SADDLE_NUMBNESS)
        emails.case_needs_you(case, now=TWO_AT_NIGHT)
    sweep(TWO_AT_NIGHT)
    subject, body = words(post_office)
    assert subject.startswith("23 cases need you")
    assert body.count("- Emergency") == 20
    assert "- and 3 more" in body
