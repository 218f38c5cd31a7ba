"""Copies of what was signed, and the texts behind them: exact, kept as they were, refused when broken."""

import io
import re
from datetime import timedelta

import pypdf
import pytest
import time_machine
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AccessLog
from clinic.links.actions import secret_of
from intake.door import form_links
from intake.door.status_cookie import open_status
from intake.door.status_links import link_to_status
from intake.models import Document, Patient
from intake.signing import texts as consent_texts
from intake.signing.texts import BrokenText, all_texts, read_file, row_of, text_in
from tests.answers import HEEL_PAIN
from tests.intake.patients import ADA, Phone

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


@pytest.fixture
def ready(location, maya):
    """Ada has answered everything and has the documents before her."""
    return Phone().starts().has_answered(HEEL_PAIN).comes_to_sign()


# Copies ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es"])
def test_whoever_signed_gets_a_copy_of_the_exact_text_and_the_signature(ready, language):
    ready.client.cookies["django_language"] = language
    ready.submits()
    assert reverse("consent_copy") in ready.html
    copy = ready.client.get(reverse("consent_copy"))
    assert copy["Content-Disposition"].startswith("attachment")
    reader = pypdf.PdfReader(io.BytesIO(copy.content))
    assert reader.trailer["/Root"]["/Lang"].lower().startswith(language)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    words = text_of(copy.content)
    for document in Document:
        assert text_in(language, document).title in words
        assert text_in(language, document).summary.replace("'", "’") in words.replace("'", "’")
        assert text_in(language, document).sha256 in words.replace(" ", "")
    assert "Ada Quill" in words
    assert re.search(r"E[SD]T|hora|GMT", words)


def test_the_copy_is_only_for_the_browser_that_signed(ready):
    ready.submits()
    assert Phone().client.get(reverse("consent_copy")).status_code == 404
    address = f"/l/{secret_of(form_links.link_to(ready.intake))}/"
    born = {name: value for name, value in ADA.items() if name.startswith("date_of_birth")}
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        later = Phone().sends(address, born)
        assert later.client.get(reverse("consent_copy")).status_code == 404


def test_the_copy_opens_from_the_status_page_of_that_patient(ready):
    ready.submits()
    elsewhere = Phone().client
    ada = Patient.objects.get()
    kept = open_status(RequestFactory().get("/"), HttpResponse(), ada, link_to_status(ada))
    elsewhere.cookies = kept.cookies
    copy = elsewhere.get(reverse("consent_copy"))
    assert "Ada Quill" in text_of(copy.content)
    seen = AccessLog.objects.filter(page="consent_copy").get()
    assert (seen.actor, seen.patient_id) == ("patient", Patient.objects.get().pk)


def test_the_copy_is_in_the_order_of_reading(ready):
    ready.submits()
    words = text_of(ready.client.get(reverse("consent_copy")).content)
    places = [words.index(text_in("en", document).title) for document in Document]
    assert places == sorted(places)


def test_staff_see_the_signatures_and_that_the_texts_are_samples(ready, sign_in, maya, priya, olga):
    ready.submits()
    page = sign_in(maya).get(ready.case.get_absolute_url()).content.decode()
    assert "Sample text, not reviewed by counsel" in page
    assert "Agreed to be examined and treated" in page
    address = reverse("signed", args=[Patient.objects.get().public_id])
    assert address in page
    assert "Ada Quill" in text_of(sign_in(priya).get(address).content)
    assert sign_in(olga).get(address).status_code == 404


# The texts ------------------------------------------------------------------------------------------------------------


def test_every_document_is_there_in_every_language_with_one_version():
    assert len(all_texts()) == 8
    assert len({text.sha256 for text in all_texts().values()}) == 8


def test_a_changed_word_is_another_row(location, tmp_path):
    shown = text_in("en", Document.EMAIL)
    row = row_of(shown)
    assert row_of(shown) == row
    path = tmp_path / "email.en.md"
    path.write_text((consent_texts.FOLDER / "email.en.md").read_text().replace("easy", "quick"))
    assert row_of(read_file(path, Document.EMAIL, "en")) != row


BROKEN = {
    "no head": "Only words.",
    "a head without an end": "---\ntitle: A\nversion: 1\nstatus: sample\nsummary: It.\nWords.",
    "no version": "---\ntitle: A\nstatus: sample\nsummary: It.\n---\nWords.",
    "twice": "---\ntitle: A\ntitle: B\nversion: 1\nstatus: sample\nsummary: It.\n---\nWords.",
    "an unknown word": "---\ntitle: A\nversion: 1\nstatus: sample\nsummary: It.\nauthor: B\n---\nWords.",
    "another status": "---\ntitle: A\nversion: 1\nstatus: fine\nsummary: It.\n---\nWords.",
    "an empty title": "---\ntitle:\nversion: 1\nstatus: sample\nsummary: It.\n---\nWords.",
    "a long version": f"---\ntitle: A\nversion: {'1' * 21}\nstatus: sample\nsummary: It.\n---\nWords.",
    "no text": "---\ntitle: A\nversion: 1\nstatus: sample\nsummary: It.\n---\n \n",
    "no summary": "---\ntitle: A\nversion: 1\nstatus: sample\n---\nWords.",
    "a long summary": f"---\ntitle: A\nversion: 1\nstatus: sample\nsummary: {'It. ' * 80}\n---\nWords.",
    "a version without an order": "---\ntitle: A\nversion: new\nstatus: sample\nsummary: It.\n---\nWords.",
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_text_is_refused(tmp_path, case):
    path = tmp_path / "email.en.md"
    path.write_text(BROKEN[case])
    with pytest.raises(BrokenText):
        read_file(path, Document.EMAIL, "en")


def test_a_clinic_keeps_its_texts_in_a_folder_of_its_own(settings, tmp_path):
    for path in consent_texts.FOLDER.iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace("status: sample", "status: approved"))
    settings.CONSENTS_DIR = str(tmp_path)
    assert not text_in("en", Document.EMAIL).is_sample
    settings.CONSENTS_DIR = str(tmp_path / "elsewhere")
    with pytest.raises(BrokenText, match="CONSENTS_DIR"):
        all_texts()


def test_a_text_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "email.es.md"
    path.write_bytes("---\ntitle: Tú\n---\n".encode("latin-1"))
    with pytest.raises(BrokenText, match=r"email\.es\.md"):
        read_file(path, Document.EMAIL, "es")


def test_a_missing_language_stops_the_start(monkeypatch, tmp_path):
    for path in consent_texts.FOLDER.iterdir():
        if path.name != "referral.es.md":
            (tmp_path / path.name).write_text(path.read_text())
    monkeypatch.setattr(consent_texts, "FOLDER", tmp_path)
    with pytest.raises(Exception, match=r"referral\.es\.md is missing"):
        call_command("check")
