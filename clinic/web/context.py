"""What every page knows about the house it stands in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    return {"organization": settings.ORGANIZATION, "demo": settings.DEMO}
