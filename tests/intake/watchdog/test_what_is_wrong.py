"""What is wrong is one list: the band on every staff page, `/healthz` and `manage.py watch` say the same of it."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.messages.models import Message, SweepBeat
from intake.models import Case
from intake.watchdog import on_pages, wrong
from intake.watchdog.wrong import Late, Looked, Waiting, facts_of, what_is_wrong
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE

MINUTE = timedelta(minutes=1)
NOON = datetime(2027, 3, 2, 17, 0, tzinfo=UTC)
AGO, SINCE = NOON - timedelta(minutes=2), ", since 2027-03-02 16:58 UTC"
WELL = {"apart": 0.0, "swept_at": NOON, "worker_at": NOON, "mail_refused_since": None}


def minutes(number):
    return timedelta(minutes=number)


# The list, without a database -----------------------------------------------------------------------------------------


def test_where_all_is_well_nothing_is_said():
    assert facts_of(Looked(**WELL), NOON) == ()


@pytest.mark.parametrize(
    ("what", "part", "line"),
    [
        ({"swept_at": AGO}, "sweep", f"Nobody sends mails and alarms{SINCE}"),
        ({"swept_at": None}, "sweep", "Nobody sends mails and alarms"),
        ({"worker_at": AGO}, "worker", f"No worker runs{SINCE}"),
        ({"apart": 42.4}, "clocks", "The clocks of web and database are 42 seconds apart"),
        ({"mail_refused_since": AGO}, "mail", f"The mail server takes no mail{SINCE}"),
        ({"unread_since": AGO}, "came_back", f"Nobody can read the mails that come back{SINCE}"),
        ({"unread_since": True}, "came_back", "Nobody can read the mails that come back"),
        ({"held_up": (NOON - MINUTE, AGO)}, "alarms", f"2 alarms have reached nobody{SINCE}"),
        ({"cases": (Late(3, False, True, 1, AGO),)}, "cases", f"1 emergency case past its time{SINCE}"),
        ({"cases": (Late(2, True, True, 2, AGO),)}, "second_looks", f"2 decisions wait for a second person{SINCE}"),
    ],
)
def test_each_thing_that_is_wrong_is_an_alarm_of_one_line(what, part, line):
    [fact] = facts_of(Looked(**WELL | what), NOON)
    assert (fact.part, fact.line, fact.alarm) == (part, line, True)


def test_a_broker_that_is_away_is_one_too():
    [fact] = facts_of(Looked(**WELL), NOON, broker_answers=False)
    assert (fact.part, fact.line, fact.alarm) == ("broker", "The broker does not answer", True)


@pytest.mark.parametrize(
    "what",
    [
        {"cases": (Late(1, False, True, 4, NOON),)},
        {"cases": (Late(0, False, True, 4, NOON),)},
        {"cases": (Late(3, True, False, 1, NOON + minutes(1)),)},
        {"not_told": Waiting(1, AGO)},
        {"not_called": Waiting(1, AGO)},
    ],
    ids=["soon", "routine", "a second look in time", "somebody on call who does not know", "nobody called"],
)
def test_what_can_wait_is_said_and_wakes_nobody(what):
    [fact] = facts_of(Looked(**WELL | what), NOON)
    assert not fact.alarm


@pytest.mark.parametrize(
    "what", [{"apart": 4.9}, {"mail_refused_since": NOON - timedelta(seconds=30)}], ids=["clocks", "mail"]
)
def test_a_moment_is_nothing(what):
    assert facts_of(Looked(**WELL | what), NOON) == ()


# Of the database ------------------------------------------------------------------------------------------------------


@pytest.fixture
def well(db):
    """A worker swept just now."""
    now = timezone.now()
    SweepBeat.objects.update_or_create(id=1, defaults={"at": now, "worker_at": now})


def late(place, answers, *, by=MINUTE, **fields):
    case = factories.case(at=place, answers=answers)
    then = timezone.now() - by
    Case.objects.filter(pk=case.pk).update(acknowledge_by=then, decide_by=then, **fields)
    return case


def parts(**kwargs) -> list[tuple]:
    return [(fact.part, fact.tier, fact.count) for fact in what_is_wrong(**kwargs)]


def test_cases_past_their_time_are_counted_by_tier_the_worst_first(well, location):
    for answers in (HEEL_PAIN, FOOT_DROP, SADDLE_NUMBNESS, SADDLE_NUMBNESS):
        late(location, answers)
    factories.case(at=location, answers=TEMPLE_HEADACHE)  # in time
    assert parts() == [("cases", "emergency", 2), ("cases", "soon", 1), ("cases", "routine", 1)]


def test_a_page_has_those_of_the_places_of_its_reader(well, location, maya, olga):
    late(location, SADDLE_NUMBNESS)
    assert parts(page_of=olga) == []
    assert parts(page_of=maya) == [("cases", "emergency", 1)]


def test_one_that_somebody_took_is_late_when_its_decision_is(well, location, maya):
    now = timezone.now()
    held = {"acknowledged_by": maya, "acknowledged_at": now, "held_until": now}
    case = late(location, SADDLE_NUMBNESS, status="in_review", **held)
    assert parts() == [("cases", "emergency", 1)]
    Case.objects.filter(pk=case.pk).update(decide_by=timezone.now() + minutes(9))
    assert parts() == []


def test_a_second_look_is_said_at_once_and_an_alarm_once_it_is_late(well, location, maya):
    taken = {"acknowledged_by": maya, "acknowledged_at": timezone.now()}
    case = late(location, SADDLE_NUMBNESS, by=-minutes(5), status="second_look", **taken)
    [fact] = what_is_wrong()
    assert (fact.part, fact.alarm) == ("second_looks", False)
    Case.objects.filter(pk=case.pk).update(decide_by=timezone.now() - minutes(5))
    [fact] = what_is_wrong()
    assert fact.alarm


def test_a_web_server_whose_clock_is_wrong_is_found(well, location, monkeypatch):
    monkeypatch.setattr(wrong.timezone, "now", lambda: datetime.now(UTC) - timedelta(seconds=30))
    [fact] = what_is_wrong()
    assert (fact.part, fact.words) == ("clocks", "The clocks of web and database are 30 seconds apart")


def test_the_questions_are_three_however_many_cases_and_mails_there_were(well, location, maya):
    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            what_is_wrong(page_of=maya)
        return [query["sql"] for query in queries]

    assert len(asked()) == 3
    for _ in range(5):
        case = late(location, SADDLE_NUMBNESS)
        message = factories.message(at=location, kind="case_needs_you", recipient="")
        ago = timezone.now() - minutes(5)
        Message.objects.filter(pk=message.pk).update(subject_id=case.public_id, due_at=ago, created_at=ago)
    assert len(asked()) == 4, "one for all alarms of a kind that reached nobody, whether they are needed still"


# Who says it ----------------------------------------------------------------------------------------------------------


def watch() -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("watch", stdout=said)
    except SystemExit as end:
        return end.code, said.getvalue()
    return 0, said.getvalue()


def test_cron_hears_nothing_while_all_is_well(well, location):
    late(location, HEEL_PAIN)
    assert watch() == (0, "")


def test_an_emergency_past_its_time_is_on_every_staff_page_at_healthz_and_from_cron(
    well, location, maya, priya, ruth, sign_in, client
):
    case = late(location, SADDLE_NUMBNESS)
    for person in (maya, priya, ruth):
        page = sign_in(person).get("/messages/").text
        assert "1 emergency case past its time" in page
        assert "1 emergency late" in page, "so short that a phone has room for the page below"
        assert ("/queue/?tier=emergency" in page) is (person == maya)
        assert case.patient.last_name not in page
    answer = client.get("/healthz")
    told = answer.json()
    assert (answer.status_code, told["cases"]) == (503, False)
    assert type(told.pop("seconds_since_sweep")) is int
    assert {type(value) for value in told.values()} == {bool}, "no number of cases, no tier, no place, no time"
    code, said = watch()
    assert code == 1
    assert said.startswith("1 emergency case past its time, since ")
    assert said.count("\n") == 1
    assert case.patient.last_name not in said + answer.text


def test_the_band_comes_with_the_queue_that_is_asked_for_every_few_seconds(well, location, maya, sign_in):
    browser = sign_in(maya)
    tag = browser.get("/queue/rows/").headers["ETag"]
    late(location, FOOT_DROP, by=-minutes(1))
    tag = browser.get("/queue/rows/").headers["ETag"]
    Case.objects.update(acknowledge_by=timezone.now() - minutes(1))
    polled = browser.get("/queue/rows/", headers={"If-None-Match": tag})
    assert polled.status_code == 200
    assert "1 soon case past its time" in polled.text


def test_a_colleague_elsewhere_is_not_told_of_it(well, location, olga, sign_in):
    late(location, SADDLE_NUMBNESS)
    assert "past its time" not in sign_in(olga).get("/messages/").text


def test_the_mail_server_that_takes_nothing_is_said_by_all_three(well, location, priya, sign_in, client):
    SweepBeat.objects.update(mail_refused_since=timezone.now() - minutes(2))
    page = " ".join(sign_in(priya).get("/messages/").text.split())
    assert "The mail server takes no mail since" in page
    assert client.get("/healthz").json()["mail"] is False
    assert watch()[1].startswith("The mail server takes no mail, since ")


def test_a_broker_that_is_away_is_named_on_pages_once_no_worker_sweeps(db, priya, sign_in, monkeypatch):
    monkeypatch.setitem(on_pages._last, "until", 0.0)
    monkeypatch.setattr(on_pages, "broker_answers", lambda patience: False)
    assert "The broker does not answer" in sign_in(priya).get("/messages/").text
    monkeypatch.setitem(on_pages._last, "until", 0.0)


def test_without_a_database_cron_is_told_so(db, monkeypatch):
    def away(*args, **kwargs):
        raise DatabaseError("password of clinic")

    monkeypatch.setattr("intake.management.commands.watch.what_is_wrong", away)
    assert watch() == (1, "The database does not answer\n")
