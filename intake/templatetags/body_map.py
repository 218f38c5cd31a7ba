"""The body map of a form field, as its template draws it."""

from django import template

from intake.questionnaire.body_drawing import OUTLINES

register = template.Library()


@register.filter
def body_parts(field) -> list[dict]:
    """Parts of the body with their boxes. After an error one is open, so that the summary's link leads somewhere."""
    parts = field.field.widget.parts(field)
    if field.errors and not any(part["count"] for part in parts):
        parts[0]["open"] = True
    return parts


@register.filter
def body_views(field) -> list[dict]:
    """The drawing: its views with their shapes, each with the id of its checkbox."""
    return field.field.widget.views(field)


@register.simple_tag
def body_outlines() -> dict:
    """Every outline of the drawing by name, each drawn once."""
    return OUTLINES
