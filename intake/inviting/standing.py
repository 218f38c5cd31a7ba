"""How each invitation stands: read from the form, its link and its mails, so that no state can differ from them."""

from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, TextChoices, Value, When

from clinic.links.models import Link
from clinic.messages.models import Message
from clinic.staff.models import Location, User
from intake.models import Intake

SHOWN_FOR = timedelta(days=180)  # older ones are found by the patient's name
WITH_THE_LINK = ("intake_invitation", "intake_link")


class State(TextChoices):
    """How far an invitation came."""

    UNDELIVERED = "undelivered", "Could not deliver"
    OVER = "over", "Link ran out"
    SENT = "sent", "Sent"
    OPENED = "opened", "Opened"
    STARTED = "started", "Started"
    FINISHED = "finished", "Finished"
    TAKEN_BACK = "taken_back", "Taken back"


STANDS = (State.UNDELIVERED, State.OVER, State.SENT, State.OPENED, State.STARTED)  # may be sent again
NOT_BEGUN = (State.UNDELIVERED, State.OVER, State.SENT, State.OPENED)  # may be taken back


def invitations(user: User, now: datetime) -> QuerySet[Intake]:
    """Return those of this person's locations lately, the newest first.

    Each has its `state`.
    """
    links = Link.objects.filter(purpose=Link.Purpose.INTAKE, subject_id=OuterRef("public_id"))
    failed = Message.objects.needing_a_person().filter(
        subject_type="intake", subject_id=OuterRef("public_id"), kind__in=WITH_THE_LINK
    )
    stands = Exists(links.filter(withdrawn_at=None, expires_at__gt=now))
    opened = Exists(links.filter(opened_at__isnull=False))
    state = Case(
        When(taken_back_at__isnull=False, then=Value(State.TAKEN_BACK)),
        When(submitted_at__isnull=False, then=Value(State.FINISHED)),
        When(saved_at__isnull=False, then=Value(State.STARTED)),
        When(opened & stands, then=Value(State.OPENED)),
        When(~opened & Exists(failed), then=Value(State.UNDELIVERED)),
        When(~stands, then=Value(State.OVER)),
        default=Value(State.SENT),
        output_field=CharField(),
    )
    lately = Intake.objects.visible_to(user).invitations().filter(started_at__gt=now - SHOWN_FOR)
    return lately.annotate(state=state).order_by("-started_at", "-pk")


def at(rows: QuerySet[Intake], place: Location | None) -> QuerySet[Intake]:
    """Leave those at one location, or all."""
    return rows.filter(patient__location=place) if place else rows


def after(rows: QuerySet[Intake], last: Intake | None) -> QuerySet[Intake]:
    """Leave what comes behind the last one of the page before."""
    if last is None:
        return rows
    older = Q(started_at__lt=last.started_at) | Q(started_at=last.started_at, pk__lt=last.pk)
    return rows.filter(older)


def count(rows: QuerySet[Intake]) -> dict[str, int]:
    """Return how many there are in each state."""
    counted = rows.order_by().values("state").annotate(many=Count("pk")).values_list(F("state"), "many")
    return dict(counted)
