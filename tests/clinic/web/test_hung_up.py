"""A mail server that hangs up with its answer (421): the next mail of the sweep gets a line of its own."""

import pytest

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from intake.door import emails
from tests import factories

pytestmark = pytest.mark.django_db


def test_after_421_the_next_mail_goes_over_a_new_line(location, post_office):
    """The server said that it closes this one: what is sent into it is lost, or waits for the time-out."""
    ada, bea = (factories.patient(at=location, email=f"{name}@patients.example") for name in ("ada", "bea"))
    for one in (ada, bea):
        emails.invite(factories.intake(of=one))
    post_office.refuse["ada@patients.example"] = "421 too busy, closing"
    assert sweep() == {Message.Status.SCHEDULED: 1, Message.Status.SENT: 1}
    assert post_office.connections == 2
    assert post_office.recipients == {"bea@patients.example": 1}
