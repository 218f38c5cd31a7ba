"""The desk's list of hundreds: found, filtered by whose turn it is, in any order, page by page, whatever has ended."""

import html
import re
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from clinic.audit.models import AccessLog
from intake.models import Urgency
from referrals import moves as actions
from referrals.desk import list_views, worklist
from referrals.desk import page as desk_page
from referrals.desk.order import ORDERS
from referrals.desk.turns import Turn, whose_turn
from referrals.desk.worklist import WorklistFilter
from referrals.models import Referral
from tests import factories
from tests.plans import rows_touched
from tests.source import one_line

Status = Referral.Status


def chosen(query, user, **typed) -> WorklistFilter:
    return WorklistFilter(QueryDict(query), user=user, now=timezone.now(), typed=typed)


# Finding --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("garcia", {"García-López"}),
        ("Lopez Ada", {"García-López"}),
        ("555 0199", {"García-López"}),
        ("ashport", {"Quill"}),
        ("(207) 555-0170", {"Quill"}),
        ("0170", {"Quill"}),
        ("number", {"Quill"}),
        ("Dr.", set()),
        ("x", set()),
        ("Nobody", set()),
    ],
)
def test_a_referral_is_found_by_patient_office_phone_and_number(make, desk, typed, found):
    make("García-López", phone="207-555-0199")
    at_the_office = make("Quill", to=factories.specialist(practice="Ashport Neurology"))
    words = at_the_office.reference.lower().replace("-", " ") if typed == "number" else typed
    answer = desk.post("/referrals/", {"looked_for": words, "list": "show=open"}, follow=True)
    said = one_line(answer.content.decode())
    assert {name for name in ("García-López", "Quill") if f"Ada {name}" in said} == found
    assert typed not in answer.request["QUERY_STRING"], "no address names a patient"


def test_a_search_logs_each_it_found_as_found(make, desk, priya, monkeypatch):
    monkeypatch.setattr(list_views, "ROWS", 2)
    wanted = [make("Garcia") for _number in range(3)]
    make("Quill")
    first = desk.post("/referrals/", {"looked_for": "garcia", "list": "show=open"}, follow=True)
    rows = AccessLog.objects.filter(user=priya, page="referrals")
    assert rows.filter(subject="list", subject_id="search").count() == 1
    assert rows.filter(subject="found").count() == 2, "no more than the page shows"
    desk.get(f"/referrals/?{first.context['further']}")
    found = rows.filter(subject="found").values_list("patient_id", flat=True)
    assert sorted(found) == sorted(one.patient_id for one in wanted)
    assert not rows.filter(subject="listed").exists()
    desk.get("/referrals/list.csv?" + first.request["QUERY_STRING"])
    assert AccessLog.objects.filter(page="referrals_file", subject="found").count() == 3


def test_an_office_is_looked_for_once_however_often_the_list_is_asked(make, priya, monkeypatch):
    make("Quill")
    searches, look = [], worklist.fitting
    monkeypatch.setattr(worklist, "fitting", lambda *asked: searches.append(asked) or look(*asked))
    listed = chosen("find=it", priya, it="quill")
    assert [len(list(listed.referrals())), len(listed.tabs()), len(listed.turns())] == [1, len(listed.PARTS), 4]
    assert len(searches) == 1


def test_what_was_looked_for_stays_with_the_filters_and_on_the_way_back(make, desk):
    wanted = make("Garcia", urgency=Urgency.URGENT)
    make("Garcia", to=factories.specialist())
    make("Quill")
    listed = desk.post("/referrals/", {"looked_for": "garcia", "list": "status=draft"}, follow=True)
    assert [row["referral"] for _title, rows in listed.context["groups"] for row in rows] == [wanted]
    query = listed.request["QUERY_STRING"]
    assert "status=draft" in query
    assert re.search(r'<input type="hidden" name="find" value="[0-9a-f]{8}">', one_line(listed.text))
    assert f"/referrals/?{query}".replace("&", "&amp;") in desk.get(f"/referrals/{wanted.public_id}/").text
    cleared = desk.post("/referrals/", {"looked_for": " ", "list": query})
    assert "find" not in cleared.url
    assert "status=draft" in cleared.url


# Whose turn -----------------------------------------------------------------------------------------------------------


