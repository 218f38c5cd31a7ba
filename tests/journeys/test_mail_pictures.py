"""Every kind of mail as its reader sees it: narrow and wide, light and dark. None of them is cut off.

`python -m tests.mail_pictures FOLDER` keeps the pictures, and sheets of several beside each other.
"""

import os
from pathlib import Path

import pytest
from PIL import Image

from clinic.messages.kinds import KINDS
from clinic.messages.models import Message
from clinic.messages.writing import mail
from tests.clinic.messages import test_mail_words

everything = test_mail_words.everything  # one message of every kind
FOLDER = os.environ.get("PLUMBLINE_MAIL_PICTURES", "")
WIDTHS = (360, 640)
SCHEMES = ("light", "dark")
ON_A_SHEET = 6
MOST_CONTRAST_LOST = 4.5  # to one, of words on what is behind them
TOO_WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"
TOO_PALE = """(least) => {
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const rgb = (text) => text.match(/[0-9.]+/g).map(Number);
  const behind = (one) => { for (let at = one; at; at = at.parentElement) {
    const back = rgb(getComputedStyle(at).backgroundColor); if (back.length < 4 || back[3] > 0) return back; }
    return [255, 255, 255]; };
  const pale = [];
  for (const one of document.querySelectorAll("span, p, a, b")) {
    if (!one.textContent.trim()) continue;
    const pair = [light(rgb(getComputedStyle(one).color).slice(0, 3)), light(behind(one).slice(0, 3))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < least) pale.push([one.textContent.trim().slice(0, 40), ratio]);
  }
  return pale;
}"""

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def written() -> list[tuple[str, str]]:
    """Return a name and the page of each kind, in every language of its readers."""
    found = {}
    for message in Message.objects.select_related("location").order_by("pk"):
        kind = KINDS[message.kind]
        if kind.by_text:
            continue
        for language in ("en", "es") if kind.audience == "patient" else ("en",):
            message.language = language
            [beside] = mail(message, *kind.render(message)).alternatives
            found[f"{kind.audience}-{kind.name}-{language}"] = beside.content
    return sorted(found.items())


def test_every_mail_fits_a_phone_and_can_be_read_by_night(everything, browser):
    pages, wrong = written(), {}
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = browser.new_context(viewport={"width": width, "height": 640}, color_scheme=scheme)
            page, taken = context.new_page(), []
            for name, html in pages:
                page.set_content(html)
                if page.evaluate(TOO_WIDE) > 0 or page.evaluate(TOO_PALE, MOST_CONTRAST_LOST):
                    wrong[name, width, scheme] = page.evaluate(TOO_PALE, MOST_CONTRAST_LOST) or "too wide"
                if FOLDER:
                    taken.append(Path(FOLDER) / f"{name}-{width}-{scheme}.png")
                    page.screenshot(path=taken[-1], full_page=True)
            context.close()
            sheets(taken, f"{width}-{scheme}")
    assert len(pages) > len(KINDS)
    assert wrong == {}


def sheets(pictures: list[Path], name: str) -> None:
    """Put several beside each other."""
    for first in range(0, len(pictures), ON_A_SHEET):
        shown = [Image.open(one) for one in pictures[first : first + ON_A_SHEET]]
        sheet = Image.new("RGB", (sum(one.width + 12 for one in shown), max(one.height for one in shown)), "#808080")
        left = 0
        for one in shown:
            sheet.paste(one, (left, 0))
            left += one.width + 12
        sheet.save(Path(FOLDER) / f"sheet-{name}-{first // ON_A_SHEET + 1:02}.png")
