"""The ground floor: who works here, what every room needs, and what the product runs on."""

from clinic.celery import app as celery_app

VERSION = "1.0.0"  # the one place; CHANGELOG.md says what came with it

__all__ = ["VERSION", "celery_app"]
