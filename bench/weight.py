"""What an intake asks, how long it takes to read, and what it weighs: `python -m bench.weight [--pages]`.

Five invented patients (`named_patients.yaml`) go from the first page to "sent", on a throwaway PostgreSQL. For each it
counts the pages with questions, the questions, and what is before their eyes on a phone (`eyes.py`): options, words,
screens, and minutes at 180 words a minute and 4 seconds a question. Of a fold it counts the heading alone. It tells
what is still longer than wanted, and ends with 1 where something is longer than it was.

For each page it also tells its kilobytes as they are and compressed; for the first page with every file it needs, which
later pages take from the browser's cache. Pages are sent as they are unless a proxy compresses them; files compressed.
"""

import gzip
import re
import sys
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import sync_playwright

from bench import results
from bench.eyes import Phone, Seen, browser_of, minutes
from bench.throwaway import riverside, throwaway_clinic

HEADER = (
    "Patient",
    "Pages with questions",
    "Questions",
    "Options",
    "Words",
    "Screens",
    "Minutes of questions",
    "Minutes in all",
    "Before",
    "First page with its files",
    "Everything",
)
FIRST_PAGE_AT_MOST = 60.0  # kB, with all its files
SHORTEST = "Ana Ruiz"  # plain heel pain, for whom the form has to be short
WANTED = {"pages": 12, "questions": 20, "options": 130, "minutes": 5.0, "in_all": 8.0}  # for her
SHARE = 0.6  # of the minutes of before, wanted for everybody else
REACHED = {"pages": 12, "questions": 26, "options": 188, "minutes": 11.4, "in_all": 14.9}  # for her, and no worse again
IN_ALL = {"Walter Hale": 21.8, "Edith Moore": 20.2, "Sam Cole": 30.2, "Joan Park": 19.1}  # reached for the others
BEFORE = {"Ana Ruiz": 18.9, "Walter Hale": 25.3, "Edith Moore": 23.6, "Sam Cole": 34.0, "Joan Park": 22.8}
MOST_PAGES = 80
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')
FILES = re.compile(r'(?:src|href)="([^"]+\.(?:css|js|svg|png|woff2)[^"]*)"')
ASKED = re.compile(r'id="div_id_(\w+)"')


@dataclass(frozen=True)
class Page:
    """One page as it was sent. `asked`: how many questions of the protocol stand on it. `body`: as it was left, with
    the questions that its answers open."""

    address: str
    asked: int
    raw: int
    packed: int
    body: str = ""


def patients() -> list[dict]:
    return yaml.safe_load(Path(__file__).with_name("named_patients.yaml").read_text("utf-8"))


