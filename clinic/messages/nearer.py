"""When a reminder of a visit is out of date: of two that an outage held up only the nearer is of use."""

from datetime import datetime

from clinic.messages.leads import TOO_CLOSE
from clinic.messages.models import Message

Status = Message.Status


def worth_until(message: Message, starts_at: datetime) -> datetime:
    """Return when this reminder is out of date.

    When the next one of the same visit is due, at last shortly before.

    The next one is read from the outbox. What the clinic chooses now may be another time than when it was booked.
    """
    same = Message.objects.about(message.subject_type, message.subject_id).filter(
        kind=message.kind, facts__starts_at=message.facts["starts_at"]
    )
    later = same.exclude(status__in=[Status.SKIPPED, Status.FAILED]).exclude(pk=message.pk)
    dues = [one.due_since for one in later if one.due_since > message.due_since]
    return min([*dues, starts_at - TOO_CLOSE])
