"""Links stand in for accounts, so guessing, forwarding and trying dates must lead nowhere."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.links.actions import Asleep, Opened, Wrong, find, make_link, secret_of, try_open, wake, withdraw
from clinic.links.models import MOST_WRONG_TRIES, Link
from tests.at_once import at_once


def a_link(subject_id=None, *, days=7, **more):
    return make_link(
        Link.Purpose.INTAKE, subject_id or uuid4(), expires_at=timezone.now() + timedelta(days=days), **more
    )


def put_to_sleep(link):
    for _ in range(MOST_WRONG_TRIES):
        try_open(link, right=False)
    link.refresh_from_db()
    assert link.asleep


def test_the_secret_has_256_bits_and_finds_its_link(db):
    link = a_link()
    secret = secret_of(link)
    assert len(base64.urlsafe_b64decode(secret + "=")) == 32
    assert find(secret) == link


def test_no_table_holds_the_secret(db):
    secret = secret_of(a_link())
    with connection.cursor() as cursor:
        for table in ("links_link", "links_linkhistory"):
            cursor.execute(f"SELECT count(*), string_agg(t::text, ' ') FROM {table} t")
            rows, everything = cursor.fetchone()
            assert rows
            assert secret not in everything
            assert base64.urlsafe_b64decode(secret + "=").hex() not in everything


def test_the_secret_hangs_on_the_server_key(db, settings):
    link = a_link()
    secret = secret_of(link)
    settings.LINK_KEY = "another key of at least thirty-two characters"
    assert secret_of(link) != secret
    assert find(secret) is None


@pytest.mark.parametrize("ended", ["never made", "expired", "withdrawn", "replaced", "not even text for a link"])
def test_whatever_is_not_live_is_looked_up_and_missed_alike(db, maya, ended):
    link = a_link()
    secret = secret_of(link)
    if ended == "never made":
        secret = base64.urlsafe_b64encode(b"x" * 32).decode().rstrip("=")
    elif ended == "expired":
        Link.objects.update(expires_at=timezone.now())
    elif ended == "withdrawn":
        withdraw(link, by=maya)
    elif ended == "replaced":
        Link.objects.update(expires_at=timezone.now())
        a_link(link.subject_id)
    else:
        secret = "é" * 10_000
    with CaptureQueriesContext(
        connection,
    ) as work:
        assert find(secret) is None
    assert len(work) == 1


def test_an_invitation_two_reminders_and_a_resume_request_all_hold_a_link_that_works(db):
    intake = uuid4()
    secrets = [secret_of(a_link(intake, days=days)) for days in (7, 10, 3, 14)]
    assert all(find(secret) is not None for secret in secrets)
    assert find(secrets[0]).expires_at > timezone.now() + timedelta(days=13)


def test_asking_for_a_new_link_never_shortens_the_old_one(db):
    intake = uuid4()
    a_link(intake, days=14)
    assert a_link(intake, days=1).expires_at > timezone.now() + timedelta(days=13)


def test_an_expired_link_comes_back_with_another_secret(db):
    link = a_link(days=1)
    old = secret_of(link)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        again = a_link(link.subject_id)
        assert again.pk == link.pk
        assert find(old) is None
        assert find(secret_of(again)) == again


def test_a_withdrawn_link_stays_withdrawn_beside_the_new_one(db, maya):
    link = a_link()
    withdraw(link, by=maya)
    again = a_link(link.subject_id)
    assert again.pk != link.pk
    assert find(secret_of(link)) is None


def test_looking_changes_nothing(db):
    link = a_link()
    before = Link.objects.values().get()
    for _ in range(50):
        find(secret_of(link))
    assert Link.objects.values().get() == before


def test_after_five_wrong_dates_even_the_right_one_is_not_looked_at(db):
    link = a_link()
    answers = [try_open(link, right=False) for _ in range(6)]
    assert answers == [Wrong(4), Wrong(3), Wrong(2), Wrong(1), Wrong(0), Asleep()]
    assert try_open(link, right=True) == Asleep()
    assert find(secret_of(link)).asleep  # the page can still say what to do


def test_wrong_tries_are_counted_in_all_not_in_a_row(db):
    link = a_link()
    for right in (False, False, True, False, False, True, False):
        try_open(link, right=right)
    assert try_open(link, right=True) == Asleep()


def test_mail_alone_never_earns_more_tries(db):
    link = a_link()
    put_to_sleep(link)
    again = a_link(link.subject_id, days=30)
    assert again.asleep
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert a_link(link.subject_id).asleep


def test_a_new_invitation_by_staff_starts_afresh(db, maya):
    link = a_link()
    put_to_sleep(link)
    again = a_link(link.subject_id, by=maya)
    assert find(secret_of(link)) is None
    assert try_open(again, right=True) == Opened()


def test_staff_wake_a_sleeping_link_and_it_is_on_record(db, maya):
    link = a_link()
    put_to_sleep(link)
    wake(link, by=maya)
    assert try_open(link, right=True) == Opened()
    woken = link.history.filter(wrong_tries=0).exclude(pgh_context=None).first()
    assert woken.pgh_context.metadata["user"] == maya.pk


def test_a_try_on_a_link_that_ended_meanwhile_is_not_looked_at(db, maya):
    link = a_link()
    withdraw(link, by=maya)
    assert try_open(link, right=True) == Asleep()


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_wrong_tries_at_once_five_are_looked_at_and_all_are_counted():
    link = a_link()
    together = threading.Barrier(20)

    def one_try(number):
        if number < 20:
            together.wait()
        try:
            return try_open(link, right=False)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(one_try, range(100)))
    assert sorted(a.tries_left for a in answers if isinstance(a, Wrong)) == [0, 1, 2, 3, 4]
    assert answers.count(Asleep()) == 95
    link.refresh_from_db()
    assert link.wrong_tries == 100


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_first_link_at_once_get_the_same_one():
    subject = uuid4()
    assert len(set(at_once(*[lambda: a_link(subject).pk] * 8))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_count_that_could_be_rolled_back_is_refused():
    from django.db import transaction

    link = a_link()
    with pytest.raises(RuntimeError), transaction.atomic():
        try_open(link, right=False)
