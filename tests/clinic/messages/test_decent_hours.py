"""Each reader is written to by their own clock, on days they work, not too often, and never of what is over."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from clinic.messages.decent import works
from clinic.messages.dispatch import sweep
from clinic.messages.kinds import KINDS, kind
from clinic.messages.models import Message
from clinic.messages.quiet import QuietHours, days_before, due_moment, on_the_wall
from intake.door import emails
from intake.follow_up.emails import ask_how_it_goes
from intake.models import FollowUp, Urgency
from intake.visits import emails as visit_emails
from referrals.models import Referral, ReferralMove
from referrals.moves import emails as about_referrals
from tests import factories

NIGHT = QuietHours.from_text("21-8")
NEW_YORK, DENVER = ZoneInfo("America/New_York"), ZoneInfo("America/Denver")
ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",  # never changes its clocks
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
]
CHANGES = [date(2026, 11, 1), date(2027, 3, 14), date(2027, 11, 7)]
A_QUARTER = timedelta(minutes=15)


def local(words, zone=NEW_YORK) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zone)


# Nights in which the clocks change ------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", CHANGES, ids=str)
@pytest.mark.parametrize("name", ZONES)
def test_each_reminder_of_48_hours_around_a_change_goes_once_inside_the_hours(name, change):
    """A sweep each quarter of an hour; a reminder wished for at each quarter on the wall, 02:30 among them."""
    zone = ZoneInfo(name)
    begins = on_the_wall(change - timedelta(days=1), time(0), zone)
    wished = [(change - timedelta(days=1) + timedelta(days=day), time(hour, minute))
              for day in (0, 1) for hour in range(24) for minute in (0, 15, 30, 45)]  # fmt: skip
    waiting = {one: on_the_wall(*one, zone) for one in wished}
    went: Counter = Counter()
    for step in range(4 * 64):
        now = begins + step * A_QUARTER
        for one, at in list(waiting.items()):
            if at > now:
                continue
            waiting[one] = due_moment(now, zone, NIGHT)
            if waiting[one] <= now:
                went[one] += 1
                del waiting[one]
                assert time(8) <= now.astimezone(zone).time() < time(21)
                by_day = not NIGHT.holds(one[1])
                assert not by_day or now.astimezone(zone).replace(tzinfo=None) == datetime.combine(*one)
    assert went == Counter(wished)


@pytest.mark.parametrize(
    ("wished", "is_at"),
    [
        ("2027-03-14T02:30", "2027-03-14T07:00+00:00"),  # there is no such time: the first moment after the jump
        ("2027-03-14T03:00", "2027-03-14T07:00+00:00"),
        ("2027-11-07T01:30", "2027-11-07T05:30+00:00"),  # it comes twice: the first
        ("2027-07-01T09:00", "2027-07-01T13:00+00:00"),
    ],
)
def test_a_time_that_is_skipped_or_comes_twice_is_one_moment(wished, is_at):
    at = datetime.fromisoformat(wished)
    assert on_the_wall(at.date(), at.time(), NEW_YORK) == datetime.fromisoformat(is_at)


def test_a_visit_at_nine_is_reminded_of_at_nine_across_the_change():
    """Twenty-four hours before nine on the Sunday of the change it is eight by the clock on the wall, or ten."""
    for day in ("2027-03-14", "2027-11-07"):
        before = days_before(local(f"{day}T09:00"), 1, NEW_YORK)
        assert before.astimezone(NEW_YORK).time() == time(9)


# Offices, and how many ------------------------------------------------------------------------------------------------


def at_work(day):
    return works(day, {date(2026, 12, 25)})


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-12-22T10:00", "2026-12-22T10:00"),
        ("2026-12-22T22:00", "2026-12-23T08:00"),
        ("2026-12-19T10:00", "2026-12-21T08:00"),  # from a Saturday to Monday
        ("2026-12-24T21:30", "2026-12-28T08:00"),  # over a day the clinic is closed, and the weekend behind it
    ],
)
def test_an_office_is_written_to_on_days_it_works(at, due):
    assert due_moment(local(at), NEW_YORK, NIGHT, works_on=at_work) == local(due)


def test_who_had_enough_today_is_written_to_tomorrow_unless_that_is_too_late():
    at, had = local("2027-03-02T15:00"), [local("2027-03-02T09:00"), local("2027-03-02T12:00")]
    assert due_moment(at, NEW_YORK, NIGHT, had=had, most=3) == at
    assert due_moment(at, NEW_YORK, NIGHT, had=had, most=2) == local("2027-03-03T08:00")
    too_late = local("2027-03-03T07:00")
    assert due_moment(at, NEW_YORK, NIGHT, had=had, most=2, worth_until=too_late) == at


def test_an_office_that_never_works_is_written_to_all_the_same():
    at = local("2027-03-02T15:00")
    assert due_moment(at, NEW_YORK, NIGHT, works_on=lambda day: False) == at


def test_only_reminders_to_patients_have_a_category():
    with_one = {name: one.category for name, one in KINDS.items() if one.category}
    assert with_one == {
        "visit_reminder": "visits",
        "appointment_reminder": "visits",
        "finish_intake": "forms",
        "follow_up": "follow_up",
    }
    for wrong in ({"audience": "staff"}, {"asked_for": True}, {"routine": False}):
        with pytest.raises(ValueError, match="only a reminder"):
            kind("anything", title="Anything", category="visits", **wrong)


# What the sweep does with it ------------------------------------------------------------------------------------------


@pytest.fixture
def quiet(settings):
    settings.QUIET_HOURS = NIGHT


def sent_referral(location, maya, priya, *, zone="America/New_York", urgency=Urgency.ROUTINE) -> Referral:
    case = factories.case(at=location)
    referral = factories.referral(
        after=factories.decision(on=case, by=maya),
        owner=priya,
        to=factories.specialist(email="office@nerves.example", time_zone=zone),
    )
    Referral.objects.filter(pk=referral.pk).update(urgency=urgency)
    referral.refresh_from_db()
    return referral


FRIDAY_NIGHT, SATURDAY, MONDAY = "2027-03-05T23:00", "2027-03-06T11:00", "2027-03-08T08:30"


def test_a_mail_to_an_office_waits_for_monday_by_the_clock_of_the_office(location, maya, priya, quiet, post_office):
    with time_machine.travel(local(SATURDAY), tick=False):
        about_referrals.referral_sent(sent_referral(location, maya, priya, zone="America/Denver"))
        sweep(local(SATURDAY))
        assert Message.objects.get(kind="referral_sent").outcome == "It waits for a working day."
        sweep(local(MONDAY))
        assert post_office.mails == [], "in Denver it is half past six"
        sweep(local(MONDAY, DENVER))
    assert post_office.recipients == {"office@nerves.example": 1}


def test_of_an_urgent_referral_an_office_hears_on_a_saturday(location, maya, priya, quiet, post_office):
    with time_machine.travel(local(SATURDAY), tick=False):
        about_referrals.referral_sent(sent_referral(location, maya, priya, urgency=Urgency.URGENT))
        sweep(local(SATURDAY))
    assert post_office.recipients == {"office@nerves.example": 1}


def test_reminders_beyond_the_most_of_a_day_go_on_the_next(location, quiet, post_office, settings):
    settings.MOST_MAILS_A_DAY = 2
    patient = factories.patient(at=location, email="ada@patients.example")
    noon = local("2027-03-02T12:00")
    with time_machine.travel(noon, tick=False):
        for _each in range(2):
            emails.invite(factories.intake(of=patient))
        sweep(noon)
        follow_up = FollowUp.objects.create(
            patient=patient, intake=factories.intake(of=patient), week=2, due_at=noon, activity="walk"
        )
        ask_how_it_goes(follow_up)
        sweep(noon)
        assert post_office.recipients == {"ada@patients.example": 2}
        assert Message.objects.get(key__endswith=f"{follow_up.public_id}:1").outcome.startswith("It waits: this person")
        emails.resume_link_requested(factories.intake(of=patient))
        sweep(noon)
        assert post_office.recipients == {"ada@patients.example": 3}, "what is asked for waits for nothing"
        sweep(noon + timedelta(days=1))
    assert post_office.recipients == {"ada@patients.example": 4}


# A weekend on which everything stood still ----------------------------------------------------------------------------


def test_what_is_out_of_date_on_monday_is_withdrawn_and_listed(location, maya, priya, quiet, post_office):
    """Everything stops on Friday at six. On Monday a visit is an hour away, and an office has two reminders due."""
    friday, monday = local("2027-03-05T18:00"), local("2027-03-08T08:05")
    with time_machine.travel(friday, tick=False):
        visit = factories.appointment_request(
            at=location, of=factories.patient(at=location, email="ada@patients.example"), state="booked",
            starts_at=monday + timedelta(hours=1), answered_by=priya, answered_at=friday,
        )  # fmt: skip
        [_booked, reminder] = visit_emails.booked(visit)
        Message.objects.filter(kind="appointment_booked").delete()
        referral = sent_referral(location, maya, priya)
        Referral.objects.filter(pk=referral.pk).update(sent_at=friday - timedelta(days=7), status="sent")
        referral.refresh_from_db()
        ReferralMove.objects.create(referral=referral, to_status="sent", what=ReferralMove.What.SENT, by=maya)
        first, second, _desk = about_referrals.remind_office(referral)
        Message.objects.filter(kind="referral_not_answered").update(due_at=friday + timedelta(hours=3))
    with time_machine.travel(monday, tick=False):
        sweep(monday)
    for late in (reminder, first):
        late.refresh_from_db()
        assert late.status == "skipped"
    assert reminder.outcome == "Out of date: it could not go while it was of use."
    assert first.outcome == "A later reminder is due and says the same."
    second.refresh_from_db()
    assert second.status == "sent"
