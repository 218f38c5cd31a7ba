"""What stands in the log when something goes wrong: which route and where in the code, nothing about anybody."""

import io
import json
import logging
import re

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, IntegrityError, connection
from django.test import Client

from clinic.running.logs import AsJson, OneLine, logging_with

SECRET = "S" * 43
A_ROW = "DETAIL:  Failing row contains (7, Ada, Quill, 1980-02-29)."


@pytest.fixture(params=[OneLine, AsJson])
def lines(request):
    """What the process would have written to standard error, in each of the two formats."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(request.param())
    told = [logging.getLogger(name) for name in ("", "gunicorn.error")]
    for logger in told:
        logger.addHandler(handler)
    yield lambda: [one if request.param is OneLine else as_words(one) for one in written.getvalue().splitlines()]
    for logger in told:
        logger.removeHandler(handler)


def as_words(line: str) -> str:
    """What an object says, in the order of the other format."""
    assert line.isascii()
    told = json.loads(line)
    assert set(told) - {"request_id"} == {"time", "level", "logger", "message"}
    assert told["time"].endswith("+00:00")
    assert re.fullmatch(r"[0-9a-f]{32}", told.get("request_id", "0" * 32))
    return " ".join(told[name] for name in ("time", "level", "logger", "message"))


@pytest.fixture
def line(lines):
    def only():
        (one,) = lines()
        return one

    return only


def fails(*_args, **_kwargs):
    raise IntegrityError(f"null value in column\n{A_ROW}\x1b[31m")


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "route"), [(f"/l/{SECRET}/", "link"), (f"/office/{SECRET}/", "office_link")])
def test_a_form_without_its_cookie_tells_the_route_and_no_secret(address, route, line):
    assert Client(enforce_csrf_checks=True).post(address, {}).status_code == 403
    assert "SSSS" not in line()
    assert line().endswith(f"WARNING django.security.csrf Forbidden (CSRF cookie not set.): {route}")


@pytest.mark.django_db
def test_a_page_that_breaks_tells_the_route_the_class_and_the_places(monkeypatch, line):
    monkeypatch.setattr("intake.door.links.render", fails)
    client = Client(raise_request_exception=False)
    assert client.get(f"/l/{SECRET}/").status_code == 500
    assert (
        "ERROR django.request Internal Server Error: link; IntegrityError < tests/clinic/running/test_logs.py:"
        in line()
    )
    assert "intake/door/links.py:" in line()
    for word in ("SSSS", "Ada", "Quill", "1980", "null value", "\x1b"):
        assert word not in line()


@pytest.mark.django_db
def test_the_words_of_the_database_stay_out_of_the_log(line):
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT ('Ada' || chr(10) || 'Quill')::int")
        except DataError:
            logging.getLogger("clinic").exception("A row was not saved.")
    assert "A row was not saved.; DataError < " in line()
    assert "; from InvalidTextRepresentation < " in line()
    assert "Ada" not in line()


@pytest.mark.parametrize(
    "tell",
    [
        lambda log, error: log.error("not saved: %s", error),
        lambda log, error: log.error("not saved: %r", error),
        lambda log, error: log.error(error),
        lambda log, error: log.error(f"not saved: {error}", exc_info=error),
        lambda log, error: log.error("not saved: %s", str(error), exc_info=error),
        lambda log, error: log.error("Task %(name)s raised: %(exc)s", {"name": "sweep", "exc": repr(error)}),
        lambda log, error: log.error(
            "Task %(name)s raised: %(exc)s %(args)s", {"name": "a", "exc": "X", "args": A_ROW}
        ),
    ],
)
def test_no_way_of_logging_an_exception_quotes_it(tell, line):
    try:
        fails()
    except IntegrityError as error:
        tell(logging.getLogger("any.library"), error)
    assert "Ada" not in line()
    assert "DETAIL" not in line()


def test_control_characters_are_escaped_wherever_they_come_from(line):
    namespace = {}
    exec(compile("def breaks():\n    raise ValueError('x')", "a\n2026 forged\x1b[2J.py", "exec"), namespace)
    try:
        namespace["breaks"]()
    except ValueError:
        logging.getLogger("a").exception("one\ntwo\x1b[2J\u2028three %s", "four\r\n")
    assert r"one\ntwo\x1b[2J\u2028three four\r\n; ValueError < a\n2026 forged\x1b[2J.py:2 breaks" in line()


@pytest.mark.parametrize(
    "said",
    [
        "Error handling request /l/{}/",
        "https://clinic.example/office/{}/?next=1",
        "Referer checking failed - https://clinic.example/L/{} does not match",
        "next=%2Fl%2F{}%2F",
        "unpack(b'POST /l/{} HTTP/1.1')",
    ],
)
@pytest.mark.parametrize("logger", ["gunicorn.error", "any.library"])
def test_an_address_with_a_secret_is_masked_wherever_it_stands(said, logger, line):
    logging.getLogger(logger).warning("%s", said.format(SECRET))
    assert "SSSS" not in line()
    assert "***" in line()


def test_ordinary_places_are_not_masked(line):
    logging.getLogger("a").warning("status/answers/ office/leave/ static/l/a.css")
    assert line().endswith("status/answers/ office/leave/ static/l/a.css")


def test_every_logger_writes_through_the_one_formatter():
    handlers = settings.LOGGING["handlers"]
    assert {handler["formatter"] for handler in handlers.values()} == {"line"}
    in_json = logging_with("INFO", "json")["handlers"]
    assert {handler["formatter"] for handler in in_json.values()} == {"json"}
    assert settings.LOGGING["loggers"]["gunicorn.error"]["handlers"] == ["console"]
    assert settings.LOGGING["formatters"]["line"] == {"()": "clinic.running.logs.OneLine"}
    assert issubclass(AsJson, OneLine), "what is left out of one is left out of the other"


# The number of a request ---------------------------------------------------------------------------------------------

FROM_THE_PROXY = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def test_the_number_of_the_proxy_is_that_of_the_answer_and_of_each_line(settings):
    settings.TRUSTED_PROXIES = 1
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(AsJson())
    logging.getLogger().addHandler(handler)
    try:
        answer = Client().get("/", headers={"host": "ada.quill.example", "x-request-id": FROM_THE_PROXY})
    finally:
        logging.getLogger().removeHandler(handler)
    assert answer.headers["X-Request-ID"] == FROM_THE_PROXY
    assert json.loads(written.getvalue())["request_id"] == FROM_THE_PROXY


@pytest.mark.parametrize(
    ("proxies", "given"),
    [
        (0, FROM_THE_PROXY),
        (1, ""),
        (1, "Ada Quill"),
        (1, "207-555-0142"),
        (1, "20755501421982033120755501421982"[:20]),
        (1, FROM_THE_PROXY + "\n2026 forged"),
        (1, FROM_THE_PROXY.upper()),
    ],
)
def test_a_number_that_nobody_vouches_for_or_that_could_be_words_is_made_anew(settings, proxies, given):
    settings.TRUSTED_PROXIES = proxies
    number = Client().get("/livez", headers={"x-request-id": given}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", number)
    assert number != given


# Requests that no browser sends ------------------------------------------------------------------------------------


def a_browser() -> Client:
    """Holds the cookie against forged forms, so that the body is read."""
    browser = Client(enforce_csrf_checks=True)
    assert browser.get("/intake/start/").status_code == 200
    assert settings.CSRF_COOKIE_NAME in browser.cookies
    return browser


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=B"])
def test_a_body_that_is_too_big_gets_the_page_that_says_so_and_one_line(kind, location, line):
    body = b"first_name=" + b"A" * 2_600_000
    if kind.startswith("multipart"):
        head = b'--B\r\nContent-Disposition: form-data; name="first_name"\r\n\r\n'
        body = head + b"A" * 2_600_000 + b"\r\n--B--\r\n"
    page = a_browser().generic("POST", "/intake/start/", body, content_type=kind)
    assert page.status_code == 413
    assert "too big" in page.text
    assert "Call 911" in page.text
    assert line().endswith("ERROR django.security.RequestDataTooBig RequestDataTooBig: intake_start")


@pytest.mark.django_db
def test_too_many_fields_are_a_bad_request_and_one_line(location, line):
    page = a_browser().post("/intake/start/", {f"f{n}": "x" for n in range(1100)})
    assert page.status_code == 400
    assert line().endswith("ERROR django.security.TooManyFieldsSent TooManyFieldsSent: intake_start")


@pytest.mark.django_db
def test_a_forged_host_is_a_bad_request_and_one_line(line):
    page = Client().get("/", headers={"host": "ada.quill.example"})
    assert page.status_code == 400
    assert line().endswith("ERROR django.security.DisallowedHost DisallowedHost: no route")


def test_an_operation_that_looks_wrong_has_no_places(line):
    try:
        raise SuspiciousOperation(A_ROW)
    except SuspiciousOperation:
        logging.getLogger("a").exception("Refused")
    assert line().endswith("ERROR a Refused")
