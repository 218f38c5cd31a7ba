"""Draw a person from the front and the back, and both feet, in our own outlines.

The same serve every size. Each is drawn once, for the side right of the middle line (x = 0), and mirrored for the
other. The places are drawn past the edge of the body and cut off by its silhouette, so that a finger beside the body
hits nothing. A place may be drawn in more than one view; all its outlines stand for the same checkbox.

No clinician has read the borders yet. Staff pages that show the figure say so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LEFT, RIGHT = "left", "right"
LETTERS = {
    RIGHT: pgettext_lazy("letter for the right side", "R"),
    LEFT: pgettext_lazy("letter for the left side", "L"),
}


class Outline(NamedTuple):
    """The path of a place, and where its check mark stands.

    `least`: its width or height there, whichever is less, as far as it shows.
    """

    path: str
    x: int
    y: int
    least: int


# The edge of what is drawn: the half right of the middle line, from the top down and back.
SILHOUETTES = {
    "body": (
        "M0 8c7 0 14 3 19 8c5 5 4 12 6 18c1 2 3 3 3 5c0 3 0 5-1 8c-1 2-2 2-3 4c-1 3-1 7-3 10c-2 4-4 7-6 10"
        "c0 4-1 9 0 13c1 4 3 7 7 9c8 4 15 4 24 7c8 3 15 3 21 8c6 5 9 11 12 18c3 8 2 15 4 24c2 10 5 17 8 26"
        "c4 11 8 19 12 30c4 10 9 18 12 28c4 12 4 22 7 34c2 6 4 10 6 16c3 8 6 14 8 22c2 8 2 15 1 24c-1 4-2 10-6 11"
        "c-4 1-5-5-7-8c-3-5-3-10-5-15c-1 3-1 8-4 9c-3 1-6-1-7-4c-2-6-1-12-1-19c0-6 0-11-1-17c-2-8-4-15-7-23"
        "c-4-12-7-22-11-34c-3-10-5-18-8-28c-3-10-6-18-10-28c-4-9-7-17-11-26c-1 9-1 17-3 26c-2 10-6 18-7 28"
        "c-1 7 0 13 1 20c2 10 5 17 7 26c3 14 5 24 6 38c1 15 0 27-2 42c-2 14-5 24-7 38c-1 8-1 14-1 22"
        "c1 11 4 19 4 30c-1 14-5 24-7 38c-2 10-5 18-5 28c0 5 1 10 4 14c4 5 10 6 14 10c2 2 6 5 5 8c-1 3-5 4-9 4"
        "c-8 1-15 2-23 0c-4-1-8-2-9-6c-2-11 1-19 1-30c0-8-1-14-2-22c-3-15-7-25-9-40c-1-9 1-17 1-26c0-9 1-17 0-26"
        "c-1-12-2-21-4-32c-2-12-5-22-8-34c-2-7 1-18-6-18"
    ),
    "soles": (
        "M18 80c1-11 0-19 2-30c2-10 2-19 7-28c3-5 8-9 14-8c6 1 10 6 13 11c4 7 4 13 5 21c1 4 1 7 1 10"
        "c1-6 0-13 3-19c2-4 4-8 8-8c4 0 7 4 8 8c3 8 1 15 2 22c2-5 2-11 5-16c1-2 5-4 7-3c4 2 5 5 6 9c1 6 0 11 0 17"
        "c2-4 2-8 5-11c1-2 4-2 6-1c3 2 4 5 4 9c0 6-1 11-2 17c2-3 3-7 6-9c2-1 5 1 6 3c2 5 2 9 2 14c1 13 1 23 0 36"
        "c-1 17-6 31-7 48c-1 18 2 32-1 50c-2 13-5 24-13 34c-6 8-15 11-25 11c-10 0-19-3-25-11c-7-9-7-19-9-30"
        "c-2-11 1-21-1-32c-2-13-5-22-9-34c-5-14-12-24-17-38c-3-8-5-15-5-24c0-7 3-11 4-18Z"
    ),
    "tops": (
        "M18 206c1 11 0 19 2 30c2 10 2 19 7 28c3 5 8 9 14 8c6-1 10-6 13-11c4-7 3-13 5-21c1-3 1-5 1-8"
        "c1 6 0 11 3 17c2 4 4 8 8 8c4 0 7-4 8-8c2-7 1-13 2-20c2 5 2 10 5 14c2 2 5 4 7 3c4-2 5-5 6-9c1-5 0-10 0-15"
        "c2 3 2 7 5 9c2 1 4 2 6 1c3-2 4-5 4-9c0-5-1-10-2-15c2 2 3 6 6 7c2 1 5-1 6-3c2-5 2-9 2-14c0-11 1-19 0-30"
        "c-2-15-5-27-8-42c-3-17-5-31-8-48c-2-12-4-20-5-32c-1-11-3-19-3-30c0-9 1-16 1-24c-18 0-36 0-54 0"
        "c0 9 2 17 1 26c-1 11-4 19-5 30c-1 11-2 19-3 30c-1 9-2 17-4 26c-3 13-6 23-10 36c-4 13-8 23-12 36"
        "c-2 6-2 10-2 16c0 5 3 9 4 14Z"
    ),
}

# Seen under the skin, so that a place is known at once: the right half again.
LANDMARKS = {
    "front": (
        "M13 107Q26 101 42 100M22 152Q36 164 54 154M27 373Q36 365 45 373M28 395Q36 403 44 394M0 221Q3 221 3 217"
        "M129 316L132 336M122 316L126 334M42 239Q31 251 15 259"
    ),
    "back": (
        "M24 122Q22 142 38 152L42 130M0 114V228M0 252V256M11 299Q30 303 45 291M26 384Q36 391 46 384M36 468V492"
        "M129 316L132 336M122 316L126 334"
    ),
    "tops": (
        "M32 262Q41 271 50 262M66 250Q71 256 76 250M88 240Q92 245 97 239M104 226Q107 231 111 226M118 209"
        "Q121 212 123 208"
    ),
}

OUTLINES = {
    "head": Outline("M8 0H40V40H8Z", 16, 27, 16),
    "head-mid": Outline("M-8 0H8V40H-8Z", 0, 25, 15),
    "nape": Outline("M8 0H40V62H8Z", 16, 38, 20),
    "nape-mid": Outline("M-8 0H8V62H-8Z", 0, 36, 15),
    "face": Outline("M0 40H40V60L22 57Q16 77 0 78Z", 10, 55, 23),
    "throat": Outline(
        "M0 78Q16 77 22 57L46 80V100Q26 101 13 107Q0 110-13 107Q-26 101-46 100V80L-22 57Q-16 77 0 78Z",
        0,
        93,
        29,
    ),
    "neck": Outline("M7 62H42V100Q26 101 7 108Z", 16, 92, 14),
    "neck-mid": Outline("M-7 62H7V108Q0 109-7 108Z", 0, 84, 13),
    "shoulder": Outline("M42 90H120V160Q86 174 59 148Q46 130 42 100Z", 67, 130, 30),
    "upper-arm": Outline("M59 148Q86 174 120 160V182L74 204Z", 87, 180, 20),
    "elbow": Outline("M74 204L120 182L130 214L80 234Z", 102, 209, 21),
    "forearm": Outline("M80 234L130 214L144 276L96 289Z", 112, 250, 24),
    "hand": Outline("M96 289L144 276V350H90Z", 121, 302, 28),
    "chest": Outline("M13 107Q26 101 42 100Q46 130 59 148L66 198Q34 191 13 172Z", 32, 138, 41),
    "chest-mid": Outline("M-13 107Q0 110 13 107V172Q8 166 0 166Q-8 166-13 172Z", 0, 140, 25),
    "belly": Outline(
        "M0 166Q8 166 13 172Q34 191 66 198V224Q48 231 42 239Q31 251 15 259H-15Q-31 251-42 239"
        "Q-48 231-66 224V198Q-34 191-13 172Q-8 166 0 166Z",
        0,
        204,
        93,
    ),
    "groin": Outline("M42 239Q31 251 15 259L8 308Q32 292 43 264Q41 252 42 239Z", 26, 273, 26),
    "hip": Outline("M42 239Q48 231 80 222V312Q56 302 43 264Q41 252 42 239Z", 52, 262, 18),
    "saddle": Outline("M-15 259H15L8 308H-8Z", 0, 272, 25),
    "thigh": Outline("M0 308H8Q32 292 43 264Q56 302 80 312V362Q36 352 0 362Z", 34, 328, 49),
    "knee": Outline("M0 362Q36 352 80 362V406Q36 416 0 406Z", 36, 384, 35),
    "shin": Outline("M0 406Q36 416 80 406V472Q36 464 0 472Z", 37, 436, 34),
    "ankle": Outline("M0 472Q36 464 80 472V498Q36 492 0 502Z", 37, 484, 17),
    "foot": Outline("M0 490H80V530H0Z", 0, 0, 0),
    "upper-back": Outline("M12 107Q26 101 42 100Q46 130 59 148L58 156H12Z", 32, 132, 39),
    "upper-back-mid": Outline("M-12 107Q0 110 12 107V156H-12Z", 0, 132, 23),
    "mid-back": Outline("M12 156H58L66 198H12Z", 31, 177, 42),
    "mid-back-mid": Outline("M-12 156H12V198H-12Z", 0, 177, 23),
    "low-back": Outline("M12 198H78L80 224Q56 229 41 234Q28 238 12 246Z", 30, 217, 38),
    "low-back-mid": Outline("M-12 198H12V246L0 252L-12 246Z", 0, 222, 23),
    "buttock": Outline("M0 252L12 246Q28 238 41 234Q47 262 45 291Q30 303 11 299Q14 266 0 256Z", 28, 266, 37),
    "hip-back": Outline("M41 234Q56 229 80 224V306L45 291Q47 262 41 234Z", 53, 268, 16),
    "saddle-back": Outline("M0 256Q14 266 11 299L9 318H-9L-11 299Q-14 266 0 256Z", 0, 277, 21),
    "thigh-back": Outline("M0 318H9L11 299Q30 303 45 291L80 306V362Q36 352 0 362Z", 34, 330, 48),
    "calf": Outline("M0 406Q36 416 80 406V466Q36 458 0 466Z", 37, 432, 36),
    "heel-back": Outline("M0 496L36 492L47 491Q54 507 44 522H0Z", 35, 506, 24),
    "ankle-back": Outline("M0 466Q36 458 80 466V496Q36 488 0 496Z", 36, 480, 17),
    "big-toe": Outline("M0 0H60V60Q60 76 50 78Q30 74 0 80Z", 40, 46, 38),
    "toes": Outline("M60 0H140V98Q110 80 50 78Q60 76 60 60Z", 88, 64, 39),
    "ball": Outline("M0 80Q30 74 50 78Q110 80 140 98V150Q96 126 0 136Z", 70, 106, 54),
    "arch": Outline("M0 136Q46 131.2 80 134.2V206Q44 196 0 204Z", 62, 168, 41),
    "outer": Outline("M80 134.2Q117 137.5 140 150V206Q106 199 80 206Z", 100, 168, 40),
    "heel": Outline("M0 204Q44 196 80 206Q106 199 140 206V280H0Z", 80, 232, 61),
    "big-toe-top": Outline("M0 206Q30 212 50 208Q60 210 60 228V290H0Z", 39, 240, 38),
    "toes-top": Outline("M50 208Q112 206 140 188V290H60V228Q60 210 50 208Z", 88, 222, 40),
    "instep": Outline("M0 76Q43 67.4 86 71.6V205.1Q69.7 207.4 50 208Q30 212 0 206Z", 60, 150, 60),
    "outer-top": Outline("M86 71.6Q113 74.3 140 82V188Q120.9 200.3 86 205.1Z", 104, 150, 37),
    "ankle-top": Outline("M0-10H140V82Q70 62 0 76Z", 76, 36, 57),
}


@dataclass(frozen=True)
class View:
    """One side of the body.

    The patient's own left is on the reader's right when `left_is_on` is "right". `sided`: outlines to region, drawn on
    both sides; `middle`: outlines to region, on the middle line, below them. `silhouette` cuts them off, `landmarks`
    lie on top, and the plane is shown down to `height`. On a phone the views of one `group` are shown together, under
    the `tab` of its first.
    """

    id: str
    name: str
    left_is_on: str
    sided: dict
    middle: dict
    group: str
    tab: str = ""
    silhouette: str = "body"
    landmarks: str = ""
    height: int = 526

    @property
    def box(self) -> str:
        return f"-{WIDTH // 2} 0 {WIDTH} {self.height}"

    @property
    def letters(self) -> list[str]:
        """Name the patient's sides by their letters, in the order they are read."""
        sides = (LEFT, RIGHT) if self.left_is_on == LEFT else (RIGHT, LEFT)
        return [LETTERS[side] for side in sides]


