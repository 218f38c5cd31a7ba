"""A clinic on PostgreSQL and Valkey of its own, made for one measurement and gone after it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def throwaway_clinic() -> Iterator[Path]:
    """Django is set up and the database migrated while it is open; gives a folder that goes with it.

    Once in a process: Django takes its settings from the first one.
    """
    from clinic.embedded.both import servers

    with (
        tempfile.TemporaryDirectory(prefix="plumbline-bench-", ignore_cleanup_errors=True) as folder,
        servers(Path(folder), throwaway=True) as running,
    ):
        os.environ.update(running.urls, PLUMBLINE_ENV="test", DJANGO_SETTINGS_MODULE="clinic.settings")
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        yield Path(folder)


def riverside():
    """Make the one location of a measurement, and a therapist: forms are taken only where somebody treats."""
    from clinic.staff.models import Location, Role, User

    week = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    location = Location.objects.create(
        name="Riverside", slug="riverside", street="12 Mill Road", city="Portland", state="ME", zip_code="04101",
        phone="(207) 555-0142", hours=week,
    )  # fmt: skip
    User.objects.create(email="measured@example.org", name="Measured Therapist", role=Role.THERAPIST).locations.add(
        location
    )
    return location
