"""The worklist: what comes first, who sees whom, and what the page asks for every ten seconds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.messages.models import SweepBeat
from intake import triage
from intake.models import Case, Decision, Urgency
from intake.review import actions as cases
from intake.review.opening import open_case
from tests import factories
from tests.answers import FOOT_DROP, HEEL_PAIN, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.review.test_case_page import decision, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(location):
    """`patient("Ada", SADDLE_NUMBNESS)`: Ada answered, and her case opened `ago`."""

    def answered(first_name, answers, *, at=location, ago=timedelta(0), submitted=True):
        person = factories.patient(at=at, first_name=first_name)
        intake = factories.intake(of=person, answers=answers, submitted=submitted)
        because = Case.OpenedBecause.SUBMITTED if submitted else Case.OpenedBecause.FLAG
        found = factories.assessment(intake)
        return open_case(intake, found, because=because, now=timezone.now() - ago)

    return answered


def names(response) -> list[str]:
    return [case.patient.first_name for case in response.context["cases"]]


def test_the_most_urgent_comes_first_and_the_one_with_the_least_time_before_its_like(patient, maya, sign_in):
    patient("Dan", HEEL_PAIN, ago=timedelta(days=10))  # long overdue, and still the least urgent
    patient("Ben", TEMPLE_HEADACHE, ago=timedelta(minutes=10))
    patient("Cora", FOOT_DROP)
    patient("Ada", SADDLE_NUMBNESS)
    patient("Eve", SADDLE_NUMBNESS, ago=timedelta(minutes=40))
    assert names(sign_in(maya).get(reverse("queue"))) == ["Eve", "Ada", "Ben", "Cora", "Dan"]


def test_a_row_says_who_what_and_by_when(patient, maya, sign_in):
    case = patient("Ada", SADDLE_NUMBNESS, ago=timedelta(minutes=80), submitted=False)
    page = sign_in(maya).get(reverse("queue")).content.decode()
    for words in ("Ada Quill", "Emergency", "Cauda equina syndrome", "Overdue by 1 h 5 min", "Unfinished form"):
        assert words in page
    assert f"{case.patient.age_on(timezone.localdate())} years" in page
    assert "Nobody yet" in page


def test_a_case_without_a_flag_is_not_called_fine(patient, maya, sign_in):
    patient("Dan", HEEL_PAIN)
    page = sign_in(maya).get(reverse("queue")).content.decode()
    assert "No flag rule matched" in page
    assert "chip-good" not in page


def test_nobody_sees_the_cases_of_a_location_they_do_not_work_at(patient, maya, olga, sign_in):
    case = patient("Ada", SADDLE_NUMBNESS)
    browser = sign_in(olga)
    assert names(browser.get(reverse("queue"))) == []
    assert browser.get(reverse("queue"), {"location": "riverside"}).context["counts"]["open"] == 0
    assert browser.get(case.get_absolute_url()).status_code == 404
    for name in ("acknowledge", "hand_back", "contact", "raise_tier", "reopen_case", "decide", "second_look"):
        assert browser.post(reverse(name, args=[case.public_id])).status_code == 404


def test_staff_who_see_no_cases_are_sent_on_to_their_referrals(priya, sign_in):
    response = sign_in(priya).get(reverse("queue"))
    assert response.status_code == 302
    assert response.url == reverse("referrals")


def test_after_a_decision_the_banner_names_whoever_comes_next_in_the_queue(
    patient, maya, daniel, other_location, sign_in
):
    """What a colleague has, and what another location has, is nobody's next."""
    cases.acknowledge(patient("Taken", FOOT_DROP), by=daniel)
    patient("Away", FOOT_DROP, at=other_location)
    patient("Later", HEEL_PAIN)
    second = patient("Second", FOOT_DROP)
    first = patient("First", HEEL_PAIN)
    cases.acknowledge(first, by=maya)
    first.refresh_from_db()
    browser = sign_in(maya)
    assert press(browser, "decide", first, **decision(first, verdict="agree")).status_code == 302
    words = browser.get(first.get_absolute_url()).content.decode()
    assert f"<b>Next: {second.patient.full_name}</b>" in words
    assert "Decided: Routine" in words
    assert "Back to the queue" in words
    for name in ("Taken", "Away", "Later"):
        assert name not in words, name
    looked = AccessLog.objects.filter(user=maya, patient_id=second.patient_id)
    assert [row.subject for row in looked] == ["listed"]
    assert "Next:" not in browser.get(first.get_absolute_url()).content.decode()


