"""Staff find any patient of their locations, and read on one page what is on file of one."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from intake.models import Intake
from referrals.desk.looking import read
from tests import factories
from tests.answers import FOOT_DROP

pytestmark = pytest.mark.django_db

MORE_AT_MOST = 3  # statements, however much is on file


def find(browser, words) -> str:
    """The page after a press in the bar; nothing typed stands in its address."""
    went_to = browser.post(reverse("patients"), {"looked_for": words})
    assert went_to["Location"] == reverse("patients")
    return browser.get(went_to["Location"]).content.decode()


@pytest.fixture
def wendell(location):
    return factories.patient(
        at=location,
        first_name="Wendell",
        last_name="Price-O’Hara",
        date_of_birth=date(1972, 6, 9),
        phone="(207) 555-0142",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "price", "PRICE wendell", "ohara", "o'hara, w", "priceohara", "Mr. Price",
        "6/9/1972", "9/6/1972", "1972-06-09", "Jun 9 1972", "June 9, 1972", "06091972",
        "(207) 555-0142", "207.555.0142", "+1 207 555 0142", "555-0142",
        "price 6/9/1972", "jun 9 1972 wendell", "wendell 555 0142", "price, 6/9/1972, 207 555 0142",
    ],
)  # fmt: skip
def test_one_line_finds_by_name_birth_date_and_phone(wendell, priya, sign_in, typed):
    page = find(sign_in(priya), typed)
    assert "Wendell Price-O’Hara" in page
    assert reverse("patient", args=[wendell.public_id]) in page
    assert "Jun 9, 1972" in page


@pytest.mark.parametrize("typed", ["price 6/9/1973", "priceless", "wendell 555 0143", "jones 6/9/1972"])
def test_all_of_it_must_fit_and_an_empty_list_says_what_was_tried(wendell, priya, sign_in, typed):
    page = find(sign_in(priya), typed)
    assert "Wendell" not in page
    assert "Nobody at your locations fits" in page
    looked = read(typed)
    assert all(f"“{part}”" in page for part in looked.parts)
    assert all(f"{day:%B} {day.day}, {day.year}" in page for day in looked.days)
    assert looked.phone in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("w", "Type at least two letters"),
        ("", "Accents, hyphens, spaces"),
        ("price 1972", "Neither a whole birth date nor a phone number"),
        ("\0", "Accents, hyphens, spaces"),
        ("' | b19720609", "Neither a whole birth date"),
        (":* & !", "Type at least two letters"),
    ],
)
def test_what_cannot_be_looked_for_finds_nobody_and_says_why(wendell, priya, sign_in, typed, says):
    page = find(sign_in(priya), typed)
    assert says in page
    assert "Wendell" not in page


def test_nobody_of_another_location_is_found_or_opened(wendell, olga, sign_in):
    browser = sign_in(olga)
    assert "Wendell" not in find(browser, "price")
    assert browser.get(reverse("patient", args=[wendell.public_id])).status_code == 404


def test_each_found_is_on_record_and_so_is_a_search_for_nobody(wendell, priya, sign_in):
    find(sign_in(priya), "price")
    assert set(AccessLog.objects.values_list("subject", "subject_id", "page")) == {
        ("list", "search", "patients"),
        ("found", str(wendell.public_id), "patients"),
    }
    find(sign_in(priya), "nobody")
    assert AccessLog.objects.filter(subject="list").count() == 2


def test_what_is_open_stands_beside_the_name_by_role(wendell, maya, priya, sign_in):
    case = factories.case(of=wendell, answers=FOOT_DROP)
    factories.intake(of=wendell)
    page = find(sign_in(maya), "price")
    assert case.get_absolute_url() in page
    assert "Form not sent" in page
    page = find(sign_in(priya), "price")
    assert case.get_absolute_url() not in page
    assert case.tier.label.lower() not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL)
    assert "Form not sent" in page


def test_more_than_the_list_holds_says_so(location, priya, sign_in):
    for _number in range(52):
        factories.patient(at=location, first_name="Maria", last_name="Garcia")
    assert "More than 50 fit" in find(sign_in(priya), "garcia maria")


def asked_for(browser, address) -> int:
    """How many statements a page takes, apart from the rows of the access log."""
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return sum("audit_accesslog" not in query["sql"] for query in queries)


def test_search_and_page_of_a_patient_take_three_statements_more_than_a_bare_page(
    wendell, on_file, location, maya, sign_in
):
    browser = sign_in(maya)
    find(browser, "price")
    bare, search, page = (
        asked_for(browser, address)
        for address in (reverse("shortcuts"), reverse("patients"), reverse("patient", args=[wendell.public_id]))
    )
    assert search <= bare + MORE_AT_MOST
    assert page <= bare + MORE_AT_MOST
    for _number in range(3):
        namesake = factories.patient(at=location, first_name="Wendell", last_name="Price")
        for one in (wendell, namesake):
            factories.case(of=one, answers=FOOT_DROP)
            factories.intake(of=one)
    assert asked_for(browser, reverse("patients")) == search
    assert asked_for(browser, reverse("patient", args=[wendell.public_id])) == page


# The page of one -------------------------------------------------------------------------------------------------


@pytest.fixture
def on_file(wendell, maya, location):
    """Wendell with a decided case, a referral, a visit, a file and messages."""
    from referrals import moves

    case = factories.case(of=wendell, answers=FOOT_DROP, acknowledged_by=maya)
    referral = moves.refer(factories.decision(on=case, by=maya), by=maya)
    factories.patient_file(case.intake)
    factories.appointment_request(of=wendell, at=location)
    factories.message(at=location, subject_type="patient", subject_id=wendell.public_id, kind="status_link")
    factories.message(at=location, subject_type="case", subject_id=case.public_id, kind="case_needs_you")
    return {"case": case, "referral": referral}


def rows(html) -> list[str]:
    return [" ".join(re.sub(r"<.*?>", " ", row).split()) for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL)][1:]


@pytest.mark.parametrize("who", ["maya", "priya", "ruth"])
def test_a_role_reads_what_it_may_and_follows_every_link(who, wendell, on_file, request, sign_in):
    browser = sign_in(request.getfixturevalue(who))
    html = browser.get(reverse("patient", args=[wendell.public_id])).content.decode()
    kinds = {row.split(":")[0].split(" ")[0] for row in rows(html)}
    assert {"Form", "Referral", "Visit", "Message"} <= kinds
    assert ({"Case", "File"} <= kinds) is (who == "maya")
    assert not {"Case", "File"} & kinds or who == "maya"
    table = html[html.index('id="on-file"') :]
    addresses = re.findall(r'href="(/[^"]*)"', table)
    assert len(addresses) >= 3
    assert {address: browser.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_the_desk_hears_of_no_flag_no_alarm_and_not_that_it_got_worse(wendell, on_file, priya, sign_in):
    first = on_file["case"].intake
    factories.intake(of=wendell, occasion=Intake.Occasion.WORSE, earlier=first)
    html = sign_in(priya).get(reverse("patient", args=[wendell.public_id])).content.decode()
    for words in ("worse", "needs you", *(flag["condition"] for flag in on_file["case"].flags)):
        assert words not in html.lower()


def test_the_newest_stands_first_and_mails_to_come_apart(wendell, on_file, location, maya, sign_in):
    ahead = timezone.now() + timedelta(days=9)
    factories.message(at=location, subject_type="patient", subject_id=wendell.public_id, kind="follow_up", due_at=ahead)
    page = sign_in(maya).get(reverse("patient", args=[wendell.public_id]))
    moments = [row.at for row in page.context["on_file"]]
    assert moments == sorted(moments, reverse=True)
    assert len(page.context["planned"]) == 1
    assert "Mails to come (1)" in page.content.decode()


@pytest.mark.parametrize("name", ["case", "referral", "appointment_request"])
def test_the_name_on_other_pages_leads_there(name, wendell, on_file, maya, sign_in):
    about = {
        "case": on_file["case"].public_id,
        "referral": on_file["referral"].public_id,
        "appointment_request": wendell.appointment_requests.get().public_id,
    }
    html = sign_in(maya).get(reverse(name, args=[about[name]])).content.decode()
    assert reverse("patient", args=[wendell.public_id]) in html
