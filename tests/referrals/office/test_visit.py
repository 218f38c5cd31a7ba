"""Everything one office has from us stands in one list, and nothing of another office's does."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.links.models import Link
from referrals import moves as actions
from referrals.models import Specialist
from referrals.office import session as office_session
from tests import factories
from tests.referrals.office.conftest import ellen, here, path_of
from tests.referrals.office.test_two_tabs import another


def listed(browser) -> str:
    page = browser.get("/office/")
    assert page.status_code == 200
    return page.content.decode()


def opens(browser, referral):
    return browser.post(here(name="office_room_open", of=referral))


def test_one_visit_opens_every_referral_of_the_office_each_at_its_own_address(room, sent, priya):
    others = [another(sent, by=priya, name=name) for name in ("Bruno", "Carla")]
    words = listed(room)
    for one in (sent, *others):
        assert one.reference in words
    for other in others:
        assert opens(room, other).url == here(of=other)
        assert room.get(here(of=other)).status_code == 200
        other.refresh_from_db()
        assert (other.status, other.moves.last().office) == ("opened", "Ellen Park, RN")
    assert room.get(here(of=sent)).status_code == 200


def test_looking_at_the_list_opens_nothing_and_names_nobody_before_it_is_accepted(room, sent, priya):
    other = another(sent, by=priya)
    words = listed(room)
    assert room.get(here(name="office_room_open", of=other)).url == "/office/"
    other.refresh_from_db()
    assert other.status == "sent"
    assert "Ostrander" not in words
    assert "Monteverde" not in words
    actions.office_accept(other, office="X")
    assert "Bruno Ostrander" in listed(room)
    seen = AccessLog.objects.filter(actor="office", page="office").values_list("patient_id", flat=True)
    assert {sent.patient_id, other.patient_id} == set(seen)


def test_another_provider_of_the_same_office_is_reached_too(room, sent, neurologist, priya):
    fields = {"practice": "Ashport Neurology", "email": neurologist.email.upper(), "fax": "207-555-0171 ext. 4"}
    lee = factories.specialist(name="Sam Lee", **fields)
    other = another(sent, by=priya, to=lee)
    assert opens(room, other).status_code == 302


OTHERS = {
    "another mail address": {"email": "else@office.example"},
    "another fax": {"fax": "(207) 555-0199"},
    "the same practice elsewhere": {"email": "south@ashportneuro.example", "fax": "(207) 555-0188"},
    "no mail address any more": {"email": ""},
}


@pytest.mark.parametrize("differs", OTHERS.values(), ids=OTHERS)
def test_an_office_that_differs_in_address_or_number_is_another(room, sent, neurologist, priya, differs):
    fields = {"practice": neurologist.practice, "email": neurologist.email, "fax": neurologist.fax}
    elsewhere = factories.specialist(name="Sam Lee", **fields)
    other = another(sent, by=priya, to=elsewhere)
    Specialist.objects.filter(pk=elsewhere.pk).update(**differs)
    assert other.reference not in listed(room)
    assert opens(room, other).status_code == 404
    other.refresh_from_db()
    assert other.status == "sent"


def test_what_is_no_longer_with_the_office_or_has_no_link_is_not_there(room, sent, priya):
    declined, withdrawn, asleep, faxed = (another(sent, by=priya, name=name) for name in "ABCD")
    actions.office_decline(declined, reason="other", by=priya)
    actions.withdraw(withdrawn, reason="not_needed", by=priya)
    Link.objects.filter(subject_id=asleep.public_id).update(wrong_tries=5)
    Link.objects.filter(subject_id=faxed.public_id).update(withdrawn_at=timezone.now())
    words = listed(room)
    for one in (declined, withdrawn, asleep, faxed):
        assert one.reference not in words
        assert opens(room, one).status_code == 404


def test_a_visit_ends_when_it_would_have_whatever_is_opened_from_it(sent, priya):
    other = another(sent, by=priya)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = Client()
        browser.post(path_of(sent), ellen(sent))
        clock.shift(office_session.COOKIE.life - timedelta(minutes=1))
        opens(browser, other)
        assert browser.get(here(of=other)).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert browser.get(here(of=other)).status_code == 404
        assert browser.get("/office/").status_code == 404


def test_a_cookie_from_before_reaches_its_own_referral_alone(sent, priya):
    other, browser = another(sent, by=priya), Client()
    link = Link.objects.get(subject_id=sent.public_id)
    held = [str(link.pk), link.generation, sent.round, "Ellen Park, RN"]
    browser.cookies = office_session.COOKIE.keep(HttpResponse(), held).cookies
    assert other.reference not in listed(browser)
    assert opens(browser, other).status_code == 404


def test_where_a_cookie_holds_no_more_the_first_are_closed(sent, priya):
    browser = Client()
    browser.post(path_of(sent), ellen(sent, person="É" * 80))
    others = [another(sent, by=priya, name=f"N{number}") for number in range(6)]
    for other in others:
        assert opens(browser, other).status_code == 302
    assert len(browser.cookies[office_session.COOKIE.name].value) < 3800
    assert browser.get(here(of=sent)).status_code == 404
    assert browser.get(here(of=others[-1])).status_code == 200
