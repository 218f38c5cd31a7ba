"""Bounces as large providers and common servers shape them, in words of our own: form, headers and codes are theirs.

Each takes the address our mail left from (`to`) and the reader it was for, and says what it means.
"""

from collections.abc import Callable

HEAD = """From: {sender}
To: <{to}>
Subject: {subject}
Date: Tue, 02 Mar 2027 15:04:05 +0000
MIME-Version: 1.0
"""
REPORT = """Content-Type: multipart/report; report-type=delivery-status; boundary="b0"

--b0
Content-Type: text/plain; charset=utf-8

{words}

--b0
Content-Type: message/delivery-status

Reporting-MTA: dns; {mta}
Arrival-Date: Tue, 02 Mar 2027 15:04:00 +0000

Final-Recipient: rfc822; {reader}
Action: {action}
Status: {status}
{remote}Diagnostic-Code: smtp; {said}

--b0
Content-Type: message/rfc822

Return-Path: <{to}>
To: {reader}
Subject: A mail from your clinic

It was here.
--b0--
"""
SHAPES: dict[str, tuple[Callable[[str, str], bytes], str]] = {}


def shape(name: str, what: str):
    def register(make):
        SHAPES[name] = (make, what)
        return make

    return register


def report(to, reader, *, sender, subject, words, mta, action="failed", status, said, remote="") -> bytes:
    remote = f"Remote-MTA: dns; {remote}\n" if remote else ""
    head = HEAD.format(sender=sender, to=to, subject=subject)
    body = REPORT.format(
        words=words, mta=mta, reader=reader, action=action, status=status, remote=remote, said=said, to=to
    )
    return (head + "Auto-Submitted: auto-replied\n" + body).encode()


def words_alone(to, *, sender, subject, words, more="") -> bytes:
    head = HEAD.format(sender=sender, to=to, subject=subject)
    return f"{head}{more}Content-Type: text/plain; charset=utf-8\n\n{words}\n".encode()


@shape("gmail, nobody there", "hard")
def gmail_hard(to, reader):
    return report(
        to, reader, sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)", mta="googlemail.com", status="5.1.1",
        words=f"Address not found. We could not bring your message to {reader}.", remote="gmail-smtp-in.l.google.com.",
        said="550-5.1.1 No account of that name. Look for a slip\n 550 5.1.1 in spelling. NoSuchUser",
    )  # fmt: skip


@shape("exchange, nobody there", "hard")
def exchange_hard(to, reader):
    return report(
        to, reader, sender="postmaster@clinicmail.onmicrosoft.example", subject=f"Undeliverable: A mail for {reader}",
        mta="DM6PR05MB0000.namprd05.prod.outlook.example", status="5.1.10", words="Your message was not delivered.",
        said="550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    )  # fmt: skip


@shape("postfix, nobody there", "hard")
def postfix_hard(to, reader):
    return report(
        to, reader, sender="MAILER-DAEMON (Mail Delivery System)", subject="Undelivered Mail Returned to Sender",
        mta="mx.relay.example", status="5.1.1", words="Your message could not be delivered; the report is below.",
        said=f"550 5.1.1 <{reader}>: Recipient address rejected: User unknown in virtual mailbox table",
        remote="mx.patients.example",
    )  # fmt: skip


@shape("yahoo, nobody there", "hard")
def yahoo_hard(to, reader):
    return report(
        to, reader, sender="MAILER-DAEMON@yahoo.example", subject="Failure Notice", mta="mta1000.mail.yahoo.example",
        status="5.0.0", words="Sorry, your message was not delivered.",
        said="554 delivery error: dd This person doesn't have a yahoo account (no longer)",
    )  # fmt: skip


@shape("outlook.com, nobody there", "hard")
def outlook_hard(to, reader):
    return report(
        to, reader, sender="postmaster@outlook.example", subject="Undeliverable: A mail", mta="BN8.outlook.example",
        status="5.5.0", words="Delivery has failed to this recipient.",
        said="550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).",
    )  # fmt: skip


@shape("exim, in words", "hard")
def exim_hard(to, reader):
    return words_alone(
        to, sender="Mail Delivery System <Mailer-Daemon@host.example>",
        subject="Mail delivery failed: returning message to sender", more=f"X-Failed-Recipients: {reader}\n",
        words=f"A message that you sent could not be brought to one reader. This will not change.\n\n  {reader}\n"
        "    host mx.patients.example [192.0.2.7]\n    said after RCPT TO: 550 no such user here",
    )  # fmt: skip


@shape("qmail, in words", "hard")
def qmail_hard(to, reader):
    return words_alone(
        to, sender="MAILER-DAEMON@qmail.example", subject="failure notice",
        words=f"Hi. Here is qmail at qmail.example. I could not deliver this; I have given up.\n\n<{reader}>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)",
    )  # fmt: skip


@shape("sendmail, no such domain", "hard")
def sendmail_hard(to, reader):
    return report(
        to, reader, sender="Mail Delivery Subsystem <MAILER-DAEMON@sendmail.example>",
        subject="Returned mail: see transcript for details", mta="sendmail.example", status="5.1.2",
        words="----- The address had a permanent fatal error -----", said="550 5.1.2 Host unknown",
    )  # fmt: skip


@shape("gmail, full", "soft")
def gmail_full(to, reader):
    return report(
        to, reader, sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        subject="Delivery Status Notification (Failure)", mta="googlemail.com", status="5.2.2",
        words="The inbox of this person is full.", said="552-5.2.2 The inbox of that account is out of storage space.",
    )  # fmt: skip


@shape("exchange, takes us for spam", "soft")
def exchange_policy(to, reader):
    return report(
        to, reader, sender="postmaster@clinicmail.onmicrosoft.example", subject="Undeliverable: A mail",
        mta="DM6PR05MB0000.namprd05.prod.outlook.example", status="5.7.1", words="Blocked by the other organization.",
        said="550 5.7.1 Service unavailable, client host [192.0.2.9] blocked by a list; no such user may be reached",
    )  # fmt: skip


@shape("postfix, still tried", "late")
def postfix_delayed(to, reader):
    return report(
        to, reader, sender="MAILER-DAEMON (Mail Delivery System)", subject="Delayed Mail (still being retried)",
        mta="mx.relay.example", action="delayed", status="4.4.1", words="It will be tried for three more days.",
        said="connect to mx.patients.example[192.0.2.7]:25: Connection timed out; user unknown",
    )  # fmt: skip


@shape("a complaint (ARF)", "complaint")
def complaint(to, reader):
    head = HEAD.format(sender="feedback@provider.example", to="abuse@clinic.example", subject="Complaint")
    return f"""{head}Content-Type: multipart/report; report-type=feedback-report; boundary="b0"

--b0
Content-Type: text/plain

Somebody marked this as unwanted.
--b0
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1.0
Version: 1
Original-Mail-From: <{to}>

--b0
Content-Type: message/rfc822

Return-Path: <{to}>
Subject: A mail from your clinic

It was here.
--b0--
""".encode()
