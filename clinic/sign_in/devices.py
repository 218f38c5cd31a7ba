"""Browsers that were let in once, with password and code: strangers' tries do not slow them.

The cookie opens nothing. It says, signed, which accounts this browser was let in as; a desk has several.
"""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from clinic.links.actions import keyed
from clinic.sign_in.tries import account_key

COOKIE = "__Host-staff-device" if settings.PRODUCTION else "plumbline_device"
LIVES = 400 * 24 * 3600  # as long as a browser keeps a cookie
SALT = "plumbline.staff.device"
MOST_ACCOUNTS = 12


def device_key(request: HttpRequest, account: str) -> bytes:
    """What this browser's own tries are counted by, or b"" when it was never let in as this account."""
    told = _read(request)
    if _mark(account) not in told["accounts"]:
        return b""
    return keyed("sign-in device", told["id"])


def remember(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Let this browser be known for the account that was just let in."""
    told = _read(request)
    others = [mark for mark in told["accounts"] if mark != _mark(account)]
    told["accounts"] = [_mark(account), *others][:MOST_ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps(told, salt=SALT),
        max_age=LIVES,
        httponly=True,
        secure=settings.PRODUCTION,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES)
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(16), "accounts": []}


def _mark(account: str) -> str:
    return account_key(account).hex()[:32]
