"""Today's list, and the mail of the morning: what waits, where, and nothing of whom in a mail."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.running.beat import SCHEDULE
from clinic.staff.models import Location
from intake.models import Case
from referrals.models import Referral, Report
from referrals.moves import cover
from referrals.today.due import Today
from referrals.today.morning import LASTS, write_in_the_morning, write_in_the_morning_task
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS
from tests.source import one_line

pytestmark = pytest.mark.django_db
EIGHT = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)  # Monday, at Riverside
IN_DENVER = timedelta(hours=2)
SATURDAY = timedelta(days=5)


@pytest.fixture
def busy(location, maya, priya) -> dict[str, str]:
    """One of each sort of thing to do; returns whose each is."""
    emergency = factories.case(at=location, answers=SADDLE_NUMBNESS)
    asked = factories.appointment_request(at=location)
    call = factories.call_to_make(about=asked)
    decision = factories.decision(on=factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya), by=maya)
    task = factories.desk_task(of=decision)
    referral = factories.referral(after=decision, owner=priya, to=factories.specialist(), status="reported")
    Referral.objects.filter(pk=referral.pk).update(next_check_at=timezone.now() - timedelta(minutes=5))
    Report.objects.create(referral=referral, words="Peroneal palsy.", sent_by="Ellen Park")
    rows = {"case": emergency, "asked": asked, "call": call, "task": task, "referral": referral}
    return {sort: row.patient.full_name for sort, row in rows.items()}


def page(browser) -> str:
    return one_line(browser.get(reverse("today")).content.decode())


def test_each_role_reads_what_it_may_and_the_log_has_who_was_named(busy, maya, priya, ruth, sign_in):
    titles = {person: page(sign_in(person)) for person in (maya, priya, ruth)}
    for person in (maya, priya, ruth):
        for sort in ("asked", "call", "task", "referral"):
            assert busy[sort] in titles[person], (person.name, sort)
        assert ("Reports to read" in titles[person]) is (person == maya)
        assert (busy["case"] in titles[person]) is (person == maya)
    assert "Cases to decide" not in titles[priya]
    assert "Cases to decide" in titles[ruth]
    assert "A case" in titles[ruth]
    named = AccessLog.objects.filter(page="today", user=maya, patient_id__isnull=False)
    assert named.values("patient_id").distinct().count() == 3


def test_it_prints_with_who_and_when_and_is_empty_where_nothing_waits(busy, olga, maya, sign_in):
    assert "by Maya Ortiz. It names patients" in page(sign_in(maya))
    assert "Nothing to do today" in page(sign_in(olga))


def test_what_is_due_tomorrow_at_its_place_is_not_todays(location, maya, priya, sign_in):
    decision = factories.decision(on=factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya), by=maya)
    midnight = datetime(2026, 3, 3, 5, 0, tzinfo=UTC)  # in Maine
    referral = factories.referral(after=decision, owner=priya, next_check_at=midnight - timedelta(minutes=1))
    with time_machine.travel(EIGHT, tick=False):
        assert referral.patient.full_name in page(sign_in(priya))
        Referral.objects.update(next_check_at=midnight)
        assert referral.patient.full_name not in page(sign_in(priya))


def test_an_answer_nobody_looked_at_stands_among_the_news_once_and_is_counted_in_the_morning(
    location, maya, priya, sign_in, post_office
):
    """Priya carries two that are due; the office of one has accepted."""
    case = factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya)
    accepted, _silent = (
        factories.referral(after=factories.decision(on=case, by=maya), owner=priya, next_check_at=EIGHT)
        for _each in range(2)
    )
    Referral.objects.filter(pk=accepted.pk).update(news_at=EIGHT - IN_DENVER)
    with time_machine.travel(EIGHT, tick=False):
        for person, news in ((priya, 1), (maya, 0)):
            counted = Today(person, EIGHT).count()
            assert (counted.answers, counted.referrals) == (news, 2 - news), person.name
        words = page(sign_in(priya))
        assert words.index("New from offices") < words.index("Referrals due")
        assert words.count(f"/referrals/{accepted.public_id}/") == 1
        write_in_the_morning(EIGHT)
        sweep()
    [mail] = [one for one in post_office.mails if one["To"] == priya.email]
    assert "- 1 referral that an office has answered" in mail.get_payload(0).get_payload()


# The mail of the morning ----------------------------------------------------------------------------------------------


@pytest.fixture
def morning(location, other_location, maya, olga):
    """Two heel pains wait at Riverside, one of them late; nothing does in Denver. Nobody else works."""
    for _each in range(2):
        factories.case(at=location, answers=HEEL_PAIN)
    Case.objects.update(acknowledge_by=EIGHT + timedelta(days=9))
    Case.objects.filter(pk=Case.objects.first().pk).update(acknowledge_by=EIGHT - timedelta(hours=1))


def to(person):
    return Message.objects.filter(kind="morning_list", recipient=person.email)


def test_once_a_day_in_the_morning_of_their_place_and_only_where_something_waits(morning, maya, olga):
    minute = timedelta(minutes=1)
    assert write_in_the_morning(EIGHT - minute) == 0
    assert [write_in_the_morning(EIGHT + number * minute) for number in (0, 5)] == [1, 0]
    assert (to(maya).count(), to(olga).count()) == (1, 0)
    assert write_in_the_morning(EIGHT + IN_DENVER) == 0, "nothing waits there"
    assert write_in_the_morning(EIGHT + timedelta(days=1)) == 1
    assert write_in_the_morning(EIGHT + timedelta(days=2) + LASTS) == 0, "it is no morning any more"
    assert write_in_the_morning(EIGHT + SATURDAY) == 0, "closed"


def test_somebody_of_two_places_hears_once_in_the_first_of_their_mornings(morning, other_location, maya):
    maya.locations.add(other_location)
    assert write_in_the_morning(EIGHT) == 1
    assert write_in_the_morning(EIGHT + IN_DENVER) == 0
    Message.objects.all().delete()
    assert write_in_the_morning(EIGHT + IN_DENVER - timedelta(minutes=1)) == 1, "Riverside's morning still lasts"


def test_it_says_how_many_and_where_and_nothing_of_whom(morning, maya, post_office):
    with time_machine.travel(EIGHT, tick=False):
        write_in_the_morning_task()
        sweep()
    [mail] = post_office.mails
    text = mail.get_body("plain").get_content() if hasattr(mail, "get_body") else mail.get_payload(0).get_payload()
    assert "- 2 cases to decide, 1 past their time" in text
    assert "task" not in text.split("Today's list")[0]
    assert "/today/" in text
    assert "/queue/" in text
    assert "Quill" not in mail.as_string()


def test_whoever_covers_a_colleague_reads_what_that_one_carries_in_the_morning_too(
    location, maya, priya, ruth, sign_in, post_office
):
    """Priya is away and Ruth covers her: what is due of Priya's stands apart, and is counted in Ruth's mail."""
    decision = factories.decision(on=factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya), by=maya)
    referral = factories.referral(after=decision, owner=priya, next_check_at=EIGHT - timedelta(hours=1))
    with time_machine.travel(EIGHT, tick=False):
        assert "Due for whom you cover" not in page(sign_in(ruth))
        cover(priya, covered_by=ruth, starts_at=EIGHT - timedelta(days=1), ends_at=EIGHT + timedelta(days=3), by=priya)
        words = page(sign_in(ruth))
        counted = Today(ruth, EIGHT).count()
        Message.objects.all().delete()
        write_in_the_morning(EIGHT)
        sweep()
    assert "Due for whom you cover" in words
    assert words.count(referral.patient.full_name) == 1, "once, not among the others too"
    assert (counted.covered, counted.referrals) == (1, 0)
    texts = {mail["To"]: mail.as_string() for mail in post_office.mails}
    assert "1 referral due that you look after for a colleague" in texts[ruth.email]


def test_what_was_done_meanwhile_makes_it_needless(morning, maya, location, post_office):
    with time_machine.travel(EIGHT, tick=False):
        write_in_the_morning(EIGHT)
        Case.objects.all().delete()
        sweep()
    assert post_office.mails == []
    assert to(maya).get().status == Message.Status.SKIPPED


def test_a_clinic_can_do_without_and_nobody_who_left_is_written_to(morning, maya, settings):
    settings.MORNING_MAIL = None
    assert write_in_the_morning(EIGHT) == 0
    settings.MORNING_MAIL = 8
    maya.is_active = False
    maya.save()
    assert write_in_the_morning(EIGHT) == 0


def test_hours_that_make_no_sense_silence_one_place_only(morning, other_location, maya):
    Location.objects.filter(pk=other_location.pk).update(hours={"mon": ["late"]})
    assert write_in_the_morning(EIGHT) == 1


def test_the_beat_wakes_it_by_its_name():
    assert write_in_the_morning_task.name in {entry["task"] for entry in SCHEDULE.values()}


def test_the_clocks_that_go_forward_move_no_morning(morning):
    spring = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)  # the Monday after: 8:00 is an hour earlier in UTC
    assert write_in_the_morning(spring - timedelta(minutes=1)) == 0
    assert write_in_the_morning(spring) == 1
    assert to_key() == f"morning_list:{date(2026, 3, 9):%Y%m%d}"


def to_key() -> str:
    return Message.objects.get(kind="morning_list").key.rpartition(":")[0]
