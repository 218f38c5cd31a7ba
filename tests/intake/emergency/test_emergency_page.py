"""No word of the emergency page goes live that its readers have not put their names to."""

from dataclasses import replace
from datetime import date

import pytest
from django.core import checks
from django.core.management import call_command

from intake import triage
from intake.emergency import page as emergency_page

LANGUAGES = ("en", "es")


def test_the_page_says_what_its_file_was_written_for():
    assert emergency_page.faults() == []
    assert not [found for found in checks.run_checks() if found.id == "intake.E003"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_are_read_are_those_of_the_page_with_no_patient_in_them(language, capsys):
    words = emergency_page.words(language)
    for number in ("911", "988", "711"):
        assert number in words
    assert "<" not in words
    assert len(words.split("\n\n")) == len(emergency_page.KINDS) == 5
    call_command("emergency_page")
    assert words in capsys.readouterr().out


def test_another_word_stops_the_start_in_that_language_only(monkeypatch):
    told = emergency_page._page
    monkeypatch.setattr(
        emergency_page, "_page", lambda *kind: told(*kind).replace("nueve, uno, uno", "nueve once").strip()
    )
    (fault,) = emergency_page.faults()
    assert "(es)" in fault
    assert [found.msg for found in checks.run_checks() if found.id == "intake.E003"] == [fault]


def test_a_word_of_the_protocol_is_one_of_the_page(monkeypatch):
    shipped = triage.shipped()
    tiers = dict(shipped.wording.tiers)
    tiers["emergency"] = replace(tiers["emergency"], say="Wait for us.")
    other = replace(shipped, wording=replace(shipped.wording, tiers=tiers))
    monkeypatch.setattr(triage, "shipped", lambda: other)
    assert emergency_page.faults()


A_DAY = date(2026, 11, 2)
SIGNED = {
    "nobody": ({}, ["en", "es"]),
    "a clinician": ({"clinician": "R. Calloway, PT", "read_on": A_DAY}, ["es"]),
    "both": ({"clinician": "R. Calloway, PT", "translator": "L. Marte", "read_on": A_DAY}, []),
    "no day": ({"clinician": "R. Calloway, PT", "translator": "L. Marte"}, ["en", "es"]),
}


@pytest.mark.parametrize(("named", "missing"), SIGNED.values(), ids=SIGNED)
def test_an_approved_protocol_needs_a_clinicians_name_and_a_translators(monkeypatch, named, missing):
    signed = {language: replace(read, **named) for language, read in emergency_page.readers().items()}
    monkeypatch.setattr(emergency_page, "readers", lambda: signed)
    assert emergency_page.faults() == [], "a sample needs none"
    approved = replace(triage.shipped(), status="approved")
    monkeypatch.setattr(triage, "shipped", lambda: approved)
    assert [language for language in LANGUAGES if f"({language})" in " ".join(emergency_page.faults())] == missing
