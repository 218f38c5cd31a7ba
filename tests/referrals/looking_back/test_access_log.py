"""An audit question answered: who saw, changed, was handed, got or was refused what; of one's own locations alone."""

import csv
import inspect
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import get_resolver, reverse
from django.utils import timezone

from clinic.audit import chain
from clinic.audit.models import AccessLog, AuditCheck
from clinic.messages.models import Message
from intake.review.actions import acknowledge
from referrals.looking_back.pages import CALLED
from referrals.looking_back.parts import FILES
from tests import factories
from tests.answers import HEEL_PAIN
from tests.clinic.audit.test_audit import as_a_superuser_without_triggers
from tests.clinic.sign_in.test_sign_in import password
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(location):
    return factories.case(at=location, answers=HEEL_PAIN, of=factories.patient(at=location, first_name="=Ada"))


def asks(ruth, sign_in, **question):
    page = sign_in(ruth).get(reverse("access_log"), question)
    assert page.status_code == 200
    return [(line.who, line.what, whose and whose.full_name) for line, whose, _place in page.context["rows"]]


def test_who_saw_a_patient(case, maya, daniel, ruth, sign_in):
    other = factories.case(at=case.location, answers=HEEL_PAIN)
    sign_in(maya).get(case.get_absolute_url())
    sign_in(daniel).get(other.get_absolute_url())
    sign_in(ruth).get(reverse("patient", args=[case.patient.public_id]))
    whole = asks(ruth, sign_in)
    assert ("Maya Ortiz", "Case", case.patient.full_name) in whole
    of_ada = asks(ruth, sign_in, patient=case.patient.public_id)
    assert {who for who, what, _name in of_ada if what in ("Case", "Details")} == {"Maya Ortiz", "Ruth Calloway"}
    assert {name for *_rest, name in of_ada} == {case.patient.full_name}
    of_maya = asks(ruth, sign_in, person=maya.public_id)
    assert {who for who, *_rest in of_maya} == {"Maya Ortiz"}


def test_who_changed_a_patients_record(case, maya, ruth, sign_in, location):
    acknowledge(case, by=maya)
    browser = sign_in(ruth)
    changed = asks(ruth, sign_in, show="changed", patient=case.patient.public_id)
    assert changed == [("Maya Ortiz", "Case: Acknowledged", case.patient.full_name)]
    page = browser.get(reverse("location", args=[location.slug]))
    form = page.context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"fax": "207 555 0177"}
    browser.post(reverse("location", args=[location.slug]), typed)
    assert ("Ruth Calloway", "Clinic: Changed", None) in asks(ruth, sign_in, show="changed")
    assert asks(ruth, sign_in, show="changed", person=maya.public_id) == changed


def test_who_changed_a_patients_details(case, priya, ruth, sign_in):
    import pghistory

    with pghistory.context(user=priya.pk):
        case.patient.phone = "(207) 555-0188"
        case.patient.save()
    assert asks(ruth, sign_in, show="changed", person=priya.public_id) == [
        ("Priya Nair", "Details: Changed", case.patient.full_name)
    ]


def test_who_was_refused_and_who_came_in(case, maya, priya, ruth, sign_in, client):
    assert sign_in(priya).get(case.get_absolute_url()).status_code == 403
    password(client, maya, password="wrong")
    refused = asks(ruth, sign_in, show="refused")
    assert ("Priya Nair", "Refused", None) in refused
    assert ("system", "Wrong password", None) in [(who.lower(), what, name) for who, what, name in refused]
    by_maya = asks(ruth, sign_in, show="refused", person=maya.public_id)
    assert [what for _who, what, _name in by_maya] == ["Wrong password"]


def was_sent(**more):
    mail = factories.message(**more)
    Message.objects.filter(pk=mail.pk).update(status="sent", settled_at=timezone.now())
    return mail


def test_what_was_sent_to_or_about_a_patient(case, maya, ruth, sign_in):
    about = {"subject_type": "case", "subject_id": case.public_id}
    mail = was_sent(at=case.location, kind="status_link", recipient=case.patient.email, **about)
    was_sent(at=case.location, kind="new_device", recipient=maya.email, subject_id=maya.public_id)
    assert {to for to, *_rest in asks(ruth, sign_in, show="sent")} == {f"To {mail.recipient}", f"To {maya.email}"}
    [(to, _what, _name)] = asks(ruth, sign_in, show="sent", patient=case.patient.public_id)
    assert to == f"To {mail.recipient}"


@pytest.mark.parametrize("kind", ["visit_off", "a_kind_of_before"])
def test_an_address_is_hidden_where_messages_hides_it(kind, case, ruth, sign_in):
    """The patient is at another location by now, or has another address; the log and its file are read by the same."""
    was_sent(at=case.location, kind=kind, recipient="gone@patients.example")
    assert [to for to, *_rest in asks(ruth, sign_in, show="sent")] == ["To a patient"]
    for name in ("access_log", "access_log_file", "messages"):
        assert "gone@patients.example" not in sign_in(ruth).get(reverse(name), {"show": "sent"}).text, name


