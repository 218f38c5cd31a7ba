"""What tests of the patient's side share."""

import pytest
import time_machine
from django.utils import timezone


@pytest.fixture
def clock():
    """A clock that stands at the middle of the day until a test shifts it."""
    with time_machine.travel(timezone.now().replace(hour=15, minute=0), tick=False) as clock:
        yield clock
