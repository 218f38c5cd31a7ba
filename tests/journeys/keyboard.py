"""A patient who has no mouse and no finger on the glass: everything is done with the keys, from the top of each page.

They also read each page the way a keyboard shows it, in one round with Tab: what is reached, in which order, whether
it is seen, and whether the page lets go of them at its end.
"""

from urllib.parse import urlsplit

from playwright.sync_api import Locator, expect

from tests.journeys.people import Colleague, Patient

MOST_STOPS = 120

# What Tab passes by on purpose, and why.
PASSED_BY = {
    "[data-body-drawing] *": "the drawing is a picture of the boxes below it, which are the same question",
    "a[href='#body-drawing']": "the way back to that drawing, for a finger",
    ".language > [aria-hidden]": "nobody sees this button: it is what Enter in a field presses",
}

# Where a control is: a control in the same row further left, or in a row above, comes first.
PLACES = """
const words = (one) => {
  const text = (one.labels?.[0] ?? one).textContent.trim().replace(/\\s+/g, " ");
  return `${one.localName} "${text.slice(0, 40)}"`;
};
const comesFirst = (one, other) => {
  const [a, b] = [one, other].map((it) => it.getBoundingClientRect());
  const shared = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return shared > Math.min(a.height, b.height) / 2 ? a.left <= b.left : a.top <= b.top;
};
"""

# What is wrong with the control that has the focus now; null when the page is left. A browser without a frame of its
# own sometimes gives the focus back at once: then it is on the first stop again.
STOP = (
    "(stops) => {"
    + PLACES
    + """
  const at = document.activeElement;
  if (at === document.body || at === stops[0]) return null;
  const wrong = [];
  if (stops.includes(at)) wrong.push("comes again before the page ends");
  const last = stops.at(-1);
  if (last && !(last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING))
    wrong.push(`is written before ${words(last)} and comes after it`);
  if (last && !comesFirst(last, at)) wrong.push(`stands before ${words(last)} and comes after it`);
  stops.push(at);

  // Its outline, or that of its label, is two pixels wide and stands out from what is around it, 3 to 1.
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => (part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4));
    return .2126 * r + .7152 * g + .0722 * b + .05;
  };
  const clear = (color) => /^rgba.* 0\\)$/.test(color);
  const around = (one) => {
    const under = getComputedStyle(one).backgroundColor;
    return clear(under) && one.parentElement ? around(one.parentElement) : under;
  };
  const seen = [at, ...(at.labels ?? [])];
  const outlined = seen.some((one) => {
    const { outlineStyle, outlineWidth, outlineColor, opacity } = getComputedStyle(one);
    if (outlineStyle === "none" || parseFloat(outlineWidth) < 2 || opacity === "0" || clear(outlineColor)) return false;
    const lights = [light(outlineColor), light(around(one.parentElement))];
    return Math.max(...lights) / Math.min(...lights) >= 3;
  });
  if (!outlined) wrong.push("does not show that it has the focus");

  // Some of it is in the window and under nothing, also under nothing that lets a finger through.
  const lying = [...document.querySelectorAll("body *")]
    .filter((one) => /fixed|sticky/.test(getComputedStyle(one).position) && !one.contains(at) && !at.contains(one))
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map((one) => one.getBoundingClientRect());
  const points = seen.flatMap((one) => [...one.getClientRects()]).flatMap(({ left, right, top, bottom }) => [
    [(left + right) / 2, (top + bottom) / 2],
    ...[[left + 4, top + 4], [right - 4, top + 4], [left + 4, bottom - 4], [right - 4, bottom - 4]],
  ]);
  const free = points.some(([x, y]) => seen.some((one) => one.contains(document.elementFromPoint(x, y)))
    && !lying.some((it) => it.left <= x && x <= it.right && it.top <= y && y <= it.bottom));
  if (!free) wrong.push("is covered, or not in the window");
  return wrong.map((what) => `${words(at)} ${what}`);
}"""
)

# What a mouse can press and the round did not come to. One stop is a whole group of round buttons.
UNREACHED = (
    "([stops, passedBy]) => {"
    + PLACES
    + """
  const reached = (one) => stops.some((it) => it === one
    || (one.type === "radio" && it.type === "radio" && it.name === one.name && it.form === one.form));
  const pressed = "a[href], button, input, select, textarea, summary, [tabindex='0'], [role=button]";
  return [...document.querySelectorAll(pressed)]
    .filter((one) => one.type !== "hidden" && !one.disabled && one.checkVisibility() && !one.matches(passedBy))
    .filter((one) => !reached(one))
    .map((one) => `${words(one)} is not reached`);
}"""
)

# A complaint of the page, as any other: nothing is clicked on the way.
NO_POINTER = "addEventListener('pointerdown', () => console.error('a pointer was used'), true)"

# Whether the focus is where they want to go (any button of the same group will do), else which way it is.
WAY_TO = """(there) => {
  const at = document.activeElement;
  if (at === there || (there.type === "radio" && at.type === "radio" && at.name === there.name)) return null;
  return at.compareDocumentPosition(there) & Node.DOCUMENT_POSITION_PRECEDING ? "Shift+Tab" : "Tab";
}"""


