"""The body map of a form field, as its template draws it."""

from typing import Any

from django import template
from django.forms.boundfield import BoundField

from intake.body.drawing import LANDMARKS, LETTERS, OUTLINES, SILHOUETTES

register = template.Library()


@register.filter
def body_parts(field: BoundField) -> list[dict[str, Any]]:
    """Parts of the body with their boxes. After an error one is open, so that the summary's link leads somewhere."""
    parts = field.field.widget.parts(field)
    if field.errors:
        parts[0]["open"] = True
    return parts


@register.filter
def body_views(field: BoundField) -> list[dict[str, Any]]:
    """The drawing: its views with their shapes, each with the id of its checkbox."""
    return field.field.widget.views(field)


@register.filter
def body_chosen(field: Any) -> list[dict]:
    """List what is checked: the id of its checkbox, and its name."""
    return field.field.widget.chosen(field)


@register.simple_tag
def body_letters() -> dict:
    """Return the letters of the patient's sides, by side."""
    return LETTERS


@register.simple_tag
def body_paths() -> dict[str, Any]:
    """Return every path of the drawing by name, each drawn once."""
    return {"silhouettes": SILHOUETTES, "landmarks": LANDMARKS, "outlines": OUTLINES}
