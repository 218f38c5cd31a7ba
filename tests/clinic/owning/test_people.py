"""A manager invites, changes, signs out and takes back; never the last of a role, never themselves, never elsewhere."""

import re
from threading import Barrier, Thread

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from clinic.messages.dispatch import sweep
from clinic.messages.models import Message
from clinic.owning import people
from clinic.owning.rules import NotAllowed
from clinic.staff.changes import ClinicChange
from clinic.staff.models import User
from tests import factories
from tests.clinic.owning.test_locations import fields_of
from tests.clinic.sign_in.test_second_step import has_second_step, proves_it, set_up
from tests.clinic.sign_in.test_sign_in import password
from tests.conftest import TOTP_SECRET

pytestmark = pytest.mark.django_db
OWN = "fog-bank over mill road 12"
NOA = {"name": "Noa Beck", "email": "Noa@Plumbline.example", "role": "therapist", "credentials": "PT"}


def in_with_a_phone(user, sign_in) -> Client:
    TOTP.activate(user, TOTP_SECRET)
    return sign_in(user)


@pytest.fixture
def rosa(location):
    """A second manager."""
    user = factories.staff("Rosa Hale", "manager", at=[location])
    TOTP.activate(user, TOTP_SECRET)
    return user


def test_who_is_invited_chooses_a_password_by_mail_and_gets_the_code_in_person(ruth, location, sign_in, post_office):
    browser = sign_in(ruth)
    invited = browser.post(reverse("invite_person"), NOA | {"locations": [location.pk]}, follow=True)
    noa = User.objects.get(email="noa@plumbline.example")
    assert "No password chosen yet" in invited.text
    sweep()
    [mail] = [mail for mail in post_office.mails if mail["To"] == noa.email]
    [link] = re.findall(r"http\S+key\S+", mail.get_body(("plain",)).get_content())
    own = Client()
    page = own.get(link, follow=True)
    own.post(page.redirect_chain[-1][0], {"password1": OWN, "password2": OWN})
    said = proves_it(browser).post(reverse("hand_over_code", args=[noa.public_id])).text
    code = re.search(r'<p class="code">([-A-Z0-9]+)</p>', said)[1]
    own = Client()
    password(own, noa, password=OWN)
    set_up(own, handed_over=code)
    assert has_second_step(noa)
    assert own.get(reverse("queue")).status_code == 200
    assert Client().get(link, follow=True).context["token_fail"], "the link works once"


def test_an_invitation_is_not_mailed_to_who_has_chosen_a_password_and_is_mailed_again_by_a_press(
    ruth, location, sign_in
):
    noa = people.invite({**NOA, "email": "noa@plumbline.example"}, [location], by=ruth)
    browser = sign_in(ruth)
    browser.post(reverse("invite_person_again", args=[noa.public_id]))
    assert Message.objects.filter(kind="staff_invited", recipient=noa.email).count() == 2
    noa.set_password(OWN)
    noa.save()
    browser.post(reverse("invite_person_again", args=[noa.public_id]))
    sweep()
    assert set(Message.objects.filter(kind="staff_invited").values_list("status", flat=True)) == {"skipped"}


def test_an_address_somebody_has_is_refused_and_what_was_typed_stays(ruth, maya, location, sign_in):
    typed = NOA | {"email": "MAYA@plumbline.example", "locations": [location.pk]}
    page = sign_in(ruth).post(reverse("invite_person"), typed)
    assert page.status_code == 422
    assert "has an account with this address" in page.text
    assert "Noa Beck" in page.text


def test_another_address_is_told_to_both_and_kept_before_and_after(ruth, maya, sign_in):
    browser, address = sign_in(ruth), reverse("person", args=[maya.public_id])
    typed = fields_of(browser.get(address)) | {"email": "maya.lee@plumbline.example", "name": "Maya Lee"}
    typed["locations"] = [place.pk for place in maya.locations.all()]
    assert browser.post(address, typed).status_code == 302
    told = Message.objects.filter(kind="account_changed").values_list("recipient", flat=True)
    assert set(told) == {"maya@plumbline.example", "maya.lee@plumbline.example"}
    [line] = maya.changes.all()
    assert line.before == {"Name": "Maya Ortiz", "Email": "maya@plumbline.example"}
    assert line.by == ruth
    assert "maya@plumbline.example" in browser.get(reverse("clinic_changes")).text


def changes_role(person, role, by, places=None):
    values = {name: getattr(person, name) for name in ("name", "email", "credentials", "license_number", "npi")}
    places = list(person.locations.all()) if places is None else places
    return people.change_person(person, values | {"role": role}, places, saw=0, by=by)


