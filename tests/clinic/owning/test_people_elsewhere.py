"""What a manager does to a colleague of several locations is refused, or the managers elsewhere hear of it.

Somebody could else take the account of a manager of both, or take that manager away first, and nobody there would know.
"""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from clinic.owning import people
from clinic.owning.rules import NotAllowed
from clinic.owning.words import newest
from clinic.sign_in.handing_over import hand_over
from tests import factories
from tests.clinic.owning.test_people import heard
from tests.conftest import TOTP_SECRET

pytestmark = pytest.mark.django_db
MINE = "mine@elsewhere.example"


@pytest.fixture
def zed(location, other_location):
    """Manages both locations; nobody else does."""
    return factories.staff("Zed Moore", "manager", at=[location, other_location])


@pytest.fixture
def otto(other_location):
    return factories.staff("Otto Field", "manager", at=[other_location])


def changes(person, places, by, **values):
    values = {"role": person.role, "email": person.email} | values
    return people.change_person(person, values, places, saw=newest(person=person), by=by)


@pytest.mark.parametrize("values", [{"email": MINE}, {"role": "front_desk"}])
def test_nobody_of_some_takes_over_the_one_who_manages_all(values, ruth, zed, location):
    with pytest.raises(NotAllowed, match=r"If their mailbox is lost.* ask whoever runs the server"):
        changes(zed, [location], ruth, **values)
    zed.refresh_from_db()
    assert (zed.email, zed.role) == ("zed@plumbline.example", "manager")


def test_who_manages_all_changes_their_own_address(zed, location, other_location):
    assert changes(zed, [location, other_location], zed, email="zed.moore@plumbline.example").email.startswith("zed.m")


def test_of_two_who_manage_all_the_other_is_named(ruth, zed, location, other_location):
    factories.staff("Ada Lund", "manager", at=[location, other_location])
    with pytest.raises(NotAllowed, match="Ask Ada Lund to change"):
        changes(zed, [location], ruth, email=MINE)


def test_whoever_is_taken_away_from_one_location_is_not_taken_away_silently(ruth, zed, otto):
    """It is the first step to be one of those who may change the colleagues of both."""
    changes(zed, [], ruth)
    assert heard() == {otto.email}


@pytest.mark.parametrize("values", [{"npi": "1234567893"}, {"license_number": "PT999"}, {"name": "Maya Lee"}])
def test_what_holds_everywhere_is_heard_of_elsewhere(values, ruth, maya, otto, location, other_location):
    maya.locations.add(other_location)
    changes(maya, [location], ruth, **values)
    assert heard() == {otto.email}


def test_the_end_of_a_second_step_is_heard_of_elsewhere(ruth, maya, otto, other_location):
    maya.locations.add(other_location)
    if not Authenticator.objects.filter(user=maya).exists():
        TOTP.activate(maya, TOTP_SECRET)
    hand_over(maya, by=ruth, page="people")
    assert heard() == {otto.email}


def test_who_is_signed_out_everywhere_is_heard_of_elsewhere_and_by_nobody_else(ruth, maya, otto, other_location):
    people.sign_out_everywhere(maya, by=ruth)
    assert heard() == set(), "it stands under Changes of the one location they work at"
    maya.locations.add(other_location)
    people.sign_out_everywhere(maya, by=ruth)
    assert heard() == {otto.email}
