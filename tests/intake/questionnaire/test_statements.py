"""How often a save and a submit ask the database: each question is a way there and back, for every patient."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intake.models import Document
from intake.signing.texts import row_of, text_in
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone

OF_A_SAVE, OF_A_SUBMIT = 6, 33  # besides the beginning and the end of the transaction
OPENS_AND_ENDS = 2


@pytest.fixture
def ada(maya):
    for document in Document:
        row_of(text_in("en", document))  # somebody has signed before
    return Phone().starts().has_answered(HEEL_PAIN)


def asked(captured) -> list[str]:
    """Every statement, those that only open and close what is inside a transaction among them."""
    return [re.sub(r"\s+", " ", one["sql"]) for one in captured.captured_queries]


def test_saving_a_page_asks_seldom(maya):
    ada = Phone().starts()
    first = ada.next_page()
    whose = ada.opens_page(first.id).hidden("whose")
    with CaptureQueriesContext(connection) as captured:
        ada.sends_page(first, HEEL_PAIN, whose)
    own = 1  # the version that the test reads
    assert len(asked(captured)) - own - OPENS_AND_ENDS <= OF_A_SAVE, asked(captured)


def test_sending_the_answers_asks_seldom(ada):
    ada.comes_to_sign()
    sent = {"version": ada.hidden("version")} | (ada.signature if ada.page.wsgi_request.GET else {})
    with CaptureQueriesContext(connection) as captured:
        ada.sends(reverse("intake_submit"), sent, follow=False)
    assert ada.page.status_code == 302
    assert len(asked(captured)) - OPENS_AND_ENDS <= OF_A_SUBMIT, asked(captured)
