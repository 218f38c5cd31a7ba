"""Lists kept by a name, the list as a file, and a colleague who looks after what is somebody's who is away."""

import csv
import html
from datetime import timedelta
from io import StringIO

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.audit.models import AccessLog
from intake.models import Patient
from referrals import moves as actions
from referrals.desk import saved
from referrals.models import Cover, Referral, SavedList
from referrals.moves.about import who_hear
from tests import factories
from tests.source import one_line


def test_a_list_is_kept_with_its_filters_for_its_person_alone(make, desk, sign_in, ruth, priya):
    make("Garcia")
    found = desk.post("/referrals/", {"looked_for": "garcia", "list": "show=mine&turn=us&sort=oldest"})
    desk.post("/referrals/save/", {"list": found.url.partition("?")[2], "name": " My own "})
    kept = SavedList.objects.get()
    assert (kept.user, kept.name, kept.query) == (priya, "My own", "show=mine&turn=us&sort=oldest")
    assert "My own" in desk.get("/referrals/").text
    assert "My own" not in sign_in(ruth).get("/referrals/").text
    desk.post("/referrals/save/", {"list": "status=sent", "name": ""})
    assert SavedList.objects.filter(name="Open, Sent").exists()
    for number in range(SavedList.MOST):
        desk.post("/referrals/save/", {"list": "status=sent", "name": f"List {number}"})
    assert SavedList.objects.count() == SavedList.MOST
    sign_in(ruth).post("/referrals/save/", {"drop": "My own"})
    assert SavedList.objects.filter(name="My own").exists()
    desk.post("/referrals/save/", {"drop": "My own"})
    assert not SavedList.objects.filter(name="My own").exists()


def test_the_file_holds_the_list_as_it_is_chosen_and_no_cell_acts(make, desk, priya):
    shown = make("=cmd()", to=factories.specialist(practice="+Ashport"))
    make("Unsent")
    answer = desk.get("/referrals/list.csv?status=sent")
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Number"] for row in rows] == [shown.reference]
    assert rows[0]["Office"] == "'+Ashport"
    assert rows[0]["Whose turn"] == "An office's turn"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert AccessLog.objects.filter(user=priya, subject_id="file").exists()


def test_a_file_that_cannot_hold_all_says_so_in_its_last_row(make, desk, monkeypatch):
    for number in range(3):
        make(f"Quill{number}")
    for most, last in ((2, "There are more: a file holds 2 referrals."), (3, "")):
        monkeypatch.setattr(saved, "MOST_IN_A_FILE", most)
        rows = list(csv.reader(StringIO(desk.get("/referrals/list.csv").content.decode("utf-8-sig"))))
        assert len(rows) == 1 + 3
        assert len(set(map(len, rows))) == 1
        assert rows[-1][0].startswith(last)
        assert bool(rows[-1][1]) is not bool(last), "a row of the list has a patient"


def test_a_file_asks_no_more_of_the_database_for_more_rows(make, desk, django_assert_max_num_queries):
    office = factories.specialist(referral_plans=["Harbor HMO"])

    def more(number):
        for _one in range(number):
            asks = make("Garcia")
            Patient.objects.filter(pk=asks.patient_id).update(insurance_plan="Harbor HMO")
            chosen = {"specialist": office, "choice": "suggested", "choice_reason": "near"}
            Referral.objects.filter(pk=asks.pk).update(**chosen)
            back = make("Quill", to=office, status="reported")
            back.reports.create(words="Seen.", sent_by="Ellen Park")

    more(1)
    with CaptureQueriesContext(connection) as few:
        words = desk.get("/referrals/list.csv").text
    assert "Get what the plan asks for first" in words
    assert "A therapist reads the report" in words
    more(4)
    with django_assert_max_num_queries(len(few)):
        assert desk.get("/referrals/list.csv").text.count("Get what the plan asks for first") == 5


def cover(away, by, *, days=9, starts_in=0) -> Cover:
    now = timezone.now()
    times = {"starts_at": now + timedelta(days=starts_in), "ends_at": now + timedelta(days=days)}
    return actions.cover(away, covered_by=by, by=away, **times)


