"""The rules of the house, checked over the house itself: what may import what, who may open which address, which page
leaves a trace. A new route, app or template is caught here when it forgets one.
"""

import re
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.links.actions import make_link, secret_of
from clinic.links.models import MOST_WRONG_TRIES, Link
from clinic.staff import permissions
from intake import triage
from intake.door import draft, status_cookie
from intake.door.form_links import link_to
from intake.door.status_links import link_to_status
from intake.models import Assessment, Case
from intake.review.opening import open_case
from referrals import moves as referring
from referrals.models import Referral
from referrals.office import session as office_session
from tests import factories
from tests.answers import FOOT_DROP, SADDLE_NUMBNESS
from tests.floors import SOURCES, imported
from tests.referrals import papers_out
from tests.referrals.talk import talk_file
from tests.routes import ANYONE, OF_A_LOCATION, ROUTES, SIGNED_IN

BASE = settings.BASE_DIR
TEMPLATES = sorted((BASE / "templates").rglob("*.*"))
named = {"ids": lambda path: str(path.relative_to(BASE))}

# Imports are looked at in `tests/test_floors.py` ----------------------------------------------------------------------


def test_the_engine_runs_where_no_django_is():
    program = (
        "import sys; sys.modules['django'] = None; from intake import triage;"
        "print(triage.assess(triage.shipped(), {}).urgency)"
    )
    said = subprocess.run([sys.executable, "-c", program], cwd=BASE, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    engine = [path for path in SOURCES if path.is_relative_to(BASE / "intake" / "triage")]
    assert engine
    assert not [path for path in engine if any(name.split(".")[0] == "django" for name in imported(path))]


# Content --------------------------------------------------------------------------------------------------------------


def test_every_rule_of_the_protocol_has_a_source_that_is_listed():
    protocol = triage.shipped()
    assert len(protocol.rules) == 109
    assert [rule.id for rule in protocol.rules.values() if not rule.source_ids] == []
    assert {source for rule in protocol.rules.values() for source in rule.source_ids} <= set(protocol.sources)


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", [*SOURCES, *(BASE / "tests").rglob("*.py")], **named)
def test_a_file_can_be_read_in_one_sitting(path):
    assert len(path.read_text().splitlines()) <= 400


FORBIDDEN = {
    r"\|\s*safe\b|\bsafeseq\b|autoescape off": "puts text on the page unescaped",
    r"<script(?![^>]*\bsrc=)[^>]*>": "has a script inside the page",
    r"<style\b|\sstyle\s*=": "has a style inside the page",
    r"\son[a-z]+\s*=\s*[\"']": "has an event attribute",
    r"hx-on\b|hx-vals=[\"']js:|javascript:|src=[\"']data:": "runs or embeds what the policy forbids",
    r"(src|href)=[\"'](https?:)?//(?!localhost)": "loads or points to another site",
}


@pytest.mark.parametrize("path", [path for path in TEMPLATES if path.suffix == ".html"], **named)
def test_a_page_keeps_the_content_security_policy(path):
    text = path.read_text()
    of_mails = {"has a style inside the page"} if path.parent.name == "emails" else set()  # a mail has no stylesheet
    assert {why for pattern, why in FORBIDDEN.items() if re.search(pattern, text)} - of_mails == set()


# What is wrong with somebody, what kind of help they need, how bad it is.
CLINICAL = re.compile(
    r"""\b(pain|symptom|diagnos|red.?flag|triage|emergenc|urgent|routine|assessment|score|severity|patient|surge|medic
    |insur|spine|spinal|back|neck|knee|hip|foot|feet|ankle|leg|arm|shoulder|nerve|numb(?!er)|weak|cancer|tumor|fracture
    |infect|pregnan|neurolog|orthop|rheumat|podiatr|oncolog|psych|mental|depress|suicid|alcohol|drug)\w*""",
    re.IGNORECASE | re.VERBOSE,
)


@pytest.mark.parametrize("path", [path for path in TEMPLATES if "emails" in path.parts], **named)
def test_the_words_of_a_mail_hold_nothing_clinical(path):
    said = re.sub(r"(?s)<style>.*?</style>|{%\s*(load|if|else|endif|include)\b.*?%}|{{.*?}}", " ", path.read_text())
    assert CLINICAL.findall(said.replace("come back", " ")) == []


# Routes ---------------------------------------------------------------------------------------------------------------


def all_routes(patterns=None) -> list[URLPattern]:
    found = []
    for pattern in patterns or get_resolver().url_patterns:
        found += [pattern] if isinstance(pattern, URLPattern) else all_routes(pattern.url_patterns)
    return found


CALLBACKS = {route.name: route.callback for route in all_routes()}
GUARDED = sorted(name for name, route in ROUTES.items() if route.who not in (ANYONE, SIGNED_IN))


def test_every_route_is_known_and_named_once():
    names = [route.name for route in all_routes()]
    assert sorted(names) == sorted(set(names))
    assert set(names) - set(ROUTES) == set(), "say in tests/routes.py who may open them"
    assert set(ROUTES) - set(names) == set(), "these routes are gone"


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_a_route_is_open_to_strangers_only_if_the_table_says_so(name):
    view, route = CALLBACKS[name], ROUTES[name]
    assert getattr(view, "login_required", True) is (route.who != ANYONE)
    if name in GUARDED and not route.elsewhere:
        assert view.permission == route.who


@pytest.fixture
def samples(location, maya, priya):
    """What every route takes, all of it at Riverside."""
    case, first, second = (factories.case(at=location, answers=FOOT_DROP, acknowledged_by=maya) for _ in range(3))
    decided = (factories.decision(on=one, by=maya) for one in (first, second))
    unsent, referral = (referring.refer(decision, by=maya) for decision in decided)
    for one in (unsent, referral):
        referring.choose(one, factories.specialist(), choice="suggested", because="sees new patients", by=priya)
        referring.prepare_letter(one, consent="agreed", by=priya)
    referral = referring.send(referral, by=priya)
    content = ContentFile(b"%PDF-1.7", "report.pdf")
    report = referral.reports.create(
        file=content, file_name="report.pdf", sha256=sha256(b"%PDF-1.7").hexdigest(), sent_by="Noor Adeyemi"
    )
    patient_file = factories.patient_file(referral.decision.case.intake)
    asked = factories.appointment_request(at=location)
    call = factories.call_to_make(about=asked)
    paper_form = factories.intake(at=location, paper_code="22222222C")
    message = factories.message(at=location, subject_id=referral.public_id)
    ends = timezone.now() + timedelta(days=1)
    link = make_link(Link.Purpose.OFFICE, referral.public_id, expires_at=ends)
    Link.objects.filter(pk=link.pk).update(wrong_tries=MOST_WRONG_TRIES)
    return {
        "": {},
        "case": {"public_id": case.public_id},
        "decided case": {"public_id": first.public_id},
        "patient": {"public_id": case.patient.public_id},
        "draft": {"public_id": unsent.public_id},
        "referral": {"public_id": referral.public_id},
        "office to tell": {"public_id": factories.office_to_tell(of=referral).public_id},
        "enclosure": {"public_id": unsent.public_id, "paper": papers_out.enclosure(of=unsent, by=priya).public_id},
        "fax": {"public_id": referral.public_id, "number": papers_out.fax(of=referral).pk},
        "enclosed": {"public_id": referral.public_id, "paper": uuid4()},
        "report": {"public_id": report.public_id},
        "patient file": {"public_id": patient_file.public_id},
        "table": {"name": "steps"},
        "listing": {"public_id": referral.specialist.public_id},
        "import": {"public_id": factories.directory_import(by=priya).public_id},
        "invitation": {"public_id": factories.intake(at=location, invited_by=priya).public_id},
        "invitation list": {"public_id": factories.invitation_list(by=priya).public_id},
        "message": {"id": message.pk},
        "provider": {"provider": "plain"},
        "reminder": {"secret": "x" * 43},
        "sleeping link": {"id": link.pk},
        "shift": {"id": factories.on_call(maya, at=location).pk},
        "secret": {"secret": secret_of(link)},
        "page": {"number": 1},
        "talk file": {"public_id": referral.public_id, "file": talk_file(of=referral).public_id},
        "room answer": {"public_id": referral.public_id, "answer": "accept"},
        "answer": {"answer": "accept"},
        "appointment request": {"public_id": asked.public_id},
        "call": {"public_id": call.public_id},
        "desk task": {"public_id": factories.desk_task(of=referral.decision).public_id},
        "paper form": {"public_id": paper_form.public_id},
        "paper page": {"public_id": paper_form.public_id, "number": 1},
        "key": {"key": "none"},
        "reset key": {"uidb36": "1", "key": "none"},
        "colleague": {"id": factories.staff("Una Ulm", at=[location]).public_id},
        "location": {"slug": location.slug},
        "mail": {"name": f"{1:020d}-{1:06d}"},
        "kind of mail": {"name": "visit_reminder"},
    }


def address(name, samples) -> str:
    return reverse(name, kwargs=samples[ROUTES[name].about])


def ask(browser, name, samples):
    """The answers to every way of asking that the route has."""
    data = dict(parse_qsl(ROUTES[name].query))
    ways = [browser.post] if ROUTES[name].post_only else [browser.get, browser.post]
    return [way(address(name, samples), data) for way in ways]


def refused(answer) -> bool:
    """No page and no change: 403, 404, or a POST to a page that takes none."""
    return answer.status_code in (403, 404) or (answer.status_code, answer.wsgi_request.method) == (405, "POST")


def wrong(browser, names, samples, right) -> dict:
    """Of the routes `names`, those that answer in a way that is not `right(route, answer)`, with the status given."""
    return {
        (name, answer.wsgi_request.method): answer.status_code
        for name in names
        for answer in ask(browser, name, samples)
        if not right(ROUTES[name], answer)
    }


def test_a_stranger_is_sent_to_sign_in(samples):
    closed = [name for name, route in ROUTES.items() if route.who != ANYONE]
    sign_in = reverse("account_login")
    assert len(closed) > 30
    assert wrong(Client(), closed, samples, lambda route, answer: answer.get("Location", "").startswith(sign_in)) == {}


def test_an_open_page_shows_a_stranger_nobody(samples):
    open_ = [name for name, route in ROUTES.items() if route.who == ANYONE and name != "healthz"]

    def harmless(route, answer):
        return answer.status_code < 500 and b"Quill" not in answer.content

    assert wrong(Client(), open_, samples, harmless) == {}
    assert not AccessLog.objects.exists()


def test_nobody_works_with_a_password_alone(samples, location):
    browser = Client()
    browser.force_login(factories.staff("Noah Beck", at=[location]))  # a therapist who has no second factor yet
    set_up = reverse("mfa_activate_totp")
    assert wrong(browser, GUARDED, samples, lambda route, answer: answer.get("Location") == set_up) == {}


@pytest.mark.parametrize("who", ["maya", "priya", "ruth"])
def test_a_role_opens_what_it_may_and_is_refused_the_rest(who, samples, sign_in, request):
    person = request.getfixturevalue(who)

    def right(route, answer):
        if person.may(route.who):
            return answer.status_code in (200, 204, 302, 400, 405, 409, 422)  # 400: let in, and nothing that was meant
        sent_on = route.elsewhere and answer.get("Location") == reverse(route.elsewhere)
        return sent_on or refused(answer)

    assert wrong(sign_in(person), GUARDED, samples, right) == {}


def test_who_asks_for_the_address_of_a_press_comes_to_the_page_of_its_button(samples, sign_in, maya, ruth):
    """A sign-in leads back to where somebody was, and that may have been a press."""
    presses = [name for name, route in ROUTES.items() if route.post_only and route.who != ANYONE]
    assert len(presses) > 20
    led = {}
    for name in presses:
        browser = sign_in(maya if maya.may(ROUTES[name].who) else ruth)
        came_to = page(browser, name, samples, follow=True)
        led[name] = came_to.status_code if came_to.redirect_chain else "stayed"
    assert led == dict.fromkeys(presses, 200)


def test_the_desk_decides_nothing(samples, sign_in, priya, ruth):
    decisions = [name for name, route in ROUTES.items() if route.who == permissions.DECIDE_CASES]
    assert "decide" in decisions
    for person in (priya, ruth):
        assert wrong(sign_in(person), decisions, samples, lambda route, answer: refused(answer)) == {}


def test_what_belongs_to_another_location_does_not_exist(samples, sign_in, olga):
    theirs = [name for name in GUARDED if ROUTES[name].about in OF_A_LOCATION]
    assert len(theirs) > 15

    def hidden(route, answer):  # not even that it is there
        return refused(answer) and answer.status_code != 403

    assert wrong(sign_in(olga), theirs, samples, hidden) == {}


def page(browser, name, samples, **how):
    return browser.get(address(name, samples), dict(parse_qsl(ROUTES[name].query)), **how)


def full_disk(*args, **kwargs):
    raise OSError("no space left")


@contextmanager
def as_it_was():
    """What happens in this block is undone after it: a table of pages is walked with samples made once."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_page_with_a_patient_on_it_is_logged_or_not_shown(subtests, samples, sign_in, maya, monkeypatch):
    pages = sorted(name for name in GUARDED if ROUTES[name].shows)
    assert len(pages) > 30
    for name in pages:
        with subtests.test(name), as_it_was(), monkeypatch.context() as patch:
            browser = sign_in(maya)
            assert page(browser, name, samples).status_code == 200
            rows = AccessLog.objects.filter(page=name, user=maya)
            assert rows.exists()
            if ROUTES[name].about in ("case", "decided case", "draft", "referral", "report"):
                assert None not in rows.values_list("patient_id", flat=True)

            patch.setattr(AccessLog.objects, "create", full_disk)
            browser.raise_request_exception = False
            answer = page(browser, name, samples)
            assert answer.status_code == 500
            assert b"Quill" not in answer.content


def browser_with(response) -> Client:
    """A browser that keeps the cookies of a response, and nothing else."""
    browser = Client()
    browser.cookies.load(response.cookies)
    return browser


@pytest.fixture
def by_cookie(samples, location):
    """What browsers got in the middle of an emergency intake, on a status page, and in the room of an office."""
    unfinished = {name: value for name, value in SADDLE_NUMBNESS.items() if name != "worry_level"}
    intake = factories.intake(at=location, answers=unfinished)
    open_case(intake, factories.assessment(intake, Assessment.Occasion.PAGE), because=Case.OpenedBecause.FLAG)
    link_to(intake)
    patient = draft.remember(RequestFactory().get("/"), HttpResponse(), intake)
    known = Referral.objects.get(status=Referral.Status.SENT).patient
    by_link = status_cookie.open_status(RequestFactory().get("/"), HttpResponse(), known, link_to_status(known))
    link = Link.objects.get(purpose=Link.Purpose.OFFICE)
    Link.objects.update(wrong_tries=0)
    answer, referral = HttpResponse(), Referral.objects.get(public_id=link.subject_id)
    office_session.begin(answer, link=link, referral=referral, person="Ellen Park")
    return {"intake": patient, "status": by_link, "office": answer}


def test_what_patients_and_offices_are_shown_is_logged_or_not_shown(subtests, samples, by_cookie, monkeypatch):
    pages = sorted(name for name, route in ROUTES.items() if route.shows and name not in GUARDED)
    assert len(pages) > 10
    for name in pages:
        with subtests.test(name), as_it_was(), monkeypatch.context() as patch:
            opened_by = {"again": "status", "follow_up": "status"}.get(name, name.split("_")[0])
            browser = browser_with(by_cookie[opened_by])
            if name in ("office_room_letter", "office_room_packet"):  # they are shown to those who accepted
                referring.office_accept(Referral.objects.get(status=Referral.Status.SENT), office="Ellen Park")
            shown = browser.get(address(name, samples))
            assert shown.status_code == 200
            row = AccessLog.objects.get(page=name)
            assert row.actor == {"intake": "patient", "status": "patient", "office": "office"}[opened_by]
            assert row.patient_id
            patch.setattr(AccessLog.objects, "create", full_disk)
            browser.raise_request_exception = False
            assert browser.get(address(name, samples)).status_code == 500


def test_every_permission_is_held_by_a_role():
    every = {value for name, value in vars(permissions).items() if name.isupper() and isinstance(value, str)}
    assert {permission for held in permissions.PERMISSIONS.values() for permission in held} == every
