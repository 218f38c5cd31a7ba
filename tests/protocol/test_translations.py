"""A patient who chose Spanish reads Spanish in every place, and never a translation of words that have changed."""

import re
import shutil

import pytest

from intake import triage
from intake.triage.reading import translations
from intake.triage.reading.loading import SHIPPED


def words(text):
    return set(re.findall(r"[^\W\d_]+", text.lower()))


ENGLISH = words("""
    the of and your you with this that when what which how where does did from into after before pain foot feet leg
    legs arm hand neck back knee ankle heel toe numb numbness weak weakness walk walking worse better yes none sure
    not left right new old help call now days weeks months years
""")
FAMILIAR = words("tú tu tus ti tienes puedes estás eres has sientes te contigo")


@pytest.fixture(scope="module")
def protocol():
    return triage.shipped()


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "protocol")


def edit(path, before, after):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def spanish(protocol):
    return {key: text.text for key, text in protocol.words.translations["es"].items()}


def test_every_string_patients_read_has_a_current_translation(protocol):
    assert [str(gap.defect()) for gap in translations.gaps(protocol)] == []
    assert len(spanish(protocol)) == len(list(translations.english_texts(protocol)))


def test_the_patient_reads_it_in_spanish_wherever_the_product_asks(protocol):
    foot_drop = protocol.questions["foot_drop"]
    assert foot_drop.text_in("es").startswith("Cuando camina")
    assert foot_drop.option("unsure").label_in("es") == "No lo sé con seguridad"
    assert not foot_drop.help_in("es").is_fallback
    assert triage.display(protocol, "pain_regions", ["knee_left"], "es") == "Rodilla izquierda"
    assert all(not section.title_in("es").is_fallback for section in protocol.sections)
    assert translations.text_in(protocol, "regions.knee", "es") == "Rodilla"
    for urgency in triage.Urgency:
        said = protocol.wording.tier_in(urgency, "es", signs=tuple(protocol.wording.listed_signs))
        assert not said.is_fallback
        assert "{" not in said


def test_one_changed_english_word_makes_the_translation_stale_and_names_the_question(folder):
    edit(folder / "questions/nerve_signs.yaml", "drag, slap, or catch", "drag, slap, or stick")
    protocol = triage.load(folder)
    (gap,) = translations.stale(protocol)
    assert (gap.question, gap.safety, gap.file) == ("foot_drop", True, "es/questions/nerve_signs.yaml")
    assert gap.line > 1
    (refused,) = translations.defects(protocol)
    assert "question foot_drop" in str(refused)
    assert "drag, slap, or stick" in str(refused)
    text = protocol.questions["foot_drop"].text_in("es")
    assert text.is_fallback
    assert text.language == "en"
    assert "stick" in text


@pytest.mark.parametrize(
    ("file", "before", "after", "key"),
    [
        ("questions/warning_signs.yaml", "around your anus, or on the inside", "or on the inside", "saddle_change"),
        ("questions/daily_life_and_goals.yaml", "call or text 988 now", "text 988 now", "self_harm"),
        ("wording.yaml", "Call or text 988 now", "Text 988 now", "tiers.emergency.say_self_harm"),
        ("wording.yaml", "nearest emergency room", "nearest hospital", "tiers.emergency.say"),
        ("wording.yaml", "or a cold, pale foot", "or a cold foot", "everyone"),
        ("body_map.yaml", '"Bottom of the heel"', '"Sole of the heel"', "pain_regions"),
    ],
)
def test_changed_safety_words_refuse_activation(folder, file, before, after, key):
    edit(folder / file, before, after)
    refused = translations.defects(triage.load(folder))
    assert refused
    assert all(key in str(defect) for defect in refused)


def test_a_changed_question_without_a_red_flag_is_stale_but_refuses_nothing(folder):
    edit(folder / "questions/daily_life_and_goals.yaml", "most want to get back to", "want to get back to")
    protocol = triage.load(folder)
    assert [gap.question for gap in translations.stale(protocol)] == ["goal"]
    assert translations.defects(protocol) == []


def test_line_breaks_in_the_english_text_change_nothing(folder):
    edit(folder / "wording.yaml", "Call 911 or go to", "Call\n      911 or go to")
    assert translations.gaps(triage.load(folder)) == []