class KeyboardPatient(Patient):
    """While `careful`, a page they come to for the first time is gone through with Tab before it is answered.

    One who uses a pointer after all is told so.
    """

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.careful = False
        self.gone_through: set[str] = set()
        self.page.add_init_script(NO_POINTER)

    @property
    def place(self) -> str:
        return urlsplit(self.page.url).path

    # What they press --------------------------------------------------------------------------------------------------

    def key(self, *keys: str):
        for key in keys:
            self.page.keyboard.press(key)

    def comes_to(self, where: Locator):
        """By Tab, or Shift+Tab when it is further up."""
        there = where.element_handle()
        for _stop in range(MOST_STOPS):
            way = self.page.evaluate(WAY_TO, there)
            if way is None:
                return
            self.key(way)
        raise AssertionError(f"no key leads to {where}")

    def types(self, field: Locator, words: str):
        self.comes_to(field)
        self.key("Control+A")
        self.page.keyboard.type(words)

    def ticks_box(self, box: Locator):
        """With Space; the focus stays where it is, also when the answer brings more questions onto the page."""
        self.comes_to(box)
        self.key("Space")
        self.waits()
        expect(box).to_be_focused()

    def picks(self, button: Locator):
        """A round button: Space on the one the focus comes to, then the arrows. What has the focus is always chosen,
        so it cannot have been lost to a question that one of the answers on the way brought onto the page.
        """
        self.comes_to(button)
        group = self.page.locator(f'input[type="radio"][name="{button.get_attribute("name")}"]')
        values = group.evaluate_all("(all) => all.map((one) => one.value)")
        there = values.index(button.get_attribute("value"))
        focused = group.and_(self.page.locator(":focus"))
        here = values.index(focused.get_attribute("value"))
        keys = [] if focused.is_checked() else ["Space"]
        keys += ["ArrowDown" if here < there else "ArrowUp"] * abs(there - here)
        for key in keys:
            self.key(key)
            self.waits()
            expect(focused).to_be_checked()
        expect(button).to_be_focused()
        expect(button).to_be_checked()

    # How they do what every patient does ------------------------------------------------------------------------------

    def gives_details(self, **details):
        for name, words in details.items():
            if name != "language":
                self.types(self.page.locator(f'input[name="{name}"]'), words)

    def says_who(self, kind):
        self.picks(self.page.locator(f'input[name="kind"][value="{kind}"]'))
        self.goes_on()

    def goes_on(self, status=200):
        self._leads_on(self.page.locator("main button.btn-primary"), status)

    def sends(self, status=200):
        """With Enter, in a field, on a button or on a link."""
        with self.page.expect_navigation():
            self.key("Enter")
        self.looks(status)

    def follows_to(self, place: str):
        """The link on the page to this address, whatever the language."""
        self._leads_on(self.page.locator(f'main a[href="{place}"]').first, 200)

    def signs(self, name):
        for box in ("treatment", "privacy", "intend"):
            self.ticks_box(self.page.locator(f'input[name="{box}"]'))
        for choice in ("email", "referral"):
            self.picks(self.page.locator(f'input[name="{choice}"][value="yes"]'))
        self.types(self.page.locator('input[name="signed_name"]'), name)

    def opens_part(self, part: Locator):
        """A part of the page that is folded away, by its first line, which keeps the focus."""
        line = part.locator("> summary")
        self.comes_to(line)
        self.key("Enter")
        expect(part).to_have_attribute("open", "")
        expect(line).to_be_focused()

    def _answers(self, name, value):
        boxes = self.page.locator(f'[name="{name}"]')
        kind = boxes.first.get_attribute("type")
        if kind not in ("radio", "checkbox"):
            self.types(boxes, str(value))
            self.key("Tab")
            return self.waits()
        for option in value if isinstance(value, list) else [value]:
            box = self.page.locator(f'[name="{name}"][value="{str(option).lower()}"]')
            part = self.page.locator("details", has=box)
            if part.count() and not part.evaluate("(part) => part.open"):
                self.opens_part(part)
            if not box.is_checked():
                self.picks(box) if kind == "radio" else self.ticks_box(box)

    def _leads_on(self, where: Locator, status):
        self.comes_to(where)
        self.sends(status)

    # What must be true of every page ----------------------------------------------------------------------------------

    def looks(self, status=200):
        super().looks(status)
        if self.careful and status == 200 and self.place not in self.gone_through:
            self.gone_through.add(self.place)
            self.goes_through()

    def goes_through(self):
        """The whole page by Tab, then by its first stop past the head of the page."""
        stops = self.page.evaluate_handle("[]")
        wrong = []
        self.key("Tab")
        expect(self.page.locator("a.skip")).to_be_focused()
        while (found := self.page.evaluate(STOP, stops)) is not None:
            wrong += found
            assert len(wrong) < MOST_STOPS, f"{self.page.url} does not let go:\n" + "\n".join(wrong)
            self.key("Tab")
        wrong += self.page.evaluate(UNREACHED, [stops, ", ".join(PASSED_BY)])
        assert not wrong, f"{self.page.url} by keyboard:\n" + "\n".join(wrong)

        self.comes_to(self.page.locator("a.skip"))
        self.key("Enter")
        expect(self.page.locator("main")).to_be_focused()
        self.key("Tab")
        expect(self.page.locator("main :focus")).to_have_count(1)


class KeyboardColleague(KeyboardPatient, Colleague):
    """Somebody of the clinic with the keys alone."""
