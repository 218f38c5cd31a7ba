"""The cookie of an office opens what its office has: every route there is, tried with the ids of another's patient."""

import re

from django.test import Client
from django.urls import URLPattern, get_resolver

from referrals import moves as actions
from tests import factories
from tests.referrals.office.conftest import ellen, here, path_of


def test_an_office_cookie_reaches_nothing_but_its_own_referral(room, sent, maya, priya, location):
    """Every route there is, with the ids of another patient's records where it takes any."""
    other_case = factories.case(
        of=factories.patient(at=location, first_name="Bruno", last_name="Ostrander"), acknowledged_by=maya
    )
    other = actions.refer(
        factories.decision(on=other_case, by=maya, specialist="neurologist", reason="examined", words="x"), by=maya
    )
    elsewhere = factories.specialist(email="else@office.example", fax="(207) 555-0188")
    actions.choose(other, elsewhere, choice="suggested", because="near", by=priya)
    actions.prepare_letter(other, consent="agreed", by=priya)
    actions.send(other, by=priya)
    actions.office_accept(other, office="X")
    report = actions.receive_report(other, words="Secret words", office="X")
    ids = {"case": other_case.public_id, "report": report.public_id, "read_report": report.public_id}
    own = {"office", "office_letter", "office_leave", "office_answer", "office_done", "office_room_open"}
    open_to_all = re.compile(
        r"home|guide|livez|readyz|healthz|metrics|set_language|link|intake_|office_link|account_|mfa_|demo_|status|typed"
    )
    for name, address in every_route(lambda name: ids.get(name, other.public_id)):
        for method in (room.get, room.post):
            response = method(address)
            words = b"".join(response) if response.streaming else response.content
            assert b"Ostrander" not in words, address
            assert b"Secret words" not in words, address
            if name not in own and not open_to_all.match(name):
                assert response.status_code in (302, 403, 404, 405), (name, response.status_code)
                if response.status_code == 302:
                    assert "/account/login/" in response.url, name


def test_an_office_that_has_it_later_reads_nothing_of_what_another_reported(room, sent, priya, maya):
    """What the first office called its file may hold a name of its own; "Reports you sent" are those of this one."""
    actions.office_accept(sent, office="Ellen Park")
    report = actions.receive_report(sent, words="Seen.", office="Ellen Park")
    actions.read_report(report, by=maya)
    assert "Reports you sent" in room.get(here()).text
    actions.close(sent, reason="report_read", by=priya)
    again = actions.reopen(sent, by=priya)
    other = factories.specialist(email="else@office.example", fax="(207) 555-0188")
    actions.choose(again, other, choice="suggested", because="near", by=priya)
    actions.prepare_letter(again, consent="agreed", by=priya)
    again = actions.send(again, by=priya)
    later = Client()
    assert later.post(path_of(again), ellen(again)).status_code == 302
    actions.office_accept(again, office="Omar Reyes")
    page = later.get(here()).text
    assert sent.patient.full_name in page
    assert "Reports you sent" not in page


def every_route(an_id):
    """(name, address) of every route, nested ones too."""

    def walk(patterns, before=""):
        for entry in patterns:
            route = before + str(entry.pattern)
            if isinstance(entry, URLPattern):
                name = entry.name or route
                yield name, filled(route, str(an_id(name)))
            else:
                yield from walk(entry.url_patterns, route)

    return walk(get_resolver().url_patterns)


def filled(route, an_id) -> str:
    values = {"uuid": an_id, "slug": "accept", "str": "y" * 43, "int": "1"}
    address = re.sub(r"<(\w+):\w+>", lambda found: values[found[1]], route)
    address = re.sub(r"\(\?P<\w+>[^)]*\)", "x", address)
    return "/" + re.sub(r"[\^$]|\\Z", "", address)
