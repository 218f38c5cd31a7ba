"""What Celery wakes. Safe to run twice, at once or late."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from clinic.sign_in import alerts, resets, tries
from clinic.typed.actions import forget_old


@shared_task(name="clinic.staff.tasks.look_after_accounts")
def look_after_accounts() -> None:
    """Mail new passwords that were asked for, and tell whose accounts are tried."""
    now = timezone.now()
    resets.answer(now)
    alerts.tell_of_wrong_tries(now)
    tries.forget_old(now)


@shared_task(name="clinic.staff.tasks.clear_sessions")
def clear_sessions() -> None:
    """Remove the sessions that ended, and typed words nobody came back for.

    Each session could sign somebody in until then, and none is needed after.
    """
    call_command("clearsessions")
    forget_old(timezone.now())
