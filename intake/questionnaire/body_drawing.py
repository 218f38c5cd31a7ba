"""The body map as a drawing: our own outlines of a person from the front, from the back, and of both feet.

Every outline is drawn once, for the side right of the middle line (x = 0), and mirrored for the other.
A place may be drawn in more than one view; all its outlines stand for the same checkbox.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LEFT, RIGHT = "left", "right"

# Name of an outline: its path, and where the check mark stands in it.
OUTLINES = {
    "head": ("M16 50V6C34 11 43 26 43 50Z", 29, 33),
    "head-mid": ("M-16 50V6Q0 0 16 6V50Z", 0, 28),
    "nape": ("M16 86V6C36 11 43 28 43 48C43 66 37 78 27 86Z", 29, 48),
    "nape-mid": ("M-16 86V6Q0 0 16 6V86Z", 0, 46),
    "face": ("M0 50H43C43 74 28 93 0 94Z", 20, 70),
    "throat": ("M-21 80V110Q-24 117-40 122H40Q24 117 21 110V80Z", 0, 109),
    "neck": ("M13 86H28V108Q32 117 54 122H13Z", 24, 108),
    "neck-mid": ("M-13 86H13V122H-13Z", 0, 105),
    "shoulder": ("M58 122H64C86 122 97 136 99 164L66 171L58 160Z", 77, 146),
    "upper-arm": ("M66 171L99 164C103 182 107 198 111 214L76 221C72 206 69 189 66 171Z", 88, 194),
    "elbow": ("M76 221L111 214C116 226 119 238 121 250L84 257C80 246 78 233 76 221Z", 98, 236),
    "forearm": ("M84 257L121 250C126 268 129 282 132 298L100 305C93 290 88 274 84 257Z", 109, 278),
    "hand": ("M100 305L132 298C144 308 149 324 145 341C141 354 128 357 118 350C105 341 101 325 100 305Z", 123, 326),
    "chest": ("M18 122H58V160L62 184H18Z", 38, 153),
    "chest-mid": ("M-18 122H18V184H-18Z", 0, 153),
    "belly": ("M-62 184H62Q56 214 61 240H16V264H-16V240H-61Q-56 214-62 184Z", 0, 216),
    "groin": ("M16 240H42V262L50 300H16Z", 31, 272),
    "hip": ("M42 240H61Q73 262 73 300H50L42 262Z", 57, 274),
    "saddle": ("M-16 264H16V300L12 316H-12L-16 300Z", 0, 286),
    "thigh": ("M16 300H73C72 324 65 342 61 360H16Q13 338 12 316Z", 40, 332),
    "knee": ("M16 360H61Q63 382 59 404H18Q13 382 16 360Z", 38, 382),
    "shin": ("M18 404H59C63 424 56 440 53 458H20C19 440 13 424 18 404Z", 37, 430),
    "ankle": ("M20 458H53Q50 476 55 494H17Q22 476 20 458Z", 36, 476),
    "foot": ("M17 494H55C65 501 72 514 66 522H15Q13 508 17 494Z", 0, 0),
    "upper-back": ("M18 122H58V160L60 166H18Z", 38, 144),
    "upper-back-mid": ("M-18 122H18V166H-18Z", 0, 144),
    "mid-back": ("M18 166H60L61 206H18Z", 39, 186),
    "mid-back-mid": ("M-18 166H18V206H-18Z", 0, 186),
    "low-back": ("M18 206H61Q58 228 61 246H18Z", 39, 226),
    "low-back-mid": ("M-18 206H18V246H-18Z", 0, 226),
    "buttock": ("M0 246H42V268L46 300Q22 308 0 298Z", 22, 274),
    "hip-back": ("M42 246H61Q73 266 73 300H46L42 268Z", 58, 276),
    "saddle-back": ("M-17 303Q-8 302 0 298Q8 302 17 303L11 338H-11Z", 0, 319),
    "thigh-back": ("M17 303Q32 304 46 300H73C72 324 65 342 61 360H16Q13 350 11 338Z", 43, 332),
    "calf": ("M18 404H59C63 424 57 436 53 450H20C18 436 13 424 18 404Z", 37, 427),
    "ankle-back": ("M20 450H53Q51 464 54 480H19Q22 464 20 450Z", 36, 465),
    "heel-back": ("M19 480H54C62 502 60 522 36 522S11 502 19 480Z", 36, 500),
    "big-toe": ("M18 66C14 40 22 14 40 14S64 40 62 68Z", 40, 42),
    "toes": ("M62 68C62 44 68 24 82 27C92 29 96 34 100 38C110 42 114 48 117 56C126 62 131 76 131 94Z", 92, 58),
    "ball": ("M18 66L62 68L131 94C135 112 133 124 127 137L23 124C14 104 14 84 18 66Z", 72, 102),
    "arch": ("M23 124L74 131V200H44C34 176 29 150 23 124Z", 52, 162),
    "outer": ("M74 131L127 137C127 160 121 184 116 200H74Z", 97, 166),
    "heel": ("M44 200H116C122 228 110 264 80 264S38 228 44 200Z", 80, 230),
    "instep": ("M18 66L62 68L94 80V190H44C36 150 10 110 18 66Z", 62, 128),
    "outer-top": ("M94 80L131 94C137 122 126 160 116 190H94Z", 111, 134),
    "ankle-top": ("M44 190H116C121 208 119 226 112 238H50C42 226 40 208 44 190Z", 80, 214),
}


@dataclass(frozen=True)
class View:
    """`sided`: outlines to region, drawn on both sides; `middle`: outlines to region, on the middle line. The
    patient's own left is on the reader's right when `left_is_on` is "right". `box` is the part of the plane it shows,
    `lines` what is drawn on top, `words_at` where "Your left" and "Your right" stand. On a phone the views of one
    `group` are shown together, under the `tab` of its first."""

    id: str
    name: str
    left_is_on: str
    sided: dict
    middle: dict
    group: str
    tab: str = ""
    lines: str = ""
    box: str = "-150 0 300 526"
    words_at: tuple = (24, 440)


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
        lines="M-17 58V63M17 58V63M-9 79Q0 84 9 79",
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
            "ankle-back": "ankle",
            "heel-back": "heel_back",
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
        lines="M32 134Q24 147 34 159M-32 134Q-24 147-34 159",
    ),
    View(
        "soles",
        _("Under your feet"),
        LEFT,
        {
            "big-toe": "big_toe",
            "toes": "small_toes",
            "ball": "ball_of_foot",
            "arch": "arch",
            "outer": "outer_foot",
            "heel": "heel",
        },
        {},
        "feet",
        tab=_("Feet"),
        box="-150 10 300 290",
        words_at=(290,),
    ),
    View(
        "tops",
        _("Your feet from above"),
        LEFT,
        {
            "big-toe": "big_toe",
            "toes": "small_toes",
            "instep": "top_of_foot",
            "outer-top": "outer_foot",
            "ankle-top": "ankle",
        },
        {},
        "feet",
        lines="M31 29Q40 19 49 29M-31 29Q-40 19-49 29",
        box="-150 10 300 262",
        words_at=(262,),
    ),
)


def drawn_views(boxes: dict) -> list[dict]:
    """The views as the template draws them. `boxes`: value of each checkbox to its id and whether it is checked.

    Outlines of places the question does not offer are left out. Check marks stand outside the mirrored half, so that
    they look the same on both sides.
    """
    return [_drawn(view, boxes) for view in VIEWS]


def _drawn(view, boxes) -> dict:
    near, far = (LEFT, RIGHT) if view.left_is_on == RIGHT else (RIGHT, LEFT)
    straight = _shapes(view.sided, near, boxes)
    mirrored = _shapes(view.sided, far, boxes)
    middle = _shapes(view.middle, "mid", boxes)
    marks = [(one["x"], one["y"]) for one in (*straight, *middle) if one["on"]]
    marks += [(-one["x"], one["y"]) for one in mirrored if one["on"]]
    return {"view": view, "straight": straight, "mirrored": mirrored, "middle": middle, "marks": marks}


def _shapes(outlines, side, boxes) -> list[dict]:
    shapes = []
    for outline, region in outlines.items():
        if box := boxes.get(f"{region}_{side}"):
            _path, x, y = OUTLINES[outline]
            shapes.append({"outline": outline, "box": box["id"], "on": box["selected"], "x": x, "y": y})
    return shapes
