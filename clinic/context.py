"""What every page knows about the house it stands in."""

from django.conf import settings


def house(request) -> dict:
    return {"organization": settings.ORGANIZATION, "demo": settings.DEMO}
