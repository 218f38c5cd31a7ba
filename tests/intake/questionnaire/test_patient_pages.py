"""The question pages: saved one by one, follow-ups, bad input, two devices."""

import re

import pytest
from django.urls import reverse

from intake import triage
from intake.door import form_links
from intake.models import Intake, ProtocolVersion, Urgency
from intake.questionnaire import actions as intakes
from tests import factories
from tests.answers import HEEL_PAIN, SADDLE_NUMBNESS
from tests.intake.patients import Phone, page_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(location):
    return Phone().starts()


def test_a_page_is_saved_and_the_next_one_follows(ada):
    ada.answers("safety-check", emergency_now=["none"])
    assert ada.intake.answers["emergency_now"] == ["none"]
    assert "Saved at" in ada.text
    assert ada.asks == ["sex_at_birth"]


def test_each_page_tells_the_step_and_the_minutes_that_are_left(ada):
    assert "Step 1 of 6 : Safety and you" in ada.text
    first = minutes_left(ada)
    ada.answers("safety-check", emergency_now=["none"])
    ada.answers("about-you", sex_at_birth="male")
    ada.answers("where-it-hurts", pain_regions=["heel_right"])
    assert "Step 2 of 6 : Your problem" in ada.text
    assert "About: Bottom of the heel, right" in ada.text
    assert 1 < minutes_left(ada) <= first


def minutes_left(ada):
    return int(re.search(r"about (\d+) minutes? left", ada.text)[1])


def test_the_time_does_not_grow_until_it_is_sent(ada):
    told = [minutes_left(ada)]
    while page := ada.next_page():
        ada.answers_of(page, HEEL_PAIN)
        told.append(minutes_left(ada))
    assert "Step 6 of 6 : Check and send" in ada.text
    assert told == sorted(told, reverse=True)


def test_the_title_and_the_address_do_not_tell_what_is_asked(ada):
    ada.opens_page("safety-check")
    title = ada.html.split("<title>")[1].split("</title>")[0]
    assert " ".join(title.split()).startswith("Step 1 of 6: Safety and you")
    assert ada.page.wsgi_request.path == "/intake/page/1/"


def test_without_scripts_a_follow_up_comes_after_saving(ada):
    ada.answers("about-you", sex_at_birth="female")
    assert ada.asks == ["sex_at_birth", "pregnancy"]
    assert "There is more to ask" in ada.text
    assert not ada.errors
    assert ada.intake.answers["sex_at_birth"] == "female"
    ada.presses_save("about-you", sex_at_birth="female", pregnancy="no")
    assert ada.asks == ["pain_regions"]


def test_a_follow_up_that_was_on_the_screen_must_be_answered(ada):
    ada.answers("about-you", sex_at_birth="female")
    ada.presses_save("about-you", sex_at_birth="female", pregnancy=None)
    assert ada.page.status_code == 422
    assert "I am not sure" in ada.errors


def test_with_scripts_only_the_follow_ups_that_change_are_swapped(ada):
    address = reverse("intake_reveal", args=[1])
    shown = ada.client.post(address, {"emergency_now": "chest_pain"}).content.decode()
    assert 'id="place_chest_kind"' in shown
    assert "hx-swap-oob" in shown
    assert "place_emergency_now" not in shown
    assert "One more question has appeared" in shown
    hidden = ada.client.post(address, {"emergency_now": "none", "shown": "chest_kind"}).content.decode()
    assert 'id="place_chest_kind"' in hidden
    assert "Which best describes" not in hidden
    assert "chest_pain" not in str(ada.intake.answers), "looking saves nothing"


def test_i_am_not_sure_is_an_answer_and_is_kept_as_one(ada):
    ada.answers("safety-check", emergency_now=["unsure"])
    assert ada.intake.answers["emergency_now"] == ["unsure"]
    assert ada.case is not None, "an unsure safety answer is urgent"


def test_none_of_these_with_another_answer_is_asked_again_and_nothing_is_taken(ada):
    ada.answers("general-health", general_signs=["night_sweats", "none"])
    assert ada.page.status_code == 422
    assert "“None of these” cannot go together with another answer" in ada.errors
    assert "general_signs" not in ada.intake.answers
    assert ada.html.count(" checked") == 3, "both stay on the screen, with what was said of cancer"