class Way:
    """One patient's way. `pages` are those they were shown, in order; `files` what the first one needs, `later` what
    other pages need besides; a browser asks for each once."""

    def __init__(self, patient):
        from django.test import Client

        self.patient = patient
        self.browser = Client(headers={"accept-language": patient["language"]})
        self.pages, self.files, self.later, self.questions = [], {}, {}, set()
        self.contents: dict[str, bytes] = {}
        self.seen: list[Seen] = []
        self.body = ""

    def goes(self):
        from django.urls import reverse

        self.opens(reverse("home"))
        self.opens(reverse("intake_start"))
        while not self.address.startswith(reverse("intake_done")):
            if len(self.pages) > MOST_PAGES:
                raise RuntimeError(f"{self.patient['name']} is still at {self.address}")
            self.goes_on()
        return self

    def goes_on(self):
        """Fills in the page that is open, and presses its button."""
        from django.urls import reverse

        here = urlsplit(self.address).path
        if here == reverse("intake_check"):
            self.opens(f"{reverse('intake_submit')}?version={self.hidden()['version']}")
        elif here == reverse("intake_emergency"):
            self.sends(here, {})
            self.opens(self.links_to_pages()[0])
        elif here == reverse("intake_start"):
            self.sends(here, self.hidden() | self.contact())
        elif here == reverse("intake_who"):
            self.sends(here, {"kind": "patient"})
        elif here == reverse("intake_submit"):
            signed = {"treatment": "on", "privacy": "on", "email": "yes", "referral": "yes", "intend": "on"}
            self.sends(here, self.hidden() | signed | {"signed_name": self.patient["name"]})
        else:
            self.answers(here)

    def answers(self, here):
        from intake import triage
        from intake.questionnaire.forms import as_sent

        protocol, given = triage.shipped(), self.patient["answers"]
        page = triage.pages(protocol)[int(re.search(r"\d+", here)[0]) - 1]
        asked = [name for name in page.questions if name in ASKED.findall(self.body) or name in given]
        sent = self.hidden() | {"shown": asked}
        self.questions |= given.keys() & set(asked)
        for name in page.questions:
            sent |= as_sent(protocol.questions[name], given.get(name))
        place = len(self.pages) - 1
        self.sends(here, sent)
        left = self.browser.get(here)  # with the questions that appeared while it was filled in
        if left.status_code == 200:
            self.pages[place] = replace(self.pages[place], body=left.content.decode())

    def contact(self) -> dict:
        year, month, day = self.patient["born"].split("-")
        first, last = self.patient["name"].split()
        born = {"date_of_birth_month": month, "date_of_birth_day": day, "date_of_birth_year": year}
        language = self.patient["language"]
        return born | {"first_name": first, "last_name": last, "phone": "207 555 0111", "language": language}

    # The browser ----------------------------------------------------------------------------------------------------

    def opens(self, address):
        self._shows(self.browser.get(address, follow=True), address)

    def sends(self, address, data):
        self._shows(self.browser.post(address, data, follow=True), address)

    def _shows(self, answer, address):
        if answer.status_code != 200:
            raise RuntimeError(f"{self.patient['name']} was answered {answer.status_code} at {address}")
        self.address = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        self.body = answer.content.decode()
        kept = self.later if self.pages else self.files
        for file in FILES.findall(self.body):
            if file not in self.files and file not in self.later:
                kept[file] = self._file(file)
        from intake import triage

        asked = set(ASKED.findall(self.body)) & set(triage.shipped().questions)
        self.questions |= asked
        sizes = len(answer.content), _packed(answer.content)
        self.pages.append(Page(urlsplit(self.address).path, len(asked), *sizes, self.body))

    def _file(self, address) -> tuple[int, int]:
        answer = self.browser.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"the first page asks for {address} and gets {answer.status_code}")
        whole = self.contents[address] = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return len(whole), _packed(whole)

    def hidden(self) -> dict:
        return {name: unescape(value) for name, value in HIDDEN.findall(self.body) if name != "next"}

    def links_to_pages(self) -> list[str]:
        return re.findall(r'class="btn btn-secondary" href="(/intake/[^"]+)"', self.body)


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


def walk() -> list[Way]:
    """All five on servers of their own."""
    with throwaway_clinic():
        from django.test.utils import setup_test_environment

        setup_test_environment()
        riverside()
        ways = [Way(patient).goes() for patient in patients()]
    with sync_playwright() as playwright:
        browser = browser_of(playwright)
        for way in ways:
            phone = Phone(browser, way.contents)
            before_sent = way.pages[:-1]
            way.seen = [phone.looks_at(page.address, page.body, asks=page.asked > 0) for page in before_sent]
        browser.close()
    return ways


@dataclass(frozen=True)
class Reading:
    """What one patient has to go through: `minutes` of the questions, `in_all` from the first page to "sent"."""

    pages: int
    questions: int
    options: int
    words: int
    screens: float
    minutes: float
    in_all: float

    @classmethod
    def of(cls, way: Way) -> "Reading":
        asking, questions = [one for one in way.seen if one.asks], len(way.questions)
        return cls(
            pages=len(asking),
            questions=questions,
            options=sum(one.options for one in asking),
            words=sum(one.words for one in way.seen),
            screens=sum(one.screens for one in way.seen),
            minutes=minutes(asking, questions),
            in_all=minutes(way.seen, questions),
        )