WIDTH = 288  # of every view, so that the letters of the sides stand in the same place
ARM = {name: name.replace("-", "_") for name in ("shoulder", "upper-arm", "elbow", "forearm", "hand")}
VIEWS = (
    View(
        "front",
        _("Front"),
        RIGHT,
        {
            **ARM,
            "head": "head",
            "face": "face_jaw",
            "chest": "chest",
            "groin": "groin",
            "hip": "hip",
            "thigh": "thigh_front",
            "knee": "knee",
            "shin": "shin",
            "ankle": "ankle",
        },
        {
            "throat": "neck_front",
            "head-mid": "head",
            "chest-mid": "chest",
            "belly": "abdomen",
            "saddle": "saddle",
        },
        "front",
        tab=_("Front"),
        landmarks="front",
    ),
    View(
        "back",
        pgettext_lazy("side of the body", "Back"),
        LEFT,
        {
            **ARM,
            "nape": "head",
            "neck": "neck_back",
            "upper-back": "upper_back",
            "mid-back": "mid_back",
            "low-back": "low_back",
            "buttock": "buttock",
            "hip-back": "hip",
            "thigh-back": "thigh_back",
            "knee": "knee",
            "calf": "calf",
            "heel-back": "heel_back",
            "ankle-back": "ankle",
        },
        {
            "nape-mid": "head",
            "neck-mid": "neck_back",
            "upper-back-mid": "upper_back",
            "mid-back-mid": "mid_back",
            "low-back-mid": "low_back",
            "saddle-back": "saddle",
        },
        "back",
        tab=pgettext_lazy("side of the body", "Back"),
        landmarks="back",
    ),
    View(
        "soles",
        _("Under your feet"),
        RIGHT,
        {
            "arch": "arch",
            "outer": "outer_foot",
            "heel": "heel",
            "ball": "ball_of_foot",
            "toes": "small_toes",
            "big-toe": "big_toe",
        },
        {},
        "feet",
        tab=_("Feet"),
        silhouette="soles",
        height=276,
    ),
    View(
        "tops",
        _("The tops of your feet"),
        RIGHT,
        {
            "instep": "top_of_foot",
            "outer-top": "outer_foot",
            "ankle-top": "ankle",
            "toes-top": "small_toes",
            "big-toe-top": "big_toe",
        },
        {},
        "feet",
        landmarks="tops",
        silhouette="tops",
        height=280,
    ),
)


