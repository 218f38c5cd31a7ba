"""Whose name a list has shown, and whose a search has found, stands in the access log by person."""

import pytest
from django.urls import reverse

from clinic.audit.models import AccessLog
from tests import factories
from tests.answers import FOOT_DROP, SADDLE_NUMBNESS


def named(page, subject="listed") -> set[int]:
    return set(AccessLog.objects.filter(page=page, subject=subject).values_list("patient_id", flat=True))


@pytest.fixture
def cases(location):
    return [factories.case(at=location, answers=answers) for answers in (FOOT_DROP, SADDLE_NUMBNESS)]


def test_the_queue_names_everybody_on_it(cases, maya, sign_in):
    sign_in(maya).get(reverse("queue"))
    assert named("queue") == {case.patient_id for case in cases}
    row = AccessLog.objects.filter(page="queue", subject="listed").first()
    assert (row.user, row.role, row.subject_id) == (maya, "therapist", str(row_patient(row, cases).public_id))


def row_patient(row, cases):
    return next(case.patient for case in cases if case.patient_id == row.patient_id)


def test_the_requests_name_everybody_on_them(location, priya, sign_in):
    asked = factories.appointment_request(at=location)
    called = factories.appointment_request(at=location)
    factories.call_to_make(about=called)
    sign_in(priya).get(reverse("requests"))
    assert named("requests") == {asked.patient_id, called.patient_id}


def test_the_referrals_name_everybody_on_them(cases, maya, priya, sign_in):
    referral = factories.referral(after=factories.decision(on=cases[0], by=maya), owner=priya)
    sign_in(priya).get(reverse("referrals"))
    assert named("referrals") == {referral.patient_id}


@pytest.mark.parametrize("page", ["find_patient", "paper_find"])
def test_whoever_a_search_finds_is_named_as_found(location, priya, sign_in, page):
    intake = factories.intake(at=location)
    born = intake.patient.date_of_birth
    said = {"begun-last_name": intake.patient.last_name}
    said |= {f"begun-date_of_birth_{part}": getattr(born, part) for part in ("month", "day", "year")}
    answer = sign_in(priya).post(reverse(page), said)
    assert intake.patient.last_name in answer.text
    assert named(page, "found") == {intake.patient_id}


def test_nobody_stands_twice_for_one_list(location, priya, sign_in):
    first = factories.appointment_request(at=location)
    factories.call_to_make(about=first)
    sign_in(priya).get(reverse("requests"))
    assert AccessLog.objects.filter(page="requests", subject="listed").count() == 1


def test_a_list_that_cannot_be_logged_is_not_shown(cases, maya, sign_in, monkeypatch):
    def full(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(AccessLog.objects, "bulk_create", full)
    browser = sign_in(maya)
    browser.raise_request_exception = False
    answer = browser.get(reverse("queue"))
    assert answer.status_code == 500
    assert b"Quill" not in answer.content
