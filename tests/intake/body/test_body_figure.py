"""The small figure: what the patient marked, for a therapist's glance and on paper; never more than was marked."""

import re
from xml.etree import ElementTree

import pytest

from intake import triage
from intake.body.drawing import OUTLINES, VIEWS
from intake.body.figure import body_figure
from tests import factories
from tests.answers import HEEL_PAIN

SVG = "{http://www.w3.org/2000/svg}"
PLACES = triage.shipped().questions["pain_regions"].option_ids


def views_of(figure) -> list[ElementTree.Element]:
    return ElementTree.fromstring(figure).findall(f"{SVG}svg")


def filled(view) -> dict[str, list[str]]:
    """The paths filled in one view: as they are drawn, and mirrored."""
    group = view.find(f"{SVG}g[@class='body-marked']")
    return {
        "right of the middle": [path.get("d") for path in group.findall(f"{SVG}path")],
        "left of the middle": [path.get("d") for path in group.findall(f"{SVG}g/{SVG}path")],
    }


def test_a_marked_knee_is_filled_on_its_own_side_in_both_views():
    front, back = views_of(body_figure(["knee_right"], alt="Knee, right"))
    knee = [OUTLINES["knee"].path]
    assert filled(front) == {"right of the middle": [], "left of the middle": knee}
    assert filled(back) == {"right of the middle": knee, "left of the middle": []}


def test_nothing_is_filled_where_nothing_is_marked():
    assert [filled(view) for view in views_of(body_figure([], alt=""))] == 2 * [
        {"right of the middle": [], "left of the middle": []}
    ]


@pytest.mark.parametrize(
    ("places", "views"),
    [
        (["low_back_mid"], 2),
        (["ankle_left"], 2),
        (["heel_left"], 4),
        (["low_back_mid", "small_toes_right"], 4),
    ],
)
def test_the_feet_are_shown_when_a_place_is_seen_only_there(places, views):
    assert len(views_of(body_figure(places, alt=""))) == views


@pytest.mark.parametrize("place", PLACES)
def test_every_place_of_the_list_can_be_seen(place):
    found = [filled(view) for view in views_of(body_figure([place], alt=""))]
    assert any(paths for view in found for paths in view.values())


def test_a_place_that_is_no_longer_drawn_is_left_out():
    assert len(views_of(body_figure(["tail_mid"], alt="Tail"))) == 2


def test_it_says_the_same_in_words_and_words_stay_words():
    figure = body_figure(["knee_left"], alt='Knee <b>"left"</b>')
    assert ElementTree.fromstring(figure).get("aria-label") == 'Knee <b>"left"</b>'


def test_it_needs_nothing_from_elsewhere_and_no_style_of_its_own():
    figure = body_figure(PLACES, alt="Everything")
    assert not re.search(r'style=|<style|<text|<image|href="(?!#)', figure)
    assert len(figure) < 14_000
    assert len(views_of(figure)) == len(VIEWS)


@pytest.mark.django_db
def test_the_therapist_sees_it_with_the_answers_and_that_nobody_has_checked_the_borders(location, maya, client):
    case = factories.case(at=location, answers=HEEL_PAIN, acknowledged_by=maya)
    client.force_login(maya)
    page = client.get(case.get_absolute_url()).content.decode()
    figure = page[page.index('<figure class="body-figure-frame">') : page.index("</figure>")]
    assert 'role="img"' in figure
    assert "Bottom of the heel, right" in figure
    assert "Regions not yet read by a clinician" in figure


@pytest.mark.django_db
def test_a_case_with_nothing_marked_shows_no_empty_body(location, maya, client):
    case = factories.case(at=location, answers=HEEL_PAIN | {"pain_regions": []}, acknowledged_by=maya)
    client.force_login(maya)
    assert "body-figure" not in client.get(case.get_absolute_url()).content.decode()
