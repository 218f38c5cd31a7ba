"""Settings of what comes back: the address of bounces, the mailbox they are read from, and who may report them."""

import re
from urllib.parse import SplitResult, urlsplit

from clinic.environment import usable

SHORTEST_KEY = 16


def address(value: str) -> str:
    """Return BOUNCE_ADDRESS: its server takes `name+anything` too. Empty for none."""
    local, _at, domain_ = value.partition("@")
    if value and not (re.fullmatch(r"[a-z0-9._-]{1,20}", local) and usable.HOST.fullmatch(domain_)):
        raise usable.refused("BOUNCE_ADDRESS must be one short address, such as bounces@clinic.example.")
    return value


def mailbox(value: str, production: bool) -> str:
    """Return BOUNCE_MAILBOX; in production it is by TLS or on this machine."""
    if not value:
        return value
    parts = _taken_apart(value)
    if parts is None or parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise usable.refused(
            "BOUNCE_MAILBOX must name a mailbox, such as imaps://name:password@mail.clinic.example/INBOX."
        )
    if production and parts.scheme != "imaps" and not usable.on_this_machine([parts.hostname]):
        raise usable.refused("BOUNCE_MAILBOX goes to another machine in clear; use imaps://.")
    return value


def _taken_apart(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        _number = parts.port
    except ValueError:
        return None
    return parts


def keys(value: str) -> dict[str, str]:
    """Return MAIL_HOOK_KEYS: by provider the key its reports are proved by."""
    pairs = [one.strip().partition(":") for one in value.split(",") if one.strip()]
    keys_ = {name: key for name, _colon, key in pairs}
    if unknown := set(keys_) - {"mailgun", "sendgrid", "plain"}:
        raise usable.refused(f"MAIL_HOOK_KEYS names {sorted(unknown)[0]!r}; it may name mailgun, sendgrid and plain.")
    if any(len(key) < SHORTEST_KEY for key in keys_.values()):
        raise usable.refused("MAIL_HOOK_KEYS holds a key that is too short to prove anything.")
    return keys_
