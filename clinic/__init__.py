"""The ground floor: settings, staff, audit, links, messages and the demo clinic."""

from clinic.celery import app as celery_app

__all__ = ["celery_app"]
