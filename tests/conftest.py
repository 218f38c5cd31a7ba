"""The cast. Maya and Daniel treat at Riverside, Priya runs its desk, Ruth manages it. Olga treats at Hillcrest only
and must never see anything of Riverside. All of them have a second factor.
"""

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import connection
from django.test import Client

from clinic.staff.models import Role
from tests import factories
from tests.browser import browser_type_launch_args  # noqa: F401  pytest-playwright asks for it by this name
from tests.post_office import post_office  # noqa: F401  (a fixture)
from tests.workers import workers  # noqa: F401  a fixture

TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _quick_and_separate(settings, tmp_path):
    """Passwords are hashed fast in tests only; no test inherits another's counters, limits or files."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    kept = settings.STORAGES["default"]
    here = kept | {"OPTIONS": kept["OPTIONS"] | {"location": str(tmp_path / "files")}}
    settings.STORAGES = settings.STORAGES | {"default": here}
    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """As pytest-django's; before it drops the database, nobody else has it open. A browser that keeps its connection
    to the live server keeps a thread there, and with it a session.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def location(db):
    return factories.location("Riverside")


@pytest.fixture
def other_location(db):
    return factories.location("Hillcrest", city="Denver", state="CO", zip_code="80203", time_zone="America/Denver")


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
