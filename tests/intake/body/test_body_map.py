"""The drawing of the body and the list below it are one question: neither knows a place the other does not."""

import re

import pytest

from intake import triage
from intake.body.drawing import LANDMARKS, LEFT, OUTLINES, RIGHT, SILHOUETTES, VIEWS
from tests.intake.patients import Phone

PLACES = triage.shipped().questions["pain_regions"].option_ids
LARGEST_DRAWING = 16_500


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


def test_every_view_has_its_silhouette_and_its_landmarks():
    assert {view.silhouette for view in VIEWS} == set(SILHOUETTES)
    assert {view.landmarks for view in VIEWS} - {""} == set(LANDMARKS)


def test_front_and_feet_are_seen_as_in_a_photo_and_only_the_back_from_behind():
    assert {view.id: view.left_is_on for view in VIEWS} == {
        "front": RIGHT,
        "back": LEFT,
        "soles": RIGHT,
        "tops": RIGHT,
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
    assert at_the_map.html.count("Your left") == at_the_map.html.count("Your right") == 1, "said once, above"


@pytest.mark.django_db
def test_the_letters_stand_in_the_same_place_and_are_true_for_each_view(at_the_map):
    letters = {}
    for view, svg in re.findall(r'(?s)data-side="(\w+)".*?(<svg.*?</svg>)', at_the_map.html):
        letters[view] = re.findall(r'<text x="(-?\d+)" y="(\d+)">(\w)</text>', svg)
    as_in_a_photo = [("-125", "35", "R"), ("125", "35", "L")]
    from_behind = [("-125", "35", "L"), ("125", "35", "R")]
    assert letters == {
        "front": as_in_a_photo,
        "back": from_behind,
        "soles": as_in_a_photo,
        "tops": as_in_a_photo,
    }


@pytest.mark.django_db
def test_every_shape_is_cut_off_by_the_edge_of_the_body(at_the_map):
    clips = re.findall(r'<g clip-path="url\(#([\w-]+)\)">', at_the_map.html)
    assert clips == [f"c-{view.silhouette}" for view in VIEWS]
    assert all(f'<clipPath id="{clip}">' in at_the_map.html for clip in clips)


@pytest.mark.django_db
def test_between_the_legs_can_be_read_in_the_list_without_opening_anything(at_the_map):
    parts = re.findall(r'(?s)<details class="body-part"( open)?>(.*?)</details>', at_the_map.html)
    assert ["Between the legs" in part for opened, part in parts if opened] == [True]


@pytest.mark.django_db
def test_what_was_saved_is_named_below_the_drawing_and_leads_to_its_checkbox(at_the_map):
    at_the_map.presses_save(page_of_the_map().id, pain_regions=["knee_left", "heel_right"])
    at_the_map.opens_page(page_of_the_map().id)
    boxes = dict(re.findall(r'value="(\w+)"[^>]* id="(\w+)"', at_the_map.html))
    names = re.findall(r'<li><a href="#(\w+)">([^<]+)</a></li>', at_the_map.html)
    assert names == [
        (boxes["knee_left"], "Knee, left"),
        (boxes["heel_right"], "Bottom of the heel, right"),
    ]


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
