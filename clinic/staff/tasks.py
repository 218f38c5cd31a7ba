"""What Celery wakes. Safe to run twice, at once or late."""

from celery import shared_task
from django.utils import timezone

from clinic.staff import alerts, tries


@shared_task
def tell_of_wrong_tries():
    alerts.tell_of_wrong_tries(timezone.now())
    tries.forget_old(timezone.now())
