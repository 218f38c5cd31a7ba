"""`check --deploy` refuses a server on which pages, mails or people would fail: each fault by itself."""

import pytest
from django.core import checks
from django.db import connection

from clinic.staff.models import User

pytestmark = pytest.mark.django_db
OURS = ("clinic.", "staff.")


@pytest.fixture
def server(settings, tmp_path, location, maya, ruth):
    """A production with all it needs."""
    (tmp_path / "staticfiles.json").write_text("{}")
    settings.PRODUCTION = True
    settings.STATIC_ROOT = tmp_path
    settings.MESSAGE_ID_DOMAIN = "clinic.example"
    settings.TRUSTED_PROXIES = 1
    settings.BACKUPS_DIR = str(tmp_path)
    return settings


def found() -> set[str]:
    said = checks.run_checks(databases=["default"], include_deployment_checks=True)
    return {one.id for one in said if one.id and one.id.startswith(OURS)}


def test_a_whole_server_is_passed(server):
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("STATIC_ROOT", "/nowhere", "clinic.E011"),
        ("MESSAGE_ID_DOMAIN", "plumbline.invalid", "clinic.E012"),
        ("TRUSTED_PROXIES", 0, "clinic.E013"),
        ("BACKUPS_DIR", "", "clinic.W014"),
    ],
)
def test_a_setting_that_would_break_pages_mails_or_restores_is_named(server, name, value, said):
    setattr(server, name, value)
    assert found() == {said}


def test_a_migration_that_is_missing_is_named(server):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name LIKE '0005%'")
    assert found() == {"clinic.E016"}


def test_a_clinic_without_a_manager_is_named(server):
    User.objects.filter(role="manager").update(is_active=False)
    assert found() == {"staff.E006"}


@pytest.mark.nobody_treats
def test_a_clinic_without_a_location_is_named(db):
    said = checks.run_checks(databases=["default"], include_deployment_checks=True)
    assert {"staff.E005", "staff.E006"} <= {one.id for one in said}
