"""Whatever people are called and whatever they write, every PDF stands, and names in other scripts are readable.

The judgement of characters holds where set-up has cut the faces of the pages, and where it has not.
"""

import io
import logging
import re
import sys
import unicodedata

import pypdf
import pytest
from django.conf import settings as the_settings
from django.utils import translation

from clinic.faces import FOR_PRINT
from clinic.faces.cutting import cut_for_print
from clinic.paper import glyphs, pdf
from intake.models import Document
from intake.paper.sheet import sheet
from intake.questionnaire import own_answers
from intake.signing import signed_copy
from intake.triage.reading.answers import LONGEST
from referrals.letter import letter
from tests import factories, nasty
from tests.answers import HEEL_PAIN

pytestmark = pytest.mark.django_db

READABLE = {
    "Chinese": "王小明",
    "traditional Chinese": "陳怡君",
    "Japanese": "さくら サクラ 桜",
    "Korean": "김민준 한국",
    "Thai": "ไทย",
    "Lao": "ລາວ",
    "Khmer": "ខ្មែរ",
    "Burmese": "မြန်မာ",
    "Arabic": "مرحبا",
    "Persian": "فارسی",
    "an Arabic ligature": "ﷺ",
    "Hebrew": "שלום",
    "Hindi": "हिन्दी",
    "Bengali": "বাংলা",
    "Tamil": "தமிழ்",
    "Telugu": "తెలుగు",
    "Gujarati": "ગુજરાતી",
    "Punjabi": "ਪੰਜਾਬੀ",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Sinhala": "සිංහල",
    "Amharic": "አማርኛ",
    "Russian": "Україна",
    "Greek": "Ελένη",
    "Armenian": "Հայ",
    "Georgian": "ნინო",
    "Vietnamese": "Nguyễn Thị Hồng",
    "letters with marks apart": "Jose\u0301",
}
CHANGED = {
    "emoji": ("😀", "[U+1F600]"),
    "a joined emoji": ("👨\u200d👧", "[U+1F468][U+1F467]"),
    "a flag": ("🇺🇸", "[U+1F1FA][U+1F1F8]"),
    "a script without a font": ("ܐ", "[U+0710]"),
    "private use": ("\ue000", "[U+E000]"),
    "unassigned": ("\U000e0fff", "[U+E0FFF]"),
    "control characters": ("A\x01d\x1ba\x7f\x9b", "Ada"),
    "non-characters": ("A\ufffed\uffffa\U0010ffff\ufdd0", "Ada"),
    "a sign that turns words around": ("\u202eAda\u2067", "Ada"),
    "half a character": ("Ada\ud83d", "Ada[U+D83D]"),
    "a mark on nothing": ("\u0301da", "[U+0301]da"),
    "a mark after a space": ("A \u0365a", "A [U+0365]a"),
    "a joiner before everything": ("\ufeffAda", "Ada"),
    "a mark our fonts cannot set": ("A\u1ab0", "A[U+1AB0]"),
}
TABLE = [pytest.param(word, word, id=name) for name, word in READABLE.items()]
TABLE += [pytest.param(*words, id=name) for name, words in CHANGED.items()]
STORED = [row for row in TABLE if row.id != "half a character"]  # PostgreSQL takes none
OF_EACH_KIND = ("Chinese", "Arabic", "Hindi", "Vietnamese", "letters with marks apart", "emoji", "a mark on nothing")
SOME = [row for row in STORED if row.id in OF_EACH_KIND]


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    """Take those of set-up, which are cut already."""
    if (the_settings.FACES_DIR / FOR_PRINT).is_dir():
        return the_settings.FACES_DIR
    folder = tmp_path_factory.mktemp("faces")
    cut_for_print(folder / FOR_PRINT)
    return folder


@pytest.fixture(autouse=True)
def faces_are_cut(request, settings, faces, tmp_path, monkeypatch):
    """Whether set-up has cut the faces of the pages: yes, unless the test asks for both kinds of clinic."""
    are_cut = getattr(request, "param", True)
    settings.FACES_DIR = faces if are_cut else tmp_path / "never cut"
    monkeypatch.setattr(glyphs, "_known", {})
    return are_cut


IN_BOTH = pytest.mark.parametrize("faces_are_cut", [True, False], ids=["cut", "not cut"], indirect=True)


def letters(text) -> list[str]:
    """What is read, in no order: a PDF keeps right-to-left words as they are set, and some signs in other forms."""
    return sorted(re.sub(r"[\s\u200c\u200d\ufe0f]", "", unicodedata.normalize("NFKD", text)))


def read(file: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(file))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in reader.trailer["/Root"]["/Metadata"].get_data()
    return " ".join(page.extract_text() for page in reader.pages)


@pytest.fixture
def named(location):
    """`named(word)` is an intake of somebody of that name who also wrote and signed it."""

    def made(word):
        patient = factories.patient(at=location, first_name=word, last_name="Quill")
        intake = factories.intake(of=patient, answers=HEEL_PAIN | {"anything_else": word}, submitted=True)
        factories.consent(intake)
        return intake

    return made


@IN_BOTH
@pytest.mark.parametrize(("word", "shown"), TABLE)
def test_what_the_fonts_cannot_show_is_named_and_the_rest_stays(word, shown):
    assert glyphs.showable({"name": word, "rows": [[word, 3]]}) == {"name": shown, "rows": [[shown, 3]]}


@pytest.mark.parametrize(("word", "shown"), STORED)
def test_their_own_answers_stand_and_say_the_name(named, word, shown):
    left = letters(read(own_answers.as_pdf(named(word), "en")))
    assert not [sign for sign in letters(shown) if sign not in left]


