"""What a patient has before their eyes: words, options and screens of pages on a phone of 390 × 844.

The pages were walked before; here a browser lays them out. What is folded is not read, nor counted as an option: of a
fold only its heading is, which has to say what is in it. What is only read aloud is not counted either. What stands on
page after page around the page itself, such as the head, the foot and the advice in an emergency, is read once.
"""

import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Route

from tests.browser import launch_options, with_environment

PHONE = {"width": 390, "height": 844}
WORDS_A_MINUTE, SECONDS_A_QUESTION = 180, 4
HOME = "http://phone.invalid"
SEE = """() => {
  const clipped = (one) => one && (getComputedStyle(one).clipPath === "inset(50%)" || clipped(one.parentElement));
  const reads = (node) => node.parentElement.checkVisibility({ visibilityProperty: true })
    && !node.parentElement.closest("svg, script, style, noscript, .visually-hidden") && !clipped(node.parentElement);
  const main = document.querySelector("main");
  const inside = [], around = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim();
    if (text && reads(texts.currentNode)) (main.contains(texts.currentNode) ? inside : around).push(text);
  }
  const boxes = [...main.querySelectorAll("input[type=radio], input[type=checkbox]")];
  const shown = boxes.filter((box) => (box.labels[0] || box).checkVisibility({ visibilityProperty: true }));
  return { inside, around, options: shown.length, height: document.documentElement.scrollHeight };
}"""


@dataclass(frozen=True)
class Seen:
    """What is on one page for somebody who reads all of it. `screens`: its height, in heights of the phone."""

    address: str
    asks: bool
    words: int
    options: int
    screens: float


class Phone:
    """One patient's phone. `files`: what the pages need, by address."""

    def __init__(self, browser: Browser, files: Mapping[str, bytes]) -> None:
        self.files, self.body = files, ""
        self.page = browser.new_context(viewport=PHONE, device_scale_factor=1).new_page()
        self.page.route("**/*", self._answers)
        self.read: set[str] = set()

    def looks_at(self, address: str, body: str, *, asks: bool) -> Seen:
        self.body = body
        self.page.goto(f"{HOME}{address}", wait_until="load")
        found = self.page.evaluate(SEE)
        new = [text for text in found["around"] if text not in self.read]
        self.read.update(new)
        words = _words([*new, *found["inside"]])
        return Seen(address, asks, words, found["options"], found["height"] / PHONE["height"])

    def _answers(self, route: Route) -> None:
        address = route.request.url.removeprefix(HOME)
        if route.request.resource_type == "document":
            route.fulfill(body=self.body, content_type="text/html; charset=utf-8")
        elif address in self.files:
            kind = mimetypes.guess_type(urlsplit(address).path)[0]
            route.fulfill(body=self.files[address], content_type=kind or "application/octet-stream")
        else:
            route.abort()


def browser_of(playwright) -> Browser:
    return playwright.chromium.launch(**with_environment(launch_options()))


def minutes(seen: Iterable[Seen], questions: int) -> float:
    """Return how long reading these pages and answering so many questions takes."""
    return sum(one.words for one in seen) / WORDS_A_MINUTE + questions * SECONDS_A_QUESTION / 60


def _words(texts: Iterable[str]) -> int:
    """Count what has a letter in it; the numbers of a scale are seen, not read."""
    return sum(any(sign.isalpha() for sign in word) for text in texts for word in text.split())
