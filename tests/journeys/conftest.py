"""A clinic that answers at a real address, and windows to it: a phone, a desk computer, one at another office."""

import os

import pytest
from django.utils.translation import override

from clinic.messages.dispatch import sweep
from tests.journeys.people import Colleague, Office, Patient
from tests.journeys.screens import Screen

PHONE = {"width": 360, "height": 780}
COMPUTER = {"width": 1280, "height": 800}


@pytest.fixture
def address(live_server, settings):
    """Where the clinic answers; mailed links begin with it."""
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.fixture(scope="session", autouse=True)
def _one_look_is_enough(tmp_path_factory):
    """What axe found nothing in is known to every process of this run."""
    here = tmp_path_factory.getbasetemp()
    Screen.passed = (here.parent if "PYTEST_XDIST_WORKER" in os.environ else here) / "passed"
    Screen.passed.mkdir(exist_ok=True)


@pytest.fixture
def window(address, new_context):
    """`window(Patient, size)` is a browser of its own. At the end, what any of them complained of fails the test."""
    windows = []

    def opened(person, size, *, scripts=True, **look):
        look = {"viewport": size, "locale": "en-US", "service_workers": "block", **look}
        context = new_context(java_script_enabled=scripts, **look)
        context.set_default_timeout(20_000)
        windows.append(person(context, address, mirror=None if scripts else new_context(**look)))
        return windows[-1]

    yield opened
    for one in windows:
        one.leaves()


@pytest.fixture
def phone(window):
    """`phone()` is a patient's: 360 pixels wide."""
    return lambda **how: window(Patient, PHONE, **how)


@pytest.fixture
def computer(window):
    """`computer()` stands on a desk of the clinic."""
    return lambda **how: window(Colleague, COMPUTER, **how)


@pytest.fixture
def office_computer(window):
    """`office_computer()` stands at a specialist's office, which has no account here."""
    return lambda **how: window(Office, COMPUTER, **how)


@pytest.fixture(params=["en", "es"])
def language(request):
    """The words of the pages, in this language; a test that asks for it is run in both."""
    with override(request.param):
        yield request.param


@pytest.fixture
def mail(post_office):
    """`mail(to)` sends what is due through a real mail server and is the newest mail to that address."""

    def newest(to):
        sweep()
        return [mail for mail in post_office.mails if mail["To"] == to][-1]

    return newest
