"""What Celery wakes in this part. The rows decide what is due; a task may run twice or late."""

from celery import shared_task
from django.utils import timezone

from intake.actions import intakes


@shared_task
def open_cases_for_abandoned():
    intakes.open_cases_for_abandoned(timezone.now())
