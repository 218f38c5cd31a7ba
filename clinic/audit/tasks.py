"""What Celery wakes. Safe to run twice, at once or late."""

from celery import shared_task

from clinic.audit import chain


@shared_task(name="clinic.audit.tasks.seal")
def seal() -> None:
    chain.seal()


@shared_task(name="clinic.audit.tasks.check")
def check() -> None:
    chain.check()