def test_whose_turn_it_is_follows_the_next_step_in_every_state(make):
    """The list counts in the database what the page says of each: the two may never part."""
    now, office = timezone.now(), factories.specialist()
    for status in Status:
        for name, fields in (
            ("as it rests", {}),
            ("late", {"next_check_at": now - timedelta(hours=1)}),
            ("not delivered", {"undelivered_at": now}),
            ("waiting", {"waits_for": "consent"}),
            ("proposed", {"times_proposed_at": now}),
        ):
            if name == "proposed" and status not in Referral.TIMES_STAND_IN:
                continue
            gone = status in (Status.DRAFT, Status.DECLINED, *Referral.ENDED)
            if status in Referral.ENDED or (gone and name == "not delivered"):
                continue
            row = make(f"{status} {name}", to=None if status == Status.DRAFT else office, status=status)
            Referral.objects.filter(pk=row.pk).update(**fields)
            for answer in ("", "comes", "cannot") if status == Status.SCHEDULED else ():
                other = make(f"{status} {name} {answer}", to=office, status=status)
                other.appointments.create(
                    starts_at=now + timedelta(days=3), time_zone="America/New_York", given_by="Ellen", answer=answer,
                    answered_at=now if answer else None,
                )  # fmt: skip
                Referral.objects.filter(pk=other.pk).update(**fields)
    rows = list(Referral.objects.annotate(whose=whose_turn(now)).prefetch_related("appointments"))
    known = desk_page.known_of(rows)
    parted = {
        f"{row.patient.last_name}: {row.whose}, not {desk_page.next_step(row, known).turn}"
        for row in rows
        if row.whose != desk_page.next_step(row, known).turn
    }
    assert parted == set()
    assert {row.whose for row in rows} == {"us", "office", "patient"}
    resting = {row.patient.last_name: row.whose for row in rows}
    assert resting["sent as it rests"] == "office"
    assert resting["scheduled as it rests"] == "patient"
    assert resting["scheduled as it rests cannot"] == "us"
    assert resting["sent late"] == "us"
    assert resting["sent waiting"] == resting["accepted waiting"] == "us"
    waiting = {desk_page.tone(row) for row in rows if row.waits_for}
    assert waiting == {"yours"}, "the list shows the same"


def test_the_chosen_location_stays_chosen(make, sign_in, priya, other_location):
    priya.locations.add(other_location)
    words = one_line(sign_in(priya).get(f"/referrals/?location={other_location.slug}").text)
    assert f'<option value="{other_location.slug}" selected>' in words


def test_the_list_says_how_many_wait_for_whom_and_shows_them(make, desk):
    make("Draft")
    make("Away", to=factories.specialist())
    words = html.unescape(one_line(desk.get("/referrals/?turn=office").text))
    assert "Ada Away" in words
    assert "Ada Draft" not in words
    for turn, number in ((Turn.US, 1), (Turn.OFFICE, 1), (Turn.PATIENT, 0)):
        assert f"{turn.label} ({number})" in words


# Orders and pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_hold_each_row_once_in_any_order_even_while_one_ends(make, desk, monkeypatch, priya, sort):
    monkeypatch.setattr(list_views, "ROWS", 3)
    now, made = timezone.now(), []
    offices = [None, factories.specialist(practice="beta"), factories.specialist(practice="Alpha")]
    for number in range(8):
        made.append(make(
            f"Quill{number}", to=offices[number % 3], urgency=1 + number % 2,
            next_check_at=now + timedelta(hours=number % 4), news_at=now if number == 5 else None,
        ))  # fmt: skip
    whole = list(chosen(f"sort={sort}", priya).referrals())
    seen, address = [], f"/referrals/?sort={sort}"
    for number in range(9):
        page = desk.get(address)
        seen += [row["referral"] for _title, rows in page.context["groups"] for row in rows]
        if not page.context["further"]:
            break
        if number == 0:  # the first row ends while somebody reads
            actions.withdraw(seen[0], reason="not_needed", by=priya)
        address = f"/referrals/?{page.context['further']}"
    assert seen == whole
    assert {one.pk for one in seen} == {one.pk for one in made}
    assert "From the top" in page.text


def test_what_ended_last_stands_first_and_has_pages_too(make, desk, monkeypatch, priya):
    monkeypatch.setattr(list_views, "ROWS", 2)
    ended = [actions.withdraw(make(f"Quill{number}"), reason="not_needed", by=priya) for number in range(3)]
    first = desk.get("/referrals/?show=ended")
    second = desk.get(f"/referrals/?{first.context['further']}")
    rows = [row["referral"] for page in (first, second) for _title, found in page.context["groups"] for row in found]
    assert rows == ended[::-1]


QUERIES = ("", "turn=office", "sort=office", "show=mine", "show=ended", "find=it", "find=it&show=open&status=draft")


def test_nothing_on_the_list_reads_more_when_history_grows(make, history, priya):
    office = factories.specialist(practice="Ashport Neurology")
    for number in range(40):
        make(f"Garcia{number}" if number < 5 else f"Quill{number}", to=office if number % 2 else None)

    def read():
        lists = [chosen(query, priya, it="garcia") for query in QUERIES]
        pages = {query: rows_touched(one.referrals()[:51]) for query, one in zip(QUERIES, lists, strict=True)}
        counts = {"turns": rows_touched(lists[0]._narrowed().annotate(whose=whose_turn(lists[0].now)))}
        return pages | counts

    history(4000)  # fewer are read from end to end, which is quicker
    before = read()
    history(8000)
    tries = [read()]
    for _ in range(2):  # a plan is guessed from a sample of rows; the best of three samples is no luck of one
        history(0)
        tries.append(read())
    after = {name: min(one[name] for one in tries) for name in before}
    assert {name: (before[name], after[name]) for name in before if after[name] > before[name] * 2 + 20} == {}
