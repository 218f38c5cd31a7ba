"""A manager makes and changes locations: only their own, never over a colleague, each kept before and after."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from clinic.staff.changes import ClinicChange
from clinic.staff.models import Location, User
from tests import factories

pytestmark = pytest.mark.django_db

NEW = {
    "name": "Harbor",
    "street": "3 Pier Street",
    "city": "Bath",
    "state": "me",
    "zip_code": "04530",
    "phone": "207.555.0101",
    "on_call_phone": "207 555 0102",
    "time_zone": "America/New_York",
    "majority_age": "18",
    "mon": "8:00-18:00",
    "fri": "9 am - 1 pm",
    "closed_on": "2027-07-05\n2026-12-25",
    "latitude": "43.91",
    "longitude": "-69.81",
}


def fields_of(page) -> dict:
    """Return what the form of a page would send as it stands."""
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_a_new_location_is_its_makers_and_is_kept_as_typed(ruth, sign_in):
    done = sign_in(ruth).post(reverse("new_location"), NEW, follow=True)
    assert "Harbor is made" in done.text
    harbor = Location.objects.get(slug="harbor")
    assert harbor.point == (43.91, -69.81), "offices are ordered by how far they are"
    assert (harbor.phone, harbor.state) == ("(207) 555-0101", "ME")
    assert harbor.hours == {
        "mon": ["08:00", "18:00"],
        "fri": ["09:00", "13:00"],
        "closed_on": ["2026-12-25", "2027-07-05"],
    }
    assert ruth.locations.contains(harbor)
    [line] = ClinicChange.objects.filter(location=harbor)
    assert (line.by, line.before, line.after["Friday"]) == (ruth, {}, "09:00-13:00")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Riverside"}, "already exists"),
        ({"state": "Maine"}, "two letters of a US state"),
        ({"mon": "", "fri": ""}, "hours of at least one day"),
        ({"mon": "25:00-26:00"}, "such as 8:00-18:00"),
        ({"closed_on": "Labor Day"}, "Write each as 2027-12-25"),
        ({"phone": "555"}, "US phone number"),
        ({"longitude": ""}, "both latitude and longitude"),
        ({"latitude": "143.9", "longitude": "-69.8"}, "degrees from -90 to 90"),
    ],
)
def test_what_cannot_be_used_is_said_and_what_was_typed_stays(ruth, sign_in, typed, why):
    page = sign_in(ruth).post(reverse("new_location"), NEW | typed)
    assert page.status_code == 422
    assert why in page.text
    assert "3 Pier Street" in page.text
    assert not Location.objects.filter(city="Bath").exists()


def test_a_change_is_kept_before_and_after_and_nothing_else_is_in_it(ruth, location, sign_in):
    browser, address = sign_in(ruth), reverse("location", args=[location.slug])
    typed = fields_of(browser.get(address)) | {"tue": "7:00-19:00", "closed_on": "2027-11-25"}
    page = browser.post(address, typed, follow=True)
    location.refresh_from_db()
    assert location.hours["tue"] == ["07:00", "19:00"]
    [line] = location.changes.all()
    assert line.before == {"Tuesday": "08:00-18:00", "Closed days": ""}
    assert line.after == {"Tuesday": "07:00-19:00", "Closed days": "2027-11-25"}
    assert "07:00-19:00" in page.text
    assert "08:00-18:00" in browser.get(reverse("clinic_changes")).text
    browser.post(address, fields_of(browser.get(address)))
    assert location.changes.count() == 1, "kept as it is, nothing was changed"


def test_two_managers_at_once_do_not_write_over_each_other(ruth, location, sign_in):
    rosa = factories.staff("Rosa Hale", "manager", at=[location])
    browser, address = sign_in(ruth), reverse("location", args=[location.slug])
    behind = fields_of(browser.get(address))
    from tests.clinic.owning.test_people import in_with_a_phone

    other = in_with_a_phone(rosa, sign_in)
    other.post(address, fields_of(other.get(address)) | {"fax": "207 555 0177"})
    page = browser.post(address, behind | {"street": "14 Mill Road"})
    assert page.status_code == 409
    assert "14 Mill Road" in page.text
    location.refresh_from_db()
    assert (location.street, location.fax) == ("12 Mill Road", "(207) 555-0177")
    browser.post(address, fields_of(page))
    location.refresh_from_db()
    assert location.street == "14 Mill Road", "kept again, knowing of it"


def test_a_location_elsewhere_is_none_of_theirs(ruth, other_location, sign_in):
    browser = sign_in(ruth)
    assert browser.get(reverse("location", args=[other_location.slug])).status_code == 404
    assert other_location.name not in browser.get(reverse("locations")).text


def test_where_nobody_treats_the_fallback_hears_and_nobody_else(location, other_location, maya, daniel, olga, ruth):
    third = factories.location("Harbor", fallback=location)
    hears = User.objects.who_stand_in_at(third)
    assert set(hears) == {maya, daniel, ruth}
    User.objects.filter(pk__in=[maya.pk, daniel.pk]).update(is_active=False)
    assert set(User.objects.who_stand_in_at(third)) == {ruth, olga}, "nobody treats there either: the whole house"


def test_a_location_does_not_stand_in_for_itself_and_changes_stay(location, ruth):
    with pytest.raises(IntegrityError, match="location_is_not_its_own_fallback"), transaction.atomic():
        Location.objects.filter(pk=location.pk).update(fallback=location)
    line = ClinicChange.objects.create(what="location changed", location=location, by=ruth)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        ClinicChange.objects.filter(pk=line.pk).delete()
    with pytest.raises(IntegrityError, match="clinic_change_is_of_one_thing"), transaction.atomic():
        ClinicChange.objects.create(what="left", location=location, person=ruth)
