"""What a therapist typed about a case outlives a sign-out, an idle end, a refusal: for them alone, for three days."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.sign_in.tasks import clear_sessions
from clinic.typed.actions import KEPT_FOR, signed
from clinic.typed.models import TypedWords
from intake.models import Case, Contact
from tests import factories
from tests.answers import SADDLE_NUMBNESS
from tests.clinic.sign_in.test_sign_in import leave_desk_for
from tests.intake.review.test_case_page import decision, page_of, press
from tests.intake.review.test_cases import agree, reached

pytestmark = pytest.mark.django_db
WORDS = "Walks on heels and toes, reflexes equal."
BACK = "It is not saved yet"


@pytest.fixture
def mayas(location, maya):
    return factories.case(at=location, acknowledged_by=maya)


def typed(case, person, *, route="decide", **changes):
    """What the browser sends of a form that was drawn for this person."""
    place = reverse(route, args=[case.public_id])
    if route == "decide":
        changes = decision(case, **{"reason": "examined", "words": WORDS} | changes)
    return changes | {"typed_by": signed(person, place)}


def typed_on_the_way_out(case, browser, person, **changes):
    return browser.post(reverse("case_typed", args=[case.public_id]), typed(case, person, **changes))


def test_what_was_sent_after_an_idle_end_is_back_after_the_sign_in(mayas, maya, sign_in):
    browser = sign_in(maya)
    browser.get(reverse("queue"))
    leave_desk_for(browser, 16)
    answer = press(browser, "decide", mayas, **typed(mayas, maya))
    assert answer.url == f"{reverse('account_login')}?next={reverse('decide', args=[mayas.public_id])}"
    assert "It is kept, and is back when you have signed in" in browser.get(answer.url).text
    assert Case.objects.get().is_open

    browser = sign_in(maya)
    landed = browser.get(reverse("decide", args=[mayas.public_id]), follow=True)
    assert landed.redirect_chain[-1][0] == mayas.get_absolute_url()
    assert BACK in landed.text
    assert landed.context["decision_form"]["words"].value() == WORDS
    assert landed.context["decision_form"]["reason"].value() == "examined"


def test_what_was_sent_after_a_sign_out_in_another_window_is_back_too(mayas, maya, sign_in):
    browser = sign_in(maya)
    browser.logout()
    answer = press(browser, "decide", mayas, **typed(mayas, maya))
    assert answer.url.startswith(reverse("account_login"))
    assert WORDS not in answer.url
    assert WORDS in page_of(mayas, sign_in(maya))


def test_it_is_nobody_elses(mayas, maya, daniel, sign_in):
    typed_on_the_way_out(mayas, Client(), maya)
    page = page_of(mayas, sign_in(daniel))
    assert WORDS not in page
    assert BACK not in page


def test_nobody_decides_by_the_words_of_a_colleague_who_was_signed_in_here(mayas, maya, daniel, sign_in):
    """Maya's page is open in the first window; Daniel signed in in the second, and presses in the first."""
    answer = sign_in(daniel).post(reverse("decide", args=[mayas.public_id]), typed(mayas, maya), follow=True)
    assert "opened by a colleague who was signed in here" in answer.text
    assert WORDS not in answer.text
    assert Case.objects.get().is_open
    assert WORDS in page_of(mayas, sign_in(maya))


def test_each_form_of_the_page_keeps_its_own(mayas, maya, sign_in):
    browser = sign_in(maya)
    typed_on_the_way_out(mayas, browser, maya)
    call = {"call-outcome": "no_answer", "call-words": "Rang out twice."}
    typed_on_the_way_out(mayas, browser, maya, route="contact", **call)
    page = page_of(mayas, browser)
    assert WORDS in page
    assert "Rang out twice." in page

    answer = press(browser, "contact", mayas, **typed(mayas, maya, route="contact", **call))
    assert answer.status_code == 302
    page = browser.get(mayas.get_absolute_url())
    assert page.context["call_form"]["words"].value() is None, "a call on record is not offered again"
    assert page.context["decision_form"]["words"].value() == WORDS
    assert Contact.objects.count() == 1


def test_what_a_taken_form_still_sends_late_is_no_news(mayas, maya, sign_in):
    browser, call = sign_in(maya), {"call-outcome": "no_answer", "call-words": "Rang out twice."}
    sent = typed(mayas, maya, route="contact", **call)
    press(browser, "contact", mayas, **sent)
    browser.post(reverse("case_typed", args=[mayas.public_id]), sent)
    assert BACK not in page_of(mayas, browser)


def test_a_refused_press_costs_nothing_even_where_its_answer_leads_on(location, maya, sign_in):
    emergency, browser = factories.case(at=location, answers=SADDLE_NUMBNESS, acknowledged_by=maya), sign_in(maya)
    answer = press(browser, "decide", emergency, **typed(emergency, maya))
    assert answer.status_code == 302  # a call comes first
    assert WORDS in page_of(emergency, browser)


