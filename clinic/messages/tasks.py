"""What Celery wakes. Safe to run twice, at once or late."""

from celery import shared_task

from clinic.messages import dispatch


@shared_task
def sweep():
    dispatch.sweep()