def too_much(name: str, found: Reading) -> list[str]:
    """Return what was shorter once: it is not to grow again."""
    limits = REACHED if name == SHORTEST else {"in_all": IN_ALL[name]}
    return _above(name, found, limits, "reached before")


def still_wanted(name: str, found: Reading) -> list[str]:
    """Return what is longer than it should be."""
    return _above(name, found, WANTED if name == SHORTEST else {"in_all": BEFORE[name] * SHARE}, "wanted")


def _above(name: str, found: Reading, limits: dict[str, float], what_for: str) -> list[str]:
    return [
        f"{name}: {what} {getattr(found, what):.1f}, at most {limit:.1f} {what_for}"
        for what, limit in limits.items()
        if round(getattr(found, what), 1) > round(limit, 1)
    ]


def kb(size) -> str:
    return f"{size / 1000:.1f}"


def first_page(way: Way) -> int:
    """Return the bytes of the first page with its files, compressed."""
    return way.pages[0].packed + sum(packed for _raw, packed in way.files.values())


def everything(way: Way) -> int:
    later = sum(packed for _raw, packed in way.later.values())
    return first_page(way) + sum(one.packed for one in way.pages[1:]) + later


def tell(way: Way, *, each=False) -> None:
    found = Reading.of(way)
    print(f"\n{way.patient['name']} ({way.patient['language']}): {way.patient['about']}")
    print(f"  {len(way.pages)} pages, {found.pages} of them with questions; {found.questions} questions asked")
    print(f"  {found.options} options to read on them; {found.words} words in all, on {found.screens:.0f} screens")
    before = BEFORE[way.patient["name"]]
    print(f"  {found.minutes:.1f} minutes of questions, {found.in_all:.1f} to “sent”; before, {before:.1f}")
    print(f"  first page with its {len(way.files)} files: {kb(first_page(way))} kB compressed")
    largest = max(way.pages, key=lambda page: page.raw)
    print(f"  largest page: {kb(largest.raw)} kB, {kb(largest.packed)} kB compressed ({largest.address})")
    print(f"  all of it: {kb(everything(way))} kB compressed")
    for page, seen in zip(way.pages, way.seen, strict=False) if each else ():
        sizes = f"{page.raw / 1000:>6.1f} kB {page.packed / 1000:>5.1f} kB compressed"
        read = f"{seen.words:4} words {seen.options:3} options {seen.screens:4.1f} screens"
        print(f"    {page.address:22} {page.asked:2} questions {read} {sizes}")


def row_of(way: Way) -> list[str]:
    """Return the line of a patient on the page of measurements."""
    found = Reading.of(way)
    counted = (found.pages, found.questions, found.options, found.words, f"{found.screens:.0f}")
    timed = (f"{found.minutes:.1f}", f"{found.in_all:.1f}", f"{BEFORE[way.patient['name']]:.1f}")
    weighed = (f"{kb(first_page(way))} kB", f"{kb(everything(way))} kB")
    return [way.patient["about"], *(str(one) for one in counted), *timed, *weighed]


def main() -> int:
    ways = walk()
    for way in ways:
        tell(way, each="--pages" in sys.argv[1:])
    results.write("bench.weight", HEADER, [row_of(way) for way in ways])
    first = max(first_page(way) for way in ways)
    read = [(way.patient["name"], Reading.of(way)) for way in ways]
    print("\n" + "\n".join(line for one in read for line in still_wanted(*one)))
    wrong = [line for one in read for line in too_much(*one)]
    if first > FIRST_PAGE_AT_MOST * 1000:
        wrong.append(f"the first page: {kb(first)} kB, at most {FIRST_PAGE_AT_MOST:.0f} kB wanted")
    print("\n" + "\n".join(wrong or ["No longer than it was."]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
