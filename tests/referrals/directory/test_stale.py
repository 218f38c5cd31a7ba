"""Listings nobody confirmed for half a year: a list to work through, one press for each."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from referrals.models import Specialist
from referrals.models.directory import STALE_AFTER
from referrals.models.far import miles_between
from tests import factories


@pytest.fixture
def desk(sign_in, priya):
    return sign_in(priya)


@pytest.fixture
def asked(priya):
    """One never asked, one long ago, one longer ago, one lately, one that is off the list."""
    now = timezone.now()

    def confirmed(name, ago, **more):
        return factories.specialist(name=name, confirmed_at=now - ago, confirmed_by=priya, **more)

    return {
        "never": factories.specialist(name="Never Asked"),
        "long": confirmed("Long Ago", STALE_AFTER + timedelta(days=1)),
        "longer": confirmed("Longer Ago", STALE_AFTER * 2),
        "lately": confirmed("Asked Lately", STALE_AFTER - timedelta(days=1)),
        "off": factories.specialist(name="Off List", listed=False),
    }


def test_those_to_ask_stand_in_a_list_the_longest_first(asked, desk):
    stale = Specialist.objects.stale(timezone.now())
    assert list(stale) == [asked["never"], asked["longer"], asked["long"]]
    shown = desk.get(reverse("stale_listings")).text
    places = [shown.find(name) for name in ("Never Asked", "Longer Ago", "Long Ago")]
    assert places == sorted(places)
    assert min(places) > 0
    assert "Asked Lately" not in shown
    assert "Offices to ask (3)" in desk.get(reverse("directory")).text


def test_one_press_confirms_it_by_name_and_takes_it_from_the_list(asked, desk, priya):
    listing = asked["never"]
    press = {"saw": listing.history.last().pgh_id}
    assert desk.post(reverse("confirm_listing", args=[listing.public_id]), press).url == reverse("stale_listings")
    listing.refresh_from_db()
    assert (listing.confirmed_by, listing.is_stale(timezone.now())) == (priya, False)
    assert "Never Asked: confirmed today." in desk.get(reverse("stale_listings")).text
    assert "Never Asked" not in desk.get(reverse("stale_listings")).text
    assert f"by {priya}" in desk.get(reverse("listing", args=[listing.public_id])).text


def test_what_somebody_changed_meanwhile_is_not_confirmed(asked, desk):
    listing = asked["never"]
    saw = listing.history.last().pgh_id
    Specialist.objects.filter(pk=listing.pk).update(phone="(207) 555-0999")
    answer = desk.post(reverse("confirm_listing", args=[listing.public_id]), {"saw": saw}, follow=True)
    assert "Read it once more" in answer.text
    listing.refresh_from_db()
    assert listing.confirmed_at is None


def test_nobody_to_ask_says_so(desk):
    assert "Nobody to ask" in desk.get(reverse("stale_listings")).text


@pytest.mark.parametrize(
    "half",
    [{"latitude": 43.6}, {"longitude": -70.2}, {"latitude": 91, "longitude": 0}, {"confirmed_at": timezone.now()}],
)
def test_half_a_place_and_a_confirmation_by_nobody_are_refused_by_the_database(db, half):
    with transaction.atomic(), pytest.raises(IntegrityError):
        factories.specialist(**half)


# How far --------------------------------------------------------------------------------------------------------------

PORTLAND, BANGOR = (43.6591, -70.2568), (44.8016, -68.7712)  # 107 miles, as the crow flies


def test_miles_in_a_straight_line_are_the_same_in_python_and_in_the_database(location):
    assert miles_between(PORTLAND, BANGOR) == pytest.approx(107.5, abs=1.5)
    assert miles_between(PORTLAND, PORTLAND) == 0
    location.latitude, location.longitude = PORTLAND
    far = factories.specialist(name="Far", latitude=BANGOR[0], longitude=BANGOR[1], miles={})
    here = factories.specialist(name="Here", latitude=PORTLAND[0], longitude=PORTLAND[1], miles={})
    by_road = factories.specialist(name="By road", latitude=BANGOR[0], longitude=BANGOR[1], miles={"riverside": 3})
    nowhere = factories.specialist(name="Nowhere", miles={})
    found = list(Specialist.objects.nearest_to(location))
    assert found == [here, by_road, far, nowhere]
    assert [row.miles_away for row in found][:3] == [0, 3, pytest.approx(miles_between(PORTLAND, BANGOR))]
    assert found[3].miles_away is None
