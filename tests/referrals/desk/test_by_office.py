"""One call for an office with several referrals, and several referrals ticked in the list."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.audit.models import AccessLog
from intake.models import Urgency
from referrals import moves as actions
from referrals.desk import by_office
from referrals.models import Referral
from tests import factories
from tests.plans import rows_touched
from tests.source import one_line


def words_of(browser, address) -> str:
    return html.unescape(one_line(browser.get(address).text))


@pytest.fixture
def two_offices(make):
    """Casco has two referrals at two of its listings, Ashport one, and one is not sent."""
    one = factories.specialist(practice="Casco Nerve Center", phone="(207) 555-0170")
    other = factories.specialist(practice="Casco Nerve Center", phone="(207) 555-0170", specialty="podiatrist")
    first, second = make("First", to=one), make("Second", to=other)
    make("Third", to=factories.specialist(practice="Ashport Neurology", phone="(207) 555-0150"))
    make("Unsent")
    return one, first, second


def test_each_office_stands_once_with_its_number_and_how_many_are_open(two_offices, desk, priya):
    words = words_of(desk, "/referrals/by-office/")
    assert words.index("Ashport Neurology") < words.index("Casco Nerve Center")
    assert words.count("(207) 555-0170</a>") == 1
    assert "2 open" in words
    assert "Ada Unsent" not in words
    assert AccessLog.objects.filter(user=priya, subject_id="offices").exists()


def test_the_sheet_names_nobody_until_the_office_has_accepted(two_offices, desk, sign_in, olga):
    listing, first, second = two_offices
    actions.office_accept(second, office="Ellen Park, RN")
    words = words_of(desk, f"/referrals/by-office/{listing.public_id}/")
    for one in (first, second):
        assert one.reference in words
    assert "Ada Second" in words
    assert "Ada First" not in words
    assert "Has it arrived, and do you take the patient?" in words
    assert "Which day and time can you give?" in words
    elsewhere = words_of(sign_in(olga), f"/referrals/by-office/{listing.public_id}/")
    assert "Nothing lies with this office now." in elsewhere
    assert second.reference not in elsewhere


def test_offices_have_pages_that_history_does_not_slow(two_offices, desk, priya, monkeypatch, history):
    monkeypatch.setattr(by_office, "OFFICES", 1)
    first = desk.get("/referrals/by-office/")
    assert [one.practice for one in first.context["offices"]] == ["Ashport Neurology"]
    second = desk.get(f"/referrals/by-office/?{first.context['further']}")
    assert [one.practice for one in second.context["offices"]] == ["Casco Nerve Center"]
    assert not second.context["further"]
    assert desk.get("/referrals/by-office/?after=%00&phone=x").status_code == 200
    history(400)
    before = rows_touched(by_office.places(priya))
    history(8000)
    assert rows_touched(by_office.places(priya)) <= before * 1.2 + 20


# Ticked in the list ---------------------------------------------------------------------------------------------------


def test_those_ticked_are_handed_over_and_one_that_cannot_be_is_named(two_offices, desk, ruth):
    _listing, first, second = two_offices
    listed = desk.get("/referrals/?status=sent").text
    assert f'value="{first.public_id}"' in listed
    asked = f"do=hand-over&chosen={first.public_id}&chosen={second.public_id}&chosen=x"
    assert "2 referrals:" in words_of(desk, f"/referrals/many/?{asked}")
    given = {"do": "hand-over", "chosen": [first.public_id, second.public_id]}
    wrong = desk.post("/referrals/many/", given | {"words": "Until Monday."})
    assert wrong.status_code == 422
    assert "Choose a colleague." in wrong.text
    assert "Until Monday." in wrong.text
    Referral.objects.filter(pk=second.pk).update(owner=ruth)
    done = desk.post("/referrals/many/", given | {"to": ruth.pk}, follow=True)
    said = one_line(done.text)
    assert "1 referral is handed over." in said
    assert f"Not handed over: {second.reference}. Ruth Calloway carries it already." in said
    assert done.request["QUERY_STRING"] == "show=open&status=sent"
    assert Referral.objects.get(pk=first.pk).owner == ruth


def test_those_ticked_are_put_off_but_what_is_urgent(two_offices, desk):
    _listing, first, second = two_offices
    Referral.objects.filter(pk=second.pk).update(urgency=Urgency.URGENT)
    day = (timezone.now() + timedelta(days=7)).date()
    given = {"do": "put-off", "chosen": [first.public_id, second.public_id]}
    for part, typed in (("Say why they can wait.", {"day": day}), ("Choose a day after today", {"day": "2020-01-01"})):
        assert part in desk.post("/referrals/many/", given | typed).text
    said = one_line(desk.post("/referrals/many/", given | {"day": day, "words": "Closed."}, follow=True).text)
    assert "1 referral is put off." in said
    assert f"Left as it is: {second.reference}. This referral is urgent: look again by" in said
    first.refresh_from_db()
    assert first.next_check_at.astimezone(first.location.zone).date() == day


def test_nothing_ticked_leads_back(desk):
    assert "Nothing is ticked" in words_of(desk, "/referrals/many/?do=put-off")
    assert "Nothing is ticked" in html.unescape(desk.post("/referrals/many/", {"do": "put-off"}).text)
