"""The body map as a list, left beside right, and as a drawing above it. Both stand for the same checkboxes."""

from itertools import takewhile
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intake.body.drawing import drawn_views

SIDES = ("left", "right", "mid")
PARTS = (
    (_("Head and neck"), ("head", "face_jaw", "neck_front", "neck_back")),
    (_("Shoulder, arm, and hand"), ("shoulder", "upper_arm", "elbow", "forearm", "hand")),
    (_("Chest and belly"), ("chest", "abdomen")),
    (pgettext_lazy("part of the body", "Back"), ("upper_back", "mid_back", "low_back")),
    (_("Hip, groin, and buttock"), ("hip", "groin", "buttock", "saddle")),
    (_("Thigh, knee, and lower leg"), ("thigh_front", "thigh_back", "knee", "shin", "calf")),
    (
        _("Ankle and foot"),
        ("ankle", "heel", "heel_back", "arch", "ball_of_foot", "top_of_foot", "outer_foot", "big_toe", "small_toes"),
    ),
)


ALWAYS_OPEN = "saddle"  # the part with this region: nobody should have to look for "between the legs"


class BodyMapWidget(forms.CheckboxSelectMultiple):
    """Checkboxes by region. `parts()` groups them; a region of no part stands in a last one, so none is lost.
    `views()` draws them; a region nobody has drawn is in the list only."""

    class Media:
        js = [Script("js/body_map.js", defer=True)]

    def views(self, bound: BoundField) -> list[dict[str, Any]]:
        boxes = {part.data["value"]: part.data for part in bound.subwidgets}
        return drawn_views(
            {name: {"id": box["attrs"]["id"], "selected": box["selected"]} for name, box in boxes.items()}
        )

    def chosen(self, bound: BoundField) -> list[dict[str, Any]]:
        """Return what is checked: the id of each checkbox, and its name."""
        boxes = [part.data for part in bound.subwidgets if part.data["selected"]]
        return [{"box": box["attrs"]["id"], "label": box["label"]} for box in boxes]

    def parts(self, bound: BoundField) -> list[dict[str, Any]]:
        """What the template draws: each part of the body with its places and how many boxes are checked in it."""
        regions = {}
        for part in bound.subwidgets:
            region, _underscore, side = part.data["value"].rpartition("_")
            regions.setdefault(region, {})[side] = part.data
        named = {region for _name, members in PARTS for region in members}
        parts = [*PARTS, (_("Other places"), tuple(region for region in regions if region not in named))]
        drawn = []
        for name, members in parts:
            places = [_place(regions[region]) for region in members if region in regions]
            if places:
                count = sum(box["selected"] for place in places for box in place["boxes"])
                drawn.append({"name": name, "places": places, "count": count, "open": ALWAYS_OPEN in members})
        return drawn


def _place(sides: dict[str, Any]) -> dict[str, Any]:
    """One region: its name, and its boxes with left before right and the middle last.

    The labels name region and side in any language ("Shoulder, left", "Hombro izquierdo"); what they share is the
    name, the rest of each is its side.
    """
    boxes = [sides[side] for side in SIDES if side in sides]
    labels = [str(box["label"]) for box in boxes]
    if len(labels) == 1:
        return {"name": "", "boxes": [boxes[0] | {"side": labels[0], "wide": True}]}
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*labels, strict=False))
    shared = "".join(letters[0] for letters in alike)
    shared = shared[: shared.rfind(",") if "," in shared else shared.rfind(" ")]
    words = [label[len(shared) :].strip(" ,") for label in labels]
    named = [box | {"side": word[:1].upper() + word[1:]} for box, word in zip(boxes, words, strict=True)]
    if len(named) == 3:
        named[2]["wide"] = True
    return {"name": shared, "boxes": named}
