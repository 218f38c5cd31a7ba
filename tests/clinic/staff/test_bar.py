"""The bar of the staff pages: each role has its own links, all of which open, and what refuses stands below it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.staff.navigation import BARS, bar_of
from clinic.staff.permissions import Role
from intake.templatetags.appointments import requests_waiting
from referrals.templatetags.news import news_from_offices
from tests import factories

pytestmark = pytest.mark.django_db

SHOWN = {
    "maya": (
        ["Queue", "Referrals", "Requests"],
        ["Today", "On watch", "Handover", "Directory", "Messages", "Invite", "Forms on paper", "Scorecard"],
    ),
    "priya": (["Referrals", "Requests", "Invite", "Directory"], ["Today", "Messages", "Forms on paper"]),
    "ruth": (
        ["On watch", "Referrals", "Requests", "Promises"],
        [
            *("Today", "Handover", "Directory", "Messages", "Invite", "Forms on paper", "Scorecard"),
            *("Numbers", "Staff", "Locations", "Access log"),
        ],
    ),
}


@pytest.fixture(params=sorted(SHOWN))
def person(request):
    return request.getfixturevalue(request.param)


def links(html, part) -> list[tuple[str, str, bool]]:
    """Return the address, the first word and whether it is current, of each link of a part of the bar."""
    found = re.search(rf'<(\w+)[^>]*class="{part}".*?</\1>', html, re.DOTALL)[0]
    return [
        (address, " ".join(re.sub(r"<.*", "", words, flags=re.DOTALL).split()), "aria-current" in attrs)
        for address, attrs, words in re.findall(r'<a\s+href="([^"]*)"([^>]*)>(.*?)</a>', found, re.DOTALL)
    ]


def test_every_role_has_a_bar():
    assert set(BARS) == set(Role)


def test_a_role_has_its_links_and_each_opens_without_leading_elsewhere(person, sign_in):
    shown, more = SHOWN[person.name.split()[0].lower()]
    bar = bar_of(person)
    assert ([one.label for one in bar.shown], [one.label for one in bar.more]) == (shown, more)
    browser = sign_in(person)
    html = browser.get(reverse("referrals")).content.decode()
    found = links(html, "bar-nav")
    assert [words for _address, words, _current in found] == shown + more
    assert {address: browser.get(address).status_code for address, *_rest in found} == dict.fromkeys(
        (address for address, *_rest in found), 200
    )


def test_the_section_stays_marked_on_pages_below_it(location, maya, sign_in):
    case = factories.case(at=location)
    below = {
        reverse("queue"): "Queue",
        case.get_absolute_url(): "Queue",
        reverse("what_if", args=[case.public_id]): "Queue",
        reverse("paper"): "Forms on paper",
        reverse("patient", args=[case.patient.public_id]): None,
    }
    for address, section in below.items():
        html = sign_in(maya).get(address).content.decode()
        marked = [words for _address, words, current in links(html, "bar-nav") if current]
        assert marked == ([section] if section else [])
        assert ('class="is-current"' in html) is (section == "Forms on paper")


def test_clinic_and_location_stand_in_every_header(maya, sign_in, settings):
    settings.ORGANIZATION = "Harbor Physical Therapy"
    html = sign_in(maya).get(reverse("messages")).content.decode()
    assert "Harbor Physical Therapy" in html
    assert re.search(r'class="bar-place"\s*>Riverside<', html)


def test_what_waits_is_counted_in_one_statement(location, priya, django_assert_num_queries):
    factories.appointment_request(at=location)
    factories.patient(at=location)
    with django_assert_num_queries(1):
        assert requests_waiting(priya) == 1


@pytest.mark.parametrize(("answered", "said"), [(0, ""), (1, "1"), (9, "9"), (12, "9+")])
def test_answers_of_offices_stand_at_the_referrals_in_one_digit(
    location, maya, priya, answered, said, sign_in, django_assert_num_queries
):
    decision = [factories.decision(on=factories.case(at=location), by=maya) for _each in range(answered)]
    for one in decision:
        factories.referral(after=one, owner=priya, news_at=timezone.now())
    with django_assert_num_queries(1):
        assert news_from_offices(priya) == min(answered, 10)
    for person in (maya, priya):
        html = sign_in(person).get(reverse("messages")).content.decode()
        shown = re.findall(r'class="count">([0-9+]*)<span class="visually-hidden"> new from offices', html)
        assert shown == ([said] if said and person == priya else []), person.name


def test_staff_who_are_refused_keep_their_bar_and_read_what_to_do(location, priya, sign_in):
    case = factories.case(at=location)
    page = sign_in(priya).get(reverse("case", args=[case.public_id]))
    html = page.content.decode()
    assert page.status_code == 403
    assert "bar-nav" in html
    assert "front desk" in html
    assert case.patient.last_name not in html
    assert "newest message" not in html


def test_staff_keep_their_bar_where_nothing_is(other_location, maya, sign_in):
    theirs = factories.case(at=other_location)
    page = sign_in(maya).get(theirs.get_absolute_url())
    assert page.status_code == 404
    assert "bar-nav" in page.content.decode()


def test_patients_read_what_is_meant_for_them(client):
    page = client.get("/nowhere/")
    assert page.status_code == 404
    assert "bar-nav" not in page.content.decode()
    assert "call your clinic" in page.content.decode()