@pytest.mark.parametrize(("word", "shown"), SOME)
def test_every_pdf_stands_and_says_the_name(named, word, shown, maya, priya):
    intake = named(word)
    consents = list(intake.patient.consents.filter(document=Document.TREATMENT))
    case = factories.case(of=intake.patient, acknowledged_by=maya)
    decided = factories.decision(on=case, by=maya, specialist="neurologist", reason="examined", words=word)
    referral = factories.referral(after=decided, owner=priya)
    for file in (
        signed_copy.make(intake.patient, consents),
        letter.preview(referral, prepared_by=priya),
    ):
        left = letters(read(file))
        for sign in letters(shown):
            assert sign in left, (word, sign)


@pytest.mark.parametrize(("word", "shown"), SOME)
def test_the_form_on_paper_stands_too(word, shown):
    clinic = factories.location(word, slug="riverside")
    intake = factories.intake(at=clinic, paper_code="K7M2PQ4T")
    left = letters(read(sheet(intake)))
    assert not [sign for sign in letters(shown) if sign not in left]


def test_the_name_is_shown_in_the_order_of_its_letters(named):
    with translation.override("en"):
        words = read(own_answers.as_pdf(named("王小明"), "en"))
    assert "王小明 Quill" in words


@IN_BOTH
def test_nothing_nasty_stops_a_pdf(named):
    """Forty to a document, none longer than an answer; where one stops it, each is tried alone to name it."""
    content = own_answers._content(named("Ada"), "en")

    def stands(strings) -> bool:
        rows = [[string, string] for string in strings]
        said = content | {"about": "\n".join(strings), "sections": [{"title": "Words", "rows": rows}]}
        return pdf.tagged(own_answers.TEMPLATE, said).startswith(b"%PDF")

    storable = [string[: LONGEST["long_text"]] for string in (*nasty.STRINGS, *nasty.CORPUS)]
    for start in range(0, len(storable), 40):
        together = storable[start : start + 40]
        assert stands(together), [string for string in together if not stands([string])]


@IN_BOTH
@pytest.mark.parametrize("beside", ["", "A", "\u0627", "\u738b"])
def test_no_character_of_all_stops_a_pdf(beside, tmp_path):
    """Every thirty-first character there is, in words that begin with a letter of ours, of Arabic or of Chinese."""
    template = tmp_path / "words.typ"
    template.write_text(glyphs.HEAD + glyphs.IN_EVERY_STYLE.replace("said.at({0})", "said.words"))
    every = [chr(code) for code in range(0x21, 0x30000, 31) if unicodedata.category(chr(code)) not in ("Cn", "Co")]
    for start in range(0, len(every), 1000):
        words = " ".join(beside + character for character in every[start : start + 1000])
        assert pdf.tagged(template, {"words": words}).startswith(b"%PDF")


def test_the_last_resort_is_marks_for_everything_else(named, monkeypatch, caplog):
    """Should the fonts be misjudged one day, the document still stands."""
    monkeypatch.setattr(glyphs, "showable", lambda said: said)
    with caplog.at_level(logging.WARNING):
        words = read(own_answers.as_pdf(named("Zoë 𒀀"), "en"))
    assert "Zo[U+00EB] [U+12000] Quill" in words
    assert "own_answers.typ could not be set" in caplog.text
    assert "Zo" not in caplog.text


def test_plain_text_asks_no_font_anything(monkeypatch):
    monkeypatch.setattr(glyphs, "_failed", lambda clusters: pytest.fail("typst was asked"))
    assert glyphs.showable(["Ada Quill\nsays [U+1F600]\t~", 3, None, True]) == [
        "Ada Quill\nsays [U+1F600]\t~", 3, None, True
    ]  # fmt: skip


def test_an_endless_word_is_broken_and_loses_nothing():
    for letter_ in ("a", "é", "e\u0301", "王"):
        shown = glyphs.showable(letter_ * 70_000)
        assert shown.replace("\u200b", "") == letter_ * 70_000
        assert max(map(len, shown.split("\u200b"))) <= 2 * glyphs.LONGEST_WORD


def test_a_character_is_asked_about_once(monkeypatch):
    asked, really = [], glyphs._failed
    monkeypatch.setattr(glyphs, "_known", {})
    monkeypatch.setattr(glyphs, "_failed", lambda clusters: asked.extend(clusters) or really(clusters))
    for _ in range(2):
        assert glyphs.showable("é😀é") == "é[U+1F600]é"
    assert asked == ["é"], "of an emoji it is known that it becomes a mark"


@IN_BOTH
def test_the_fonts_are_ours_and_those_of_the_packages_and_none_of_this_machine(settings):
    there = glyphs.fonts().fonts()
    assert set(glyphs.heading_families()) <= {font.family for font in there}
    homes = (sys.prefix, str(settings.FACES_DIR))
    assert all(font.path is None or font.path.startswith(homes) for font in there)


@IN_BOTH
def test_a_pdf_is_set_in_the_faces_of_the_pages_where_they_are(named, faces_are_cut):
    """Screen and paper look alike; where set-up has not cut the faces, the PDF stands all the same."""
    with translation.override("en"):
        file = own_answers.as_pdf(named("Zoë"), "en")
    used = {str(font["/BaseFont"]) for page in pypdf.PdfReader(io.BytesIO(file)).pages for font in _fonts_of(page)}
    ours = {name for name in used if "PlumblineSans" in name}
    assert bool(ours) == faces_are_cut
    assert any("Libertinus" in name for name in used) != bool(ours)


def _fonts_of(page):
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]
