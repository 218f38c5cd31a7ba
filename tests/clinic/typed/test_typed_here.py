"""Any form of the staff that says for whom it was drawn gets back what was typed into it."""

import html
import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.typed.models import TypedWords
from intake.models import DeskTask
from tests import factories
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db


def the_field(page) -> str:
    return re.search(r'name="typed_by" value="([^"]+)"', page)[1]


def brought_back(page) -> dict:
    found = re.search(r'data-typed="([^"]*)"', page)
    return json.loads(html.unescape(found[1])) if found else {}


def test_what_the_desk_typed_waits_while_somebody_signs_in_again(location, priya, sign_in):
    browser = sign_in(priya)
    sent = {"first_name": "Ada", "typed_by": the_field(browser.get(reverse("invite")).text)}
    Client().post(reverse("typed"), sent)  # the window sends it as it closes, after the sign-out
    page = sign_in(priya).get(reverse("invite")).text
    assert brought_back(page) == {"first_name": ["Ada"]}
    assert "<li>Ada</li>" in page, "without scripts too"

    browser.post(reverse("typed"), {"discard": "yes", "typed_by": the_field(page)})
    assert brought_back(browser.get(reverse("invite")).text) == {}


def test_forms_of_one_page_keep_their_own(location, priya, sign_in):
    asked = factories.appointment_request(at=location)
    address, browser = reverse("appointment_request", args=[asked.public_id]), sign_in(priya)
    _book, close = re.findall(r'name="typed_by" value="([^"]+)"', browser.get(address).text)
    browser.post(reverse("typed"), {"do": "close", "words": "She rang off.", "typed_by": close})
    page = browser.get(address).text
    assert page.count("data-typed=") == 1
    assert brought_back(page) == {"words": ["She rang off."]}


def test_a_note_in_a_row_of_a_list_is_kept_and_costs_one_statement(location, maya, priya, sign_in):
    """The page closes by itself, or the desk is told what is missing: the note is in its own row again."""
    made = [factories.decision(on=factories.case(at=location), by=maya) for _number in range(3)]
    tasks = [factories.desk_task(of=decision, what="ask", words="The MRI", whom="The hospital") for decision in made]
    browser, address = sign_in(priya), reverse("requests")
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(address).text
    assert sum("typed_typedwords" in query["sql"] for query in queries) == 1
    rows = [page.split(f'id="{task.public_id}"')[1].split("</li>")[0] for task in tasks]
    browser.post(reverse("typed"), {"words": "They fax it Monday.", "typed_by": the_field(rows[1])})
    page = browser.get(address).text
    assert page.count("data-typed=") == 1
    row = page.split(f'id="{tasks[1].public_id}"')[1].split("</li>")[0]
    assert brought_back(row) == {"words": ["They fax it Monday."]}

    too_long = {"words": "x" * 2001, "typed_by": the_field(row)}
    browser.post(reverse("task_done", args=[tasks[1].public_id]), too_long)
    assert brought_back(browser.get(address).text) == {"words": ["x" * 2001]}, "refused, and still there"

    good = {"words": "It came by fax.", "typed_by": the_field(row)}
    browser.post(reverse("task_done", args=[tasks[1].public_id]), good)
    assert DeskTask.objects.get(pk=tasks[1].pk).done_words == "It came by fax."
    assert "data-typed=" not in browser.get(address).text


def test_nobody_throws_away_the_words_of_somebody_else(location, priya, ruth, sign_in):
    browser = sign_in(priya)
    sent = {"first_name": "Ada", "typed_by": the_field(browser.get(reverse("invite")).text)}
    browser.post(reverse("typed"), sent)
    for other in (sign_in(ruth), Client()):
        other.post(reverse("typed"), sent | {"discard": "yes"})
    assert TypedWords.objects.exclude(sealed="").exists()


def test_a_form_that_warns_of_what_is_not_sent_keeps_it(settings):
    """Pages of the staff close by themselves: what was typed there must not be gone by that."""
    forms = [
        (path.name, form)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if 'extends "staff/base.html"' in path.read_text() or path.parent.name in ("review", "desk")
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)
        if "data-warn-unsent" in form
    ]
    assert len(forms) > 12
    assert [
        name for name, form in forms if not re.search(r"typed_(here|by)", form) or "data-as-typed" not in form
    ] == []
    assert ROUTES["typed"].post_only


def test_what_was_ticked_is_never_brought_back_with_what_was_typed(location, maya, priya, sign_in):
    """The ticks of another day would put off other referrals."""
    one, other = (
        factories.referral(after=factories.decision(on=factories.case(at=location), by=maya), owner=priya)
        for _each in range(2)
    )
    browser = sign_in(priya)
    address = f"{reverse('many_referrals')}?do=put-off&chosen={one.public_id}"
    sent = {"do": "put-off", "chosen": str(other.public_id), f"saw-{other.public_id}": "7", "words": "Closed in May."}
    browser.post(reverse("typed"), sent | {"typed_by": the_field(browser.get(address).text)})
    page = browser.get(address).text
    assert brought_back(page) == {"words": ["Closed in May."]}
    assert str(other.public_id) not in page