def test_an_empty_page_is_not_saved_and_says_what_to_do(ada):
    ada.answers("safety-check", emergency_now=None)
    assert "None of these" in ada.errors
    assert ada.intake.saved_at is None


def test_good_answers_are_kept_when_another_on_the_page_is_not(ada):
    ada.answers("what-it-feels-like", pain_worst=11, symptom_quality=["sharp"])
    assert "from 0 to 10" in ada.errors
    assert ada.intake.answers["symptom_quality"] == ["sharp"]
    ada.presses_save("what-it-feels-like", pain_worst=6, symptom_quality=["sharp"])
    assert ada.intake.answers["pain_worst"] == 6


def test_an_age_is_not_taken_from_the_page_when_the_date_of_birth_has_told_it(ada):
    known = ada.intake.answers["age"]
    ada.answers("about-you", age=known + 30, sex_at_birth="male")
    assert ada.intake.answers["age"] == known
    assert not ada.errors


@pytest.mark.parametrize("page", [0, 37, 9999999999])
def test_an_unknown_page_leads_back_to_where_the_patient_was(ada, page):
    ada.answers("safety-check", emergency_now=["none"])
    ada.opens(f"/intake/page/{page}/")
    assert ada.asks == ["sex_at_birth"]
    assert "This is where you left off" in ada.text


def test_a_page_that_is_not_asked_cannot_be_answered(ada):
    ada.sends(page_address("mood"), {"low_mood": "every_day"})
    assert "low_mood" not in ada.intake.answers
    assert ada.asks == ["emergency_now"]


@pytest.mark.parametrize(
    ("page", "sent"),
    [
        ("safety-check", {"emergency_now": "no_such_option"}),
        ("safety-check", {"emergency_now": ["none", "no_such_option"]}),
        ("about-you", {"sex_at_birth": "yes_new"}),
        ("what-it-feels-like", {"pain_worst": "forty", "symptom_quality": "sharp"}),
        ("what-it-feels-like", {"pain_worst": "1e309", "symptom_quality": "sharp"}),
        ("what-it-feels-like", {"pain_worst": "1_0", "symptom_quality": "sharp"}),
        ("what-it-feels-like", {"pain_worst": "٤٤", "symptom_quality": "sharp"}),
        ("what-it-feels-like", {"pain_worst": "9" * 5000, "symptom_quality": "sharp"}),
        ("what-it-feels-like", {"pain_worst": "44\x00", "symptom_quality": "sharp"}),
        ("where-it-hurts", {"pain_regions": "heel"}),
        ("what-it-feels-like", {"pain_worst": "11", "symptom_quality": "sharp"}),
        ("what-it-feels-like", {"pain_worst": "-1", "symptom_quality": "sharp"}),
        ("anything-else", {"anything_else": "x" * 5001}),
        ("anything-else", {"anything_else": "a\x00b"}),
    ],
)
def test_a_tampered_answer_is_an_error_at_its_field(ada, page, sent):
    ada.sends(page_address(page), sent)
    assert ada.page.status_code == 422
    assert ada.errors
    assert not set(sent) & {"emergency_now", "pain_regions", "anything_else"} & set(ada.intake.answers)


@pytest.mark.parametrize("version", ["", "-1", "abc", "9" * 400, "1.5", "\x00"])
def test_a_tampered_version_costs_nothing(ada, version):
    ada.answers("safety-check", emergency_now=["none"], more={"version": version})
    assert ada.page.status_code in (200, 422)
    assert ada.intake.answers["emergency_now"] == ["none"]


def test_unknown_fields_are_ignored(ada):
    ada.answers(
        "safety-check",
        emergency_now=["none"],
        more={"urgency": "0", "__proto__": "x", "sex_at_birth": "male", "submitted_at": "now"},
    )
    assert set(ada.intake.answers) == {"age", "emergency_now"}


def test_the_same_box_sent_twice_is_one_answer(ada):
    ada.sends(page_address("where-it-hurts"), {"pain_regions": ["heel_left", "heel_left"]})
    assert ada.intake.answers["pain_regions"] == ["heel_left"]


