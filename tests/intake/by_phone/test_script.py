"""The script of a call on the case page: what it asks and reads out, and what comes back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic.typed.actions import signed, waiting
from intake.by_phone.forms import PhoneForm
from intake.by_phone.script import Script
from intake.models import Case, Contact, Decision, PhoneAnswer
from intake.review.case_page import CasePage
from intake.review.reaching import reaching
from referrals.letter.letter import content
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMB_LABEL, SADDLE_NUMBNESS, TEMPLE_HEADACHE
from tests.intake.by_phone.calls import CALM, NUMB, UNSURE, keys_in
from tests.intake.review.test_cases import MONDAY_MORNING, agree, answered, opened
from tests.source import one_line

pytestmark = pytest.mark.django_db

BECAUSE = Case.OpenedBecause


@pytest.fixture
def unsure(location):
    return opened(location, UNSURE)


@pytest.fixture(params=[BECAUSE.NOT_SCREENED, BECAUSE.WORSE])
def unscreened(request, location):
    return answered(factories.intake(at=location), {"age": 30}, because=request.param)


def script_of(case) -> Script:
    case.refresh_from_db()
    return Script(CasePage(case))


def sends(browser, case, **answers):
    """What the page as it is now sends, when these were keyed in."""
    page = {"phone-answer": 0, "phone-version": case.intake.version, "phone-from_whom": "reached"}
    return browser.post(
        reverse("take_answers", args=[case.public_id]), page | {f"phone-{name}": one for name, one in answers.items()}
    )


def shown(response) -> str:
    return one_line(response.content.decode())


# What is asked ------------------------------------------------------------------------------------------------------


def test_open_questions_come_first_and_those_behind_flags_and_danger_signs_may_be_asked_again(unsure):
    factories.unused_alarms(unsure, ("walking_change", "falls", "concerning"))
    script = script_of(unsure)
    assert {"saddle_change", "bladder_change"} <= set(script.ask)
    assert {"walking_change", "pain_worst", "emergency_now"} <= set(script.again)
    assert not set(script.ask) & set(script.again)
    assert "age" not in [*script.ask, *script.again], "it is of the birth date"


def test_what_matters_by_a_place_told_on_the_phone_is_asked_until_it_was(location, maya):
    """Of a heel nobody asks about injected drugs; her "none of these" does not deny them for the back."""
    case = opened(location, HEEL_PAIN)
    assert "recent_events" not in script_of(case).ask
    keys_in(case, maya, {"pain_regions": ["heel_right", "low_back_mid"]})
    assert "recent_events" in script_of(case).ask
    keys_in(case, maya, {"recent_events": ["none"]}, now=MONDAY_MORNING + timedelta(minutes=5))
    assert "recent_events" not in script_of(case).ask


def test_none_of_these_says_nothing_of_what_was_not_in_the_list(location, maya):
    """A therapist must not read a no where nobody asked; on the phone every option is read out."""
    case = opened(location, HEEL_PAIN)
    assert "Injecting drugs" in said_to(case, "recent_events")
    assert "Surgery" not in said_to(case, "recent_events")
    assert said_to(case, "symptom_quality") == "Sharp or stabbing"
    assert any(one.answer.endswith("(of a list without all)") for one in CasePage(case).story)
    keys_in(case, maya, {"recent_events": ["infection"]})
    assert "Injecting drugs" not in said_to(case, "recent_events")


def said_to(case, question) -> str:
    sections = CasePage(case).all_answers
    return next(one.answer for section in sections for one in section["said"] if one.id == question)


def test_a_patient_nobody_screened_is_asked_the_page_about_danger_first(unscreened):
    assert script_of(unscreened).ask[0] == "emergency_now"


def test_nothing_is_chosen_beforehand_and_each_question_says_what_is_on_record(unsure, maya):
    keys_in(unsure, maya, {"saddle_change": "no"})
    form = PhoneForm(script=script_of(unsure))
    [saddle] = [one for one in (*form.ask, *form.again) if one.box.name == "saddle_change"]
    assert saddle.box.value() == ""
    assert saddle.on_record == "I am not sure. By phone: No"
    assert saddle.mistake


def test_a_patient_who_speaks_spanish_is_asked_and_told_in_spanish_too(unsure):
    unsure.intake.language = "es"
    unsure.intake.save()
    script = script_of(unsure)
    assert "¿Ha cambiado" in str(PhoneForm(script=script).fields["saddle_change"].help_text)
    english, spanish = script.read_out
    assert (english.language, spanish.language) == ("en", "es")
    assert english.says != spanish.says
    assert len(english.signs) == len(spanish.signs)


@pytest.mark.parametrize(
    ("answers", "says", "signs"),
    [
        (SADDLE_NUMBNESS, "Call 911 or go to the nearest emergency room now.", False),
        (TEMPLE_HEADACHE, "Call 911 if you get new numbness between the legs.", True),
        (HEEL_PAIN, "Call 911 if you get new numbness between the legs.", True),
    ],
)
def test_what_is_read_out_is_the_protocols_and_promises_no_call(location, answers, says, signs):
    [read] = script_of(opened(location, answers)).read_out
    assert says in " ".join(read.says)
    assert bool(read.signs) is signs
    assert "will call you" not in " ".join(read.says)


def test_thoughts_of_self_harm_name_988(location):
    low = HEEL_PAIN | {"worry_level": 9, "low_mood": "most_days", "self_harm": "thoughts"}
    [read] = script_of(opened(location, low)).read_out
    assert "988" in " ".join(read.says)


# On the page --------------------------------------------------------------------------------------------------------


def test_both_answers_stand_on_the_page_with_who_when_and_both_tiers(unsure, maya, sign_in):
    browser = sign_in(maya)
    response = sends(browser, unsure, saddle_change="yes_new")
    assert response.status_code == 302
    page = shown(browser.get(response.headers["Location"]))
    row = page.split("Answers taken on the phone")[1].split("</dl>")[0]
    assert "In the form:</span> I am not sure" in row
    assert "<b>Yes, it began in the last 3 months</b>" in row
    assert "Maya Ortiz, " in row
    assert row.index("Urgent") < row.index("Emergency")
    assert "I am not sure – by phone: Yes, it began" in page, "among all answers"
    assert "The case counts as emergency now: read out what to do, and record it." in page
    assert '<details class="disclosure no-print phone-script" id="phone-script" open>' in page


def test_answers_that_say_less_are_shown_as_what_they_say(unsure, maya, sign_in):
    keys_in(unsure, maya, CALM)
    page = shown(sign_in(maya).get(unsure.get_absolute_url()))
    assert "The answers on the phone lower nothing by themselves: it stays urgent" in page
    assert "Later answers no longer fire it" in page


@pytest.mark.parametrize("first", ["corrected", "answered anew"])
def test_what_counts_no_more_stays_and_says_why(unsure, maya, first):
    keys_in(unsure, maya, {"saddle_change": "no"})
    if first == "corrected":
        keys_in(unsure, maya, NUMB)
        fates = ["", "Corrected later"]
    else:
        unsure.intake.answers |= {"saddle_change": "yes_old"}
        unsure.intake.save()
        fates = ["The patient has answered anew since, and that counts"]
    assert [one.fate for one in script_of(unsure).taken] == fates


def test_who_may_only_read_sees_what_was_taken_and_no_form(unsure, maya, ruth, sign_in):
    keys_in(unsure, maya, CALM, from_whom=Contact.Outcome.REACHED_OTHER)
    browser = sign_in(ruth)
    page = browser.get(unsure.get_absolute_url())
    if page.status_code == 200:
        assert "from someone else" in shown(page)
        assert "phone-script" not in shown(page)
    assert sends(browser, unsure, saddle_change="no").status_code == 403


# Something is wrong -------------------------------------------------------------------------------------------------


def test_a_bad_answer_stands_on_the_page_again_and_the_good_ones_are_on_record(unsure, maya, sign_in):
    sent = {"saddle_change": "no", "bladder_change": ["none", "hard_to_start"], "sexual_change": "purple"}
    response = sends(sign_in(maya), unsure, **sent)
    assert response.status_code == 422
    form = response.context["phone_form"]
    assert set(form.errors) == {"bladder_change", "sexual_change"}
    assert form["bladder_change"].data == ["none", "hard_to_start"]
    assert [one.box.name for one in (*form.ask, *form.again) if one.box.errors and not one.is_open] == []
    assert [row.question for row in PhoneAnswer.objects.all()] == ["saddle_change"]
    assert "1 answer is on record." in shown(response)


def test_what_is_on_record_is_not_offered_to_be_pressed_again(unsure, maya, sign_in):
    """Neither on the page that shows what is wrong, nor on the next as what was typed and not saved."""
    browser, place = sign_in(maya), f"{unsure.get_absolute_url()}#phone"
    sent = {"saddle_change": "no", "bladder_change": ["none", "hard_to_start"], "sexual_change": "purple"}
    page = {"phone-answer": 0, "phone-version": unsure.intake.version, "phone-from_whom": "reached"}
    page |= {f"phone-{name}": value for name, value in sent.items()} | {"typed_by": signed(maya, place)}
    form = browser.post(reverse("take_answers", args=[unsure.public_id]), page).context["phone_form"]
    assert not form["saddle_change"].data
    assert form["bladder_change"].data == ["none", "hard_to_start"]
    kept = waiting(maya, [place])[place].fields
    assert {"phone-bladder_change", "phone-sexual_change"} <= set(kept)
    assert "phone-saddle_change" not in kept


def test_a_danger_beside_none_of_these_does_not_wait_to_be_mended(unsure, maya, sign_in):
    response = sends(sign_in(maya), unsure, emergency_now=["none", "saddle_numb"])
    assert response.status_code == 422
    unsure.refresh_from_db()
    assert unsure.tier.word == "emergency"


@pytest.mark.parametrize("whom", ["reached", ""])
def test_nothing_keyed_in_is_nothing_on_record(unsure, maya, sign_in, whom):
    response = sends(sign_in(maya), unsure, from_whom=whom)
    assert response.status_code == 422
    assert "Key in at least one answer." in shown(response) or "Choose who answers." in shown(response)
    assert not Contact.objects.exists()


def test_a_page_that_is_behind_shows_what_was_taken_meanwhile_and_saves_the_second_time(unsure, maya, daniel, sign_in):
    keys_in(unsure, daniel, {"saddle_change": "yes_old"})
    browser = sign_in(maya)
    response = sends(browser, unsure, saddle_change="no")
    assert response.status_code == 409
    form = response.context["phone_form"]
    assert "Meanwhile Daniel Brandt keyed in" in form.errors["saddle_change"][0]
    assert form["saddle_change"].data == "no"
    again = sends(browser, unsure, saddle_change="no", answer=form["answer"].value())
    assert again.status_code == 302
    assert PhoneAnswer.objects.last().value == "no"


# Who was never screened ---------------------------------------------------------------------------------------------


def test_the_page_about_danger_keyed_in_is_what_such_a_case_is_decided_by(unscreened, maya, sign_in):
    browser = sign_in(maya)
    assert sends(browser, unscreened, onset_when="weeks_1_to_6").status_code == 302
    assert not reaching(unscreened).by_phone, "nobody asked about danger yet"
    sends(browser, unscreened, emergency_now=["none"], answer=PhoneAnswer.objects.last().pk)
    assert reaching(unscreened).by_phone
    page = shown(browser.get(unscreened.get_absolute_url()))
    assert "Asked on the phone" in page
    assert "Nobody asked this patient about danger" not in page
    asked = {"version": Case.objects.get().version, "tier": unscreened.urgency, "specialist": "physical_therapist"}
    decided = {"verdict": "by_phone", "words": "Nothing of danger.", "outcome": "treat"}
    assert browser.post(reverse("decide", args=[unscreened.public_id]), asked | decided).status_code == 302
    assert Decision.objects.get().reason == "by_phone"


def test_a_danger_found_on_the_phone_makes_an_emergency_of_a_form_nobody_screened(unscreened, maya):
    keys_in(unscreened, maya, {"emergency_now": ["saddle_numb"]})
    assert unscreened.tier.word == "emergency"
    assert SADDLE_NUMB_LABEL in str(CasePage(unscreened).flags[0]["said"])


def test_a_letter_says_which_answers_were_given_on_the_phone(unsure, maya, priya):
    keys_in(unsure, maya, NUMB)
    decision = agree(unsure, maya)
    referral = factories.referral(after=decision, owner=priya, to=factories.specialist())
    said = str(content(referral, prepared_by=priya, now=MONDAY_MORNING))
    assert "Yes, it began in the last 3 months (on the phone)" in said
