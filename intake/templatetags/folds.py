"""Lists of which some boxes stand under a fold."""

from collections.abc import Iterable
from typing import Any

from django import template

register = template.Library()


@register.filter
def any_selected(options: Iterable[dict[str, Any]]) -> bool:
    """Say whether one of these boxes is checked: its fold is open then."""
    return any(option["selected"] for option in options)
