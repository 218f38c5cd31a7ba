"""A mail that comes back has not arrived: whoever has to hear does. Nobody else can say that it came back.

`PLUMBLINE_BOUNCES=2000` reads so many; a tenth as many forged ones among them.
"""

import hmac
import json
import os
import random
import re
import time
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from itertools import cycle, islice

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.messages import mailbox
from clinic.messages.actions import send_again
from clinic.messages.bounces import read
from clinic.messages.came_back import OFF, envelope_address, is_off, message_of, offs, ours, take_mail, token_of
from clinic.messages.dispatch import sweep
from clinic.messages.models import AddressOff, MailReport, MailStop, Message
from clinic.messages.tasks import read_bounces
from intake.door import emails
from intake.follow_up.emails import ask_how_it_goes
from intake.models import CallToMake, FollowUp
from intake.visits import emails as visit_emails
from tests import factories
from tests.clinic.messages.bounce_shapes import SHAPES, words_alone

MANY = int(os.environ.get("PLUMBLINE_BOUNCES", "120"))
HARD = SHAPES["postfix, nobody there"][0]
FULL = SHAPES["gmail, full"][0]
FORGED_TOKEN = "bounces+" + "a" * 42 + "@clinic.example"


@pytest.fixture(autouse=True)
def envelope(settings):
    settings.BOUNCE_ADDRESS = "bounces@clinic.example"


def sent_to(patient, **fields) -> Message:
    """A mail to this patient that the mail server took."""
    common = {"kind": "follow_up", "subject_type": "patient", "subject_id": patient.public_id}
    common |= {"facts": {"round": 1}, "status": "sent", "settled_at": timezone.now(), "recipient": patient.email}
    return factories.message(at=patient.location, **common | fields)


@pytest.fixture
def ada(location):
    return factories.patient(at=location, email="ada@patients.example")


# Two thousand of them -------------------------------------------------------------------------------------------------


def test_hard_ones_turn_the_address_off_soft_ones_do_not_and_forged_ones_do_nothing(location):
    drawn = random.Random(31)
    expected, raws = {}, []
    for number, (name, (make, what)) in enumerate(islice(cycle(SHAPES.items()), MANY)):
        patient = factories.patient(at=location, email=f"reader{number}@patients.example")
        message = sent_to(patient, key=f"follow_up:{number}")
        expected[patient.email] = what
        raws.append((make(envelope_address(message), patient.email), name))
    forged = []
    for number, (make, _what) in enumerate(islice(cycle(SHAPES.values()), MANY // 10)):
        patient = factories.patient(at=location, email=f"safe{number}@patients.example")
        address = envelope_address(sent_to(patient, key=f"follow_up:forged:{number}"))
        token = address[8:50]
        wrong = token[:30] + "".join(drawn.sample(token[30:], 12)) if number % 2 else token[::-1]
        forged.append((make(address.replace(token, wrong), patient.email), wrong != token))
    drawn.shuffle(raws)
    assert [name for raw, name in raws if not take_mail(raw)] == []
    assert not any(take_mail(raw) for raw, changed in forged if changed)
    off = set(offs().values_list("address", flat=True))
    assert off == {address for address, what in expected.items() if what == "hard"}
    counted = dict(Counter(MailReport.objects.values_list("what", flat=True)))
    assert counted == dict(Counter(expected.values()))
    failed = set(Message.objects.filter(status="failed").values_list("recipient", flat=True))
    assert failed == {address for address, what in expected.items() if what in ("hard", "soft")}
    assert MailStop.objects.filter(how="complaint", category="follow_up").count() == counted["complaint"]


@pytest.mark.parametrize("name", SHAPES)
def test_each_shape_is_read_for_what_it_means(name):
    make, what = SHAPES[name]
    for reader in ("ada@patients.example", "reader401@patients.example", "451@4.2.2.patients.example"):
        said = read(make("bounces+" + "b" * 42 + "@clinic.example", reader), ours())
        assert (said.what, said.token) == (what, "b" * 42)


@pytest.mark.parametrize(
    ("sender", "subject", "words", "more"),
    [
        ("Ada <ada@patients.example>", "Re: your mail", "550 no such user, my sister says.", ""),
        ("Ada <ada@patients.example>", "I am away", "Back on Monday.", "Auto-Submitted: auto-replied\n"),
        ("MAILER-DAEMON@qmail.example", "hello", "Nothing in particular.", ""),
    ],
)
def test_answers_of_people_and_holidays_are_no_bounces(ada, sender, subject, words, more):
    raw = words_alone(envelope_address(sent_to(ada)), sender=sender, subject=subject, words=words, more=more)
    assert not take_mail(raw)
    assert MailReport.objects.count() == 0


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 99, b"To: " + b"<" * 9999, HARD(FORGED_TOKEN, "ada@x.example")])
def test_whatever_comes_in_does_no_harm(raw):
    assert not take_mail(raw)
    assert not take_mail(raw * 3)


