"""A number from 0 to 10 can be hit by a thumb that shakes: large enough, and not beside the next one."""

from itertools import pairwise

import pytest

from tests.answers import HEEL_PAIN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TARGET, APART = 44, 8  # pixels


@pytest.fixture
def ada(phone, maya):
    ada = phone()
    ada.starts_an_intake()
    ada.has_answered(HEEL_PAIN, until="pain_worst")
    return ada


@pytest.mark.parametrize("width", [320, 360, 412, 768])
def test_every_number_is_large_and_stands_apart(ada, width):
    ada.page.set_viewport_size({"width": width, "height": 740})
    ada.looks()
    boxes = [label.bounding_box() for label in ada.page.locator("#div_id_pain_worst .form-check-label").all()]
    assert len(boxes) == 11
    assert min(min(box["width"], box["height"]) for box in boxes) >= TARGET
    for one, two in pairwise(boxes):
        if one["y"] == two["y"]:
            assert two["x"] - one["x"] - one["width"] >= APART
        else:
            assert two["y"] - one["y"] - one["height"] >= APART


def test_a_thumb_beside_the_number_still_chooses_it(ada):
    box = ada.page.locator("#div_id_pain_worst .form-check-label", has_text="7").bounding_box()
    ada.page.mouse.click(box["x"] + 3, box["y"] + box["height"] - 3)
    assert ada.page.locator('[name="pain_worst"]:checked').input_value() == "7"
