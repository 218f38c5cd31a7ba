"""Graciela's report, which she sent with her answers, and a browser of Priya's."""

import pytest
from django.test import Client

from tests import factories
from tests.referrals.papers import a_pdf


@pytest.fixture
def her_file(decision):
    intake = decision.case.intake
    intake.submitted_at = intake.submitted_at or decision.at
    intake.save()
    return factories.patient_file(intake, content=a_pdf(), name="mri lumbar.pdf")


@pytest.fixture
def desk(priya):
    browser = Client()
    browser.force_login(priya)
    return browser
