"""The cast. Maya and Daniel treat at Riverside, Priya runs its desk, Ruth manages it. Olga treats at Hillcrest only
and must never see anything of Riverside. All of them have a second factor.
"""

import gc
import os

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import translation

from clinic.staff.models import Role
from tests import factories
from tests.browser import browser_type_launch_args  # noqa: F401  pytest-playwright asks for it by this name
from tests.emptying import empty_quickly
from tests.kept_database import Kept
from tests.post_office import post_office  # noqa: F401  (a fixture)
from tests.servers import OWN
from tests.workers import watch, workers  # noqa: F401  fixtures

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


LONGEST = (
    "test_every_state",
    "test_every_emergency",
    "test_whole_way",
    "test_keyboard",
    "test_parts_away",
    "test_runtime",
)


def pytest_collection_finish():
    """Leave what stands until the end out of every look for garbage, and look more seldom: a fifth of the time.

    Pages that were read refer to themselves; looked for too seldom, they fill gigabytes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin the journeys with the longest: a long one that begins last keeps one process busy and the others idle.

    They stay behind the tests that leave the database as it was, where pytest-django has put them.
    """
    first = next((place for place, item in enumerate(items) if item.get_closest_marker("journey")), len(items))
    behind = items[first:]
    items[first:] = sorted(behind, key=lambda item: not item.path.stem.startswith(LONGEST))


@pytest.fixture(autouse=True)
def _quick_and_separate(settings, tmp_path):
    """Passwords are hashed fast in tests only; no test inherits another's counters, limits, files or language."""
    translation.deactivate()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    kept = settings.STORAGES["default"]
    here = kept | {"OPTIONS": kept["OPTIONS"] | {"location": str(tmp_path / "files")}}
    settings.STORAGES = settings.STORAGES | {"default": here}
    cache.clear()


@pytest.fixture(scope="session")
def kept_database():
    return Kept()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, kept_database):
    """As pytest-django's; what the migrations come to is loaded where it is kept."""
    if "DATABASE_URL" in os.environ.get(OWN, ""):
        kept_database.load()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, kept_database):
    """As pytest-django's, but tests that commit may empty their tables afterwards.

    Before it drops the database, nobody else has it open. A browser that keeps its connection to the live server keeps
    a thread there, and with it a session.
    """
    with django_db_blocker.unblock():
        if "DATABASE_URL" in os.environ.get(OWN, ""):
            kept_database.keep()
            empty_quickly()
        guards_against_truncate("DISABLE")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def guards_against_truncate(do) -> None:
    """`ENABLE` or `DISABLE` the triggers that keep tables from being emptied, in the database of the tests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 32 = 32"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} {do} TRIGGER "{name}"')


@pytest.fixture
def location(db):
    return factories.location("Riverside")


@pytest.fixture
def other_location(db):
    return factories.location("Hillcrest", city="Denver", state="CO", zip_code="80203", time_zone="America/Denver")


@pytest.fixture(autouse=True)
def _somebody_treats(request):
    """Maya and Olga treat wherever a test has patients; `nobody_treats` marks tests about what happens elsewhere."""
    if request.node.get_closest_marker("nobody_treats"):
        return
    for place, therapist in (("location", "maya"), ("other_location", "olga")):
        if place in request.fixturenames:
            request.getfixturevalue(therapist)


def _colleague(name, role, at, **fields):
    user = factories.staff(name, role, at=[at], **fields)
    TOTP.activate(user, TOTP_SECRET)
    return user


@pytest.fixture
def maya(location):
    return _colleague("Maya Ortiz", Role.THERAPIST, location, credentials="PT, DPT", license_number="PT-2207")


@pytest.fixture
def daniel(location):
    return _colleague("Daniel Brandt", Role.THERAPIST, location, credentials="PT")


@pytest.fixture
def priya(location):
    return _colleague("Priya Nair", Role.FRONT_DESK, location)


@pytest.fixture
def ruth(location):
    return _colleague("Ruth Calloway", Role.MANAGER, location)


@pytest.fixture
def olga(other_location):
    return _colleague("Olga Lind", Role.THERAPIST, other_location, credentials="PT, DPT")


@pytest.fixture
def sign_in(db):
    """`sign_in(maya)` is a browser in which Maya got past her password and her second factor."""

    def signed_in(user) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return signed_in