def test_the_list_is_cut_by_owner_tier_and_location(patient, maya, daniel, other_location, sign_in):
    maya.locations.add(other_location)
    cases.acknowledge(patient("Ben", TEMPLE_HEADACHE), by=maya)
    patient("Cora", FOOT_DROP, at=other_location)
    cases.acknowledge(patient("Dan", HEEL_PAIN), by=daniel)
    browser = sign_in(maya)
    assert names(browser.get(reverse("queue"), {"show": "mine"})) == ["Ben"]
    assert names(browser.get(reverse("queue"), {"tier": "soon"})) == ["Cora"]
    assert names(browser.get(reverse("queue"), {"location": "hillcrest"})) == ["Cora"]
    assert browser.get(reverse("queue")).context["counts"] == {
        "open": 3, "mine": 1, "waiting": 1, "emergency": 0, "overdue": 0,
    }  # fmt: skip


def test_decided_cases_leave_the_queue_and_are_listed_apart(patient, maya, sign_in):
    case = patient("Dan", HEEL_PAIN)
    case.refresh_from_db()
    factories.decision(on=case, by=maya, refer=False)
    browser = sign_in(maya)
    assert names(browser.get(reverse("queue"))) == []
    assert "No case waits for a decision" in browser.get(reverse("queue")).content.decode()
    assert names(browser.get(reverse("queue"), {"show": "decided"})) == ["Dan"]


@pytest.mark.parametrize(
    "query", [{"show": "x"}, {"tier": "9"}, {"location": "<b>"}, {"after": "1"}, {"seen": "-"}, {"show": "\0"}]
)
def test_an_address_somebody_wrote_by_hand_shows_the_whole_queue(patient, maya, sign_in, query):
    patient("Ada", SADDLE_NUMBNESS)
    for name in ("queue", "queue_rows"):
        assert names(sign_in(maya).get(reverse(name), query)) == ["Ada"]


def test_the_next_page_goes_on_after_the_last_row(patient, maya, sign_in, monkeypatch):
    monkeypatch.setattr("intake.review.queue.ROWS", 2)
    for name in ("Ada", "Ben", "Cora", "Dan", "Eve"):
        patient(name, TEMPLE_HEADACHE)
    browser, seen, query = sign_in(maya), [], ""
    for _page in range(3):
        response = browser.get(f"{reverse('queue')}?{query}")
        seen += names(response)
        query = response.context["more"]
    assert sorted(seen) == ["Ada", "Ben", "Cora", "Dan", "Eve"]
    assert query == ""


