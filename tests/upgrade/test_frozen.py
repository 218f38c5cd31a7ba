"""A database of an earlier commit goes on with this code: open forms, status pages, offices, staff, links in mails.

`frozen.yaml` is what that commit really gave to browsers and broker (`freeze.py`). What changes on purpose either keeps
reading what is there, or is no upgrade that a clinic can make at noon.
"""

import inspect
from datetime import timedelta

import pytest
import time_machine
import yaml
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.migrations.loader import MigrationLoader
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from clinic.celery import app as celery
from clinic.links.actions import keyed, secret_of
from clinic.links.models import Link
from clinic.sign_in import devices
from intake.door import emails
from intake.models import Intake
from tests import factories
from tests.conftest import TOTP_SECRET
from tests.intake.patients import ADA, Phone
from tests.upgrade.freeze import contracts
from tests.upgrade.keys import BORN, FROZEN, FROZEN_AT, LINK_KEY, SECRET_KEY

BEFORE = yaml.safe_load(FROZEN.read_text())
FORM, STATUS, OFFICE, STAFF = BEFORE["form"], BEFORE["status"], BEFORE["office"], BEFORE["staff"]
ADA_BORN = {name: value for name, value in ADA.items() if name.startswith("date_of_birth")}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def now():
    return contracts()


@pytest.fixture
def later(settings):
    """Set the clock to minutes after everything was frozen, with the keys of then."""
    settings.SECRET_KEY, settings.LINK_KEY = SECRET_KEY, LINK_KEY
    with time_machine.travel(FROZEN_AT + timedelta(minutes=5), tick=False) as clock:
        yield clock


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["beat", "addresses", "tables", "kept"])
def test_what_has_a_name_still_means_the_same(now, kind):
    assert {name: now[kind].get(name) for name in BEFORE[kind]} == BEFORE[kind]


@pytest.mark.parametrize("kind", ["migrations", "permissions", "commands", "cookies in production", "settings"])
def test_every_name_is_still_there(now, kind):
    assert sorted(set(BEFORE[kind]) - set(now[kind])) == []


def test_every_migration_of_a_running_clinic_is_known():
    """One that went missing would be run a second time under its new name."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    assert {tuple(name.split(".")) for name in BEFORE["migrations"]} <= set(known)


@pytest.mark.parametrize("name", BEFORE["messages"])
def test_a_mail_that_waits_in_the_outbox_can_still_be_written(now, name):
    """Its row holds the facts of then, so each of them may still be said."""
    assert set(BEFORE["messages"][name]) <= set(now["messages"][name])
    for part in ("subject", "body"):
        assert get_template(f"emails/{name}/{part}.txt")


# The broker -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BEFORE["tasks"])
def test_a_task_that_waits_on_the_broker_is_taken_with_what_it_was_given(name):
    celery.loader.import_default_modules()
    inspect.signature(celery.tasks[name].run).bind(*BEFORE["tasks"][name])


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_what_the_earlier_code_put_on_the_broker(workers, post_office, location, monkeypatch):
    """Neither bell nor beat wakes anybody: the mail goes out by the wake-up that was there."""
    monkeypatch.setattr("clinic.messages.actions.ring", lambda: None)
    invited = factories.intake(at=location)
    with transaction.atomic():
        emails.invite(invited)
    with celery.connection_for_write() as connection:
        broker = connection.default_channel.client
        broker.delete("celery")
        broker.rpush("celery", BEFORE["on the broker"])
    with workers(beat=False):
        post_office.wait_for(1)
    assert post_office.recipients[invited.patient.email] == 1


# Patients -------------------------------------------------------------------------------------------------------------


def as_then(link: dict, purpose, *, opened=0) -> Link:
    """Write the row of a link as it stood when everything was frozen."""
    return Link.objects.create(
        pk=link["id"],
        purpose=purpose,
        subject_id=link["subject"],
        generation=link["generation"],
        secret_hash=keyed("hash", link["secret"]),
        expires_at=FROZEN_AT + timedelta(days=30),
        opened_count=opened,
    )


def browser_of(then: dict) -> Phone:
    phone = Phone()
    for name, value in then["cookies"].items():
        phone.client.cookies[name] = value
    return phone


@pytest.fixture
def form(location, later) -> Intake:
    """A form of Ada's, of which one page is answered."""
    ada = factories.patient(at=location, first_name="Ada", last_name="Quill", date_of_birth="1982-03-31")
    made = factories.intake(of=ada, public_id=FORM["link"]["subject"], answers=FORM["answers"], pages_done=FORM["done"])
    as_then(FORM["link"], Link.Purpose.INTAKE)
    return made


