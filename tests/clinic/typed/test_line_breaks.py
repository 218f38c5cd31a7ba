"""A line that breaks is answered as if nothing of what is typed were ever kept."""

import pytest
from django.db import InterfaceError
from django.test import Client
from django.urls import reverse

from clinic.messages.watch import Watch
from clinic.typed.actions import signed
from intake import tasks
from tests import factories

pytestmark = pytest.mark.django_db
CALL = {"call-outcome": "reached", "call-words": "She feels better."}


class BrokenLine:
    """The browser is gone before it has sent the half of it."""

    def read(self, *args):
        raise OSError("Input/output error")

    readline = read


def fails(*args, **kwargs):
    raise InterfaceError("connection already closed")


@pytest.fixture
def place(location, maya) -> str:
    return reverse("contact", args=[factories.case(at=location, acknowledged_by=maya).public_id])


@pytest.mark.parametrize("encoding", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_of_which_half_arrives_is_refused_by_its_token_as_before(place, maya, encoding):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(maya)
    browser.get(reverse("queue"))
    answer = browser.generic("POST", place, b"typed_by=x", content_type=encoding, **{"wsgi.input": BrokenLine()})
    assert answer.status_code == 403
    assert "Please send that again" in answer.text


def test_a_line_to_the_database_that_is_gone_is_503_and_the_same_can_be_sent_again(place, maya, sign_in, monkeypatch):
    """Keeping the words fails as everything else does, and must not stand in place of the page that says so."""
    browser = sign_in(maya)
    browser.raise_request_exception = False
    sent = CALL | {"typed_by": signed(maya, place)}
    monkeypatch.setattr("intake.review.actions.record_contact", fails)
    monkeypatch.setattr("clinic.typed.actions.keep", fails)
    answer = browser.post(place, sent)
    assert answer.status_code == 503
    assert "She feels better." in answer.text


@pytest.mark.parametrize("error", [InterfaceError, ValueError])
def test_the_watch_outlives_a_sweep_that_breaks_and_does_what_cannot_wait(db, monkeypatch, error):
    done = []

    def breaks(**kwargs):
        raise error

    monkeypatch.setattr("clinic.messages.dispatch.sweep", breaks)
    monkeypatch.setattr("clinic.messages.watch.CANNOT_WAIT", ("of.no.release", tasks.take_back_forgotten.name))
    monkeypatch.setattr("intake.review.forgotten.raise_again", done.append)
    monkeypatch.setattr("clinic.messages.watch.close_old_connections", lambda: None)
    Watch().look()
    assert len(done) == 1
