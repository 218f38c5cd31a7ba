"""Freeze what the code of a commit shows to the outside, for the code after it:

    .venv/bin/python -m pytest -n 0 tests/upgrade/freeze.py    # writes tests/upgrade/frozen.yaml

Run it in a checkout of the commit whose browsers, broker and database the next code shall take over. Everything signed
is what a browser of that commit was really given. It is no test and carries a name that no run of tests collects.
"""

import inspect
import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
import yaml
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from clinic.celery import app as celery
from clinic.links.actions import make_link, secret_of
from clinic.links.models import Link
from clinic.messages.kinds import KINDS
from clinic.running.beat import SCHEDULE
from clinic.staff import permissions
from referrals.moves import digits_of
from tests import factories
from tests.clinic.sign_in.test_sign_in import code, password
from tests.intake.patients import Phone
from tests.referrals.codes import office_code
from tests.upgrade.keys import BORN, FROZEN, FROZEN_AT, LINK_KEY, SECRET_KEY

OURS = ("clinic", "intake", "referrals", "demo")


@pytest.mark.django_db
def test_freeze(settings, location, maya, priya):
    settings.SECRET_KEY, settings.LINK_KEY = SECRET_KEY, LINK_KEY
    found = contracts()
    with time_machine.travel(FROZEN_AT, tick=False):
        found |= {
            "on the broker": on_the_broker("clinic.messages.tasks.sweep"),
            "form": open_form(),
            "guide": open_guide(),
            "status": open_status(location),
            "office": open_office(location, maya, priya),
            "staff": signed_in(maya),
        }
    words = yaml.safe_dump(found, sort_keys=False, width=110, allow_unicode=True)
    FROZEN.write_text(f"# By freeze.py, from commit {commit()}. Never edited by hand.\n{words}")


def commit() -> str:
    """Return the short name of the commit this checkout stands on."""
    said = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    )
    return said.stdout.strip()


# Names ----------------------------------------------------------------------------------------------------------


def contracts() -> dict:
    """Collect every name by which something outside the code calls it."""
    celery.loader.import_default_modules()
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {
        "tasks": {name: list(inspect.signature(task.run).parameters) for name, task in own_tasks()},
        "beat": {name: entry["task"] for name, entry in SCHEDULE.items()},
        "addresses": dict(sorted(addresses())),
        "tables": {model._meta.db_table: model._meta.label for model in own_models()},
        "migrations": sorted(f"{app}.{name}" for app, name in loader.disk_migrations if is_ours(app)),
        "messages": {name: sorted(kind.safe) for name, kind in sorted(KINDS.items())},
        "permissions": sorted(
            value for name, value in vars(permissions).items() if name.isupper() and isinstance(value, str)
        ),
        "commands": sorted(name for name, app in get_commands().items() if app.startswith(OURS)),
        "cookies in production": sorted(cookies_named_in(sources())),
        "settings": sorted(set(re.findall(r"^#? ?([A-Z_]+)=", environment_example(), re.M))),
        "kept": {name: getattr(settings, name) for name in KEPT},
    }


def cookies_named_in(code: str) -> set[str]:
    """Name the cookies of production: those written whole, and those that are made of a short name."""
    signed = re.findall(r'SignedCookie\("([a-z-]+)"', code)
    return {*re.findall(r'"(__Host-[a-z-]+)"', code), *(f"__Host-{name}" for name in signed)}


KEPT = (  # sessions and accounts of staff rest on these
    "AUTH_USER_MODEL",
    "AUTHENTICATION_BACKENDS",
    "SESSION_ENGINE",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "LANGUAGE_COOKIE_NAME",
)


def own_tasks():
    return sorted((name, task) for name, task in celery.tasks.items() if not name.startswith("celery."))


def own_models():
    return sorted(
        (model for model in apps.get_models() if model.__module__.startswith(OURS)), key=lambda model: model._meta.label
    )


def is_ours(label: str) -> bool:
    return apps.get_app_config(label).name.startswith(OURS)


def sources() -> str:
    """Return the code of our apps in one text."""
    folders = [Path(settings.BASE_DIR) / app for app in OURS]
    return "".join(path.read_text() for folder in folders for path in sorted(folder.rglob("*.py")))