def test_an_open_form_goes_on_with_the_page_it_was_at(form):
    phone = browser_of(FORM)
    page = phone.next_page()
    phone.opens_page(page.id)
    assert set(page.questions) & set(phone.asks)
    sent = {"version": phone.hidden("version"), "whose": FORM["whose"], "shown": ["age"], "age": "44"}
    phone.sends(phone.page.wsgi_request.path, sent)
    form.refresh_from_db()
    assert form.answers == FORM["answers"] | {"age": 44}


def test_an_open_form_that_fell_idle_takes_the_date_of_birth_its_page_asked_for(form, later):
    later.shift(timedelta(hours=2))
    phone = browser_of(FORM)
    born = {f"confirm-{name}": value for name, value in ADA_BORN.items()}
    phone.sends(reverse("intake_resume"), born | {"confirm-whose": FORM["confirm"], "confirm-to": "/intake/check/"})
    assert phone.page.status_code == 200
    assert phone.page.redirect_chain[0][0] == "/intake/check/"


def test_the_contact_page_that_was_drawn_before_begins_a_form(location, later):
    phone = browser_of({"cookies": {}})
    phone.sends(reverse("intake_start"), ADA | {"ticket": FORM["ticket"]})
    assert phone.page.redirect_chain[-1][0] == reverse("intake_who")


def test_the_link_in_a_mail_opens_the_form(form):
    assert secret_of(Link.objects.get()) == FORM["link"]["secret"]
    phone = Phone().sends(reverse("link", args=[FORM["link"]["secret"]]), ADA_BORN)
    assert phone.page.redirect_chain
    assert phone.page.status_code == 200
    assert phone.client.cookies["plumbline_intake"].value


def test_the_guide_goes_on_where_it_was(location, later):
    page = Phone().sends(reverse("guide"), {"so_far": BEFORE["guide"]["carried"]})
    assert page.asks
    assert 'name="areas"' not in page.html


@pytest.fixture
def status(location, later):
    """The status page of somebody who has sent their answers."""
    patient = factories.patient(at=location, public_id=STATUS["link"]["subject"])
    factories.intake(of=patient, submitted=True)
    return as_then(STATUS["link"], Link.Purpose.STATUS, opened=1)


def test_an_open_status_page_is_open(status):
    assert browser_of(STATUS).opens("status").page.status_code == 200


def test_what_is_sent_from_a_status_page_is_taken_for_its_patient(status):
    browser_of(STATUS).sends(reverse("status_worse"), {"whose": STATUS["whose"]})
    begun = Intake.objects.latest("pk")
    assert str(begun.patient.public_id) == STATUS["link"]["subject"]
    assert begun.occasion == Intake.Occasion.WORSE


def test_a_status_page_that_fell_idle_takes_the_date_of_birth_its_page_asked_for(status, later):
    later.shift(timedelta(hours=2))
    phone = browser_of(STATUS).sends(reverse("status_resume"), BORN | {"confirm-whose": STATUS["confirm"]})
    assert phone.page.redirect_chain[-1][0] == reverse("status")
    assert phone.page.status_code == 200


# Offices and staff ----------------------------------------------------------------------------------------------------


@pytest.fixture
def referral(location, later, maya, priya):
    decided = factories.decision(on=factories.case(at=location), by=maya)
    fields = {"public_id": OFFICE["link"]["subject"], "round": OFFICE["round"]}
    as_then(OFFICE["link"], Link.Purpose.OFFICE, opened=1)
    return factories.referral(after=decided, owner=priya, to=factories.specialist(), **fields)


def test_an_office_has_its_referral_open(referral):
    assert browser_of(OFFICE).opens("office").page.status_code == 200


def test_the_link_in_the_mail_to_an_office_opens_the_referral(referral):
    assert Phone().opens("office_link", OFFICE["link"]["secret"]).page.status_code == 200


@pytest.fixture
def staff(location, later):
    """Maya with the number and the password of then, on which her session rests."""
    maya = factories.staff("Maya Ortiz", at=[location], id=STAFF["user"])
    type(maya).objects.filter(pk=maya.pk).update(password=STAFF["password"])
    TOTP.activate(maya, TOTP_SECRET)


@pytest.mark.nobody_treats
def test_a_therapist_who_is_signed_in_stays_so(staff):
    Session.objects.create(
        session_key=STAFF["cookies"]["plumbline_staff"],
        session_data=STAFF["session"],
        expire_date=timezone.now() + timedelta(hours=12),
    )
    assert browser_of(STAFF).client.get(reverse("queue")).status_code == 200


def test_a_browser_that_was_let_in_once_is_known(later):
    request = RequestFactory().get("/")
    request.COOKIES = STAFF["cookies"]
    assert devices.device_key(request, STAFF["email"])
