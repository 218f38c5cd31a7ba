"""A browser at a specialist's office, and what it needs to come in."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.links.actions import address_of
from clinic.links.models import Link
from referrals.models import Referral

ELLEN = {"person": "Ellen Park, RN", "digits": "0171"}


def path_of(referral) -> str:
    link = Link.objects.get(subject_id=referral.public_id, withdrawn_at=None)
    return "/" + address_of(link).split("/", 3)[3]


def here(*answer, name="office_room", of=None) -> str:
    """Return the address of a room, or of one of its answers; of the only referral there is, unless said."""
    return reverse(name, args=[(of or Referral.objects.get()).public_id, *answer])


def answering(answer, of=None) -> str:
    return here(answer, name="office_room_answer", of=of)


@pytest.fixture
def room(sent):
    """A browser at the office in which the referral is open."""
    browser = Client()
    assert browser.post(path_of(sent), ELLEN).status_code == 302
    return browser
