"""What Celery wakes. Safe to run twice, at once or late."""

from celery import shared_task

from clinic.messages import dispatch, mailbox
from clinic.messages.bell import SWEEP


@shared_task(name=SWEEP)
def sweep() -> None:
    dispatch.sweep()


@shared_task
def read_bounces() -> None:
    mailbox.read_mailbox()
