"""What Celery wakes. Safe to run twice, at once or late."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from clinic.staff import alerts, resets, tries


@shared_task
def look_after_accounts():
    """Mail new passwords that were asked for, and tell whose accounts are tried."""
    now = timezone.now()
    resets.answer(now)
    alerts.tell_of_wrong_tries(now)
    tries.forget_old(now)


@shared_task
def clear_sessions():
    """Remove the sessions that ended: each row could sign somebody in until then, and none is needed after."""
    call_command("clearsessions")
