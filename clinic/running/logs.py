"""Log lines that cannot be forged and hold neither personal data nor the secret of a link."""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from logging import LogRecord
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from clinic.web import request_id

HOUSE = Path(__file__).resolve().parents[2]
# The addresses of mailed links
SECRET = re.compile(r"((?:/|%2F)(?:l|office|stop)(?:/|%2F))[\w.~%+=-]{12,}", re.IGNORECASE)
# An email address, and a phone number as people write it: no line of ours needs one
PERSONAL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w.:-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w.:-])")
MOST_CAUSES = 5


class OneLine(logging.Formatter):
    """`time level logger message`, one line each, whatever happened; the time in UTC, with its offset.

    Of an exception only its class and the places in the code are told: its words may quote a whole row of the
    database. Of a request only the name of its route is told: its path may hold the secret of a link. An email address
    or a phone number is left out wherever it comes from.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatTime(self, record: LogRecord, datefmt: str | None = None) -> str:
        """Return the moment in UTC: Django puts processes into the zone of a location, where an hour comes twice."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def format(self, record: LogRecord) -> str:
        error = _error_of(record)
        record.message = _message(record, error)
        if error is not None and not isinstance(error, SuspiciousOperation):
            record.message = f"{record.message}; {_places(error)}"
        record.message = _escaped(PERSONAL.sub("***", SECRET.sub(r"\1***", record.message)))
        record.asctime = self.formatTime(record, self.datefmt)
        return self.written(record)

    def written(self, record: LogRecord) -> str:
        """Return the line; its message says nothing any more that it must not."""
        return _escaped(self.formatMessage(record))


class AsJson(OneLine):
    """Write each line as an object, for programs that collect logs.

    The number of the request goes along.
    """

    def written(self, record: LogRecord) -> str:
        told = {"time": record.asctime, "level": record.levelname, "logger": record.name, "message": record.message}
        if number := request_id.current.get():
            told["request_id"] = number
        return json.dumps(told)


def logging_with(level: str, written: str) -> dict[str, Any]:
    """Return what Django is to log, from which level on and as what: `line` or `json`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {"()": "clinic.running.logs.OneLine"},
            "json": {"()": "clinic.running.logs.AsJson"},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": written}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},  # what a stranger asked for and did not get is no event
            "django.server": {"level": "ERROR"},
            "clinic.audit.chain": {"level": "INFO"},  # a seal's digest is worth something only outside the database
            "gunicorn.error": {"handlers": ["console"], "propagate": False},  # its own format would show whole paths
        },
    }


def _escaped(line: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)


def _error_of(record: LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None


def _message(record: LogRecord, error: Any) -> str:
    request = getattr(record, "request", None)
    if isinstance(error, SuspiciousOperation) and request is not None:
        return f"{type(error).__name__}: {_route(request)}"  # its words are the request's: a host, a name of a file
    try:
        words = _without_words_of_errors(record)
    except (TypeError, ValueError, KeyError):
        words = str(record.msg)
    for one in _chain(error):
        for said in (repr(one), str(one)):
            if len(said) > 3:
                words = words.replace(said, type(one).__name__)
    if path := getattr(request, "path", ""):
        for written in (path, path.encode("unicode_escape").decode("ascii")):
            if len(written) > 1:
                words = words.replace(written, _route(request))
            elif words.endswith(": /"):
                words = f"{words[:-1]}{_route(request)}"
    return words


def _without_words_of_errors(record: LogRecord) -> str:
    """Return the message with the class in place of every exception that was handed to it, by whatever library."""
    given = record.args
    if isinstance(given, dict):  # Celery tells of a failed task with `exc`, its words, and `args`, what it was given
        told = {name: _class_of(value) for name, value in given.items()}
        for name in {"exc", "traceback", "args", "kwargs"} & told.keys():
            told[name] = str(told[name]).partition("(")[0].strip() if name == "exc" else ""
        return str(record.msg) % told
    if isinstance(given, tuple) and given:
        return str(record.msg) % tuple(map(_class_of, given))
    return str(_class_of(record.msg)) if not given else record.getMessage()


def _class_of(value: Any) -> Any:
    return type(value).__name__ if isinstance(value, BaseException) else value


def _route(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    return (match and match.view_name) or "no route"


def _chain(error: Any) -> Iterator[BaseException]:
    """Return the exception and what it came from, the last first."""
    for _ in range(MOST_CAUSES):
        if error is None:
            return
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _places(error: Any) -> str:
    """Class and frames of an exception and of those behind it, never their words."""
    return "; from ".join(
        " < ".join([type(one).__name__, *map(_place, reversed(traceback.extract_tb(one.__traceback__)))])
        for one in _chain(error)
    )


def _place(frame: Any) -> str:
    name = frame.filename.rpartition("site-packages/")[2]
    return f"{name.removeprefix(f'{HOUSE}/')}:{frame.lineno} {frame.name}"
