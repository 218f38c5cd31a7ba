"""Nasty input at every form of the patient: an error at the field or a plain page, never a crash, nothing lost.

`PLUMBLINE_NASTY=all` sends everything; without it a fixed share is sent, another one for each form:

    PLUMBLINE_NASTY=all python -m pytest tests/intake/test_nasty.py -n 2 -rP

Every fixed string is sent in a whole request in each text field, and in one of the choices in turn. Of 10,000 generated
inputs each form object judges all, and one in fifty is a whole request; with `PLUMBLINE_NASTY=whole` every one is, and
it takes an hour and more. What once broke a form is sent always. It prints the tries and the different answers.
"""

import os
import random
from itertools import islice

import pytest
from django.urls import resolve
from django.utils import timezone

from tests import nasty, nasty_fields
from tests.nasty_forms import World, encoded, judged
from tests.nasty_list import FORMS
from tests.routes import ANYONE, ROUTES

pytestmark = pytest.mark.django_db
HOW_MANY = os.environ.get("PLUMBLINE_NASTY", "a share")
ALL = HOW_MANY in ("all", "whole")
SHARE = 1 if ALL else 90  # one in so many is sent
GENERATED = 10_000 if ALL else 60  # for each form
ASKED = {"all": 50, "whole": 1}.get(HOW_MANY, 20)  # one in so many of these is a whole request
SHORT = [string for string in nasty.STRINGS if len(string) < 1000]


def test_the_fixed_list_is_complete():
    assert {heading: len(nasty.FIXED[heading]) for heading in nasty.HEADINGS} == {
        heading: count for heading, (count, _strings) in nasty.HEADINGS.items()
    }
    assert len(nasty.HEADINGS) == 27
    assert len(nasty.STRINGS) == len(set(nasty.STRINGS)) == 536
    today = timezone.localdate()
    assert len(nasty_fields.dates(today)) == len(set(nasty_fields.dates(today))) == 120
    assert len(nasty_fields.NUMBERS) == len(set(nasty_fields.NUMBERS)) == 80
    assert len(nasty_fields.choices(["a", "b", "c"], "d")) == 60
    assert len(nasty_fields.hidden("a:b:c")) == len(nasty_fields.hidden("3")) == 60
    assert len(nasty_fields.structures(b"a=1", ["a"])) == len(nasty_fields.structures(b"", list("abcdefghijkl"))) == 150
    assert len(set(nasty.plain_texts())) == 200


OF_PATIENTS = ("home", "guide", "set_language", "intake", "consent", "link", "status", "again", "follow_up")
ONLY_SHOWN = {  # what is sent there is not read
    "home", "link_asked", "consent_copy", "intake_check", "intake_done", "intake_save", "status", "status_answers",
    "status_answers_pdf", "status_answers_json", "status_calendar", "status_looked",
}  # fmt: skip


def test_no_form_of_a_patient_is_forgotten(world):
    routes = {name for name, route in ROUTES.items() if name.startswith(OF_PATIENTS) and route.who == ANYONE}
    tried = {resolve(form.opens(world).address).url_name for form in FORMS}
    assert tried | ONLY_SHOWN == routes


@pytest.fixture
def world(db, caplog, request):
    made = World()
    yield made
    if ALL:
        print(f"{sum(made.seen.values())} tries, {len(made.seen)} different answers")
        for (form, status, words), often in made.seen.most_common():
            print(f"{form}\t{status}\t{often}\t{words[:150]}")


def share(values, form):
    """All of them, or a share that differs from form to form and is the same every time."""
    return islice(values, FORMS.index(form) % SHARE, None, SHARE)