def drawn_views(boxes: dict) -> list[dict]:
    """Return the views as the template draws them. `boxes`: value of each checkbox to its id and whether it is checked.

    Outlines of places the question does not offer are left out. Check marks stand outside the mirrored half, so that
    they look the same on both sides.
    """
    return [_drawn(view, boxes) for view in VIEWS]


def _drawn(view: Callable[..., HttpResponse], boxes: Any) -> dict[str, Any]:
    near, far = (LEFT, RIGHT) if view.left_is_on == RIGHT else (RIGHT, LEFT)
    straight = _shapes(view.sided, near, boxes)
    mirrored = _shapes(view.sided, far, boxes)
    middle = _shapes(view.middle, "mid", boxes)
    marks = [(one["x"], one["y"]) for one in (*straight, *middle) if one["on"]]
    marks += [(-one["x"], one["y"]) for one in mirrored if one["on"]]
    return {"view": view, "straight": straight, "mirrored": mirrored, "middle": middle, "marks": marks}


def _shapes(outlines: Any, side: str, boxes: Any) -> list[dict]:
    shapes = []
    for name, region in outlines.items():
        if box := boxes.get(f"{region}_{side}"):
            outline = OUTLINES[name]
            shapes.append({"outline": name, "box": box["id"], "on": box["selected"], "x": outline.x, "y": outline.y})
    return shapes