def test_the_file_is_inert_and_is_handed_out_by_name(case, maya, ruth, sign_in):
    sign_in(maya).get(case.get_absolute_url())
    answer = sign_in(ruth).get(reverse("access_log_file"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["When", "Who", "What", "Page", "Patient", "Location"]
    [ada] = [row for row in rows[1:] if row[2] == "Case"]
    assert ada[4].startswith("'=Ada")
    assert ("Ruth Calloway", "A list", None) in asks(ruth, sign_in, show="out")
    assert AccessLog.objects.filter(page="access_log_file", patient_id=case.patient_id, user=ruth).exists()


HANDS_OUT = re.compile(
    r"Content-Disposition|\b(_file|_pdf|as_file|attachment|handed_out|kept_pdf|packet_of|pdf|talk_file)\("
)
OF_NOBODY = {"directory_file", "numbers_file", "rows_to_correct", "scorecard_file"}  # no patient is in them


def test_every_page_that_hands_out_a_file_stands_under_handed_out():
    views = {route.name: inspect.unwrap(route.callback) for route in routes(get_resolver().url_patterns)}
    own = {name: view for name, view in views.items() if view.__module__.startswith(("clinic", "intake", "referrals"))}
    handing = {name for name, view in own.items() if HANDS_OUT.search(inspect.getsource(view))}
    assert {"packet", "office_room_letter", "fax_proof", "list_to_correct"} <= handing
    assert handing - OF_NOBODY - set(FILES) == set()


def routes(patterns):
    for one in patterns:
        yield from routes(one.url_patterns) if hasattr(one, "url_patterns") else [one]


def test_every_page_that_may_stand_in_the_log_is_called_by_words():
    """A name of an address tells a manager nothing; and no two pages of staff are called alike by mistake."""
    assert set(ROUTES) - set(CALLED) == set()
    assert set(CALLED) - set(ROUTES) == {"second_step_code", "setup_clinic"}, "these run at the server"
    assert not [words for words in CALLED.values() if "_" in words or not words[0].isupper()]


def test_the_log_and_its_file_say_which_page_it_was_in_words(case, maya, ruth, sign_in):
    sign_in(maya).get(reverse("what_if", args=[case.public_id]))
    browser = sign_in(ruth)
    assert "Case: what if" in browser.get(reverse("access_log")).text
    assert ",Case: what if," in browser.get(reverse("access_log_file")).text
    assert "what_if" not in browser.get(reverse("access_log")).text


def test_papers_the_desk_printed_were_handed_out(priya, ruth, sign_in, sent):
    sign_in(priya).get(reverse("packet", args=[sent.public_id]))
    assert ("Priya Nair", "Referral", sent.patient.full_name) in asks(ruth, sign_in, show="out")


def test_looking_back_leaves_a_line_of_its_own_or_shows_nothing(case, maya, ruth, sign_in, monkeypatch):
    sign_in(maya).get(case.get_absolute_url())
    browser = sign_in(ruth)
    assert case.patient.last_name in browser.get(reverse("access_log")).text
    assert AccessLog.objects.filter(page="access_log", patient_id=case.patient_id, user=ruth).exists()

    def full_disk(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(AccessLog.objects, "create", full_disk)
    browser.raise_request_exception = False
    for name in ("access_log", "access_log_file"):
        answer = browser.get(reverse(name))
        assert answer.status_code == 500
        assert case.patient.last_name not in answer.text


def test_what_happened_elsewhere_is_none_of_theirs(other_location, olga, ruth, sign_in):
    there = factories.case(at=other_location, answers=HEEL_PAIN)
    sign_in(olga).get(there.get_absolute_url())
    acknowledge(there, by=olga)
    for show in ("seen", "changed", "out", "sent", "accounts", "refused"):
        assert "Olga Lind" not in {who for who, *_rest in asks(ruth, sign_in, show=show)}
    assert asks(ruth, sign_in, show="changed", patient=there.patient.public_id) == []


def test_a_day_is_a_day_of_the_clinics_clock_and_wrong_days_are_said(case, maya, ruth, sign_in):
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        sign_in(maya).get(case.get_absolute_url())
        long_ago = timezone.localdate()
    assert asks(ruth, sign_in, person=maya.public_id) == []
    then = {"first": f"{long_ago:%Y-%m-%d}", "last": f"{long_ago:%Y-%m-%d}"}
    assert len(asks(ruth, sign_in, person=maya.public_id, **then)) == 1
    page = sign_in(ruth).get(reverse("access_log"), {"first": "2027-01-02", "last": "2027-01-01"})
    assert page.status_code == 422
    assert "not before the first" in page.text
    assert sign_in(ruth).get(reverse("access_log_file"), {"first": "no day"}).status_code == 200


def test_the_last_check_of_the_chain_stands_above(case, maya, ruth, sign_in):
    browser = sign_in(ruth)
    assert "was not checked yet" in browser.get(reverse("access_log")).text
    sign_in(maya).get(case.get_absolute_url())
    chain.seal()
    assert chain.check().whole
    assert ": whole, " in browser.get(reverse("access_log")).text
    row = AccessLog.objects.order_by("pk").first()
    as_a_superuser_without_triggers("UPDATE audit_accesslog SET page = 'other' WHERE id = %s", row.pk)
    assert not chain.check().whole
    assert f"row {row.pk} was changed" in browser.get(reverse("access_log")).text
    assert AuditCheck.objects.count() == 2


def test_only_who_may_see_the_log_is_led_there_from_a_patient(case, priya, ruth, sign_in):
    there = reverse("patient", args=[case.patient.public_id])
    assert "Who looked" in sign_in(ruth).get(there).text
    assert "Who looked" not in sign_in(priya).get(there).text
    assert sign_in(priya).get(reverse("access_log")).status_code == 403
