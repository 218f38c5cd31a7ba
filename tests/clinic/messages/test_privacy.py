"""Whatever opens a hole in the words of a message: what would give a patient away is found before it leaves.

Three leaks are planted by hand: in the words of a mail, in a calendar file, in a text message; and a fourth in the log.
"""

import logging
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.messages.dispatch import sweep
from clinic.messages.guard import FINDERS, look_once_more
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.messages.post import WrittenText
from clinic.messages.privacy import Known, leaks, leaks_of_html
from clinic.messages.writing import mail
from clinic.running.logs import OneLine
from intake.door import emails
from intake.visits import emails as visit_emails
from tests import factories
from tests.clinic.messages import test_mail_words

everything = test_mail_words.everything
SITE = "https://intake.clinic.example"
ADA = Known(
    names=("Ada", "Quill"),
    born=date(1982, 3, 31),
    phones=("207 555 0111",),
    values=(("a name", "Ada Quill"), ("a member number", "MX-4410"), ("a practice", "Casco Nerve Center")),
)


# The reader of finished texts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You have an appointment on Tuesday, March 2 at 9 AM. Call (207) 555-0142.", []),
        ("Dear Ada, please call us.", ["a name"]),
        ("For QUILL:", ["a name"]),
        ("Adagio, and a quilling class", []),
        ("Born 1982-03-31", ["a birth date"]),
        ("Born 3/31/1982", ["a birth date"]),
        ("Nació el 31 de marzo de 1982", ["a birth date"]),
        ("We call you at (207) 555-0111.", ["a phone number"]),
        ("Member MX-4410", ["a member number"]),
        ("At Casco\n Nerve Center", ["a practice"]),
        ("078-05-1120", ["a social security number"]),
        (f"{SITE}/l/{'x' * 43}/", []),
        (f"{SITE}/l/-Ada-{'x' * 38}/", []),
        (f"{SITE}/cases/?patient=7", ["a value in an address"]),
        ("https://maps.example/?q=207-555-0111&for=Ada%20Quill", ["a name", "a phone number"]),
        (f"{SITE}/cases/6f8b2a52-2f7c-4a4e-9a39-52f7b0a4c6d1/", ["an id in an address"]),
        ("DESCRIPTION:For A\r\n da Quill", ["a name"]),  # as a calendar file folds it
    ],
)
def test_what_a_text_gives_away(text, found):
    assert leaks(text, ADA, site=SITE) == found


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (f'<p>Please <a href="{SITE}/l/{"x" * 43}/">open the page</a>.</p>', []),
        ("<p>Dear <b>A</b>da</p><p>Ada</p>", ["a name"]),
        ("<!-- for Quill --><p>Hello</p>", ["a name"]),
        ('<img src="https://tracker.example/1.gif" alt="">', ["something from elsewhere"]),
        ('<p title="born 1982-03-31">Hello</p>', ["a birth date"]),
        ('<a href="https://elsewhere.example/">Hello</a>', ["something from elsewhere"]),
        ("<style>p { background: url(/x.png) }</style>", ["something from elsewhere"]),
        ("<p>&#65;&#100;&#97;</p>", ["a name"]),
    ],
)
def test_what_a_page_gives_away(html, found):
    assert leaks_of_html(html, ADA, site=SITE) == found


def test_who_is_called_will_is_not_given_away_by_a_word_of_ours():
    will = Known(names=("Will",), values=(("a name", "Will Day"),))
    said = {"will", "day"}.__contains__
    ours = lambda word: said(word.casefold())  # noqa: E731
    assert leaks("We will call you.", will, said_anyhow=ours) == []
    assert leaks("We call Will Day.", will, said_anyhow=ours) == ["a name"]


def test_every_mail_and_text_there_is_passes_in_both_languages(everything):
    for message in Message.objects.select_related("location").exclude(recipient=""):
        kind = KINDS[message.kind]
        assert message.subject_type in {*FINDERS, "user", "listing", "shift"}, message.kind
        for language in ("en", "es"):
            message.language = language
            subject, body = kind.render(message)
            written = WrittenText(message, body) if kind.by_text else mail(message, subject, body)
            if not kind.by_text and (enclosed := kind.enclosure(message)):
                written.attach(enclosed)
            look_once_more(message, written)


def test_who_is_called_as_the_clinic_and_its_words_gets_their_mail(location, post_office):
    patient = factories.patient(
        at=location, first_name="May", last_name="Riverside", email="may@patients.example", address="1 Call Street"
    )
    emails.invite(factories.intake(of=patient))
    sweep()
    assert post_office.recipients == {"may@patients.example": 1}