@pytest.mark.parametrize("sign", ["a", "a.", "-", "a@", "user ", "4.4"])
def test_a_long_word_of_a_stranger_takes_no_time(sign):
    """Whoever knows how our addresses look could stop the worker with it: the proof is looked at last."""
    long = sign * (60_000 // len(sign))
    shape = HARD(FORGED_TOKEN, "ada@x.example").decode()
    raw = re.sub(r"Diagnostic-Code: smtp; .*", lambda _found: f"Diagnostic-Code: smtp; {long}", shape).encode()
    assert long.encode() in raw
    began = time.process_time()
    assert not take_mail(raw)
    assert not take_mail(words_alone(FORGED_TOKEN, sender="MAILER-DAEMON@x.example", subject="hello", words=long))
    assert time.process_time() - began < 2


# What follows ---------------------------------------------------------------------------------------------------------


def test_a_mail_leaves_with_an_envelope_of_its_own_and_our_name_on_it(ada, post_office, settings):
    message = emails.invite(factories.intake(of=ada))
    sweep()
    [sender] = post_office.senders
    assert sender == envelope_address(message)
    assert message_of(ours().search(sender)[1]) == message
    assert len(sender.partition("@")[0]) <= 64
    assert post_office.mails[0]["From"] == settings.DEFAULT_FROM_EMAIL
    settings.BOUNCE_ADDRESS = ""
    assert envelope_address(message) == settings.DEFAULT_FROM_EMAIL
    assert not take_mail(HARD(sender, ada.email))


def test_the_desk_reads_whose_address_is_off_until_another_is_on_file(ada, priya, olga, sign_in):
    take_mail(HARD(envelope_address(sent_to(ada)), ada.email))
    page = sign_in(priya).get(reverse("requests")).content.decode()
    assert "Email addresses that do not work" in page
    assert ada.email in page
    assert ada.email not in sign_in(olga).get(reverse("requests")).content.decode(), "she works elsewhere"
    read_of = sign_in(priya).get(reverse("patient", args=[ada.public_id])).content.decode()
    assert "Email does not arrive" in read_of
    failed = Message.objects.get(status="failed")
    assert failed.outcome == "The mail server refused this address or message after it had left (5.1.1)."
    send_again(failed, to="ada@elsewhere.example", by=priya)
    assert ada.email not in sign_in(priya).get(reverse("requests")).content.decode()
    assert is_off("ada@patients.example"), "nobody said that this one works"
    assert not is_off("ada@elsewhere.example")


def test_somebody_says_by_name_that_it_works(ada, priya, sign_in):
    take_mail(HARD(envelope_address(sent_to(ada)), ada.email))
    sign_in(priya).post(reverse("address_works", args=[ada.public_id]))
    [off] = AddressOff.objects.all()
    assert (off.ended_by, is_off(ada.email)) == (priya, False)


def test_sending_it_there_again_says_so_too(ada, priya):
    message = sent_to(ada)
    take_mail(HARD(envelope_address(message), ada.email))
    message.refresh_from_db()
    send_again(message, by=priya)
    assert not is_off(ada.email)


def test_a_visit_whose_mail_comes_back_is_a_call(location, ada, priya, post_office):
    visit = factories.appointment_request(
        at=location, of=ada, state="booked", starts_at=timezone.now().replace(microsecond=0) + timedelta(days=2),
        answered_by=priya, answered_at=timezone.now(),
    )  # fmt: skip
    visit_emails.booked(visit)
    sweep()
    assert not CallToMake.objects.exists()
    take_mail(HARD(post_office.senders[0], ada.email))
    assert CallToMake.objects.get().patient == ada


def test_routine_mail_to_an_address_that_is_off_fails_at_once_and_a_link_that_was_asked_for_goes(ada, post_office):
    take_mail(HARD(envelope_address(sent_to(ada)), ada.email))
    invitation = emails.invite(factories.intake(of=ada))
    emails.resume_link_requested(factories.intake(of=ada))
    sweep()
    invitation.refresh_from_db()
    assert (invitation.status, invitation.outcome) == ("failed", OFF)
    assert [mail["X-Message-Key"].split(":")[0] for mail in post_office.mails] == ["intake_link"]


def test_a_family_that_shares_the_address_stands_in_the_list_too(location, ada, post_office):
    sister = factories.patient(at=location, email=ada.email.upper(), first_name="Bea")
    take_mail(HARD(envelope_address(sent_to(ada)), ada.email))
    emails.invite(factories.intake(of=sister))
    sweep()
    assert set(offs().values_list("reader_id", flat=True)) == {ada.public_id, sister.public_id}


def test_alerts_to_staff_go_to_an_address_that_is_off(location, maya, post_office):
    from intake.review import emails as case_emails
    from tests.answers import SADDLE_NUMBNESS

    came_back = factories.message(at=location, kind="report_received", recipient=maya.email, status="sent",
                                  settled_at=timezone.now())  # fmt: skip
    take_mail(HARD(envelope_address(came_back), maya.email))
    assert is_off(maya.email)
    case_emails.case_needs_you(factories.case(at=location, answers=SADDLE_NUMBNESS), now=timezone.now())
    sweep()
    assert maya.email in post_office.recipients


def test_a_report_counts_once_and_an_old_one_not_at_all(ada):
    message = sent_to(ada)
    for _time in range(3):
        assert take_mail(FULL(envelope_address(message), ada.email))
    assert MailReport.objects.count() == 1
    old = sent_to(ada, key="follow_up:old", settled_at=timezone.now() - timedelta(days=40))
    assert not take_mail(HARD(envelope_address(old), ada.email))


def test_who_marks_a_reminder_as_unwanted_gets_no_more_of_them(location, ada, post_office):
    take_mail(SHAPES["a complaint (ARF)"][0](envelope_address(sent_to(ada)), ada.email))
    intake = factories.intake(of=ada)
    ask_how_it_goes(FollowUp.objects.create(patient=ada, intake=intake, week=2, due_at=timezone.now(), activity="walk"))
    sweep()
    assert post_office.mails == []
    assert MailStop.objects.get().how == "complaint"


# The mailbox, the pipe and the providers ------------------------------------------------------------------------------


class Box:
    """A mailbox as `imaplib` shows it."""

    def __init__(self, mails):
        self.mails, self.flags = mails, {}

    def __call__(self, host, port, timeout):
        assert (host, port) == ("mail.clinic.example", 993)
        return self

    def login(self, name, password):
        assert (name, password) == ("bounces", "p@ss")

    def select(self, folder):
        assert folder == '"INBOX"'

    def uid(self, command, *args):
        if command == "SEARCH":
            return "OK", [b" ".join(str(n).encode() for n in range(len(self.mails)) if n not in self.flags)]
        number = int(args[0])
        if command == "FETCH":
            return "OK", [(b"1 (BODY[] {9}", self.mails[number]), b")"]
        self.flags[number] = args[2]
        return "OK", [b""]

    def expunge(self):
        pass

    def logout(self):
        pass


def test_the_mailbox_is_read_and_only_what_is_no_report_of_ours_stays(ada, settings, monkeypatch):
    settings.BOUNCE_MAILBOX = "imaps://bounces:p%40ss@mail.clinic.example/INBOX"
    box = Box([HARD(envelope_address(sent_to(ada)), ada.email), b"From: somebody\n\nHello?", b"\xff" * 50])
    monkeypatch.setattr(mailbox.imaplib, "IMAP4_SSL", box)
    read_bounces()
    assert is_off(ada.email)
    assert box.flags == {0: r"(\Seen \Deleted)", 1: r"(\Seen)", 2: r"(\Seen)"}


def test_without_a_mailbox_there_is_nothing_to_read():
    assert mailbox.read_mailbox() == 0


def test_a_mail_server_hands_one_over_by_a_file(ada, tmp_path):
    (tmp_path / "one.eml").write_bytes(HARD(envelope_address(sent_to(ada)), ada.email))
    said = StringIO()
    call_command("read_bounces", str(tmp_path / "one.eml"), stdout=said)
    assert said.getvalue().strip() == "1 report taken."
    assert is_off(ada.email)


KEY = "0123456789abcdef"


def mailgun(message, *, key=KEY, at=None, event="failed", severity="permanent", once="token", **said):
    stamp = str(int(at or time.time()))
    signature = hmac.new(key.encode(), f"{stamp}{once}".encode(), sha256).hexdigest()
    status = {"code": 550, "enhanced-code": "5.1.1", "message": "nobody of that name"}
    data = {"event": event, "severity": severity, "id": "e1", "delivery-status": status}
    data["message"] = {"headers": {"message-id": f"{message.id}@plumbline.invalid"}}
    data["user-variables"] = {"plumbline-token": token_of(message)}
    data["recipient"] = message.recipient
    return {"signature": {"timestamp": stamp, "token": once, "signature": signature}, "event-data": data | said}


def test_of_mailgun_only_what_a_second_look_confirms_is_believed(ada, settings):
    """Its signature covers no word of the report: whoever overhears one could say anything with it."""
    settings.MAIL_HOOK_KEYS = {"mailgun": KEY}
    message, other = sent_to(ada), sent_to(ada, key="other")
    envelope = {"sender": envelope_address(message)}

    def reports(said) -> int:
        answer = Client().post("/messages/came-back/mailgun/", json.dumps(said), content_type="application/json")
        assert answer.status_code == 204
        return MailReport.objects.count()

    forged = {"plumbline-token": token_of(message)[:-4] + "aaaa"}
    for said in (
        {"user-variables": {}},
        {"user-variables": None, "envelope": {"sender": "anybody@clinic.example"}},
        {"user-variables": forged},
        {"user-variables": {"plumbline-token": token_of(other)}},
        {"recipient": "eve@patients.example"},
    ):
        assert reports(mailgun(message, **said)) == 0, said
    assert not is_off(ada.email)
    assert reports(mailgun(message, **{"user-variables": {}, "envelope": envelope})) == 1
    assert reports(mailgun(other, id="another id, the same signature")) == 1, "one signature is good for one report"
    assert reports(mailgun(other, once="a newer one")) == 2


def test_mailgun_reports_what_it_signed(ada, settings):
    settings.MAIL_HOOK_KEYS = {"mailgun": KEY}
    message, browser = sent_to(ada), Client(enforce_csrf_checks=True)
    for said, status in [
        (mailgun(message, key="another key of them"), 403),
        (mailgun(message, at=time.time() - 4000), 403),
        ({"event-data": {}}, 400),
        ([], 400),
        ("[" * 50_000, 400),
        (mailgun(message, recipient=None), 400),
        (mailgun(message, recipient=7), 400),
        (mailgun(message), 204),
        (mailgun(message), 204),
    ]:
        assert is_off(ada.email) is (MailReport.objects.count() == 1)
        body = said if isinstance(said, str) else json.dumps(said)
        answer = browser.post("/messages/came-back/mailgun/", body, content_type="application/json")
        assert answer.status_code == status
    assert is_off(ada.email)
    assert browser.post("/messages/came-back/sendgrid/", "[]", content_type="application/json").status_code == 404


def test_sendgrid_signs_with_a_curve(ada, settings):
    from base64 import b64encode

    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    theirs = ec.generate_private_key(ec.SECP256R1())
    form = {"format": serialization.PublicFormat.SubjectPublicKeyInfo, "encoding": serialization.Encoding.DER}
    settings.MAIL_HOOK_KEYS = {"sendgrid": b64encode(theirs.public_key().public_bytes(**form)).decode()}
    event = {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 nobody", "sg_event_id": "e1"}
    event["smtp-id"] = f"<{sent_to(ada).id}@plumbline.invalid>"
    body, stamp = json.dumps([event]), str(int(time.time()))

    def reports(signed):
        signature = b64encode(theirs.sign(signed, ec.ECDSA(hashes.SHA256()))).decode()
        headers = {"X-Twilio-Email-Event-Webhook-Timestamp": stamp, "X-Twilio-Email-Event-Webhook-Signature": signature}
        return (
            Client()
            .post("/messages/came-back/sendgrid/", body, content_type="application/json", headers=headers)
            .status_code
        )

    assert (reports(b"something else"), is_off(ada.email)) == (403, False)
    assert (reports(stamp.encode() + body.encode()), is_off(ada.email)) == (204, True)


def test_any_other_relay_signs_plainly(ada, settings):
    settings.MAIL_HOOK_KEYS = {"plain": KEY}
    event = {"message_id": f"<{sent_to(ada).id}@plumbline.invalid>", "what": "soft", "code": "4.2.2", "id": "e1"}
    body, stamp = json.dumps([event]), str(int(time.time()))
    signature = hmac.new(KEY.encode(), f"{stamp}.{body}".encode(), sha256).hexdigest()
    headers = {"X-Plumbline-Timestamp": stamp, "X-Plumbline-Signature": signature}
    answer = Client().post("/messages/came-back/plain/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 204
    assert Message.objects.get().status == "failed"
    assert not is_off(ada.email)
