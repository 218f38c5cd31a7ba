"""What an intake asks and weighs: `python -m bench.weight`, on a throwaway PostgreSQL.

Five invented patients (`named_patients.yaml`) go from the first page to the end. For each page it tells the questions
on it and its kilobytes as they are and compressed; for the first page also every file it needs, which later pages take
from the browser's cache. Pages are sent as they are unless a proxy compresses them; files are sent compressed.
"""

import gzip
import re
import sys
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from bench import results
from bench.throwaway import riverside, throwaway_clinic

HEADER = ("Patient", "Pages", "Questions", "First page with its files", "Everything")
FIRST_PAGE_AT_MOST = 60.0  # kB, with all its files
MOST_PAGES = 80
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')
FILES = re.compile(r'(?:src|href)="([^"]+\.(?:css|js|svg|png|woff2)[^"]*)"')
ASKED = re.compile(r'id="div_id_(\w+)"')


@dataclass(frozen=True)
class Page:
    """One page as it was sent. `asked`: how many questions of the protocol stand on it."""

    address: str
    asked: int
    raw: int
    packed: int


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
        self.sends(here, sent)

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
        self.pages.append(Page(urlsplit(self.address).path, len(asked), len(answer.content), _packed(answer.content)))

    def _file(self, address) -> tuple[int, int]:
        answer = self.browser.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"the first page asks for {address} and gets {answer.status_code}")
        whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
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
        return [Way(patient).goes() for patient in patients()]


def kb(size) -> str:
    return f"{size / 1000:.1f}"


def tell(way: Way, *, each=False) -> None:
    pages, files = way.pages, way.files.values()
    first_raw = pages[0].raw + sum(raw for raw, _packed in files)
    first_packed = pages[0].packed + sum(packed for _raw, packed in files)
    print(f"\n{way.patient['name']} ({way.patient['language']}): {way.patient['about']}")
    questions = sum(page.asked > 0 for page in pages)
    print(f"  {len(pages)} pages, {questions} of them with questions; {len(way.questions)} questions asked")
    first = f"{kb(first_packed)} kB compressed, {kb(first_raw)} kB as it is"
    print(f"  first page with its {len(files)} files: {first}")
    largest = max(pages, key=lambda page: page.raw)
    print(f"  largest page: {kb(largest.raw)} kB, {kb(largest.packed)} kB compressed ({largest.address})")
    rest = [*pages[1:], *(Page(file, 0, *sizes) for file, sizes in way.later.items())]
    later_raw, later_packed = sum(one.raw for one in rest), sum(one.packed for one in rest)
    print(f"  all of it: {kb(first_packed + later_packed)} kB compressed, {kb(first_raw + later_raw)} kB as it is")
    for page in pages if each else ():
        sizes = f"{kb(page.raw):>7} kB {kb(page.packed):>6} kB compressed"
        print(f"    {page.address:28} {page.asked:2} questions {sizes}")


def row_of(way: Way) -> list[str]:
    """Return the line of a patient on the page of measurements."""
    first = way.pages[0].packed + sum(packed for _raw, packed in way.files.values())
    rest = sum(one.packed for one in way.pages[1:]) + sum(packed for _raw, packed in way.later.values())
    return [
        way.patient["about"],
        str(len(way.pages)),
        str(len(way.questions)),
        f"{kb(first)} kB",
        f"{kb(first + rest)} kB",
    ]


def main() -> int:
    ways = walk()
    for way in ways:
        tell(way, each="--pages" in sys.argv[1:])
    first = max(way.pages[0].packed + sum(packed for _raw, packed in way.files.values()) for way in ways)
    results.write("bench.weight", HEADER, [row_of(way) for way in ways])
    print(f"\nThe first page: {kb(first)} kB, at most {FIRST_PAGE_AT_MOST:.0f} kB wanted.")
    return 0 if first <= FIRST_PAGE_AT_MOST * 1000 else 1


if __name__ == "__main__":
    sys.exit(main())
