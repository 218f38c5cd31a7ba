"""What a patient typed and did not save is offered again, wherever they come back; it is never taken for an answer."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.links.actions import renew_link, secret_of
from clinic.links.models import Link
from intake import triage
from intake.door import form_links
from intake.models import AnswerChange, Intake, UnsentPage
from tests.answers import HEEL_PAIN
from tests.intake.door.test_patient_links import RIGHT
from tests.intake.patients import Phone, page_address

pytestmark = pytest.mark.django_db

GOAL = next(page.id for page in triage.pages(triage.shipped()) if "goal" in page.questions)
DANGER = "safety-check"


@pytest.fixture
def ada(location):
    return Phone().starts()


def leaves(phone, page_id, **typed):
    """Goes away from a page with something typed on it, as the browser tells the clinic."""
    phone.opens_page(page_id)
    version = phone.hidden("version")
    return phone.sends(f"{page_address(page_id)}unsent/", {"version": version, **typed})


def question_with_text():
    """A page that asks for words, and its question."""
    protocol = triage.shipped()
    for page in triage.pages(protocol):
        for name in page.questions:
            if protocol.questions[name].type in ("long_text", "short_text"):
                return page.id, name
    raise AssertionError


PAGE, WORDS = question_with_text()


@pytest.fixture
def at_words(ada):
    """Everything answered, so that every page can be opened."""
    every = {page.id: 1 for page in triage.pages(triage.shipped())}
    Intake.objects.update(answers=HEEL_PAIN, pages_done=every, version=1, saved_at=timezone.now())
    return ada


def test_it_is_offered_with_its_time_and_comes_back_only_when_asked_for(at_words):
    ada = at_words
    assert leaves(ada, PAGE, **{WORDS: "walk to the lake & back"}).page.status_code == 204
    ada.opens_page(PAGE)
    assert "You typed something here on" in ada.text
    assert "walk to the lake" not in ada.text
    ada.opens(f"{page_address(PAGE)}?unsent")
    assert "walk to the lake &amp; back" in ada.html
    assert "It is not saved yet" in ada.text
    assert ada.errors == ""


def test_it_is_offered_on_another_device(at_words):
    leaves(at_words, PAGE, **{WORDS: "walk to the lake"})
    other = Phone().sends(f"/l/{secret_of(form_links.link_to(at_words.intake))}/", RIGHT)
    other.opens(f"{page_address(PAGE)}?unsent")
    assert "walk to the lake" in other.html


@pytest.mark.parametrize("sent", [{WORDS: "in her name"}, {"discard": "1"}])
def test_nothing_is_taken_from_a_browser_whose_link_was_renewed(clock, at_words, sent):
    """Whoever has the old mailbox has the old link too. The date of birth is asked before anything else is taken."""
    old = at_words
    leaves(old, PAGE, **{WORDS: "walk to the lake"})
    kept = UnsentPage.objects.get()
    old.opens_page(PAGE)
    fields = {"version": old.hidden("version"), "whose": old.hidden("whose")}
    renew_link(Link.Purpose.INTAKE, old.intake.public_id, expires_at=timezone.now() + timedelta(days=3))
    for idle in (False, True):
        if idle:
            clock.shift(timedelta(minutes=30))
        for said in (fields, {"version": fields["version"]}):
            answer = old.client.post(f"{page_address(PAGE)}unsent/", said | sent)
            assert answer.status_code in (403, 404)
    assert UnsentPage.objects.get().fields == kept.fields
    old.opens("intake_resume")
    old.sends(reverse("intake_resume"), old.filled | {f"confirm-{name}": value for name, value in RIGHT.items()})
    assert leaves(old, PAGE, **{WORDS: "walk to the pond"}).page.status_code == 204


def test_saving_the_page_removes_it(at_words):
    leaves(at_words, PAGE, **{WORDS: "walk to the lake"})
    at_words.answers(PAGE, **{WORDS: "walk to the pond"})
    assert not UnsentPage.objects.exists()
    assert at_words.intake.answers[WORDS] == "walk to the pond"


def test_using_it_and_saving_makes_it_an_answer(at_words):
    leaves(at_words, PAGE, **{WORDS: "walk to the lake"})
    at_words.opens(f"{page_address(PAGE)}?unsent")
    at_words.presses_save(PAGE, **{WORDS: "walk to the lake"})
    assert at_words.intake.answers[WORDS] == "walk to the lake"
    assert "did not save it" not in at_words.opens_page(PAGE).text


def test_throwing_it_away(at_words):
    leaves(at_words, PAGE, **{WORDS: "walk to the lake"})
    at_words.sends(f"{page_address(PAGE)}unsent/", {"discard": "yes"})
    assert at_words.asks[0] == WORDS
    assert "did not save it" not in at_words.text
    assert not UnsentPage.objects.exists()


def test_sending_the_answers_removes_all_of_it_and_none_is_kept_afterwards(at_words):
    leaves(at_words, PAGE, **{WORDS: "walk to the lake"})
    at_words.submits()
    assert at_words.intake.submitted_at
    assert not UnsentPage.objects.exists()
    at_words.sends(f"{page_address(PAGE)}unsent/", {WORDS: "later"})
    assert not UnsentPage.objects.exists()


def test_it_is_no_answer_no_rule_reads_it_and_no_case_is_opened(ada):
    leaves(ada, DANGER, emergency_now=["saddle_numb"])
    assert "emergency_now" not in ada.intake.answers
    assert ada.case is None
    assert ada.intake.urgency == 0
    assert "911 or go to" not in ada.opens_page(DANGER).text.split("911.")[0]
    ada.opens(f"{page_address(DANGER)}?unsent")
    assert 'value="saddle_numb"' in ada.html
    assert ada.case is None


def test_staff_do_not_see_it(ada, maya, sign_in):
    ada.answers(DANGER, emergency_now=["saddle_numb"])
    leaves(ada, DANGER, emergency_now=["chest_pain", "fainted"])
    leaves(ada, PAGE, **{WORDS: "a secret about the lake"})
    assert UnsentPage.objects.count() == 2
    response = sign_in(maya).get(reverse("case", args=[ada.case.public_id]))
    assert response.status_code == 200
    page = response.content.decode()
    assert "a secret about the lake" not in page
    fainted = triage.shipped().questions["emergency_now"].option("fainted").label_in("en")
    assert page.count(fainted) == 1, "a therapist on the phone may choose it; it is said nowhere"
    assert "checked" not in re.search(r'<input[^>]*value="fainted"[^>]*>', page)[0]


def test_half_a_date_and_an_answer_that_does_not_fit_come_back_as_they_were(at_words):
    protocol = triage.shipped()
    page = next(p for p in triage.pages(protocol) if "imaging_date" in p.questions)
    Intake.objects.update(answers=at_words.intake.answers | {"care_before": "yes"})
    leaves(at_words, page.id, imaging_done="xray", imaging_date_month="4 2", specialists_seen="other thing")
    at_words.opens(f"{page_address(page.id)}?unsent")
    assert 'value="4 2"' in at_words.html
    assert at_words.errors == "", "it is not judged"


def test_only_fields_of_the_page_are_kept_and_not_more_than_fits(at_words):
    leaves(at_words, PAGE, **{WORDS: "x" * 9_000, "emergency_now": "saddle_numb", "first_name": "Eve", "keep": "1"})
    [kept] = UnsentPage.objects.all()
    assert set(kept.fields) == {WORDS}
    assert len(kept.fields[WORDS][0]) == 6_000


@pytest.mark.parametrize("nonsense", ["\x00", "a\x00b", "🦶", " "])
def test_odd_characters_do_no_harm(at_words, nonsense):
    assert leaves(at_words, PAGE, **{WORDS: nonsense, "version": nonsense}).page.status_code == 204
    assert at_words.opens(f"{page_address(PAGE)}?unsent").page.status_code == 200


def test_what_is_saved_already_is_not_offered(at_words):
    at_words.answers(PAGE, **{WORDS: "walk to the lake"})
    leaves(at_words, PAGE, **{WORDS: "walk to the lake"})
    assert not UnsentPage.objects.exists()


def test_a_page_saved_elsewhere_since_is_shown_with_both(at_words):
    ada = at_words
    leaves(ada, PAGE, **{WORDS: "walk to the lake"})
    left = UnsentPage.objects.get()
    ada.answers(PAGE, **{WORDS: "walk to the pond"})
    UnsentPage.objects.create(intake=ada.intake, page=PAGE, fields=left.fields, version=left.version)
    ada.opens(f"{page_address(PAGE)}?unsent")
    ada.presses_save(PAGE, **{WORDS: "walk to the lake"})
    assert "This page was also saved somewhere else" in ada.text
    assert ada.intake.answers[WORDS] == "walk to the pond"
    assert not AnswerChange.objects.filter(question=WORDS, after="walk to the lake").exists()


def test_a_page_that_does_not_exist_and_a_stranger(at_words):
    assert at_words.sends("/intake/page/99/unsent/", {WORDS: "x"}).page.status_code == 204
    assert Phone().sends(f"{page_address(PAGE)}unsent/", {WORDS: "x"}).page.status_code == 404
    assert not UnsentPage.objects.exists()


def test_there_is_one_for_each_page(at_words):
    leaves(at_words, PAGE, **{WORDS: "one"})
    leaves(at_words, PAGE, **{WORDS: "two"})
    kept = UnsentPage.objects.get()
    assert kept.fields == {WORDS: ["two"]}
    with pytest.raises(IntegrityError), transaction.atomic():
        UnsentPage.objects.create(intake=kept.intake, page=PAGE, fields={}, version=1)
