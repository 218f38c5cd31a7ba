"""A phone with a patient's status page open, for tests of what patients read there."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from clinic.links.actions import secret_of
from intake.door.status_links import link_to_status
from referrals import moves as actions
from tests.intake.patients import Phone
from tests.referrals.conftest import OFFICE

BORN = {"date_of_birth_month": "2", "date_of_birth_day": "29", "date_of_birth_year": "1980"}


class Page(Phone):
    """Opened by the link of `patient`, who was born when the patients of the factory were."""

    def __init__(self, patient):
        super().__init__()
        self.sends(f"/l/{secret_of(link_to_status(patient))}/", BORN)


def at(moment):
    """The clock stands at `moment`."""
    return time_machine.travel(moment, tick=False)


def appointment(referral, days=3):
    """The office gives a day, at an hour of its own time zone."""
    starts = timezone.now() + timedelta(days=days)
    return actions.give_appointment(referral, starts_at=starts, time_zone="America/Denver", office=OFFICE)