def test_a_translation_without_a_digest_or_without_words_is_not_shown(folder):
    edit(folder / "es/made_from.yaml", "questions.foot_drop.text:", "questions.foot_dropped.text:")
    edit(folder / "es/questions/about_you.yaml", '    text: "¿Cuántos años tiene?"', "    options: {}")
    protocol = triage.load(folder)
    assert protocol.questions["foot_drop"].text_in("es").is_fallback
    assert [gap.question for gap in translations.missing(protocol)] == ["age"]


def test_a_translation_of_something_that_is_gone_is_named(folder):
    edit(folder / "es/questions/about_you.yaml", "  age:\n", "  height:\n")
    gaps = {gap.kind: gap.key for gap in translations.gaps(triage.load(folder))}
    assert gaps == {"missing": "questions.age.text", "unknown": "questions.height.text"}


def test_a_lost_placeholder_refuses_activation(folder):
    edit(folder / "es/wording.yaml", "Llámenos antes si nota {signs}", "Llámenos antes")
    (refused,) = translations.defects(triage.load(folder))
    assert "tiers.soon.say" in str(refused)
    assert "placeholders" in str(refused)


def test_a_translator_binds_only_what_was_read_again(folder):
    edit(folder / "questions/nerve_signs.yaml", "drag, slap, or catch", "drag, slap, or stick")
    edit(folder / "questions/nerve_signs.yaml", "When did the weakness start?", "When did it start?")
    protocol = triage.load(folder)
    assert translations.refresh_digests(protocol) == []
    assert translations.refresh_digests(protocol, ["questions.foot_drop.text"]) == ["questions.foot_drop.text"]
    assert [gap.question for gap in translations.gaps(triage.load(folder))] == ["weakness_onset"]


def test_new_translations_get_their_digests(folder):
    (folder / "es/made_from.yaml").unlink()
    protocol = triage.load(folder)
    assert len(translations.stale(protocol)) == len(spanish(protocol))
    translations.refresh_digests(protocol)
    assert translations.gaps(triage.load(folder)) == []
    assert (folder / "es/made_from.yaml").read_text() == (SHIPPED / "es/made_from.yaml").read_text()


def test_a_broken_file_of_translations_is_refused_with_its_line(folder):
    edit(folder / "es/questions/about_you.yaml", '"¿Cuántos años tiene?"', "[1, 2]")
    with pytest.raises(triage.ProtocolError, match=r"es/questions/about_you.yaml:\d+: .*needs a text"):
        triage.load(folder)


def test_nobody_has_reviewed_it_and_the_product_can_say_so(protocol, folder):
    assert not protocol.words.is_reviewed("es")
    assert protocol.words.is_reviewed("en")
    assert set(protocol.words.reviews["es"].values()) == {""}
    for path in (folder / "es").rglob("*.yaml"):
        if path.name != "made_from.yaml":
            edit(path, "reviewed: null", 'reviewed: "A. Translator, 2026-11-20"')
    assert triage.load(folder).words.is_reviewed("es")


def test_translations_do_not_change_the_version(protocol, folder):
    edit(folder / "es/questions/about_you.yaml", "¿Cuántos años tiene?", "¿Qué edad tiene?")
    assert triage.load(folder).digest == protocol.digest


def test_no_english_is_left(protocol):
    found = {key: words(text) & ENGLISH for key, text in spanish(protocol).items()}
    assert {key: left for key, left in found.items() if left} == {}


def test_patients_are_addressed_with_respect(protocol):
    found = {key: words(text) & FAMILIAR for key, text in spanish(protocol).items()}
    assert {key: left for key, left in found.items() if left} == {}


def test_who_is_numb_is_not_asleep(protocol):
    """In Spanish "dormido" alone is a sleeping person; skin, a face or fingers that are "dormidos" are numb."""
    for english in translations.english_texts(protocol):
        text = spanish(protocol)[english.key].lower()
        asleep = re.sub(r"\b(piel|cara|dedos)\b[^.;:]*?\bdormid[ao]s?\b", "", text)
        assert not re.search(r"\bdormid", asleep), english.key
        if re.search(r"\bnumb", english.text.lower()):
            assert re.search(r"adormec|dormid|duerme|siente menos", text), english.key


def test_every_number_survives_translation(protocol):
    for english in translations.english_texts(protocol):
        numbers = set(re.findall(r"\d+", english.text))
        assert numbers <= set(re.findall(r"\d+", spanish(protocol)[english.key])), english.key


def test_no_two_options_of_a_question_read_the_same(protocol):
    for question in protocol.questions.values():
        labels = [str(option.label_in("es")) for option in question.options]
        assert len(set(labels)) == len(labels), question.id
