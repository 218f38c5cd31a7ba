"""A browser at a specialist's office, and what it needs to come in."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.links.actions import address_of
from clinic.links.models import Link
from referrals import moves as actions
from referrals.models import Referral
from tests.referrals.codes import office_code

ELLEN = "Ellen Park, RN"


def ellen(of=None, **more) -> dict:
    """Return what Ellen types at the door: her name, and a code that the desk has just read out."""
    code = office_code(to=(of or Referral.objects.first()).specialist)
    return {"person": ELLEN, "code": actions.digits_of(code)} | more


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
    assert browser.post(path_of(sent), ellen(sent)).status_code == 302
    return browser
