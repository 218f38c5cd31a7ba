"""The code an office opens its referrals with: from the desk, once, for a while; and no mail ever holds one."""

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinic.links.models import Link
from clinic.messages.dispatch import sweep
from referrals import moves as actions
from referrals.models import OfficeCode, Specialist
from referrals.moves import directory
from referrals.office import known
from tests import factories
from tests.referrals.office.conftest import ellen, here, path_of
from tests.referrals.office.test_two_tabs import another


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


def made(desk, referral, way="read_out"):
    """Press the button at the desk, and return the page with the code."""
    return desk.post(f"/referrals/{referral.public_id}/code/", {"way": way})


def on(page) -> str:
    shown = re.search(r'class="code"><b>(\d{3} \d{3})</b>', page.content.decode())
    return shown[1]


def test_the_desk_reads_out_a_code_and_the_office_opens_its_referral_with_it(desk, sent):
    page = made(desk, sent)
    words = page.content.decode()
    assert "(207) 555-0170" in words, "the number on file, whoever called"
    assert "Monteverde" not in words
    office = Client()
    assert office.post(path_of(sent), {"person": "Ellen Park", "code": on(page)}).status_code == 302
    assert office.get(here()).status_code == 200
    row = desk.get(f"/referrals/{sent.public_id}/").content.decode()
    assert "Read out on the phone by Priya" in row
    assert re.search(r":\s+used ", row)


def test_the_digits_of_the_letterhead_open_nothing(sent):
    """Each letter of an office carries its fax number: whoever got a forwarded mail had both."""
    for digits in ("0171", "000171", "555017"):
        assert Client().post(path_of(sent), {"person": "Ellen Park", "code": digits}).status_code == 422
    assert sent.status == "sent"


def test_it_opens_once(desk, sent):
    code = on(made(desk, sent))
    assert [Client().post(path_of(sent), {"person": "E P", "code": code}).status_code for _ in range(2)] == [302, 422]


@pytest.mark.parametrize(("way", "lives", "over"), [("read_out", 59, 61), ("fax", 24 * 60, 8 * 24 * 60)])
def test_it_is_short_lived(desk, sent, way, lives, over):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first, second = on(made(desk, sent, way)), on(made(desk, sent, way))
        clock.shift(timedelta(minutes=lives))
        assert Client().post(path_of(sent), {"person": "E P", "code": first}).status_code == 302
        clock.shift(timedelta(minutes=over - lives))
        assert Client().post(path_of(sent), {"person": "E P", "code": second}).status_code == 422


@pytest.mark.parametrize(("way", "field"), [("fax", "fax"), ("read_out", "phone")])
def test_it_opens_nothing_once_the_number_it_went_to_is_corrected(desk, sent, priya, way, field):
    """A fax for the office lies for two days with whoever had the wrong number."""
    first, second = on(made(desk, sent, way)), on(made(desk, sent, way))
    office = sent.specialist
    otherwise = "".join(filter(str.isdigit, getattr(office, field)))
    directory.change_listing(office, by=priya, **{field: otherwise})
    assert Client().post(path_of(sent), {"person": "E P", "code": first}).status_code == 302, "it is the same number"
    directory.change_listing(office, by=priya, **{field: "(207) 555-0199"})
    assert Client().post(path_of(sent), {"person": "E P", "code": second}).status_code == 422
    code = on(made(desk, sent, way))
    assert Client().post(path_of(sent), {"person": "E P", "code": code}).status_code == 302


def test_it_opens_every_link_of_its_office_and_none_of_another(desk, sent, priya):
    theirs = another(sent, by=priya)
    elsewhere = another(sent, by=priya, to=factories.specialist(email="else@office.example", fax="(207) 555-0188"))
    code = on(made(desk, sent))
    assert Client().post(path_of(elsewhere), {"person": "E P", "code": code}).status_code == 422
    assert Client().post(path_of(theirs), {"person": "E P", "code": code}).status_code == 302