def test_words_with_angle_brackets_come_back_as_they_were_typed(ada):
    words = "pain > 8, 5'10\", <script>alert(1)</script>\nsecond line"
    ada.answers("anything-else", anything_else=words)
    assert ada.intake.answers["anything_else"].replace("\r", "") == words
    ada.opens_page("anything-else")
    assert "<script>alert" not in ada.html


@pytest.mark.parametrize("month", ["13", "0", "x", ""])
def test_a_nonsense_date_is_an_error_and_the_rest_is_kept(ada, month):
    ada.answers("daily-life", care_before="yes", treatments_tried=["none"], treatment_response=None)
    ada.opens_page("daily-life")
    sent = {"imaging_done": "mri", "imaging_date_month": month, "imaging_date_day": "5", "imaging_date_year": "2025"}
    ada.sends(page_address("daily-life"), sent | {"version": ada.hidden("version"), "shown": ["imaging_date"]})
    assert ada.page.status_code == 422
    assert ada.intake.answers["imaging_done"] == ["mri"]
    ada.sends(page_address("daily-life"), sent | {"imaging_date_month": "2", "version": ada.hidden("version")})
    assert ada.intake.answers["imaging_date"] == "2025-02-05"


def test_an_optional_answer_can_be_taken_back_and_the_first_is_kept_beside(ada):
    ada.answers("anything-else", goal="walk my dog")
    ada.answers("anything-else", goal="")
    assert "goal" not in ada.intake.answers
    change = ada.intake.changes.get()
    assert (change.before, change.after) == ("walk my dog", None)


def test_back_leads_to_the_page_before(ada):
    ada.answers("safety-check", emergency_now=["none"])
    assert f'class="back" href="{page_address("safety-check")}"' in ada.html


def test_without_a_cookie_a_plain_page_says_how_to_get_back(ada):
    for name, args in [("intake_page", [1]), ("intake_check", []), ("intake_emergency", []), ("intake_done", [])]:
        stranger = Phone().opens(name, *args)
        assert stranger.page.status_code == 404
        assert "No form is open on this device" in stranger.text


def test_a_cut_cookie_opens_nothing(ada):
    ada.client.cookies["plumbline_intake"] = ada.client.cookies["plumbline_intake"].value[:-2]
    assert ada.opens("intake_check").page.status_code == 404


def test_a_withdrawn_link_closes_every_browser(ada, maya):
    from clinic.links.actions import withdraw

    withdraw(form_links.link_to(ada.intake), by=maya)
    assert ada.opens("intake_check").page.status_code == 404


# Two devices ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def second_phone(ada):
    """The same patient's other device, with the same intake open."""
    other = Phone()
    other.client.cookies["plumbline_intake"] = ada.client.cookies["plumbline_intake"].value
    return other


def test_the_same_answers_sent_twice_change_nothing(ada):
    ada.opens_page("safety-check")
    version = ada.hidden("version")
    for _press in range(2):
        ada.sends(page_address("safety-check"), {"emergency_now": "none", "version": version})
        assert ada.asks == ["sex_at_birth"]
    assert ada.intake.version == 1


def test_a_page_saved_elsewhere_since_shows_both_answers_and_changes_nothing(ada, second_phone):
    ada.opens_page("general-health")
    second_phone.answers("general-health", general_signs=["night_sweats"])
    ada.presses_save("general-health", general_signs=["none"])
    assert ada.page.status_code == 409
    assert "Sweats that soak the sheets" in ada.text
    assert "None of these" in ada.text
    assert ada.intake.answers["general_signs"] == ["night_sweats"]


@pytest.mark.parametrize(("keep", "kept"), [("mine", ["none"]), ("saved", ["night_sweats"])])
def test_the_patient_chooses_which_answer_to_keep(ada, second_phone, keep, kept):
    ada.opens_page("general-health")
    second_phone.answers("general-health", general_signs=["night_sweats"])
    ada.presses_save("general-health", general_signs=["none"], cancer_history="never")
    chosen = {
        "general_signs": "none",
        "cancer_history": "never",
        "version": ada.hidden("version"),
        "keep-general_signs": keep,
    }
    ada.sends(page_address("general-health"), chosen)
    assert ada.page.status_code == 200
    assert ada.intake.answers["general_signs"] == kept


