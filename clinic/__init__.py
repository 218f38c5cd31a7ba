"""The ground floor: who works here, what every room needs, and what the product runs on."""

from clinic.celery import app as celery_app

__all__ = ["celery_app"]
