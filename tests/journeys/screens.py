"""A browser window of one person. It watches itself: whatever is wrong with a page ends the journey there."""

import hashlib
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, expect

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # axe leaves it out unless it is asked for
}
AXE = Axe().axe_script
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
ONCE_ONLY = re.compile(r'value="[\w:.=-]{30,}"|nonce="[^"]*"|localhost:\d+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}')
STATE = """() => [
  innerWidth, matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(forced-colors: active)").matches,
  document.activeElement?.id,
  ...[...document.querySelectorAll("input, select, textarea")].map((one) => [one.id, one.checked, !!one.value]),
].join()"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
QUIET = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort")
BAR = """(position) => document.querySelectorAll(".is-at-hand, .bar-top").forEach(
  (bar) => (bar.style.position = position))"""
UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling"


class Screen:
    """What a person sees and presses. Every page they come to must answer with the status they expect (200 unless
    said), be quiet in the console, keep to its own policy, ask no other host for anything, pass axe and fit the width.

    `mirror` is needed without scripts: axe is one, so it looks at a copy of the page there.
    """

    passed: Path  # a folder with one empty file for each look that axe found nothing in

    def __init__(self, context: BrowserContext, home: str, *, mirror: BrowserContext | None = None):
        self.page, self.home = context.new_page(), home
        self.mirror = mirror and mirror.new_page()
        (self.mirror or self.page).add_init_script(AXE)  # a third of what it costs to bring it after each page
        self.status = None
        self.complaints: list[str] = []
        self.came_to: set[str] = set()
        self.looked_at: set[str] = set()
        self.page.on("console", self._hears)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("request", self._asks)
        self.page.on("requestfailed", self._gets_nothing)
        self.page.on("response", self._is_answered)
        self.page.on("framenavigated", lambda frame: self.came_to.add(_place(frame.url)))

    # What they do ---------------------------------------------------------------------------------------------------

    def opens(self, address: str, *, status=200):
        """Goes to an address, of this clinic or as it stands in a mail."""
        self.page.goto(address if address.startswith(self.home) else self.home + address)
        self.looks(status)

    def presses(self, button: str, *, status=200):
        """A button that leads to another page."""
        self._leads_on(self._named("button", button), status)

    def follows(self, link: str, *, status=200):
        self._leads_on(self._named("link", link), status)

    def file(self, link: str) -> bytes:
        """What stands behind a link to a file, as this person gets it."""
        answer = self.page.request.get(self.home + self._named("link", link).get_attribute("href"))
        assert answer.ok, f"{link}: {answer.status}"
        return answer.body()

    def ticks(self, *options: str, of: str = ""):
        """Boxes or round buttons, by their words; `of` is the question when several share the words."""
        group = self.page.get_by_role("group", name=of).or_(self.page.get_by_role("radiogroup", name=of))
        for option in options:
            (group.first if of else self.page).get_by_label(option, exact=True).check()
        self.waits()

    def unfolds(self, words: str):
        self.page.locator("summary", has_text=words).first.click()

    def fills_in(self, **answers: str):
        """Fields by their label, spaces written as underscores."""
        for label, words in answers.items():
            field = self.page.get_by_label(re.compile(rf"^\s*{label.replace('_', ' ')}\b", re.IGNORECASE))
            field.filter(visible=True).first.fill(words)

    def chooses(self, option: str, *, of: str):
        self.page.get_by_label(of, exact=True).select_option(label=option)

    # What they see --------------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def words(self) -> str:
        """All that is written on the page, as it is shown."""
        return " ".join(self.page.locator("body").inner_text().split())

    def sees(self, *words: str):
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one)

    def sees_errors(self, *words: str):
        """The summary of what is wrong says it, and has the focus where there are scripts."""
        summary = self.page.locator("[data-error-summary]")
        for one in words:
            expect(summary).to_contain_text(one)
        if not self.mirror:
            expect(summary).to_be_focused()

    # What must be true of every page --------------------------------------------------------------------------------

    def looks(self, status=200, *, but=(), colours_only=False):
        """Reads the page they came to, all of it. `but`: rules of axe that do not apply there."""
        self.waits()
        assert self.status == status, f"{self.page.url} answered {self.status}, not {status}"
        self._is_not_too_wide()
        rules = RULES | {"rules": RULES["rules"] | {rule: {"enabled": False} for rule in but}}
        self._passes_axe(COLOURS if colours_only else rules)
        self.looked_at.add(_place(self.page.url))
        self.has_no_complaint()

    def waits(self):
        """Until the page is there and nothing on it is being brought up to date."""
        self.page.wait_for_load_state()
        expect(self.page.locator(UNDER_WAY)).to_have_count(0)

    def has_no_complaint(self):
        assert not self.complaints, f"{self.page.url} complained:\n" + "\n".join(self.complaints)

    def leaves(self):
        """At the end: nothing more came up, and no page went by unread.

        The line is cut first: a page that closes sends what was typed, to a database that is being emptied.
        """
        self.page.context.set_offline(True)
        self.has_no_complaint()
        assert self.came_to - self.looked_at <= {"blank"}, "pages nobody looked at"

    def _is_not_too_wide(self):
        assert not self.page.evaluate(TOO_WIDE), f"{self.page.url} scrolls sideways"

    def _passes_axe(self, rules):
        """Whatever has passed in this run, in any process, looking the same in the same window, is not read again."""
        known = self.passed / hashlib.sha256(self._as_it_looks() + json.dumps(rules).encode()).hexdigest()
        if known.exists():
            return
        page = self._copy() if self.mirror else self.page
        page.evaluate(BAR, "static")  # what it covers is reached by scrolling; axe takes the rest for too small
        found = [
            f"{violation['id']} at {', '.join(map(str, node['target']))}: {node['failureSummary'].splitlines()[-1]}"
            for violation in page.evaluate("(rules) => axe.run(rules)", rules)["violations"]
            for node in violation["nodes"]
        ]
        page.evaluate(BAR, "")
        assert not found, f"axe at {self.page.url}:\n" + "\n".join(found)
        known.touch()

    def _as_it_looks(self) -> bytes:
        """The page without what is new on each, with what was chosen on it, the window and its colours."""
        html = ONCE_ONLY.sub("", self.page.content())
        return hashlib.sha256(f"{html}{self.page.evaluate(STATE)}".encode()).digest()

    def _copy(self):
        here, html = self.page.url.split("#")[0], re.sub(r"(?s)<script\b.*?</script>", "", self.page.content())
        self.mirror.unroute_all()
        self.mirror.route(here, lambda route: route.fulfill(body=html, content_type="text/html"))
        self.mirror.goto(here)
        return self.mirror

    def _named(self, role, name) -> Locator:
        return self.page.get_by_role(role, name=name, exact=True).first

    def _leads_on(self, where: Locator, status):
        with self.page.expect_navigation():
            where.click()
        self.looks(status)

    # What the browser says ------------------------------------------------------------------------------------------

    def _hears(self, message):
        """Refusals of the page's policy are said here too. A status of 400 and more is looked at where it is known.

        A part of a page that was on its way when the reader left is no fault; htmx tells of it in two lines.
        """
        if message.type in ("error", "warning") and not message.text.startswith(QUIET):
            self.complaints.append(f"console: {message.text}")

    def _asks(self, request):
        if not request.url.startswith(self.home + "/"):
            self.complaints.append(f"request to another host: {request.url}")

    def _gets_nothing(self, request):
        if "ERR_ABORTED" not in (request.failure or ""):  # left behind by a newer one, or a file to keep
            self.complaints.append(f"no answer to {request.url}: {request.failure}")

    def _is_answered(self, response):
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400:
            self.complaints.append(f"{response.status} for {response.request.method} {response.url}")


def _place(address: str) -> str:
    return urlsplit(address).path
