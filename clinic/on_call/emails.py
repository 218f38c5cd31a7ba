"""What is written to whoever was put on call or taken off: where, from when to when, and nothing of any case."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils import timezone

from clinic.messages.dispatch import MAY_BE_SILENT
from clinic.messages.facts import moment
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToAColleague, key_to, write_to
from clinic.staff.models import OnCall

PUT_ON, TAKEN_OFF = "put_on_call", "taken_off_call"


def put_on_call(shift: OnCall) -> Message:
    """Tell a person that they are on call, until when, and where to change it."""
    return _tell(PUT_ON, shift)


def taken_off_call(shift: OnCall) -> Message:
    """Tell a person that they are not on call any more."""
    return _tell(TAKEN_OFF, shift)


def key_of(kind_: str, shift: OnCall) -> str:
    """Return the key of the mail about one change of a shift.

    Written for the database in `not_told`.
    """
    return key_to(shift.person_id, kind_, shift.pk)


def not_told(now: datetime) -> QuerySet[OnCall]:
    """Return the shifts whose last change no mail has told their person.

    For over a minute, and while it still matters. Whoever made the change knows of it, and so does whom somebody has
    told by phone. Who was only asked hears of it by the mail about the case.
    """
    put_on = Q(taken_off_at=None, asked=False, put_at__isnull=False) & ~Q(put_by=F("person"))
    taken_off = Q(taken_off_at__isnull=False) & ~Q(taken_off_by=F("person"))
    changed_at = Coalesce("taken_off_at", "put_at")
    by_phone = Q(known_at__isnull=False, known_at__gte=changed_at)
    what = Case(When(taken_off_at=None, then=Value(PUT_ON)), default=Value(TAKEN_OFF), output_field=CharField())
    key = Concat(what, Value(":"), Cast("pk", CharField()), Value(":"), Cast("person_id", CharField()))
    told = Message.objects.filter(key=OuterRef("mail"), status=Message.Status.SENT)
    return (
        OnCall.objects.filter(put_on | taken_off, ends_at__gt=now, person__is_active=True)
        .exclude(by_phone)
        .annotate(mail=key, since=changed_at)
        .filter(~Exists(told), since__lt=now - MAY_BE_SILENT)
    )


def _tell(kind_: str, shift: OnCall) -> Message:
    zone = shift.location.zone.key
    facts = {"starts_at": moment(shift.starts_at, zone), "ends_at": moment(shift.ends_at, zone)}
    return write_to(shift.person, kind_, shift.pk, location=shift.location, facts=facts)


class _AboutTheList(ToAColleague):
    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("on_watch")}

    @classmethod
    def still_needed(cls, message: Message) -> str:
        reader = cls.reader(message)
        return "" if reader and reader.is_active else "This person no longer has an account."


@kind(
    "put_on_call",
    title="Put on call",
    audience="staff",
    safe=("location", "starts_at", "ends_at", "link"),
    routine=False,
)
class PutOnCall(_AboutTheList):
    """It goes at any hour: it may be about this night."""

    @classmethod
    def still_needed(cls, message: Message) -> str:
        shift = OnCall.objects.get(pk=int(message.key.split(":")[1]))
        if shift.taken_off_at or shift.ends_at <= timezone.now():
            return "They are not on call any more."
        return super().still_needed(message)


@kind(
    "taken_off_call",
    title="Taken off call",
    audience="staff",
    safe=("location", "starts_at", "ends_at", "link"),
    routine=False,
)
class TakenOffCall(_AboutTheList):
    """It goes at any hour: somebody may be awake for nothing."""
