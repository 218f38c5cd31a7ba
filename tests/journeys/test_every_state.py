"""Every page of a patient in each of its states, in both languages, in the light and in the dark, at 320 pixels: axe
finds nothing, nothing scrolls sideways, and what is pressed is big enough for a thumb. `states.py` says which they are.
"""

import re

import pytest
from django.conf import settings as the_settings
from django.test.signals import template_rendered

from tests.journeys.screens import TOO_WIDE
from tests.journeys.states import AREAS
from tests.journeys.visitor import NARROW, SCHEMES, Visitor, looks_well

FOLDER = the_settings.BASE_DIR / "templates"
FRAMES = ("patient/base.html", "error_base.html")
EXTENDS = re.compile(r'{% extends "([^"]+)" %}')


@pytest.fixture
def answered():
    """The templates that requests were answered with, the last one last; parts of a page are left out."""
    requests, names = [], []

    def rendered(template, context, **_more):
        request = context.get("request")
        page = request and template.name and not template.name.rpartition("/")[2].startswith("_")
        if page and not any(request is before for before in requests):
            requests.append(request)
            names.append(template.name)

    template_rendered.connect(rendered)
    yield names
    template_rendered.disconnect(rendered)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_every_state(phone, settings, subtests, answered, area, language):
    ada = Visitor(phone(viewport=NARROW), language, settings)
    for template, states in AREAS[area].items():
        for state, comes in states.items():
            with subtests.test(f"{template}: {state}"):
                comes(ada.begins_anew())
                looks_well(ada.screen, status=ada.gets)
                assert answered[-1] == f"{template}.html", ada.page.url
    ada.screen.complaints.clear()  # of states that failed; the others were read where they came up
    ada.screen.came_to.clear()  # pages on the way are not read


def is_for_patients(name):
    """It is a page, and stands on the frame of patients' pages or of the pages for when something is wrong."""
    if name.rpartition("/")[2].startswith(("_", "base.")):
        return False
    while name not in FRAMES and (FOLDER / name).is_file() and (above := EXTENDS.match((FOLDER / name).read_text())):
        name = above[1]
    return name in FRAMES


def test_no_page_of_patients_is_missing_from_the_inventory():
    pages = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html")}
    listed = {f"{template}.html" for area in AREAS.values() for template in area}
    assert listed == {name for name in pages if is_for_patients(name) and name not in FRAMES}


# Read in another way --------------------------------------------------------------------------------------------------

SOME = [
    ("a form", "questionnaire/who", "a parent, with errors"),
    ("a form", "questionnaire/page", "what was typed"),
    ("a form", "questionnaire/sign", "with errors"),
    ("a form", "questionnaire/check", "under the advice"),
    ("a form", "emergency/emergency", "both"),
    ("a sent form", "status/done", "urgent"),
    ("a sent form", "visits/ask", "with errors"),
    ("the status page", "status/status", "urgent and late"),
]
BEHIND = """const behind = (one) => {
  for (; one; one = one.parentElement) {
    const shade = getComputedStyle(one).backgroundColor;
    if (!/, 0\\)$/.test(shade)) return shade;
  }
  const bare = document.body.appendChild(document.createElement("i"));
  bare.style.backgroundColor = "Canvas";
  const shade = getComputedStyle(bare).backgroundColor;
  bare.remove();
  return shade;
};
const named = (one) => one.outerHTML.slice(0, 120);"""
WITHOUT_EDGE = f"""() => {{ {BEHIND}
  return [...document.querySelectorAll("main .btn, main .form-control, main .form-select, main .form-check-input")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1)
    .filter((one) => {{
      const drawn = getComputedStyle(one);
      if (one.matches(".form-check-input, .form-select") && drawn.appearance === "auto") return false;
      return drawn.borderTopStyle === "none" || parseFloat(drawn.borderTopWidth) < 1
        || drawn.borderTopColor === behind(one.parentElement);
    }}).map(named);
}}"""
UNREADABLE = f"""() => {{ {BEHIND}
  return [...document.querySelectorAll("body *")]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .filter((one) => one.checkVisibility() && getComputedStyle(one).color === behind(one)).map(named);
}}"""
UNSEEN_SHAPES = f"""() => {{ {BEHIND}
  return [...document.querySelectorAll("main .chip svg, main .care h1 svg, main .care h2 svg")]
    .filter((one) => one.getBoundingClientRect().width < 10 || getComputedStyle(one).fill === behind(one))
    .map(named);
}}"""
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important } .actions { position: static !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest("svg, .visually-hidden, .on-wide") && one.textContent.trim())
  .filter((one) => /hidden|clip/.test(getComputedStyle(one).overflow))
  .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""
OVERLAPPING = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [], boxes = [];
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility()) continue;
    if (parent.closest("svg, .visually-hidden, .on-wide, .skip")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) boxes.push([text, box]);
  }
  for (const [one, a] of boxes) for (const [other, b] of boxes) {
    if (one === other) break;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > Math.min(a.height, b.height) / 3) found.push(`${one.data.trim()} / ${other.data.trim()}`);
  }
  return found;
}"""
MOVING = """() => document.getAnimations().filter((one) => one.playState === "running").length"""


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_some_pages_in_the_readers_own_colours_and_spacing_and_without_motion(phone, settings, subtests, language):
    ada = Visitor(phone(viewport=NARROW), language, settings)
    for area, template, state in SOME:
        with subtests.test(f"{template}: {state}"):
            AREAS[area][template][state](ada.begins_anew())
            for scheme in SCHEMES:
                ada.page.emulate_media(forced_colors="active", color_scheme=scheme, reduced_motion="reduce")
                ada.screen.looks(ada.gets, but=["color-contrast"])  # axe reads our colours there, not the reader's
                assert ada.page.evaluate(UNREADABLE) == []
                assert ada.page.evaluate(WITHOUT_EDGE) == []
                assert ada.page.evaluate(UNSEEN_SHAPES) == []
            ada.page.emulate_media(forced_colors="none", color_scheme="light", reduced_motion="reduce")
            ada.page.evaluate(SPACED)
            assert ada.page.evaluate(CUT) == []
            assert ada.page.evaluate(OVERLAPPING) == []
            assert not ada.page.evaluate(TOO_WIDE), "scrolls sideways"
            for details in ada.page.locator("main summary").all()[:2]:
                details.click()
            assert ada.page.evaluate(MOVING) == 0
    ada.screen.complaints.clear()
    ada.screen.came_to.clear()