def test_wrong_ones_are_counted_on_the_link_and_use_up_no_code(desk, sent):
    code = on(made(desk, sent))
    for _ in range(5):
        Client().post(path_of(sent), {"person": "E P", "code": "000000"})
    assert Client().post(path_of(sent), {"person": "E P", "code": code}).status_code == 429
    assert OfficeCode.objects.get().used_at is None


def test_it_stands_in_no_table_and_no_mail(desk, sent, post_office):
    digits = on(made(desk, sent)).replace(" ", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(code)::text FROM referrals_officecode code")
        rows = "".join(row[0] for row in cursor.fetchall())
    assert digits not in re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]*", "", rows)
    sweep()
    assert post_office.mails
    assert not any(digits in mail.as_string() for mail in post_office.mails)


def test_the_fax_sheet_names_the_office_and_nobody_else(desk, sent, neurologist):
    words = made(desk, sent, "fax").content.decode()
    assert "(207) 555-0171" in words
    assert sent.reference in words
    for part in ("Monteverde", "Graciela", "eurologist ", sent.question):
        assert part not in words
    Specialist.objects.filter(pk=neurologist.pk).update(fax="")
    assert made(desk, sent, "fax").status_code == 302
    assert OfficeCode.objects.count() == 1


def test_a_code_without_a_link_is_refused(accepted, priya):
    Link.objects.update(withdrawn_at=timezone.now())
    with pytest.raises(actions.NotYet):
        actions.make_code(accepted, way="read_out", by=priya)


def test_who_carries_no_referrals_makes_none(sent):
    with pytest.raises(PermissionDenied):
        actions.make_code(sent, way="read_out", by=factories.staff("Otto Fern", role="manager", is_active=False))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_type_it_at_once_one_comes_in(sent):
    told, ready, came = ellen(sent), Barrier(2), []

    def types():
        ready.wait()
        came.append(Client().post(path_of(sent), told).status_code)
        connection.close()

    threads = [Thread(target=types) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [302, 422]


# Computers that are known ---------------------------------------------------------------------------------------------


@pytest.fixture
def theirs(sent):
    """A computer of which Ellen said that it is her office's."""
    browser = Client()
    assert browser.post(path_of(sent), ellen(sent, ours="on")).status_code == 302
    return browser


def test_a_computer_of_the_office_is_asked_for_a_name_alone(theirs, sent, priya):
    other = another(sent, by=priya)
    page = theirs.get(path_of(other)).content.decode()
    assert 'name="code"' not in page
    assert theirs.post(path_of(other), {"person": "Omar Reyes"}).status_code == 302
    assert Client().post(path_of(other), {"person": "Omar Reyes"}).status_code == 422


def test_it_is_known_for_sixty_days_until_it_is_left_or_the_office_has_another_number(theirs, sent, neurologist):
    with time_machine.travel(timezone.now() + timedelta(days=61)):
        Link.objects.update(expires_at=timezone.now() + timedelta(days=1))
        assert 'name="code"' in theirs.get(path_of(sent)).content.decode()
    Specialist.objects.filter(pk=neurologist.pk).update(fax="(207) 555-0199")
    assert 'name="code"' in theirs.get(path_of(sent)).content.decode()
    Specialist.objects.filter(pk=neurologist.pk).update(fax="(207) 555-0171")
    assert 'name="code"' not in theirs.get(path_of(sent)).content.decode()
    theirs.post("/office/leave/")
    assert 'name="code"' in theirs.get(path_of(sent)).content.decode()


def test_it_is_not_known_for_another_office(theirs, sent, priya):
    elsewhere = another(sent, by=priya, to=factories.specialist(email="else@office.example", fax="(207) 555-0188"))
    assert theirs.post(path_of(elsewhere), {"person": "Ellen Park"}).status_code == 422


def test_who_did_not_say_so_is_asked_again(room, sent):
    assert 'name="code"' in room.get(path_of(sent)).content.decode()
    assert known.COOKIE.name not in room.cookies
