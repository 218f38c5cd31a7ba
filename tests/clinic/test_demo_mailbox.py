"""The demo's mailbox: what the clinic sends can be read there, and nowhere but in the demo."""

from datetime import UTC, datetime

import pytest
from django.core.mail import EmailMessage, send_mail
from django.urls import reverse

from demo.mail import mailbox


@pytest.fixture
def mails(client, settings, mail_server, monkeypatch):
    """The address of the mailbox, showing what `mail_server` received."""
    settings.DEMO = True
    monkeypatch.setattr(mailbox, "FOLDER", mail_server.folder)
    return reverse("demo_mails")


def test_an_empty_mailbox_says_so(client, mails):
    assert "No mail yet" in client.get(mails).content.decode()


def test_the_newest_mail_stands_first(client, mails):
    send_mail("First", "x", None, ["desk@mail.example"])
    send_mail("Second", "x", None, ["desk@mail.example"])
    page = client.get(mails).content.decode()
    assert page.index("Second") < page.index("First")


def test_a_mail_shows_its_words_and_a_link_that_can_be_followed(client, mails, mail_server):
    mail = EmailMessage("Grüße", "Open http://localhost:8000/r/abc/ today.", None, ["office@mail.example"])
    mail.extra_headers["X-Message-Key"] = "note:1"
    mail.attach("visit.ics", "BEGIN:VCALENDAR", "text/calendar")
    mail.send()
    [kept] = mail_server.mails()
    page = client.get(reverse("demo_mail", args=[kept.name])).content.decode()
    assert "<h1>Grüße</h1>" in page
    assert 'href="http://localhost:8000/r/abc/"' in page
    assert "office@mail.example" in page
    assert "visit.ics" in page
    assert "note:1" in page


def test_a_mail_cannot_bring_markup_into_the_page(client, mails, mail_server):
    send_mail("<b>bold</b>", "<script>alert(1)</script>", None, ["desk@mail.example"])
    [kept] = mail_server.mails()
    for address in (mails, reverse("demo_mail", args=[kept.name])):
        page = client.get(address).content.decode()
        assert "<b>bold" not in page
        assert "<script>alert" not in page


def test_mail_is_kept_where_only_its_owner_can_read_it(mails, mail_server):
    before = datetime.now(UTC)
    send_mail("x", "x", None, ["desk@mail.example"])
    [kept] = mail_server.mails()
    assert before <= kept.arrived <= datetime.now(UTC)
    assert mail_server.folder.stat().st_mode & 0o777 == 0o700
    assert (mail_server.folder / f"{kept.name}.eml").stat().st_mode & 0o777 == 0o600


def test_a_mail_that_is_not_there_is_not_found(client, mails):
    assert client.get(reverse("demo_mail", args=["0" * 20 + "-000000"])).status_code == 404


def test_outside_the_demo_there_is_no_mailbox(client, mails, mail_server, settings):
    send_mail("x", "x", None, ["desk@mail.example"])
    [kept] = mail_server.mails()
    settings.DEMO = False
    assert client.get(mails).status_code == 404
    assert client.get(reverse("demo_mail", args=[kept.name])).status_code == 404
