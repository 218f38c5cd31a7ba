"""Reading what comes back to the envelope address of a mail: bounces, delays, complaints. Pure: bytes in, words out.

Servers write them in the form of RFC 3464 and RFC 5965, or in words of their own. Which mail it is about stands in the
address it was sent to, and nowhere else: its words are anybody's. Only what clearly says that the address is wrong
is hard; what is full, away, busy or suspicious of us is soft.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message as Part
from itertools import islice

MOST_BYTES = 200_000
MOST_PARTS = 60
MOST_WORDS = 20_000
TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
BY_A_MACHINE = re.compile(r"mailer-daemon|postmaster|mail delivery|<>", re.IGNORECASE)
A_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
A_REPLY = re.compile(r"(?<![\w.])([45]\d\d)(?![\w.])")
# It may hold numbers, and is no code. It begins where nothing of one stands before: from each sign of a long word anew,
# one mail of a stranger would take minutes.
AN_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w.-]+")
NOBODY = re.compile(
    r"(user|recipient|address|mailbox|account)[^.\n]{0,40}(unknown|not found|n[o']t exist|disabled|inactive|closed)"
    r"|(no such|unknown|invalid|nonexistent|not a valid) (local )?(user|recipient|address|mailbox|person|account)"
    r"|doesn.t have an? [^\n]{0,40}account|no (mailbox|account) (here|by that)|mailbox unavailable"
    r"|recipient address rejected|host or domain name not found|domain[^.\n]{0,20}n[o']t exist",
    re.IGNORECASE,
)
FOR_NOW = re.compile(
    r"quota|mailbox (is )?full|storage|out of space|spam|block|polic|reputation|too (large|big|many)|rate|tempor|later"
    r"|greylist|timed? ?out|sender|spf|dkim|dmarc",
    re.IGNORECASE,
)
OF_OUR_OWN = {"7", "8"}  # 5.1.7 and 5.1.8 are about the sender's address
WRONG_ADDRESS = {"5.2.1", "5.4.4"}  # a mailbox that is closed, a domain that is not there


@dataclass(frozen=True)
class Said:
    """What a report says, and of which mail: `token` is still to be proved."""

    token: str
    what: str  # one of `MailReport.What`
    code: str


def read(raw: bytes, ours: re.Pattern[str]) -> Said | None:
    """Return what came back; None for what is no report, or of no mail of ours.

    `ours` finds a token in an address.
    """
    mail = message_from_bytes(raw[:MOST_BYTES], policy=policy.compat32)
    parts = list(islice(mail.walk(), MOST_PARTS))
    complaint = next((part for part in parts if part.get_content_type() == "message/feedback-report"), None)
    if complaint is not None:
        return _complaint(complaint, parts, ours)
    token = _token((value for name in TO for value in mail.get_all(name, [])), ours)
    if not token:
        return None
    delivery = [block for part in parts for block in _blocks(part)]
    found = _of_delivery(delivery) if delivery else _of_words(mail, parts)
    return Said(token, *found) if found else None


def _token(values: Iterable[str], ours: re.Pattern[str]) -> str:
    found = (ours.search(str(value)) for value in values)
    return next((one[1].lower() for one in found if one), "")


def _complaint(report: Part, parts: list[Part], ours: re.Pattern[str]) -> Said | None:
    """Read a report of abuse: it, or the copy of our mail behind it, has the address."""
    said = _text(report)
    if re.search(r"(?im)^feedback-type:\s*not-spam", said):
        return None
    copies = (str(part.get("Return-Path", "")) for part in parts)
    token = _token([*re.findall(r"(?im)^original-mail-from:(.*)$", said), *copies], ours)
    return Said(token, "complaint", "") if token else None


def _blocks(part: Part) -> Iterator[Part]:
    """Return what a report says of each recipient."""
    if part.get_content_type() == "message/delivery-status":
        yield from (block for block in _inside(part) if block.get("Action"))


def _of_delivery(blocks: list[Part]) -> tuple[str, str] | None:
    for action in ("failed", "delayed"):
        for block in blocks:
            if str(block["Action"]).strip().lower().startswith(action):
                words = f"{block.get('Status', '')} {block.get('Diagnostic-Code', '')}"[:MOST_WORDS]
                code = code_in(words)
                return ("late", code) if action == "delayed" else (kind_of(code, words), code)
    return None


def _of_words(mail: Part, parts: list[Part]) -> tuple[str, str] | None:
    """Read a report in words of its own, where a machine wrote it.

    Nobody's answer is one, and no note of a holiday.
    """
    if str(mail.get("Auto-Submitted", "")).lower().startswith("auto-replied") or mail.get("X-Autoreply"):
        return None
    if not BY_A_MACHINE.search(f"{mail.get('From', '')} {mail.get('Return-Path', '')}"):
        return None
    words = "\n".join(_text(part) for part in parts if part.get_content_type() == "text/plain")[:MOST_WORDS]
    code = code_in(words)
    if not code and not NOBODY.search(words):
        return None
    if re.search(r"(?i)delay|not yet been|warning", str(mail.get("Subject", ""))):
        return "late", code
    return kind_of(code, words), code


def _text(part: Part) -> str:
    if inside := _inside(part):
        return "\n".join(one.as_string() for one in inside)
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace")[:MOST_WORDS] if isinstance(content, bytes) else ""


def _inside(part: Part) -> list[Part]:
    """Return the parts of this part."""
    inside = part.get_payload()
    return [one for one in inside if isinstance(one, Part)] if isinstance(inside, list) else []


def code_in(words: str) -> str:
    """Return the status of RFC 3463, else the reply of the server, else nothing."""
    words = AN_ADDRESS.sub(" ", words)
    statuses = A_STATUS.findall(words)
    exact = [status for status in statuses if status[1:] != ("0", "0")]
    if exact or statuses:
        return ".".join((exact or statuses)[0])
    reply = A_REPLY.search(words)
    return reply[1] if reply else ""


def kind_of(code: str, words: str) -> str:
    """Say whether the address is wrong ("hard"), or may work another day ("soft")."""
    if code.startswith("4"):
        return "soft"
    class_, _dot, rest = code.partition(".")
    if class_ == "5" and rest.startswith("1.") and rest.rpartition(".")[2] not in OF_OUR_OWN:
        return "hard"
    if code in WRONG_ADDRESS:
        return "hard"
    nobody, for_now = NOBODY.search(words), FOR_NOW.search(words)
    return "hard" if nobody and not for_now else "soft"