def test_the_last_therapist_stays_until_another_or_a_fallback_is_there(ruth, maya, location, other_location, olga):
    for tries in (lambda: people.close_account(maya, by=ruth), lambda: changes_role(maya, "front_desk", ruth)):
        with pytest.raises(NotAllowed, match="Riverside would have no therapist"):
            tries()
    maya.refresh_from_db()
    assert (maya.is_active, maya.role) == (True, "therapist")
    location.fallback = other_location
    location.save()
    assert not people.close_account(maya, by=ruth).is_active


def test_a_fallback_where_nobody_treats_is_none(ruth, maya, location):
    location.fallback = factories.location("Harbor")
    location.save()
    with pytest.raises(NotAllowed, match="no therapist"):
        people.close_account(maya, by=ruth)


def test_the_last_manager_stays_and_nobody_ends_themselves(ruth, rosa, location, sign_in):
    with pytest.raises(NotAllowed, match="their own account"):
        people.close_account(ruth, by=ruth)
    with pytest.raises(NotAllowed, match="your own role"):
        changes_role(ruth, "front_desk", ruth)
    people.close_account(rosa, by=ruth)
    rosa.is_active = True  # she has the page open still
    with pytest.raises(NotAllowed, match="would have no manager"):
        people.close_account(ruth, by=rosa)
    assert User.objects.get(pk=ruth.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_let_each_other_go_at_once_one_stays_and_is_told_why(ruth, rosa, location, monkeypatch):
    """Neither finds an error page: each holds the other's account while the change is written down with a name."""
    held, said = Barrier(2, timeout=10), []
    rightly = people.hold

    def together(places):
        held.wait()
        rightly(places)

    def lets_go(person, by):
        try:
            people.close_account(person, by=by)
            said.append("done")
        except Exception as error:
            said.append(str(error))
        finally:
            connection.close()

    monkeypatch.setattr(people, "hold", together)
    threads = [Thread(target=lets_go, args=pair) for pair in ((ruth, rosa), (rosa, ruth))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [
        "Riverside would have no manager. Give another person that role there first.", "done"
    ]  # fmt: skip
    assert User.objects.filter(role="manager", is_active=True).count() == 1


def test_who_leaves_is_out_at_once_and_off_the_list(ruth, maya, daniel, location, sign_in):
    browser = sign_in(maya)
    shift = factories.on_call(maya, at=location)
    people.close_account(maya, by=ruth, words="Moved away.")
    assert browser.get(reverse("queue")).status_code == 302
    shift.refresh_from_db()
    assert (shift.taken_off_by, maya.changes.get().words) == (ruth, "Moved away.")
    assert sign_in(ruth).get(reverse("people")).text.count(maya.name) == 1, "below, among those who left"


def test_who_comes_back_has_no_old_password_and_no_old_phone(ruth, maya, daniel, sign_in):
    people.close_account(maya, by=ruth)
    sign_in(ruth).post(reverse("take_back_person", args=[maya.public_id]))
    maya.refresh_from_db()
    assert maya.is_active
    assert not maya.has_usable_password()
    assert not Authenticator.objects.filter(user=maya).exists()
    assert Message.objects.filter(kind="staff_invited", recipient=maya.email).exists()


def test_a_lost_laptop_is_signed_out_and_a_lost_phone_takes_a_reason(ruth, maya, sign_in):
    laptop, browser = sign_in(maya), proves_it(sign_in(ruth))
    browser.post(reverse("sign_out_person", args=[maya.public_id]))
    assert laptop.get(reverse("queue")).status_code == 302
    page = browser.post(reverse("hand_over_code", args=[maya.public_id]))
    assert page.status_code == 422
    assert "Say how you know" in page.text
    assert has_second_step(maya)
    browser.post(reverse("hand_over_code", args=[maya.public_id]), {"why": "Stands before me."})
    assert not has_second_step(maya)
    what = dict(ClinicChange.objects.values_list("what", "words"))
    assert what == {"signed out": "", "second step": "Stands before me."}


def test_who_works_elsewhere_is_none_of_theirs(ruth, olga, other_location, location, sign_in):
    browser = sign_in(ruth)
    for name in ("person", "hand_over_code", "sign_out_person", "take_back_person", "invite_person_again"):
        assert browser.post(reverse(name, args=[olga.public_id])).status_code == 404
    with pytest.raises(PermissionDenied):
        people.close_account(olga, by=ruth)
    with pytest.raises(PermissionDenied):
        people.invite({**NOA, "email": "noa@plumbline.example"}, [other_location], by=ruth)


def test_locations_a_manager_does_not_manage_stay_as_they_are(ruth, maya, daniel, location, other_location):
    maya.locations.add(other_location)
    changes_role(maya, "therapist", ruth, [location])
    assert set(maya.locations.all()) == {location, other_location}


# Who works at several locations ---------------------------------------------------------------------------------------


@pytest.fixture
def otto(other_location):
    """Manages Hillcrest, and knows nothing of Riverside."""
    user = factories.staff("Otto Field", "manager", at=[other_location])
    TOTP.activate(user, TOTP_SECRET)
    return user


@pytest.fixture
def both(maya, daniel, location, other_location, olga, otto):
    """Maya, who treats at both."""
    maya.locations.add(other_location)
    return maya


def heard() -> set[str]:
    return set(Message.objects.filter(kind="colleague_changed").values_list("recipient", flat=True))


def test_role_and_address_of_who_works_elsewhere_too_are_left_to_who_manages_all(
    ruth, both, location, other_location, sign_in
):
    """Whoever got such an address into their hands would read the patients of a location that is not theirs."""
    zed = factories.staff("Zed Moore", "manager", at=[location, other_location])
    with pytest.raises(NotAllowed, match=r"works at Hillcrest too\. Ask Zed Moore"):
        changes_role(both, "manager", ruth, [location])
    browser, address = sign_in(ruth), reverse("person", args=[both.public_id])
    typed = fields_of(browser.get(address)) | {"email": "mine@elsewhere.example", "locations": [location.pk]}
    page = browser.post(address, typed)
    assert (page.status_code, "Ask Zed Moore" in page.text) == (409, True)
    both.refresh_from_db()
    assert (both.role, both.email) == ("therapist", "maya@plumbline.example")
    assert browser.post(address, typed | {"email": both.email, "name": "Maya Lee"}).status_code == 302
    assert heard() == {"otto@plumbline.example", zed.email}, "a name holds there too"
    saw = both.changes.first().pk
    values = {"role": "front_desk", "email": both.email}
    before = Message.objects.filter(kind="colleague_changed").count()
    people.change_person(both, values, [location, other_location], saw=saw, by=zed)
    now = Message.objects.filter(kind="colleague_changed")
    assert now.count() == before, "who manages all of it is a manager of each"


def test_where_nobody_manages_all_one_of_them_may_and_the_others_hear(ruth, both, otto, location, post_office):
    changes_role(both, "front_desk", ruth, [location])
    assert heard() == {otto.email}
    sweep()
    [mail] = [mail for mail in post_office.mails if mail["To"] == otto.email]
    words = mail.get_body(("plain",)).get_content()
    assert "Hillcrest" in words
    assert "Maya" not in words


def test_who_must_go_at_once_is_closed_by_any_manager_of_theirs_and_the_others_hear(ruth, rosa, both, otto, sign_in):
    people.close_account(both, by=ruth)
    assert heard() == {otto.email}, "Rosa is a manager of the same location: it stands under Changes"
    assert both.name in sign_in(otto).get(reverse("clinic_changes")).text
    people.take_back(User.objects.get(pk=both.pk), by=ruth)
    assert Message.objects.filter(kind="colleague_changed", recipient=otto.email).count() == 2


def test_a_manager_takes_somebody_away_from_their_own_location_alone(ruth, both, location, other_location, sign_in):
    browser, address = sign_in(ruth), reverse("person", args=[both.public_id])
    page = browser.get(address)
    assert "Works at Hillcrest too." in page.text
    typed = fields_of(page)
    typed.pop("locations")
    said = browser.post(address, typed, follow=True)
    assert "works only elsewhere now" in said.text
    assert list(both.locations.all()) == [other_location]
    assert browser.get(address).status_code == 404
    with pytest.raises(PermissionDenied):
        people.close_account(both, by=ruth)


def test_nobody_becomes_a_manager_unheard(ruth, rosa, maya, daniel, location):
    """Such as a second account of somebody who manages here, to be the second person for themselves."""
    values = {"name": "Ruth C.", "email": "ruth.c@home.example", "role": "manager"}
    people.invite(values, [location], by=ruth)
    assert heard() == {rosa.email}, "neither who did it nor whom it is about"
    changes_role(daniel, "manager", ruth)
    assert Message.objects.filter(kind="colleague_changed", recipient=rosa.email).count() == 2