def test_a_mistake_leaves_the_words_for_the_next_visit(mayas, maya, sign_in):
    browser = sign_in(maya)
    assert press(browser, "decide", mayas, **typed(mayas, maya, reason="")).status_code == 422
    assert WORDS in page_of(mayas, browser)


def test_a_form_that_nobody_changed_brings_nothing_back(mayas, maya, sign_in):
    browser = sign_in(maya)
    typed_on_the_way_out(mayas, browser, maya, verdict="agree", reason=None, words=None)
    assert BACK not in page_of(mayas, browser)


def test_words_whose_form_is_gone_are_read_and_thrown_away(mayas, maya, daniel, sign_in):
    typed_on_the_way_out(mayas, Client(), maya)
    sent = decision(mayas, verdict="agree") | {"instead_of": maya.public_id}
    press(sign_in(daniel), "decide", mayas, **sent)
    browser = sign_in(maya)
    page = page_of(mayas, browser)
    assert WORDS in page
    assert "This case has changed since" in page
    browser.post(reverse("case_typed", args=[mayas.public_id]), {"discard": "yes"})
    assert WORDS not in page_of(mayas, browser)


@pytest.mark.parametrize(
    ("route", "form", "name", "value"),
    [
        ("decide", "decision_form", "verdict", "agree"),
        ("decide", "decision_form", "tier", "0"),
        ("second_look", "second_form", "agree", "yes"),
    ],
)
def test_who_agreed_before_the_case_changed_reads_it_and_chooses_anew(
    location, maya, daniel, sign_in, route, form, name, value
):
    """She had chosen and not sent it: to put that back would agree to answers she has not seen."""
    case = factories.case(at=location, answers=SADDLE_NUMBNESS, acknowledged_by=maya)
    reached(case, maya, now=timezone.now())
    if route == "second_look":
        agree(case, daniel, tier=1, reason="examined", words="Full feeling.", instead_of=maya.public_id)
    prefix = "second-" if route == "second_look" else ""
    sent = {f"{prefix}version": case.version, f"{prefix}{name}": value, f"{prefix}words": WORDS}
    typed_on_the_way_out(case, sign_in(maya), maya, route=route, **sent)
    back = sign_in(maya).get(case.get_absolute_url()).context
    assert back[form][name].value() == value, "nothing has happened since"
    reached(case, daniel, now=timezone.now())
    back = sign_in(maya).get(case.get_absolute_url()).context
    assert back[form][name].value() != value
    assert back[form]["words"].value() == WORDS


def test_it_is_sealed_where_it_is_kept_and_stands_in_no_log(mayas, maya, caplog):
    typed_on_the_way_out(mayas, Client(), maya)
    [row] = TypedWords.objects.all()
    assert row.sealed
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM typed_typedwords t")
        assert "reflexes" not in cursor.fetchone()[0]
    assert "reflexes" not in caplog.text + str(list(AccessLog.objects.values_list()))


def test_it_is_forgotten_after_three_days(mayas, maya, sign_in):
    typed_on_the_way_out(mayas, Client(), maya)
    TypedWords.objects.update(at=timezone.now() - KEPT_FOR - timedelta(minutes=1))
    assert WORDS not in page_of(mayas, sign_in(maya))
    clear_sessions()
    assert not TypedWords.objects.exists()


def test_words_of_a_key_that_is_gone_stop_no_page(mayas, maya, sign_in):
    typed_on_the_way_out(mayas, Client(), maya)
    TypedWords.objects.update(sealed="gAAAAABqqqq")
    assert BACK not in page_of(mayas, sign_in(maya))


@pytest.mark.parametrize("field", ["", "x", "a:b:c"])
def test_a_field_that_was_changed_keeps_nothing(mayas, maya, field):
    Client().post(reverse("case_typed", args=[mayas.public_id]), typed(mayas, maya) | {"typed_by": field})
    assert not TypedWords.objects.exists()


def test_more_than_any_form_takes_is_not_kept(mayas, maya):
    typed_on_the_way_out(mayas, Client(), maya, words="x" * 200_000)
    assert not TypedWords.objects.exists()


def test_whoever_types_holds_their_case_longer(mayas, maya, sign_in):
    soon = timezone.now() + timedelta(minutes=5)
    Case.objects.update(held_until=soon)
    typed_on_the_way_out(mayas, sign_in(maya), maya)
    assert Case.objects.get().held_until > soon


def test_a_case_decided_meanwhile_by_its_author_asks_nothing_again(mayas, maya, sign_in):
    browser = sign_in(maya)
    typed_on_the_way_out(mayas, browser, maya)
    assert press(browser, "decide", mayas, **typed(mayas, maya)).status_code == 302
    assert Case.objects.get().status == Case.Status.DECIDED
    assert BACK not in page_of(mayas, browser)
