"""Who fills the form in is said first, fits the patient's age, stays on record, and is seen by staff."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.audit.models import AccessLog
from intake.door import respondents
from intake.models import Intake, Patient, Respondent
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone

pytestmark = pytest.mark.django_db

CHILD = {"date_of_birth_year": "2015", "first_name": "Milo"}
MOTHER = {"name": "Rosa Quill", "relationship": "mother", "authority": "parent", "contact": "mine"}
ATTORNEY = {"name": "Hana Quill", "relationship": "daughter", "authority": "power_of_attorney", "contact": "mine"}


@pytest.fixture
def asked(location, maya):
    """A browser at the page that asks who fills the form in; `asked(**details)` of the patient."""

    def begins(**details):
        return Phone().gives_details(**details)

    return begins


def respondent() -> Respondent:
    return Respondent.objects.get()


def test_it_is_asked_before_the_first_question_and_nothing_is_chosen(asked):
    ada = asked()
    assert "Who is filling this in?" in ada.text
    assert "checked" not in ada.html
    ada.opens("home")
    assert reverse("intake_who") in ada.html
    assert ada.says_who().asks == ["emergency_now"]
    assert (respondent().kind, respondent().name) == ("patient", "")


def test_a_mother_answers_for_her_child_and_the_phone_is_hers(asked):
    rosa = asked(**CHILD).says_who("guardian", **MOTHER)
    assert rosa.asks == ["emergency_now"]
    assert (respondent().kind, respondent().name, respondent().authority) == ("guardian", "Rosa Quill", "parent")
    assert Patient.objects.get().contact_is_of == "guardian"
    assert "means the patient. Answer for them" in rosa.text


def test_the_patients_own_phone_stays_the_patients(asked):
    asked(**CHILD).says_who("guardian", **MOTHER | {"contact": "patient"})
    assert Patient.objects.get().contact_is_of == "patient"


def test_a_representative_of_an_adult_may_act(asked):
    asked().says_who("representative", **ATTORNEY)
    assert respondent().acts_for_patient
    assert Patient.objects.get().contact_is_of == "representative"


def test_a_helper_only_types_and_what_they_leave_from_another_choice_is_dropped(asked):
    asked().says_who("helper", **ATTORNEY)
    assert (respondent().kind, respondent().name, respondent().authority) == ("helper", "Hana Quill", "")
    assert Patient.objects.get().contact_is_of == "patient"


def test_what_was_typed_for_another_choice_does_not_stand_in_the_way(asked):
    ada = asked().says_who("patient", name="x" * 500, relationship="\0", authority="king")
    assert ada.asks == ["emergency_now"]
    assert respondent().name == ""


REFUSED = {
    "nothing chosen": ({}, {}, "Choose who is filling this in."),
    "unknown": ({}, {"kind": "robot"}, "Choose one of the answers shown."),
    "a parent of an adult": ({}, MOTHER | {"kind": "guardian"}, "the patient is an adult"),
    "no name": (CHILD, MOTHER | {"kind": "guardian", "name": " "}, "Enter your first and last name."),
    "a name without a letter": (CHILD, MOTHER | {"kind": "guardian", "name": "\u200b-."}, "Enter your first and last"),
    "a helper without a name": ({}, {"kind": "helper"}, "Enter your first and last name."),
    "no authority": (CHILD, MOTHER | {"kind": "guardian", "authority": ""}, "Choose what lets you act"),
    "no authority of a representative": (
        {},
        ATTORNEY | {"kind": "representative", "authority": ""},
        "Choose what lets",
    ),
    "a parent as representative": ({}, ATTORNEY | {"kind": "representative", "authority": "parent"}, "Choose"),
    "an authority of another kind": (
        CHILD,
        MOTHER | {"kind": "guardian", "authority": "power_of_attorney"},
        "goes with",
    ),
    "whose phone": (CHILD, MOTHER | {"kind": "guardian", "contact": ""}, "Choose whose phone"),
    "a long name": ({}, {"kind": "helper", "name": "x" * 121}, "at most 120"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_said_at_the_field_and_nothing_typed_is_lost(asked, case):
    details, sent, words = REFUSED[case]
    page = asked(**details).sends(reverse("intake_who"), sent)
    assert page.page.status_code == 422
    assert words in page.errors
    assert not Respondent.objects.exists()
    if sent.get("relationship"):
        assert f'value="{sent["relationship"]}"' in page.html


def test_a_minor_alone_may_go_on_and_is_told_who_has_to_sign(asked, sign_in, maya):
    milo = asked(date_of_birth_year="2010").says_who()
    assert milo.asks == ["emergency_now"]
    assert "a parent or guardian must sign too, unless the law lets you decide alone" in milo.text
    milo.has_answered(HEEL_PAIN | {"age": 16}).submits()
    seen = sign_in(maya).get(milo.case.get_absolute_url()).content.decode()
    assert "A minor, answering alone" in seen


def test_it_can_be_changed_from_the_page_to_check_until_it_is_sent(asked):
    ada = asked().says_who("helper", name="Hana Quill").has_answered(HEEL_PAIN)
    assert "who only types" in ada.text
    ada.says_who("patient", **{"from": "check"})
    assert ada.page.wsgi_request.path == reverse("intake_check")
    assert [row.kind for row in respondent().history.order_by("pgh_id")] == ["helper", "patient"]
    ada.submits()
    assert ada.says_who("helper", name="Hana Quill").page.wsgi_request.path == reverse("intake_done")
    assert respondent().kind == "patient"


def test_a_birth_date_mended_to_an_adults_closes_the_guardians_page(asked):
    rosa = asked(**CHILD).says_who("guardian", **MOTHER)
    Patient.objects.update(date_of_birth=date(1980, 1, 1))
    rosa.opens("home")
    assert reverse("intake_who") not in rosa.html
    assert reverse("intake_start") in rosa.html


def test_staff_see_who_answered_and_note_the_proof_once(asked, sign_in, maya, daniel, olga):
    rosa = asked(**CHILD, location="riverside").says_who("guardian", **MOTHER)
    rosa.has_answered(HEEL_PAIN | {"age": 11}).submits()
    address = rosa.case.get_absolute_url()
    proof = reverse("proof_seen", args=[rosa.case.public_id])
    shown = sign_in(maya).get(address).content.decode()
    assert "Rosa Quill" in shown
    assert "(mother)" in shown
    assert "No proof of this authority was seen yet" in shown
    assert sign_in(olga).post(proof).status_code == 404
    for person in (maya, daniel):
        assert sign_in(person).post(proof).status_code == 302
    assert respondent().proof_seen_by == maya
    assert "Proof seen by Maya Ortiz" in sign_in(maya).get(address).content.decode()


def test_the_desk_sees_the_paper_and_notes_it_once(asked, sign_in, maya, priya, olga):
    rosa = asked(**CHILD, location="riverside").says_who("guardian", **MOTHER)
    patient = Patient.objects.get()
    assert not Patient.objects.without_proof().exists()  # not sent: nobody comes to the desk for it yet
    rosa.has_answered(HEEL_PAIN | {"age": 11}).submits()
    desk, page = sign_in(priya), reverse("confirm_contact", args=[patient.public_id])
    assert page in desk.get(reverse("requests")).content.decode()
    shown = desk.get(page).content.decode()
    assert "Rosa Quill" in shown
    assert "I have seen proof of it" in shown
    note, sent = reverse("proof_seen_at_desk", args=[patient.public_id]), {"intake": Intake.objects.get().public_id}
    assert sign_in(olga).post(note, sent).status_code == 404
    for wrong in ({}, {"intake": "x"}, {"intake": "\0"}, {"intake": patient.public_id}):
        desk.post(note, wrong)
        assert respondent().proof_seen_at is None
    for person in (priya, maya):
        assert sign_in(person).post(note, sent).url == page
    assert respondent().proof_seen_by == priya
    assert f"Proof seen by {priya}" in desk.get(page).content.decode()
    assert page not in desk.get(reverse("requests")).content.decode()


def test_proof_was_for_one_person_and_ends_with_another(asked, maya):
    asked(**CHILD).says_who("guardian", **MOTHER)
    respondents.see_proof(respondent(), by=maya)
    respondents.set_respondent(Intake.objects.get(), kind="guardian", name="Ben Quill", authority="court")
    assert respondent().proof_seen_at is None


def test_the_page_is_logged(asked):
    asked()
    assert AccessLog.objects.get().page == "intake_who"


IMPOSSIBLE = [
    {"kind": "guardian", "name": "Rosa Quill"},  # without an authority
    {"kind": "guardian", "name": " ", "authority": "parent"},
    {"kind": "patient", "name": "Somebody"},
    {"kind": "helper", "name": "Hana", "authority": "court"},
    {"kind": "helper"},
]


@pytest.mark.parametrize("fields", IMPOSSIBLE, ids=str)
def test_the_database_refuses_what_cannot_be(location, fields):
    intake = factories.intake(at=location)
    Respondent.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Respondent.objects.create(intake=intake, **fields)