def environment_example() -> str:
    return (Path(settings.BASE_DIR) / ".env.example").read_text()


def addresses(patterns=None, before=""):
    """Yield the name of each address, with all that may stand there."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            if entry.name:
                yield entry.name, here
        else:
            yield from addresses(entry.url_patterns, here)


def on_the_broker(task: str) -> str:
    """Wake a task, and return the message as it lies on the broker; the name of the machine is left out."""
    with celery.connection_for_write() as connection:
        client = connection.default_channel.client
        client.delete("celery")
        celery.tasks[task].apply_async()
        message = json.loads(client.lpop("celery"))
    message["headers"]["origin"] = "gen1@host"
    return json.dumps(message)


# Browsers -------------------------------------------------------------------------------------------------------


def cookies(browser: Client) -> dict[str, str]:
    return {name: cookie.value for name, cookie in sorted(browser.cookies.items()) if cookie.value}


def link_of(purpose, subject) -> dict:
    """Return the row and the address of the link to a form, a status page or a referral."""
    link = make_link(purpose, subject, expires_at=timezone.now() + timedelta(days=30))
    return {"id": str(link.pk), "subject": str(subject), "generation": link.generation, "secret": secret_of(link)}


def open_form() -> dict:
    """Begin a form, answer one page of it, and let a second window of it fall idle."""
    phone = Phone().opens("intake_start")
    ticket = phone.hidden("ticket")
    phone.starts()
    made = phone.intake
    page = phone.next_page()
    phone.answers(page.id, **{page.questions[0]: ["none"]})
    phone.opens_page(phone.next_page().id)
    found = {
        "ticket": ticket,
        "cookies": cookies(phone.client),
        "whose": phone.hidden("whose"),
        "answers": {page.questions[0]: ["none"]},
        "done": phone.intake.pages_done,
        "link": link_of(Link.Purpose.INTAKE, made.public_id),
    }
    with time_machine.travel(FROZEN_AT + timedelta(hours=2), tick=False):
        found["confirm"] = phone.opens_page(page.id).hidden("confirm-whose")
    return found


def open_guide() -> dict:
    phone = Phone()
    asked = phone.opens("guide")
    areas = re.findall(r'name="areas"[^>]*value="(\w+)"', asked.html)[:1]
    phone.sends(reverse("guide"), {"areas": areas})
    return {"areas": areas, "carried": phone.hidden("so_far")}


def open_status(location) -> dict:
    sent = factories.intake(at=location, submitted=True)
    link = link_of(Link.Purpose.STATUS, sent.patient.public_id)
    phone = Phone().sends(f"/l/{link['secret']}/", BORN)
    found = {"link": link, "cookies": cookies(phone.client), "whose": phone.opens("status_worse").hidden("whose")}
    with time_machine.travel(FROZEN_AT + timedelta(hours=2), tick=False):
        found["confirm"] = phone.opens("status").hidden("confirm-whose")
    return found


def open_office(location, therapist, desk) -> dict:
    decided = factories.decision(on=factories.case(at=location), by=therapist)
    sent = factories.referral(after=decided, owner=desk, to=factories.specialist())
    link = link_of(Link.Purpose.OFFICE, sent.public_id)
    browser = Client()
    code = digits_of(office_code(to=sent.specialist))
    browser.post(reverse("office_link", args=[link["secret"]]), {"person": "Ellen Park, RN", "code": code})
    return {"link": link, "round": sent.round, "cookies": cookies(browser)}


def signed_in(user) -> dict:
    """Let somebody in with password and code, as a browser that is known from then on."""
    from django.contrib.sessions.models import Session

    browser = Client()
    asked = password(browser, user)
    browser.post(asked.redirect_chain[-1][0], {"code": code()}, follow=True)
    row = Session.objects.get(pk=browser.cookies[settings.SESSION_COOKIE_NAME].value)
    user.refresh_from_db()
    return {
        "user": user.pk,
        "email": user.email,
        "password": user.password,
        "cookies": cookies(browser),
        "session": row.session_data,
    }