def poisoned(form, at):  # noqa: C901
    """(what it is, the fields as sent, the field that is nasty), one after the other."""
    today = timezone.localdate()
    for name in (*form.texts, *form.numbers):
        for number, string in enumerate(nasty.STRINGS):
            yield f"string {number}", at.good | {name: [string]}, name
    for name in form.numbers:
        for string in nasty_fields.NUMBERS:
            yield f"number {string[:20]!r}", at.good | {name: [string]}, name
    for day in form.days:
        for number, parts in enumerate(nasty_fields.dates(today)):
            boxes = {f"{day}_{box}": [part] for box, part in zip(("month", "day", "year"), parts, strict=True)}
            yield f"date {number}", at.good | boxes, day
    for name, other in form.options.items():
        own = at.good.get(name) or ["on"]
        for number, chosen in enumerate(nasty_fields.choices(own, other)):
            yield f"choice {number}", at.good | {name: chosen}, name
    for number, string in enumerate(nasty.STRINGS if form.options else ()):  # in turn, one after the other
        name = list(form.options)[number % len(form.options)]
        yield f"string {number}", at.good | {name: [string]}, name
    for name in form.secrets:
        for number, value in enumerate(nasty_fields.hidden((at.good.get(name) or ["1"])[0])):
            yield f"hidden {number}", at.good | {name: [value]}, name


def broke_something_once(form, at):
    for name in form.fields:
        for number, string in enumerate(nasty.CORPUS):
            yield f"string {number} of the corpus", at.good | {name: [string]}, name


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_nothing_nasty_breaks_a_form(form, world):
    at = form.opens(world)
    tried, wrong = 0, []
    for what, sent, name in (*broke_something_once(form, at), *share(poisoned(form, at), form)):
        boxes = [name, *(f"{name}_{part}" for part in ("month", "day", "year"))]
        wrong += [f"{what} in {name}: {found}" for found in world.tries(form, at, sent, changed=boxes)]
        tried += 1
    assert tried
    assert wrong == []


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_no_request_built_wrong_breaks_a_form(form, world):
    at = form.opens(world)
    wrong = []
    requests = nasty_fields.structures(encoded(at.good), list(at.good))
    for number, (kind, body, headers) in enumerate(share(requests, form)):
        found = world.sends(form, at, body, kind=kind, headers=headers)
        wrong += [f"{number}: {kind} {body[:60]!r} {headers}: {one}" for one in found]
    assert wrong == []


# Generated ------------------------------------------------------------------------------------------------------------


def generated(form, at, number):
    """Fields as nobody sends them: some replaced, mixed, doubled, left out, or made up."""
    luck = random.Random(f"{form.name}:{number}")
    sent = {name: list(values) for name, values in at.good.items()}
    changed = set()
    for name in luck.sample(list(form.fields), luck.randint(1, min(4, len(form.fields)))):
        changed.add(name)
        way = luck.randrange(7)
        if way == 0:
            sent.pop(name, None)
        elif way == 1:
            sent[name] = [luck.choice(SHORT) + luck.choice(SHORT)]
        elif way == 2:
            sent[name] = [luck.choice(nasty_fields.NUMBERS)]
        elif way == 3:
            sent[name] = ["".join(chr(luck.randrange(1, 0x11000)) for _ in range(luck.randrange(1, 90)))]
        elif way == 4:
            sent[name] = [luck.choice(SHORT) for _ in range(luck.randrange(2, 6))]
        elif way == 5:
            sent[name] = [luck.choice(nasty_fields.choices(sent.get(name) or ["none"], "female"))[0:1] or [""]][0]
        else:
            sent[name + luck.choice(("", "[]", "_day", "\x00"))] = [luck.choice(SHORT)]
    return sent, {*changed, *(name.rpartition("_")[0] for name in changed)}


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_nothing_generated_breaks_a_form(form, world):
    """Every one is judged by the form itself, where it is one, and goes through the whole request as well."""
    at = form.opens(world)
    wrong = []
    for number in range(GENERATED):
        sent, changed = generated(form, at, number)
        if form.builds:
            told, found = judged(form, at, sent, changed=changed)
            world.seen[form.name, "form", told] += 1
            wrong += [f"{number}: {one}" for one in found]
        if number % ASKED == 0:
            wrong += [f"{number}: {one}" for one in world.tries(form, at, sent, changed=changed)]
    assert wrong == []


# The other side -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [form for form in FORMS if form.texts], ids=str)
def test_what_people_really_write_gets_through_unharmed(form, world):
    """It is saved as it was typed, and shown so again."""
    at = form.opens(world)
    for name in form.texts:
        if name in ("phone", "email"):
            continue
        for text in share(nasty.plain_texts(), form):
            assert not world.tries(form, at, at.good | {name: [text]}, changed=[name]), text
