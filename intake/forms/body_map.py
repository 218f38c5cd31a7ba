"""The body map as a list: the places of each part of the body, left beside right."""

from django import forms
from django.utils.translation import gettext_lazy as _

PARTS = (
    (_("Head and neck"), ("head", "face_jaw", "neck_front", "neck_back")),
    (_("Shoulder, arm, and hand"), ("shoulder", "upper_arm", "elbow", "forearm", "hand")),
    (_("Chest and belly"), ("chest", "abdomen")),
    (_("Back"), ("upper_back", "mid_back", "low_back")),
    (_("Hip, groin, and buttock"), ("hip", "groin", "buttock", "saddle")),
    (_("Thigh, knee, and lower leg"), ("thigh_front", "thigh_back", "knee", "shin", "calf")),
    (
        _("Ankle and foot"),
        ("ankle", "heel", "heel_back", "arch", "ball_of_foot", "top_of_foot", "outer_foot", "big_toe", "small_toes"),
    ),
)


class BodyMapWidget(forms.CheckboxSelectMultiple):
    """Checkboxes by region. `parts()` groups them; a region of no part stands in a last one, so none is lost."""

    def parts(self, bound) -> list[dict]:
        """What the template draws: each part of the body with its boxes, left before right, and how many are checked.

        A box that is neither left nor right is `wide`.
        """
        regions = {}
        for part in bound.subwidgets:
            region, _underscore, side = part.data["value"].rpartition("_")
            regions.setdefault(region, []).append(part.data | {"wide": side not in ("left", "right")})
        named = {region for _name, members in PARTS for region in members}
        parts = [*PARTS, (_("Other places"), tuple(region for region in regions if region not in named))]
        drawn = []
        for name, members in parts:
            boxes = [box for region in members for box in sorted(regions.get(region, ()), key=_left_to_right)]
            if boxes:
                drawn.append({"name": name, "boxes": boxes, "count": sum(box["selected"] for box in boxes)})
        return drawn


def _left_to_right(box) -> tuple:
    return (box["wide"], box["value"].endswith("_right"))