@pytest.mark.parametrize(
    ("elsewhere", "sent", "urgency", "waits"),
    [
        ("none", "unsure", Urgency.URGENT, False),
        ("none", "saddle_numb", Urgency.EMERGENCY, False),
        ("saddle_numb", "face_droop", Urgency.EMERGENCY, False),
        ("saddle_numb", "unsure", Urgency.EMERGENCY, True),  # the worse answer is not overwritten unseen
        ("saddle_numb", "none", Urgency.EMERGENCY, True),
    ],
)
def test_a_danger_does_not_wait_until_the_patient_has_chosen(ada, second_phone, maya, elsewhere, sent, urgency, waits):
    """The page that shows both may be closed without a choice."""
    ada.opens_page("safety-check")
    second_phone.answers("safety-check", emergency_now=[elsewhere])
    ada.presses_save("safety-check", emergency_now=[sent])
    assert (ada.page.status_code == 409) is waits
    assert ada.intake.answers["emergency_now"] == [elsewhere if waits else sent]
    assert ada.case.urgency == urgency
    assert waits or ada.intake.changes.get().before == [elsewhere]


def test_another_page_saved_elsewhere_is_no_conflict(ada, second_phone):
    ada.opens_page("general-health")
    second_phone.answers("safety-check", emergency_now=["none"])
    ada.presses_save("general-health", general_signs=["none"], cancer_history="never")
    assert ada.page.status_code == 200
    assert ada.intake.answers["general_signs"] == ["none"]


def test_what_a_conflict_page_carries_along_is_what_was_typed(ada, second_phone):
    ada.opens_page("anything-else")
    second_phone.answers("anything-else", anything_else="from the kitchen")
    ada.presses_save("anything-else", anything_else='from the "bedroom" <1>')
    assert "from the kitchen" in ada.text
    assert ada.hidden("anything_else") == 'from the "bedroom" <1>'


# The action itself ----------------------------------------------------------------------------------------------------


def test_an_answer_of_another_page_is_refused(location):
    intake = factories.intake(at=location)
    with pytest.raises(triage.AnswerError) as error:
        intakes.save_page(intake, "safety-check", {"sex_at_birth": "male"}, version=0)
    assert error.value.code == "unknown_question"


def test_an_unknown_page_is_refused(location):
    with pytest.raises(KeyError):
        intakes.save_page(factories.intake(at=location), "no-such-page", {}, version=0)


def test_answers_that_are_no_longer_asked_are_kept_and_not_used(ada):
    ada.answers("safety-check", emergency_now=["chest_pain"], chest_kind="press_or_twist_only")
    ada.answers("safety-check", emergency_now=["none"])
    assert ada.intake.answers["chest_kind"] == "press_or_twist_only"
    ada.opens("intake_check")
    assert "Which best describes the chest pain?" not in ada.text


def test_an_intake_begun_under_an_earlier_protocol_goes_on_under_this_one(location):

    old = ProtocolVersion.objects.create(digest="0" * 64, content={})
    answers = {"age": 40, "emergency_now": ["an_option_of_old"], "retired_question": "yes"}
    intake = factories.intake(at=location, answers=answers)
    Intake.objects.filter(pk=intake.pk).update(protocol=old)
    saved = intakes.save_page(intake, "about-you", {"sex_at_birth": "male"}, version=0)
    assert saved.intake.answers == {"age": 40, "sex_at_birth": "male"}
    assert saved.intake.protocol.digest == triage.shipped().digest
    assert {change.question for change in intake.changes.all()} == {"emergency_now", "retired_question"}


@pytest.mark.parametrize("answers", [HEEL_PAIN, SADDLE_NUMBNESS])
def test_a_whole_intake_can_be_answered_page_by_page(ada, answers):
    ada.answers_everything(answers)
    assert "still need" not in ada.text
    saved = ada.intake.answers
    asked = triage.visible_questions(triage.shipped(), saved)
    told = triage.validate_answers(triage.shipped(), answers)
    assert {name: saved.get(name) for name in asked} == {name: told.get(name) for name in asked}
