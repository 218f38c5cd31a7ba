"""Nothing is sent unsigned: the documents, the signature and its record, and what the database refuses."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.db import Error, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.models import Message
from intake.door import emails, respondents
from intake.models import Case, Consent, ConsentText, Document, Intake, Patient, Respondent
from intake.questionnaire import actions as intakes
from intake.signing import actions as consents
from intake.signing import texts as consent_texts
from intake.signing.texts import text_in
from tests import factories
from tests.answers import HEEL_PAIN
from tests.intake.patients import Phone

pytestmark = pytest.mark.django_db

CHILD = {"date_of_birth_year": "2015", "first_name": "Milo"}
MOTHER = {"name": "Rosa Quill", "relationship": "mother", "authority": "parent", "contact": "mine"}


@pytest.fixture
def ada(location, maya):
    return Phone().starts()


@pytest.fixture
def ready(ada):
    """Ada has answered everything and has the documents before her."""
    return ada.has_answered(HEEL_PAIN).comes_to_sign()


@pytest.fixture
def mother(location, maya):
    """Rosa has answered everything for her child and has the documents before her."""
    rosa = Phone().gives_details(**CHILD).says_who("guardian", **MOTHER)
    return rosa.has_answered(HEEL_PAIN | {"age": 11}).comes_to_sign()


def signs(phone, **changes):
    """Sends the page as somebody who agrees to everything, but for the `changes`; None leaves a field out."""
    sent = {"version": phone.hidden("version")} | phone.signature | changes
    sent = {name: value for name, value in sent.items() if value is not None}
    return phone.sends(reverse("intake_submit"), sent)


# The page -------------------------------------------------------------------------------------------------------------


def test_every_document_is_there_in_full_and_nothing_is_chosen_beforehand(ready):
    for document in Document:
        text = text_in("en", document)
        assert text.title in ready.text
        assert text.first_sentence in ready.text
        assert text.rest_of_summary in ready.text
        assert f"{text.first_sentence} {text.rest_of_summary}" == text.summary
        for kind, words in text.whole_blocks:
            for line in words if kind == "ul" else [words]:
                assert line in ready.text
    assert "checked" not in ready.html
    assert "sample" not in ready.text.lower()
    assert 'value="Ada' not in ready.html


def test_the_summary_stands_before_the_whole_text_and_is_signed_with_it(ready):
    assert ready.html.count('<details class="disclosure">') == len(Document)
    signs(ready)
    for row in ConsentText.objects.all():
        text = text_in("en", Document(row.document))
        assert row.text == f"{text.title}\n\n{text.summary}\n\n{text.whole}"
        assert replace(text, summary="It means nothing.").sha256 != row.sha256


def test_signing_and_sending_are_one_step(ready):
    signs(ready)
    assert "We received them on" in ready.text
    signed = {consent.document: consent for consent in Consent.objects.all()}
    assert set(signed) == set(Document)
    treatment = signed["treatment"]
    assert (treatment.agreed, treatment.signed_name, treatment.capacity) == (True, "Ada Quill", "patient")
    assert (treatment.method, treatment.authority, treatment.recorded_by) == ("typed", "", None)
    assert treatment.intent == "My typed name is my signature. I want to sign on screen and not on paper."
    assert treatment.text.sha256 == text_in("en", Document.TREATMENT).sha256
    assert treatment.text.text.startswith("Consent to treatment\n\nI ask the clinic")


def test_the_sentence_kept_is_the_one_that_was_shown(ready):
    shown = ready.text
    signs(ready)
    assert all(intent in shown for intent in Consent.objects.values_list("intent", flat=True))


def test_in_spanish_the_spanish_text_is_signed(ready):
    ready.client.cookies["django_language"] = "es"
    ready.comes_to_sign()
    assert text_in("es", Document.TREATMENT).title in ready.text
    signs(ready)
    assert set(ConsentText.objects.values_list("language", flat=True)) == {"es"}


BAD = {
    "blank": dict.fromkeys(["treatment", "privacy", "email", "referral", "signed_name", "intend"]),
    "treatment not agreed": {"treatment": None},
    "treatment agreed with another word": {"treatment": "no"},
    "privacy not given": {"privacy": None},
    "privacy empty": {"privacy": ""},
    "email not chosen": {"email": None},
    "email another word": {"email": "maybe"},
    "referral not chosen": {"referral": None},
    "referral another word": {"referral": "\0"},
    "no name": {"signed_name": None},
    "spaces": {"signed_name": "   "},
    "spaces nobody sees": {"signed_name": "\u200b\u00a0\u3000"},
    "no letter": {"signed_name": "... 123"},
    "a null byte": {"signed_name": "Ada\0Quill"},
    "a very long name": {"signed_name": "Ada Quill" * 100},
    "no intent": {"intend": None},
    "intent refused": {"intend": "off"},
    "another text": {"shown": "0" * 16},
    "no text": {"shown": None},
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_signature_signs_nothing_and_loses_nothing(ready, case):
    signs(ready, **BAD[case])
    assert ready.page.status_code == 422
    assert ready.errors
    assert not Consent.objects.exists()
    assert not ConsentText.objects.exists()
    assert ready.intake.submitted_at is None
    assert not Case.objects.exists()
    if "email" not in BAD[case]:
        assert re.search(r'name="email" value="yes"[^>]*checked', ready.html)
    if "signed_name" not in BAD[case]:
        assert 'value="Ada Quill"' in ready.html
    assert ready.page.context["form"].data["version"]
    signs(ready)
    assert ready.intake.submitted_at


@pytest.mark.parametrize("version", ["", "0", "x", "9" * 50, None])
def test_answers_changed_since_the_check_are_looked_at_again_and_nothing_is_signed(ready, version):
    signs(ready, version=version)
    assert ready.page.wsgi_request.path == reverse("intake_check")
    assert "Nothing was signed" in ready.text
    assert not Consent.objects.exists()


def test_an_answer_changed_on_another_page_meanwhile_leads_back_to_the_check(ready):
    sent = {"version": ready.hidden("version")} | ready.signature
    ready.answers("what-it-feels-like", pain_worst=3, symptom_quality=["sharp"])
    ready.sends(reverse("intake_submit"), sent)
    assert "Nothing was signed" in ready.text
    assert not Consent.objects.exists()


def test_the_address_alone_leads_to_the_check(ada, location):
    assert ada.opens("intake_submit").page.wsgi_request.path == reverse("intake_check")
    ada.has_answered(HEEL_PAIN).opens("intake_submit")
    assert ada.page.wsgi_request.path == reverse("intake_check")


# The name -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "expected", "alike"),
    [
        ("Ada Quill", "Ada Quill", True),
        ("  ada   QUILL ", "Ada Quill", True),
        ("Quill, Ada", "Ada Quill", True),
        ("Ada M. Quill", "Ada Quill", True),
        ("Jose Nunez", "José Núñez", True),
        ("Ana Prado", "Ana María Prado Soto", True),
        ("Ada", "Ada Quill", False),
        ("Ben Quill", "Ada Quill", False),
        ("x", "Ada Quill", False),
    ],
)
def test_names_are_compared_leniently(typed, expected, alike):
    assert consents.looks_like(typed, expected) == alike


def test_another_name_is_asked_about_once_and_kept_as_typed(ready):
    signs(ready, signed_name="Addie Quill")
    assert ready.page.status_code == 422
    assert "We have the name Ada Quill" in ready.errors
    again = ready.hidden("asked_about")
    signs(ready, signed_name="Addie Quill", asked_about=again)
    assert Consent.objects.first().signed_name == "Addie Quill"


def test_a_third_name_is_asked_about_again(ready):
    signs(ready, signed_name="Addie Quill")
    signs(ready, signed_name="Mickey Mouse", asked_about=ready.hidden("asked_about"))
    assert ready.page.status_code == 422
    assert not Consent.objects.exists()


# In which capacity ----------------------------------------------------------------------------------------------------


def test_a_mother_signs_for_her_child(mother):
    assert "Rosa Quill signs for Milo Quill." in mother.text
    signs(mother)
    assert {(one.capacity, one.authority, one.signed_name) for one in Consent.objects.all()} == {
        ("guardian", "parent", "Rosa Quill")
    }


def test_who_helps_with_typing_does_not_sign(ada):
    ada.says_who("helper", name="Hana Quill").has_answered(HEEL_PAIN).comes_to_sign()
    assert "hand the screen to Ada Quill" in ada.text
    signs(ada, signed_name="Hana Quill")
    assert "We have the name Ada Quill" in ada.errors
    signs(ada)
    assert set(Consent.objects.values_list("capacity", flat=True)) == {"patient"}


def test_a_minor_alone_signs_as_a_minor(location, maya):
    milo = Phone().starts(date_of_birth_year="2010", first_name="Milo")
    signs(milo.has_answered(HEEL_PAIN | {"age": 16}).comes_to_sign())
    assert set(Consent.objects.values_list("capacity", flat=True)) == {"minor"}


def test_nobody_signs_before_it_is_said_who_answers(location):
    intake = factories.intake(at=location)
    Respondent.objects.all().delete()
    with pytest.raises(consents.BadSignature) as refused:
        consents.sign(intake, signed_name="Ada", choices=dict.fromkeys(Document, True), language="en")
    assert refused.value.problems == ("respondent",)


# Choices --------------------------------------------------------------------------------------------------------------


def test_whoever_wants_no_email_gets_no_routine_mail_but_the_link_they_ask_for(ready):
    signs(ready, email="no", referral="no")
    ada = Patient.objects.get()
    assert ada.why_no_mail() == "The patient asked for calls or paper, not email."
    assert ada.why_no_mail(asked_for=True) == ""
    assert not Consent.objects.get(document="referral").agreed


def test_a_reminder_is_not_sent_to_whoever_wants_no_email(location):
    done = factories.intake(at=location)
    factories.consent(done, Document.EMAIL, agreed=False)
    [reminder, _later] = emails.remind_to_finish(done)
    link = emails.resume_link_requested(done)
    assert emails.FinishIntake.still_needed(reminder) == "The patient asked for calls or paper, not email."
    assert emails.IntakeLink.still_needed(link) == ""
    factories.consent(done, Document.EMAIL, agreed=True)
    assert emails.FinishIntake.still_needed(Message.objects.get(pk=reminder.pk)) == ""


# Signed already -------------------------------------------------------------------------------------------------------


def test_a_returning_patient_is_not_asked_again(ready):
    signs(ready)
    known = Patient.objects.get()
    second = factories.intake(of=known, answers=HEEL_PAIN)
    assert consents.needed(second) == []
    intakes.submit_intake(second, version=second.version)
    assert Consent.objects.count() == 4


@pytest.fixture
def printed(monkeypatch, tmp_path):
    """Puts a changed text of the email document in place, in both languages; `printed(old, new)`."""

    def changes(old, new):
        for path in consent_texts.FOLDER.iterdir():
            words = path.read_text()
            (tmp_path / path.name).write_text(words.replace(old, new) if path.name.startswith("email") else words)
        monkeypatch.setattr(consent_texts, "FOLDER", tmp_path)

    return changes


def test_a_newer_version_of_one_text_is_asked_again_and_only_that_one(location, printed):
    known = factories.intake(at=location, submitted=True).patient
    for document in (Document.EMAIL, Document.REFERRAL):
        factories.consent(known.intakes.get(), document)
    second = factories.intake(of=known, answers=HEEL_PAIN)
    printed("version: 2026-2", "version: 2026-10")
    assert consents.needed(second) == [Document.EMAIL]
    assert set(consents.in_force(known)) == set(Document)  # what was signed holds until then
    consents.sign(second, signed_name="Ada Quill", choices={Document.EMAIL: False}, language="es")
    assert consents.needed(second) == []
    assert consents.in_force(known)[Document.EMAIL].text.version == "2026-10"


@pytest.mark.parametrize("new", ["2026-2", "2025-12"])
def test_a_mended_word_asks_nobody_again(location, printed, new):
    known = factories.intake(at=location, submitted=True)
    factories.consent(known, Document.EMAIL)
    printed("version: 2026-2\nstatus: sample\nsummary: ", f"version: {new}\nstatus: sample\nsummary: Oh. ")
    assert text_in("en", Document.EMAIL).summary.startswith("Oh. ")
    assert Document.EMAIL not in consents.needed(known)


def test_a_newer_privacy_notice_is_signed_before_the_next_answers_go(location, monkeypatch):
    known = factories.intake(at=location, submitted=True).patient
    second = factories.intake(of=known, answers=HEEL_PAIN)
    monkeypatch.setattr(consents, "outdated", lambda consent: consent.document == Document.PRIVACY)
    with pytest.raises(consents.Unsigned):
        intakes.submit_intake(second, version=second.version)


@pytest.mark.parametrize(
    ("later", "earlier"), [("2026-2", "2026-1"), ("2026-10", "2026-9"), ("2027", "2026-12"), ("2026-1.1", "2026-1")]
)
def test_versions_are_compared_by_their_numbers(later, earlier):
    assert consent_texts.is_newer(later, than=earlier)
    assert not consent_texts.is_newer(earlier, than=later)
    assert not consent_texts.is_newer(later, than=later)


def test_of_two_words_on_a_document_the_later_holds(location):
    done = factories.intake(at=location, submitted=True)
    factories.consent(done, Document.REFERRAL, agreed=False)
    assert not consents.in_force(done.patient)[Document.REFERRAL].agreed


def test_sending_unsigned_is_refused_before_the_database_has_to(location):
    unsigned = factories.intake(at=location, answers=HEEL_PAIN)
    factories.consent(unsigned, Document.TREATMENT)
    with pytest.raises(consents.Unsigned):
        intakes.submit_intake(unsigned, version=unsigned.version)


def test_staff_put_a_signature_on_paper_in(location, maya):
    paper = factories.intake(at=location, answers=HEEL_PAIN)
    choices = dict.fromkeys(Document, True)
    intakes.sign_and_submit(
        paper, version=paper.version, signed_name="Ada Quill", choices=choices, language="es", by=maya
    )
    assert set(Consent.objects.values_list("method", "recorded_by")) == {("paper", maya.pk)}


# What the database refuses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signed", [(), ("treatment",), ("privacy",), ("email", "referral")], ids=str)
def test_an_intake_is_never_sent_without_treatment_and_privacy(location, signed):
    intake = factories.intake(at=location)
    for document in signed:
        factories.consent(intake, document)
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.filter(pk=intake.pk).update(submitted_at=timezone.now())
    other = factories.intake(at=location, submitted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Intake.objects.create(patient=intake.patient, protocol=other.protocol, submitted_at=timezone.now())


WRONG = [
    {"agreed": False},
    {"document": "privacy", "agreed": False},
    {"signed_name": ""},
    {"signed_name": "  \t"},
    {"intent": " "},
    {"method": "paper"},
]


@pytest.mark.parametrize("fields", WRONG, ids=str)
def test_a_signature_that_is_none_is_refused(location, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.consent(factories.intake(at=location), **fields)


def test_a_signature_and_its_text_never_change(location):
    signed = factories.consent(factories.intake(at=location))
    for change in (
        lambda: Consent.objects.update(signed_name="Somebody else"),
        lambda: Consent.objects.all().delete(),
        lambda: ConsentText.objects.update(text="Something else"),
        lambda: signed.text.delete(),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_a_mother_signs_nothing_for_a_child_who_came_of_age_meanwhile(mother):
    Patient.objects.update(date_of_birth=date(1980, 1, 1))
    assert signs(mother).page.status_code == 404
    assert not Consent.objects.exists()
    assert respondents.needs_respondent(mother.intake)