def test_who_is_on_file_with_the_phone_of_the_clinic_gets_their_mail(location, priya, post_office):
    """The desk types it where somebody has none; a reminder and the mail to the office say it too."""
    patient = factories.patient(at=location, email="may@patients.example", phone=location.phone.replace("-", " "))
    visit = factories.appointment_request(
        at=location, of=patient, state="booked", starts_at=timezone.now().replace(microsecond=0) + timedelta(days=3),
        answered_by=priya, answered_at=timezone.now(),
    )  # fmt: skip
    visit_emails.booked(visit)
    sweep()
    assert post_office.recipients == {"may@patients.example": 1}


# Planted --------------------------------------------------------------------------------------------------------------

HELD_BACK = "Held back: its words could have given something away."


@pytest.fixture
def ada(location):
    return factories.patient(at=location, first_name="Adamina", last_name="Quillfeather", email="ada@patients.example")


def speaks_up(monkeypatch, name, words):
    """A kind whose words are no longer made of facts alone."""
    kind = KINDS[name]
    careless = type("Careless", (type(kind),), {"render": lambda self, message: ("A mail", words)})
    fields = {field: getattr(kind, field) for field in kind.__dataclass_fields__}
    monkeypatch.setitem(KINDS, name, careless(**fields))


def test_a_name_in_the_words_of_a_mail_is_held_back(ada, monkeypatch, post_office, caplog):
    speaks_up(monkeypatch, "intake_invitation", "Dear Adamina,\n\nplease call us. Your clinic writes to you here.")
    emails.invite(factories.intake(of=ada))
    sweep()
    message = Message.objects.get()
    assert (message.status, message.outcome, post_office.mails) == ("failed", HELD_BACK, [])
    assert "intake_invitation would have said a name in its words." in caplog.text
    assert "Adamina" not in caplog.text


def test_a_name_in_a_calendar_file_is_held_back(location, ada, priya, monkeypatch, post_office, caplog):
    visit = factories.appointment_request(
        at=location, of=ada, state="booked", starts_at=timezone.now().replace(microsecond=0) + timedelta(days=3),
        answered_by=priya, answered_at=timezone.now(),
    )  # fmt: skip
    rightly = visit_emails.entry_of_visit
    leaky = lambda request, *args, **more: replace(  # noqa: E731
        rightly(request, *args, **more), street=f"12 Pier Street, for {request.patient.full_name}"
    )
    monkeypatch.setattr(visit_emails, "entry_of_visit", leaky)
    visit_emails.booked(visit)
    sweep()
    assert Message.objects.get(kind="appointment_booked").outcome == HELD_BACK
    assert post_office.mails == []
    assert "a name in its file" in caplog.text


def test_a_birth_date_in_a_text_message_is_held_back(location, maya, ada, monkeypatch, settings, caplog):
    settings.TEXT_URL = "https://texts.example.org/send"
    sent = []
    monkeypatch.setattr("clinic.messages.post.send_text", lambda *args: sent.append(args))
    factories.on_call(maya, at=location)
    case = factories.case(of=ada)
    speaks_up(monkeypatch, "case_needs_you_text", f"Look at the case of {ada.date_of_birth:%m/%d/%Y}.")
    monkeypatch.setattr(KINDS["case_needs_you_text"].source, "still_needed", lambda message: "")
    factories.message(
        at=location, kind="case_needs_you_text", key=f"case_needs_you_text:{case.public_id}:1:{maya.pk}",
        subject_type="case", subject_id=case.public_id, recipient="+12075550190",
    )  # fmt: skip
    sweep()
    assert sent == []
    assert Message.objects.get().status == "failed"
    assert "a birth date in its text" in caplog.text


def test_an_address_and_a_number_in_a_line_of_the_log_are_left_out():
    said = ("ada@patients.example", "(207) 555-0111")
    said = ("clinic", logging.ERROR, "x.py", 1, "%s asks to be called at %s", said, None)
    line = OneLine().format(logging.LogRecord(*said))
    assert line.endswith("clinic *** asks to be called at ***")
    stop = logging.LogRecord("clinic", logging.ERROR, "x.py", 1, f"GET /messages/stop/{'S' * 43}/", (), None)
    assert OneLine().format(stop).endswith("GET /messages/stop/***/")


def test_no_line_of_a_sweep_that_goes_wrong_names_anybody(everything, caplog, monkeypatch):
    """Every message once, with a mail server that refuses and kinds that cannot read their records."""

    def refuses(*_args):
        raise ValueError("ada@patients.example, born 1980-02-29")

    monkeypatch.setattr("clinic.messages.dispatch.words_of", refuses)
    marks, _ids = everything
    with caplog.at_level(logging.DEBUG):
        sweep(timezone.now() + timedelta(days=8))
    lines = [OneLine().format(record) for record in caplog.records]
    assert lines
    assert not [line for line in lines if any(mark in line.split(" ", 4)[-1] for mark in marks if len(mark) > 4)]
    assert not [line for line in lines if leaks(line, ADA)]
