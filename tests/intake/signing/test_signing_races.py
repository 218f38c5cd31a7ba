"""Signing twice at the same moment, on the real database: one set of signatures, and nobody sees an error."""

import pytest
from django.urls import reverse

from intake.models import Assessment, Case, Consent, Document
from intake.questionnaire import actions as intakes
from intake.signing import actions as consents
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone
from tests.referrals.moves.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AGREED = dict.fromkeys(Document, True)


def signed_once() -> bool:
    return sorted(Consent.objects.values_list("document", flat=True)) == sorted(Document)


def sends(intake):
    return intakes.sign_and_submit(
        intake, version=intake.version, signed_name="Ada Quill", choices=AGREED, language="en"
    )


def test_one_intake_signed_and_sent_many_times_is_sent_once(location):
    intake = factories.intake(at=location, answers=HEEL_PAIN)
    results = at_once(*[lambda: sends(intake)] * 6)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert signed_once()
    assert Case.objects.count() == 1
    assert Assessment.objects.filter(occasion=Assessment.Occasion.SUBMIT).count() == 1


def test_two_intakes_of_one_patient_sent_at_once_are_signed_once(location):
    first = factories.intake(at=location, answers=HEEL_PAIN)
    second = factories.intake(of=first.patient, answers=HEEL_PAIN)
    results = at_once(lambda: sends(first), lambda: sends(second))
    assert [result for result in results if isinstance(result, Exception)] == []
    assert signed_once()


def test_signing_alone_twice_at_once_signs_once(location):
    intake = factories.intake(at=location, answers=HEEL_PAIN)
    sign = dict(signed_name="Ada Quill", choices=AGREED, language="en")
    results = at_once(*[lambda: consents.sign(intake, **sign)] * 6)
    assert sorted(len(result) for result in results) == [0] * 5 + [4]
    assert signed_once()


def test_two_touches_on_the_button_lead_both_to_the_end(location, maya):
    ada = Phone().starts().has_answered(HEEL_PAIN).comes_to_sign()
    sent = {"version": ada.hidden("version")} | ada.signature
    other = Phone()
    other.client.cookies = ada.client.cookies.copy()
    pages = at_once(*[lambda phone=phone: phone.sends(reverse("intake_submit"), sent).page for phone in (ada, other)])
    assert [page.wsgi_request.path for page in pages] == [reverse("intake_done")] * 2
    assert signed_once()
