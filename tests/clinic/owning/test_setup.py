"""The first hour: a file or a few questions make the first location and its manager, whole or not at all, and once."""

import io
import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from clinic.management.commands import setup_clinic
from clinic.staff.changes import ClinicChange
from clinic.staff.models import Location, Role, User
from tests.clinic.sign_in.test_second_step import has_second_step, set_up
from tests.clinic.sign_in.test_sign_in import password

pytestmark = pytest.mark.django_db
EXAMPLE = Path("clinic/owning/clinic.example.yaml")
OWN = "fog-bank over mill road 12"


@pytest.fixture(autouse=True)
def _the_organization(settings):
    settings.ORGANIZATION = "Riverside Physical Therapy"


def sets_up(file=EXAMPLE) -> str:
    said = io.StringIO()
    call_command("setup_clinic", str(file), stdout=said)
    return said.getvalue()


def mended(tmp_path, *changes) -> Path:
    """Return the example with each text replaced by another."""
    text = EXAMPLE.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file = tmp_path / "clinic.yaml"
    file.write_text(text)
    return file


def test_from_the_example_to_a_manager_at_the_staff_page_without_a_shell():
    said = sets_up()
    place = Location.objects.get()
    assert (place.name, place.slug, place.zip_code, place.time_zone) == (
        "Riverside",
        "riverside",
        "04101",
        "America/New_York",
    )
    assert place.hours["fri"] == ["08:00", "17:00"]
    assert place.hours["closed_on"] == ["2026-12-25", "2027-01-01"]
    ruth = User.objects.get()
    assert (ruth.role, list(ruth.locations.all())) == (Role.MANAGER, [place])
    [link] = re.findall(r"http\S+key\S+", said)
    [code] = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", said)

    browser = Client()
    page = browser.get(link, follow=True)
    done = browser.post(page.redirect_chain[-1][0], {"password1": OWN, "password2": OWN})
    assert done.url == reverse("account_reset_password_from_key_done")
    browser = Client()
    password(browser, ruth, password=OWN)
    set_up(browser, handed_over=code)
    assert has_second_step(ruth)
    assert browser.get(reverse("people")).status_code == 200
    assert browser.get(reverse("locations")).status_code == 200
    changed = ClinicChange.objects.order_by("pk").values_list("what", "by")
    assert list(changed) == [("location made", None), ("person made", None)]


def test_run_twice_it_makes_nothing_and_lets_in_who_has_lost_the_link():
    first, again = sets_up(), sets_up()
    assert Location.objects.count() == User.objects.count() == 1
    assert "Here already" in again
    codes = [re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}", said)[0] for said in (first, again)]
    assert codes[0] != codes[1], "only the newest opens"
    ruth = User.objects.get()
    ruth.set_password(OWN)
    ruth.save()
    Authenticator.objects.create(user=ruth, type=Authenticator.Type.TOTP, data={})
    third = sets_up()
    assert "http" not in third
    assert "code" not in third
    assert Authenticator.objects.filter(user=ruth).exists(), "whoever is in keeps the second step"


@pytest.mark.parametrize(
    ("change", "line", "why"),
    [
        (("state: ME", "state: Maine"), 9, "state"),
        (("zip_code: 04101", "zip_code: 4101"), 10, "Enter a ZIP code"),
        (("(207) 555-0142", "555"), 11, "phone"),
        (("mon: 8:00-18:00", "mon: 18:00-8:00"), 17, "closes before it opens"),
        (("mon: 8:00-18:00", "mon: sometimes"), 17, "such as 8:00-18:00"),
        (("mon: 8:00", "moon: 8:00"), 17, "nothing is called that"),
        (("2026-12-25", "Christmas"), 23, "Christmas is no date"),
        (("America/New_York", "Mars/Olympus"), 14, "Enter one of America/New_York"),
        (("ruth@clinic.example", "ruth"), 28, "email"),
        (("name: Ruth Calloway\n", ""), 27, "name: This field is required"),
        (("city: Portland", "city: Portland\n  city: Bath"), 9, "twice"),
        (("Riverside Physical Therapy ", "Another Name "), 3, "ORGANIZATION says"),
        (("manager:", "boss:"), 26, "boss: nothing is called that"),
        (("state: ME", "state: [ME"), 10, "this is no YAML"),
        (("majority_age: 18 ", "majority_age: 12 "), 15, "18 to 21"),
    ],
)
def test_a_file_with_a_fault_is_refused_whole_with_line_and_reason(tmp_path, change, line, why):
    with pytest.raises(CommandError) as stopped:
        sets_up(mended(tmp_path, change))
    said = [one for one in str(stopped.value).splitlines() if one.startswith("line ")]
    assert any(one.startswith(f"line {line}: ") and why in one for one in said), said
    assert not Location.objects.exists()
    assert not User.objects.exists()


