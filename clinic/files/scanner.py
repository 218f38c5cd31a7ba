"""Asking clamd about a file, over its socket. Which scanner, if any, is the setting SCANNER_URL."""

import socket
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

CHUNK = 128 * 1024
PATIENCE = 60  # seconds for each part of an answer


class NoAnswer(Exception):
    """The scanner is not there, is too slow, or did not say whether the file is clean. Ask again later."""


class WillNotScan(NoAnswer):
    """The scanner is there and cannot judge this one file; it may be larger than clamd's StreamMaxLength."""


def configured() -> bool:
    return bool(settings.SCANNER_URL)


def scan(file: Any) -> str:
    """Return what the scanner calls the virus in an open file; "" when it found none. Raises NoAnswer."""
    try:
        with _connected() as line:
            line.sendall(b"zINSTREAM\0")
            while chunk := file.read(CHUNK):
                line.sendall(len(chunk).to_bytes(4, "big") + chunk)
            line.sendall(bytes(4))
            answer = _answer(line)
    except OSError as why:  # clamd also hangs up on a stream that is too long
        raise NoAnswer(type(why).__name__) from why
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer[len("stream: ") : -len(" FOUND")][:120] or "unnamed"
    if answer.endswith("ERROR"):
        raise WillNotScan(answer[:200])
    raise NoAnswer("no answer")


def _connected() -> socket.socket:
    where = urlsplit(settings.SCANNER_URL)
    if where.scheme == "tcp":
        return socket.create_connection((where.hostname, where.port or 3310), timeout=PATIENCE)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(PATIENCE)
    try:
        line.connect(where.path)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: Any) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096 and (more := line.recv(1024)):
        said += more
    return said.rstrip(b"\0\n").decode("utf-8", "replace").strip()
