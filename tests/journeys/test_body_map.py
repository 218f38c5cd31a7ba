"""The drawing of the body under a finger: it and the list below always say the same, and left is the patient's left."""

import pytest
from playwright.sync_api import expect

from intake import triage
from intake.body.drawing import OUTLINES, VIEWS
from intake.models import Intake
from tests.answers import HEEL_PAIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PLACES = triage.shipped().questions["pain_regions"].option_ids


FINGER = 44  # pixels
SMALLEST = {"width": 320, "height": 640}

# How wide and how high the shape shows through its check mark, in units of the drawing, as a pointer finds it.
SEEN = """(shape) => {
  const svg = shape.closest("svg");
  const outline = document.querySelector(shape.firstElementChild.getAttribute("href"));
  const [x, y] = outline.dataset.at.split(" ").map(Number);
  scrollBy(0, svg.getScreenCTM().f + svg.getScreenCTM().d * y - innerHeight / 2);
  const plane = svg.getScreenCTM();
  const hit = (across, down) =>
    document.elementFromPoint(plane.a * across + plane.e, plane.d * down + plane.f)?.closest("a") === shape;
  const run = (across, down) => {
    let length = 0;
    for (const way of [.25, -.25]) {
      for (let step = 0; hit(x + step * across, y + step * down); step += way) length += .25;
    }
    return length;
  };
  return [outline.id.slice(2), Math.min(run(1, 0), run(0, 1))];
}"""


@pytest.fixture
def ada(phone, maya):
    def at_the_drawing(**how):
        ada = phone(**how)
        ada.starts_an_intake()
        ada.has_answered(HEEL_PAIN, until="pain_regions")
        return ada

    return at_the_drawing


def shape(ada, place, view):
    box = ada.page.locator(f'[name="pain_regions"][value="{place}"]').get_attribute("id")
    return ada.page.locator(f'[data-view="{view}"] a[href="#{box}"]').first


def box(ada, place):
    return ada.page.locator(f'[name="pain_regions"][value="{place}"]')


def middle(ada, place, view):
    """Where the check mark of a shape stands on the screen."""
    drawn = shape(ada, place, view)
    drawn.scroll_into_view_if_needed()
    return drawn.evaluate("""(shape) => {
      const outline = document.querySelector(shape.firstElementChild.getAttribute("href"));
      const [x, y] = outline.dataset.at.split(" ").map(Number);
      const plane = shape.getScreenCTM();
      return [plane.a * x + plane.e, plane.d * y + plane.f];
    }""")


def presses(ada, place, view):
    ada.page.mouse.click(*middle(ada, place, view))
    ada.waits()


def taps(ada, place, view):
    ada.page.touchscreen.tap(*middle(ada, place, view))
    ada.waits()


def test_a_finger_on_the_drawing_and_a_finger_on_the_list_do_the_same(ada):
    ada = ada()
    ada.page.locator('[data-show="feet"]').click()
    presses(ada, "heel_left", "feet")
    expect(box(ada, "heel_left")).to_be_checked()
    expect(box(ada, "heel_left")).to_be_visible()  # the list opened
    expect(ada.page.locator("[data-said]")).to_have_text("Bottom of the heel, left: marked")
    expect(shape(ada, "heel_left", "feet")).to_have_class("is-on")
    expect(ada.page.locator('[data-view="feet"] [data-marks] use')).to_have_count(1)
    expect(ada.page.locator("summary", has_text="Ankle and foot")).to_contain_text("1 checked")

    box(ada, "heel_left").uncheck()
    expect(shape(ada, "heel_left", "feet")).not_to_have_class("is-on")
    expect(ada.page.locator("[data-marks] use")).to_have_count(0)
    expect(ada.page.locator("[data-said]")).to_have_text("Bottom of the heel, left: not marked any more")

    ada.page.locator("summary", has_text="Thigh, knee").click()
    box(ada, "knee_right").check()
    expect(shape(ada, "knee_right", "front")).to_have_class("is-on")
    expect(shape(ada, "knee_right", "back")).to_have_class("is-on")
    expect(shape(ada, "knee_right", "front")).to_be_visible()  # the drawing turned to where it is
    ada.looks()


def test_left_is_the_patients_own_left_in_every_view(ada):
    ada = ada()
    letters = set()
    for view, place, left_of_the_screen in (
        ("front", "knee_left", False),
        ("back", "knee_left", True),
        ("feet", "heel_left", False),
    ):
        ada.page.locator(f'[data-show="{view}"]').click()
        left = middle(ada, place, view)[0]
        right = middle(ada, place.replace("left", "right"), view)[0]
        assert (left < right) is left_of_the_screen, view
        at = {
            text.inner_html(): text.bounding_box() for text in ada.page.locator(f'[data-view="{view}"] text').all()[:2]
        }
        assert (at["L"]["x"] < at["R"]["x"]) is left_of_the_screen, view
        drawing = ada.page.locator("#body-drawing").bounding_box()
        letters.add(round(at["L"]["y"] - drawing["y"]))
    assert len(letters) == 1, "the letters stand in the same place under every tab"


