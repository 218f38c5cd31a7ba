"""The drawing as one small picture of what a patient marked, on pages and paper."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from intake.body.drawing import LANDMARKS, LEFT, OUTLINES, RIGHT, SILHOUETTES, VIEWS, WIDTH, View, drawn_views

MIRRORED = mark_safe(' transform="scale(-1 1)"')
BODY, FEET = VIEWS[:2], VIEWS[2:]

# R and L as strokes, because a picture of 28 mm must not depend on a font.
STROKES = {
    RIGHT: "M-9 15V-15H1A8 8 0 0 1 1 1H-9M0 1L10 15",
    LEFT: "M-7-15V15H9",
}
BETWEEN = 16  # one row of views and the next
LETTER_AT = (120, 24)  # as far to the right and to the left of the middle line; and down


def body_figure(places: Iterable[str], *, alt: str) -> SafeString:
    """Return an SVG of the front and the back with `places` filled.

    The feet stand below when a place is seen only there. `alt` says the same in words. It carries its own colours for
    a PDF; where a stylesheet is, the classes win.
    """
    rows = [BODY, FEET] if _seen_in(FEET, places) - _seen_in(BODY, places) else [BODY]
    boxes = {place: {"id": "", "selected": True} for place in places}
    drawn = {one["view"].id: one for one in drawn_views(boxes)}
    parts, top = [], 0
    for row in rows:
        parts += [_at(column * WIDTH, top, drawn[view.id]) for column, view in enumerate(row)]
        top += max(view.height for view in row) + BETWEEN
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="body-figure" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        "<defs>{}</defs>{}</svg>",
        2 * WIDTH,
        top - BETWEEN,
        alt,
        _joined(_silhouette(name) for name in dict.fromkeys(view.silhouette for row in rows for view in row)),
        _joined(parts),
    )


def _seen_in(views: tuple[View, ...], places: Iterable[str]) -> set[str]:
    """Pick the places of `places` that these views show."""
    seen = set()
    for view in views:
        seen |= {f"{region}_{side}" for region in view.sided.values() for side in (LEFT, RIGHT)}
        seen |= {f"{region}_mid" for region in view.middle.values()}
    return seen & set(places)


def _joined(parts: Iterable[Any]) -> SafeString:
    return format_html_join("", "{}", ([part] for part in parts))


def _silhouette(name: str) -> SafeString:
    """Draw the half of a silhouette, and both halves of it to cut off by."""
    return format_html(
        '<path id="figure-{name}" d="{path}"/><clipPath id="figure-in-{name}">{both}</clipPath>',
        name=name,
        path=SILHOUETTES[name],
        both=_edge(name),
    )


def _edge(name: str) -> SafeString:
    return format_html('<use href="#figure-{0}"/><use href="#figure-{0}"{1}/>', name, MIRRORED)


def _both(path: str) -> SafeString:
    """Draw the path, and its mirror image."""
    return format_html('<path d="{0}"/><path d="{0}"{1}/>', path, MIRRORED)


def _at(x: int, y: int, drawn: dict) -> SafeString:
    """Place one view, cut off at its own edges."""
    return format_html(
        '<svg x="{}" y="{}" width="{}" height="{}" viewBox="{}">{}</svg>',
        x,
        y,
        WIDTH,
        drawn["view"].height,
        drawn["view"].box,
        _one(drawn),
    )


def _one(drawn: dict) -> SafeString:
    view = drawn["view"]
    straight = [OUTLINES[one["outline"]].path for one in (*drawn["middle"], *drawn["straight"])]
    mirrored = [OUTLINES[one["outline"]].path for one in drawn["mirrored"]]
    return format_html(
        '<g class="body-skin" fill="#fffefb">{edge}</g>'
        '<g class="body-marked" fill="#0c5861" stroke="#fffefb" stroke-width="2.5" clip-path="url(#figure-in-{name})">'
        "{straight}<g{mirror}>{mirrored}</g></g>"
        '<g class="body-landmarks" fill="none" stroke="#928e84" stroke-width="2.5" stroke-linecap="round">{lines}</g>'
        '<g class="body-edge" fill="none" stroke="#5d5b54" stroke-width="5">{edge}</g>'
        '<g class="body-letters" fill="none" stroke="#1b2326" stroke-width="5">{letters}</g>',
        name=view.silhouette,
        edge=_edge(view.silhouette),
        straight=_joined(format_html('<path d="{}"/>', path) for path in straight),
        mirror=MIRRORED,
        mirrored=_joined(format_html('<path d="{}"/>', path) for path in mirrored),
        lines=_both(LANDMARKS[view.landmarks]) if view.landmarks else "",
        letters=_letters(view),
    )


def _letters(view: View) -> SafeString:
    """Set R and L beside the head or the toes, each on the side it is true for."""
    x, y = LETTER_AT
    sides = ((x, LEFT), (-x, RIGHT)) if view.left_is_on == RIGHT else ((-x, LEFT), (x, RIGHT))
    return _joined(
        format_html('<path d="{}" transform="translate({} {})"/>', STROKES[side], at, y) for at, side in sides
    )