def test_decided_cases_are_paged_to_the_first_with_what_was_decided(patient, maya, sign_in, monkeypatch):
    monkeypatch.setattr("intake.review.queue.ROWS", 2)
    long_ago = timezone.now() - timedelta(days=400)
    for number, name in enumerate(("Ada", "Ben", "Cora", "Dan", "Eve")):
        case = patient(name, HEEL_PAIN)
        factories.decision(on=case, by=maya, refer=number == 0)
        same_moment = long_ago + timedelta(days=number // 2)
        Case.objects.filter(pk=case.pk).update(decided_at=same_moment)
    browser, seen, query = sign_in(maya), [], "show=decided"
    for _page in range(3):
        response = browser.get(f"{reverse('queue')}?{query}")
        seen += names(response)
        query = response.context["more"]
        assert "What was decided" in response.content.decode()
    assert seen == ["Eve", "Dan", "Cora", "Ben", "Ada"]
    assert query == ""
    page = response.content.decode()
    decision = Decision.objects.get(case__patient__first_name="Ada")
    assert str(triage.shipped().specialists[decision.specialist]) in page
    assert "referred" in page


def test_decisions_of_a_page_cost_one_statement_more(patient, maya, sign_in, django_assert_max_num_queries):
    for name in ("Ada", "Ben", "Cora"):
        factories.decision(on=patient(name, HEEL_PAIN), by=maya, refer=False)
    browser = sign_in(maya)
    with CaptureQueriesContext(connection) as open_list:
        browser.get(reverse("queue"))
    with django_assert_max_num_queries(len(open_list) + 1):
        browser.get(reverse("queue"), {"show": "decided"})


def test_the_way_back_from_a_case_is_the_list_it_was_opened_from(patient, maya, sign_in):
    case = patient("Ada", SADDLE_NUMBNESS)
    chosen = "show=waiting&amp;location=riverside&amp;tier=emergency"
    browser = sign_in(maya)
    queue = browser.get(f"{reverse('queue')}?{chosen.replace('&amp;', '&')}").content.decode()
    assert f'href="{case.get_absolute_url()}?{chosen}"' in queue
    address = f"{case.get_absolute_url()}?{chosen.replace('&amp;', '&')}"
    back = f'href="{reverse("queue")}?{chosen}"'
    assert back in browser.get(address).content.decode()
    acted = browser.post(
        reverse("acknowledge", args=[case.public_id]), headers={"Referer": f"http://testserver{address}"}
    )
    after = browser.get(acted["Location"], headers={"Referer": f"http://testserver{address}"}).content.decode()
    assert back in after


@pytest.mark.parametrize("query", ["show=//evil.example", "next=https://evil.example", "tier=%22%3E", "location=../x"])
def test_the_way_back_says_nothing_the_list_does_not_know(patient, maya, sign_in, query):
    case = patient("Ada", SADDLE_NUMBNESS)
    page = sign_in(maya).get(f"{case.get_absolute_url()}?{query}").content.decode()
    assert f'<p class="crumbs"><a href="{reverse("queue")}">Queue</a></p>' in page


# Every ten seconds ------------------------------------------------------------------------------------------------


def poll(browser, last=None):
    headers = {"If-None-Match": last["ETag"]} if last else {}
    return browser.get(reverse("queue_rows"), headers=headers)


@pytest.mark.usefixtures("clock")  # no minute turns between the two polls
def test_nothing_new_is_a_304_and_no_look_at_anybody(patient, maya, sign_in):
    patient("Ben", TEMPLE_HEADACHE)
    browser = sign_in(maya)
    first = poll(browser)
    looks = AccessLog.objects.count()
    again = poll(browser, first)
    assert (again.status_code, again.content) == (304, b"")
    assert AccessLog.objects.count() == looks


def test_a_new_minute_moves_the_clocks_without_another_line_in_the_log(patient, maya, sign_in):
    patient("Ben", TEMPLE_HEADACHE)
    browser = sign_in(maya)
    first = poll(browser)
    state = first["ETag"].split("-")[0]
    looks = AccessLog.objects.count()
    again = browser.get(reverse("queue_rows"), headers={"If-None-Match": f'{state}-1"'})
    assert again.status_code == 200
    assert AccessLog.objects.count() == looks


def test_whatever_happens_to_a_case_is_drawn_at_the_next_poll(patient, maya, daniel, sign_in):
    case = patient("Ben", TEMPLE_HEADACHE)
    browser = sign_in(maya)
    last = poll(browser)
    happenings = (
        lambda: cases.acknowledge(case, by=daniel),
        lambda: cases.record_contact(case, outcome="no_answer", safety_advice_given=False, words="", by=daniel),
        lambda: cases.raise_tier(case, tier=Urgency.EMERGENCY, by=daniel),
        lambda: patient("Ada", SADDLE_NUMBNESS),
    )
    for happening in happenings:
        happening()
        now = poll(browser, last)
        assert now.status_code == 200
        assert now["ETag"] != last["ETag"]
        last = now


def test_a_new_emergency_is_announced_without_a_name(patient, maya, sign_in):
    patient("Dan", HEEL_PAIN)
    browser = sign_in(maya)
    seen = poll(browser).context["newest"]
    patient("Ada", SADDLE_NUMBNESS)
    page = browser.get(reverse("queue_rows"), {"seen": seen})
    assert page.context["announcement"] == "New in the queue: 1 emergency."
    assert browser.get(reverse("queue_rows"), {"seen": page.context["newest"]}).context["announcement"] == ""


def test_a_worker_that_falls_silent_is_said_on_a_queue_nobody_touches(patient, maya, sign_in):
    """The page stays open all morning; only the polled part is drawn again."""
    SweepBeat.objects.create(at=timezone.now())
    browser = sign_in(maya)
    first = poll(browser)
    assert "Mail and alarms have stood still" not in first.content.decode()
    SweepBeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    assert "Mail and alarms have stood still" in poll(browser, first).content.decode()


def test_each_list_shown_is_one_line_in_the_access_log_and_one_for_each_name_on_it(patient, maya, sign_in):
    patient("Ada", SADDLE_NUMBNESS)
    sign_in(maya).get(reverse("queue"))
    lines = AccessLog.objects.filter(user=maya)
    assert [(line.page, line.subject) for line in lines] == [("queue", "list"), ("queue", "listed")]


def test_an_emergency_nobody_has_taken_stands_before_one_that_is_being_seen_to(location, maya):
    """Whoever looks at the queue must see first what nobody is doing anything about."""
    taken = factories.case(at=location, answers=SADDLE_NUMBNESS, acknowledged_by=maya)
    Case.objects.filter(pk=taken.pk).update(decide_by=timezone.now() - timedelta(hours=2))
    fresh = factories.case(at=location, answers=SADDLE_NUMBNESS)
    assert list(Case.objects.visible_to(maya).awaiting_decision().most_urgent_first()) == [fresh, taken]
