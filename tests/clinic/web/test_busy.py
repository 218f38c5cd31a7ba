"""The database is locked or full for a moment: 503, and what was typed is on the page, to be sent once more."""

import re
from html import unescape
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse

from intake.models import Intake
from tests.intake.patients import Phone, page_address

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(location, maya):
    phone = Phone().starts()
    phone.client.raise_request_exception = False
    phone.answers("safety-check", emergency_now=["none"])
    return phone


@pytest.fixture
def locked():
    """`locked()` has somebody else lock every intake, until the event it returns is set."""
    held, done = Event(), Event()

    def hold():
        with transaction.atomic():
            list(Intake.objects.select_for_update())
            held.set()
            done.wait(30)
        connections.close_all()

    thread = Thread(target=hold)

    def start():
        thread.start()
        assert held.wait(10)
        return done

    yield start
    done.set()
    if thread.ident:
        thread.join()


def impatient():
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")


def kept_on(page) -> dict[str, list[str]]:
    found = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode()):
        found.setdefault(name, []).append(unescape(value))
    return found


def test_a_locked_row_gives_503_and_the_same_answers_can_be_sent_again(ada, locked):
    ada.opens_page("about-you")
    impatient()
    done = locked()
    ada.presses_save("about-you", follow=False, age=44, sex_at_birth="female")
    assert ada.page.status_code == 503
    assert ada.page["Retry-After"] == "30"
    kept = kept_on(ada.page)
    assert kept["sex_at_birth"] == ["female"]
    assert f'action="{page_address("about-you")}"' in ada.html
    done.set()
    kept.pop("csrfmiddlewaretoken", None)
    ada.sends(page_address("about-you"), kept)
    assert ada.intake.answers["sex_at_birth"] == "female"


@pytest.fixture
def full():
    """The disk of the database is full: every change of an intake is refused with the code PostgreSQL has for it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"
        )
        cursor.execute("CREATE TRIGGER full_disk BEFORE UPDATE ON intake_intake EXECUTE FUNCTION no_room()")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION no_room CASCADE")


def test_a_full_disk_gives_503_with_what_was_typed(ada, full):
    ada.opens_page("about-you")
    ada.presses_save("about-you", follow=False, age=44, sex_at_birth="female")
    assert ada.page.status_code == 503
    assert kept_on(ada.page)["sex_at_birth"] == ["female"]
    assert "not saved yet" in ada.text


@pytest.fixture
def too_slow():
    """A database that is too busy: each statement lies there longer than it may."""

    def lie_there(execute, sql, params, many, context):
        execute("SELECT pg_sleep(1)", None, False, context)
        return execute(sql, params, many, context)

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5ms'")
    with connection.execute_wrapper(lie_there):
        yield
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")


def test_a_page_that_is_only_read_says_come_back(ada, too_slow):
    page = ada.client.get(page_address("about-you"))
    assert page.status_code == 503
    assert b"in a few minutes" in page.content
    assert b"<form method" not in page.content


def test_passwords_are_typed_again(client, maya, too_slow):
    client.raise_request_exception = False
    page = client.post(reverse("account_login"), {"login": "maya@plumbline.example", "password": "plumb-line-2026"})
    assert page.status_code == 503
    assert b"plumb-line-2026" not in page.content


def test_an_error_of_ours_is_still_500(ada, monkeypatch):
    monkeypatch.setattr("intake.questionnaire.actions.save_page", lambda *a, **k: 1 / 0)
    ada.opens_page("about-you")
    ada.presses_save("about-you", follow=False, age=44, sex_at_birth="female")
    assert ada.page.status_code == 500
