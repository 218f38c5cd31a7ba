"""The drawing of the body and the list below it are one question: neither knows a place the other does not."""

import re

import pytest

from intake import triage
from intake.questionnaire.body_drawing import LEFT, OUTLINES, RIGHT, VIEWS
from tests.intake.patients import Phone

PLACES = triage.shipped().questions["pain_regions"].option_ids
LARGEST_DRAWING = 14_000


def drawn() -> dict[str, set]:
    """Every place of the body that has an outline, to the views it is in."""
    places = {}
    for view in VIEWS:
        sided = (f"{region}_{side}" for region in view.sided.values() for side in (LEFT, RIGHT))
        for place in (*sided, *(f"{region}_mid" for region in view.middle.values())):
            places.setdefault(place, set()).add(view.id)
    return places


def test_every_place_of_the_list_is_drawn_and_every_drawn_place_is_in_the_list():
    assert set(drawn()) == set(PLACES)


def test_every_outline_is_used_and_known():
    used = {outline for view in VIEWS for outline in (*view.sided, *view.middle)}
    assert used | {"foot"} == set(OUTLINES)


def test_the_front_is_seen_as_in_a_photo_and_the_rest_as_from_behind():
    assert {view.id: view.left_is_on for view in VIEWS} == {
        "front": RIGHT,
        "back": LEFT,
        "soles": LEFT,
        "tops": LEFT,
    }


@pytest.mark.parametrize(
    ("place", "views"),
    [
        ("heel_left", {"soles"}),
        ("heel_back_left", {"back"}),
        ("calf_right", {"back"}),
        ("shin_right", {"front"}),
        ("knee_left", {"front", "back"}),
        ("ankle_left", {"front", "back", "tops"}),
        ("abdomen_mid", {"front"}),
        ("low_back_mid", {"back"}),
        ("saddle_mid", {"front", "back"}),
    ],
)
def test_a_place_is_drawn_where_it_can_be_seen(place, views):
    assert drawn()[place] == views


@pytest.fixture
def at_the_map(location):
    """Ada's phone, on the page that asks where it hurts."""
    return Phone().starts().opens_page(page_of_the_map().id)


def page_of_the_map():
    return next(page for page in triage.pages(triage.shipped()) if "pain_regions" in page.questions)


def shapes(html) -> list[tuple[str, str, bool]]:
    """(view, value of the checkbox it stands for, whether it is marked), for every shape on the page."""
    values = dict(re.findall(r'value="(\w+)"[^>]* id="(\w+)"', html))
    by_id = {box: value for value, box in values.items()}
    found = []
    for view, svg in re.findall(r'(?s)data-view="(\w+)".*?(<svg.*?</svg>)', html):
        links = re.findall(r'<a href="#(id_\w+)" tabindex="-1"( class="is-on")?>', svg)
        found += [(view, by_id[box], bool(on)) for box, on in links]
    return found


@pytest.mark.django_db
def test_every_shape_on_the_page_stands_for_a_checkbox_and_none_is_marked_yet(at_the_map):
    found = shapes(at_the_map.html)
    assert {place for _view, place, _on in found} == set(PLACES)
    assert not any(on for _view, _place, on in found)
    assert "Your left" in at_the_map.html
    assert "Your right" in at_the_map.html


@pytest.mark.django_db
def test_what_was_saved_is_marked_in_every_view_without_scripts(at_the_map):
    at_the_map.presses_save(page_of_the_map().id, pain_regions=["knee_left", "heel_right"])
    at_the_map.opens_page(page_of_the_map().id)
    marked = [(view, place) for view, place, on in shapes(at_the_map.html) if on]
    assert sorted(marked) == [("back", "knee_left"), ("feet", "heel_right"), ("front", "knee_left")]
    assert at_the_map.html.count('<use href="#o-mark"') == len(marked), "a check mark, not only a colour"


@pytest.mark.django_db
def test_the_drawing_is_light(at_the_map):
    drawing = at_the_map.html[at_the_map.html.index("data-body-drawing") :]
    svgs = re.findall(r"(?s)<svg.*?</svg>", drawing)
    assert sum(map(len, svgs)) < LARGEST_DRAWING
    assert len(at_the_map.html) < 60_000