def test_who_covers_sees_and_hears_what_is_a_colleagues_until_it_ends(accepted, priya, ruth, sign_in):
    browser = sign_in(ruth)
    Referral.objects.filter(pk=accepted.pk).update(news_at=timezone.now())
    name = accepted.patient.full_name
    assert name not in browser.get("/referrals/?show=mine").text
    stands = cover(priya, ruth)
    words = one_line(browser.get("/referrals/?show=mine").text)
    assert name in words
    assert "You look after the referrals of Priya Nair until" in words
    assert Referral.objects.with_news_for(ruth).get() == accepted
    assert who_hear(accepted) == [priya, ruth]
    assert Referral.objects.get().owner == priya, "it stays theirs"
    actions.end_cover(stands, by=priya)
    assert name not in browser.get("/referrals/?show=mine").text
    assert who_hear(accepted) == [priya]


def test_cover_that_has_not_begun_changes_nothing_yet(accepted, priya, ruth):
    cover(priya, ruth, starts_in=2)
    assert who_hear(accepted) == [priya]


def test_nobody_covers_where_they_do_not_work_nor_themselves(priya, olga, ruth, sign_in):
    for colleague in (olga, priya):
        with pytest.raises(actions.NotYet, match="same location"):
            cover(priya, colleague)
    with pytest.raises(actions.NotYet, match="end after"):
        cover(priya, ruth, days=-1, starts_in=-2)
    stands = cover(priya, ruth)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cover.objects.filter(pk=stands.pk).update(covered_by=priya)
    sign_in(olga).post("/referrals/cover/end/", {"cover": stands.pk})
    assert Cover.objects.ahead(timezone.now()).exists()


def test_whoever_works_where_a_colleague_is_away_ends_it_though_who_covers_left(priya, ruth, daniel, sign_in):
    stands = cover(priya, ruth)
    ruth.locations.clear()
    assert "It has ended." in sign_in(daniel).post("/referrals/cover/end/", {"cover": stands.pk}, follow=True).text
    assert not Cover.objects.ahead(timezone.now()).exists()


def test_who_sees_a_cover_of_somebody_who_works_at_two_places_ends_it(priya, ruth, olga, other_location, sign_in):
    priya.locations.add(other_location)
    stands = cover(priya, ruth)
    browser = sign_in(olga)
    assert "for Priya Nair" in browser.get("/referrals/cover/").text
    assert "It has ended." in browser.post("/referrals/cover/end/", {"cover": stands.pk}, follow=True).text


def test_who_is_away_ends_it_though_they_left_the_location(priya, ruth, other_location, sign_in):
    stands = cover(priya, ruth)
    priya.locations.set([other_location])
    assert "It has ended." in sign_in(priya).post("/referrals/cover/end/", {"cover": stands.pk}, follow=True).text


def test_a_cover_that_may_not_be_ended_any_more_says_so(priya, ruth, olga, desk, monkeypatch):
    stands = cover(priya, ruth)
    with pytest.raises(actions.NotYet, match="You do not work where Priya Nair does"):
        actions.end_cover(stands, by=olga)

    def refused(*_args, **_more):
        raise actions.NotYet("You do not work there any more.")

    monkeypatch.setattr(actions, "end_cover", refused)
    said = desk.post("/referrals/cover/end/", {"cover": stands.pk}, follow=True).text
    assert "You do not work there any more." in said


def test_it_is_said_where_nobody_looks_after_what_they_carry(desk, priya, ruth, other_location):
    priya.locations.add(other_location)
    today = timezone.localdate()
    given = {"away": priya.pk, "covered_by": ruth.pk, "first": today, "last": today}
    said = one_line(desk.post("/referrals/cover/", given, follow=True).text)
    assert "Not at Hillcrest, where Ruth Calloway does not work" in said
    assert ", not at Hillcrest" in said


def test_the_page_takes_a_cover_says_what_is_wrong_and_ends_it(desk, priya, ruth):
    today = timezone.localdate()
    wrong = desk.post("/referrals/cover/", {"away": priya.pk, "first": today, "last": today - timedelta(days=1)})
    words = html.unescape(wrong.text)
    assert wrong.status_code == 422
    for part in ("Choose a colleague.", "Choose a last day that is not before the first", f'value="{today}"'):
        assert part in words, part
    given = {"away": priya.pk, "covered_by": ruth.pk, "first": today, "last": today + timedelta(days=6)}
    assert (
        "Ruth Calloway looks after the referrals of Priya Nair."
        in desk.post("/referrals/cover/", given, follow=True).text
    )
    stands = Cover.objects.get()
    assert stands.ends_at > timezone.now() + timedelta(days=6)
    for nothing in ("x", "9" * 30, ""):
        assert "It had ended before." in desk.post("/referrals/cover/end/", {"cover": nothing}, follow=True).text
    desk.post("/referrals/cover/end/", {"cover": stands.pk})
    assert not Cover.objects.ahead(timezone.now()).exists()