def test_every_fault_is_named_at_once(tmp_path):
    file = mended(tmp_path, ("state: ME", "state: Maine"), ("fri: 8:00-17:00", "fri: late"))
    with pytest.raises(CommandError, match=r"(?s)line 9: .*line 21: "):
        sets_up(file)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe", "not text"),
        (b"", "write organization"),
        (b"- a", "write organization"),
        (b"x" * 200_000, "too large"),
    ],
)
def test_what_is_no_setup_file_is_refused_in_one_sentence(tmp_path, content, why):
    file = tmp_path / "clinic.yaml"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=why):
        sets_up(file)
    with pytest.raises(CommandError, match="cannot be read"):
        sets_up(tmp_path / "none.yaml")


def test_without_a_file_it_asks_and_asks_again_for_what_cannot_be_used(monkeypatch):
    said = {
        "Name": ["Riverside", "Ruth Calloway"],
        "Street": ["12 Mill Road"],
        "City": ["Portland"],
        "State": ["Maine", "me"],
        "ZIP code": ["04101"],
        "Phone": ["207 555 0142"],
        "Phone while closed": ["207 555 0199"],
        "Monday": ["8 am to 6 pm"],
        "Closed days": ["2026-12-25, 2027-01-01"],
        "Email": ["ruth@clinic.example"],
    }

    def answers(asked):
        label = asked.rstrip(": ").partition(" [")[0]
        return said[label].pop(0) if said.get(label) else ""

    monkeypatch.setattr("builtins.input", answers)
    monkeypatch.setattr(setup_clinic.sys.stdin, "isatty", lambda: True, raising=False)
    shown = io.StringIO()
    call_command("setup_clinic", stdout=shown)
    assert "Enter the two letters of a US state" in shown.getvalue()
    place = Location.objects.get()
    assert (place.state, place.time_zone, place.majority_age) == ("ME", "America/New_York", 18)
    assert place.hours == {"mon": ["08:00", "18:00"], "closed_on": ["2026-12-25", "2027-01-01"]}
    assert User.objects.get().role == Role.MANAGER


def test_nobody_to_ask_and_no_file_is_one_sentence():
    with pytest.raises(CommandError, match="name a file"):
        call_command("setup_clinic")


def test_createsuperuser_names_the_way():
    with pytest.raises(CommandError, match="setup_clinic"):
        call_command("createsuperuser")
    with pytest.raises(CommandError, match="setup_clinic"):
        call_command("createsuperuser", "--noinput", "--email", "a@b.example")


@pytest.mark.parametrize("name", ["home", "guide", "intake_start", "account_login"])
def test_a_server_without_a_clinic_says_what_to_do(name):
    page = Client().get(reverse(name))
    assert page.status_code == 503
    assert "manage.py setup_clinic" in page.text
    spanish = Client().get(reverse(name), headers={"accept-language": "es"})
    assert ("llame a su clínica" in spanish.text) is (name != "account_login"), "signing in is in English"
    sets_up()
    assert Client().get(reverse(name)).status_code in (200, 503)
    assert "setup_clinic" not in Client().get(reverse(name)).text
