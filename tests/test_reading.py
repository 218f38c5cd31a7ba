"""A tired person in pain reads every string once and knows what it says."""

from statistics import median

import pyphen
import pytest

from tests import reading
from tests.reading import HARDEST, MEDIAN, Text, allowed, spanish_syllables, syllables, texts


@pytest.mark.parametrize("language", HARDEST)
def test_no_string_is_too_hard(language):
    found = [
        f"{text.where}: {text.key}: {text.words!r}: {fault}" for text in texts(language) for fault in text.faults()
    ]
    assert not found, "\n".join(["Say these in plainer words (see tests/reading.py):", *found])


def test_half_of_the_english_is_at_most_grade_6():
    assert median(text.score for text in texts("en") if not text.is_short) <= MEDIAN["en"]


def test_half_of_the_spanish_is_fairly_easy():
    assert median(text.score for text in texts("es") if not text.is_short) >= MEDIAN["es"]


def test_nothing_a_patient_reads_is_left_out():
    """One string of each kind of place, so that a change of the collection does not go unnoticed."""
    for language, said in {
        "en": ("How old are you?", "Bottom of the heel", "We cannot find this page", "Hello,", "Consent to treatment"),
        "es": ("¿Cuántos años tiene?", "Debajo del talón", "No encontramos esta página", "Hola:"),
    }.items():
        assert set(said) <= {text.words for text in texts(language)}
    everywhere = {text.where.rpartition("/")[0] for text in texts("en")}
    rooms = {"intake/questionnaire", "intake/door", "intake/paper", "intake/signing/consents"}
    assert rooms | {"templates/questionnaire", "templates/status"} <= everywhere
    assert not [text.where for text in texts("en") if text.where.startswith(reading.not_for_patients())]


def test_mails_to_staff_and_offices_are_left_out():
    left_out = reading.not_for_patients()
    assert {"templates/emails/case_needs_you/", "templates/emails/referral_sent/"} <= set(left_out)
    assert "templates/emails/finish_intake/" not in left_out


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Please notify the administration of any modification of your circumstances immediately.", "grade"),
        ("Call us if it hurts and then wait for us to call you back at home or at work in the day or two.", "24 words"),
        ("Musculoskeletal pain", "'Musculoskeletal' has"),
        ("Call us. We can help you at any time of the day.", ""),
        ("Therapist", ""),
    ],
)
def test_hard_english_is_named(words, fault):
    found = "; ".join(Text("en", words, "here", "it").faults())
    assert fault in found if fault else not found, found


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Comuníquese inmediatamente con la administración si experimenta alguna modificación importante.", "ease"),
        ("Musculoesquelético", "'Musculoesquelético' has"),
        ("Llámenos si le duele más. Le ayudamos a cualquier hora del día.", ""),
    ],
)
def test_hard_spanish_is_named(words, fault):
    found = "; ".join(Text("es", words, "here", "it").faults())
    assert fault in found if fault else not found, found


def test_known_grades():
    """The formulas give what they give by hand: 10 words, 1 sentence, 12 syllables; 9, 1 and 14."""
    assert Text("en", "The cat sat on the mat with a happy puppy.", "", "").score == pytest.approx(2.47, abs=0.01)
    assert Text("es", "El gato come pan en la mesa de madera.", "", "").score == pytest.approx(104.33, abs=0.01)


@pytest.mark.parametrize(
    ("word", "count"),
    [("día", 2), ("ahora", 3), ("cuidado", 3), ("guerra", 2), ("muy", 1), ("yo", 1), ("leído", 3), ("correo", 3)],
)
def test_spanish_syllables(word, count):
    assert spanish_syllables(word) == count


def test_spanish_syllables_agree_with_hyphenation():
    """A hyphen parts two syllables, never fewer. Hyphenation leaves vowels together, so there may be more of them."""
    hyphens = pyphen.Pyphen(lang="es")
    words = {word.lower() for text in texts("es") for part in text.sentences for word in part if word.isalpha()}
    assert len(words) > 500
    assert [word for word in words if spanish_syllables(word) < len(hyphens.positions(word)) + 1] == []


def test_english_syllables_of_words_no_dictionary_has():
    assert [syllables(word, "en") for word in ("plumbline", "retyped", "unmarkable", "Riverside's")] == [2, 2, 4, 3]


@pytest.mark.parametrize("language", HARDEST)
def test_the_list_of_allowed_words_holds_only_words_in_use(language):
    used = {word.lower() for text in texts(language) for part in text.sentences for word in part}
    assert sorted(allowed(language) - used) == []
