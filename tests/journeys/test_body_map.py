"""The drawing of the body under a finger: it and the list below always say the same, and left is the patient's left."""

import pytest
from playwright.sync_api import expect

from intake import triage
from intake.models import Intake
from tests.answers import HEEL_PAIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PLACES = triage.shipped().questions["pain_regions"].option_ids


@pytest.fixture
def ada(phone, maya):
    def at_the_drawing(**how):
        ada = phone(**how)
        ada.starts_an_intake()
        ada.answers_on(HEEL_PAIN, until="pain_regions")
        return ada

    return at_the_drawing


def shape(ada, place, view):
    box = ada.page.locator(f'[name="pain_regions"][value="{place}"]').get_attribute("id")
    return ada.page.locator(f'[data-view="{view}"] a[href="#{box}"]').first


def box(ada, place):
    return ada.page.locator(f'[name="pain_regions"][value="{place}"]')


def presses(ada, place, view):
    shape(ada, place, view).scroll_into_view_if_needed()
    where = shape(ada, place, view).bounding_box()
    ada.page.mouse.click(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
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
    for view, place, left_of_the_screen in (
        ("front", "knee_left", False),
        ("back", "knee_left", True),
        ("feet", "heel_left", True),
    ):
        ada.page.locator(f'[data-show="{view}"]').click()
        left = shape(ada, place, view).bounding_box()["x"]
        right = shape(ada, place.replace("left", "right"), view).bounding_box()["x"]
        assert (left < right) is left_of_the_screen, view
        words = ada.page.locator(f'[data-view="{view}"] text:visible')
        at = {text.inner_html(): text.bounding_box()["x"] for text in words.all()}
        assert (at["Your left"] < at["Your right"]) is left_of_the_screen, view


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


def test_every_place_can_be_hit_with_a_thumb_on_the_smallest_phone(ada):
    ada = ada()
    ada.page.set_viewport_size({"width": 320, "height": 640})
    ada.looks()
    largest = dict.fromkeys(PLACES, 0)
    for view in ("front", "back", "feet"):
        ada.page.locator(f'[data-show="{view}"]').click()
        for link in ada.page.locator(f'[data-view="{view}"] svg a:not(.leads)').all():
            value = ada.page.locator(link.get_attribute("href")).get_attribute("value")
            size = link.bounding_box()
            largest[value] = max(largest[value], min(size["width"], size["height"]))
    assert {place: size for place, size in largest.items() if size < 24} == {}
    foot = [p for p in PLACES if p.startswith(("heel", "arch", "ball", "top_of", "outer", "big", "small", "ankle"))]
    assert {place: largest[place] for place in foot if largest[place] < 36} == {}