def test_a_press_beside_the_body_marks_nothing(ada):
    ada = ada()
    drawing = ada.page.locator('[data-side="front"] svg')
    drawing.scroll_into_view_if_needed()
    where = drawing.bounding_box()
    for across, down in ((0.5, 0.75), (0.28, 0.42), (0.26, 0.62)):  # between the knees, under the arm, beside the hip
        ada.page.mouse.click(where["x"] + where["width"] * across, where["y"] + where["height"] * down)
    expect(ada.page.locator("input:checked[name=pain_regions]")).to_have_count(0)


def test_what_is_marked_is_named_below_and_can_be_taken_away_there(ada):
    ada = ada()
    presses(ada, "knee_left", "front")
    presses(ada, "abdomen_mid", "front")
    names = ada.page.locator("[data-chips] button")
    expect(names).to_have_text(["Belly×, remove", "Knee, left×, remove"])
    covered = ada.page.locator("[data-chips]").bounding_box()["y"]
    assert covered >= (lambda drawn: drawn["y"] + drawn["height"])(ada.page.locator("#body-drawing").bounding_box())
    ada.looks()

    names.filter(has_text="Belly").click()
    expect(box(ada, "abdomen_mid")).not_to_be_checked()
    expect(names).to_have_text(["Knee, left×, remove"])
    expect(names).to_be_focused()
    names.press("Enter")
    expect(box(ada, "knee_left")).not_to_be_checked()
    expect(names).to_have_count(0)
    expect(ada.page.locator(".body-map summary").first).to_be_focused()


@pytest.mark.parametrize("size", [SMALLEST, {"width": 390, "height": 844}], ids=["320", "390"])
def test_a_finger_on_a_small_place_is_led_to_its_line_and_on_a_large_one_marks_it(ada, size):
    ada = ada(has_touch=True, is_mobile=True)
    ada.page.set_viewport_size(size)
    taps(ada, "thigh_front_left", "front")
    expect(box(ada, "thigh_front_left")).to_be_checked()

    taps(ada, "elbow_right", "front")
    expect(box(ada, "elbow_right")).not_to_be_checked()
    expect(box(ada, "elbow_right")).to_be_in_viewport()
    line = ada.page.locator(f'label[for="{box(ada, "elbow_right").get_attribute("id")}"]')
    assert line.bounding_box()["height"] >= FINGER
    line.tap()
    expect(box(ada, "elbow_right")).to_be_checked()
    expect(shape(ada, "elbow_right", "front")).to_have_class("is-on")

    ada.page.locator("details", has=box(ada, "elbow_right")).get_by_text("Back to the drawing").tap()
    expect(ada.page.locator("#body-drawing")).to_be_in_viewport()


def test_both_feet_on_the_drawing_ask_which_came_first(ada):
    ada = ada()
    ada.page.locator('[data-show="feet"]').click()
    for place in ("heel_left", "heel_right"):
        presses(ada, place, "feet")
    expect(ada.page.get_by_role("radiogroup", name="You marked both feet.")).to_be_visible()


def test_without_scripts_a_shape_leads_to_its_checkbox(ada):
    ada = ada(scripts=False)
    presses(ada, "heel_left", "feet")
    expect(box(ada, "heel_left")).to_be_in_viewport()
    box(ada, "heel_left").check()
    box(ada, "ankle_left").check()
    ada.answers_page({"main_area": "foot_ankle"})
    ada.presses("Save and continue")
    assert Intake.objects.get().answers["pain_regions"] == ["ankle_left", "heel_left"]


def test_each_place_is_as_large_as_the_drawing_says(ada):
    """The page leads a finger by these numbers, and a browser knows how much of a place is left by what cuts it off."""
    ada = ada()
    ada.page.set_viewport_size({"width": 1400, "height": 900})
    found = {}
    for view in VIEWS:
        for drawn in ada.page.locator(f'[data-side="{view.id}"] g[clip-path] > g:not([transform]) > a').all():
            name, least = drawn.evaluate(SEEN)
            found[name] = least
    assert set(found) == set(OUTLINES) - {"foot"}
    assert {name: least for name, least in found.items() if abs(least - OUTLINES[name].least) > 2} == {}


def test_every_place_can_be_hit_with_a_thumb_on_the_smallest_phone(ada):
    """On the drawing, or on the line in the list that a tap on it leads to."""
    ada = ada(has_touch=True, is_mobile=True)
    ada.page.set_viewport_size(SMALLEST)
    ada.looks()
    ada.page.evaluate("() => document.querySelectorAll('.body-map details').forEach((part) => (part.open = true))")
    lines = ada.page.locator(".body-map .form-check-label").all()
    assert len(lines) == len(PLACES)
    assert min(line.bounding_box()["height"] for line in lines) >= FINGER
    assert min(line.bounding_box()["width"] for line in lines) >= FINGER
