"""A case is what a therapist reviews: one intake, its flags, and what people did about them."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from clinic.audit.growing import only_grows
from clinic.staff.models import User
from clinic.staff.permissions import SEE_CASES
from clinic.staff.places import OfPlacesQuerySet
from intake.models import two_people
from intake.models.lease import lease_from
from intake.models.lost_hold import LostHold
from intake.models.urgency import KNOWN_URGENCIES, URGENCIES, Urgency


class MoveNotAllowed(Exception):
    """The case is in a state from which this move does not exist; nothing was changed."""

    def __init__(self, case: "Case", to: str) -> None:
        self.case, self.to = case, to
        super().__init__(f"A case that is {case.get_status_display().lower()} cannot become {to}.")


class CaseQuerySet(OfPlacesQuerySet):
    seen_by = SEE_CASES

    def awaiting_decision(self) -> Self:
        return self.exclude(status=Case.Status.DECIDED)

    def decided_last_first(self, after: Any = None) -> Self:
        """Return decided cases, newest first: those behind `after`, a case of this list."""
        decided = self.filter(status=Case.Status.DECIDED).order_by("-decided_at", "-pk")
        if after is None or after.decided_at is None:
            return decided
        earlier = Q(decided_at__lt=after.decided_at) | Q(pk__lt=after.pk)
        return decided.filter(earlier, decided_at__lte=after.decided_at)

    def unacknowledged(self) -> Self:
        return self.filter(status=Case.Status.WAITING)

    def with_clock(self) -> Self:
        """Adds `due_at`: the moment by which somebody must do the next thing."""
        return self.annotate(
            due_at=models.Case(
                models.When(status=Case.Status.WAITING, then=F("acknowledge_by")),
                models.When(status=Case.Status.DECIDED, then=Coalesce(F("decided_at"), F("decide_by"))),
                default=F("decide_by"),
            )
        )

    def most_urgent_first(self) -> Self:
        """By tier; within a tier what nobody has taken yet comes first, then what is due first."""
        return self.with_clock().with_taken().order_by("-urgency", "taken", "due_at", "pk")

    def with_taken(self) -> Self:
        """Adds `taken`: 0 while nobody has acknowledged it, else 1."""
        return self.annotate(
            taken=models.Case(
                models.When(status=Case.Status.WAITING, then=0), default=1, output_field=models.IntegerField()
            )
        )

    def after(self, case: "Case") -> Self:
        """What `most_urgent_first` puts behind `case`, which came from it; a page starts here, whatever changed."""
        later = Q(due_at__gt=case.due_at) | Q(due_at=case.due_at, pk__gt=case.pk)
        same_tier = Q(taken__gt=case.taken) | Q(later, taken=case.taken)
        behind = Q(urgency__lt=case.urgency) | Q(same_tier, urgency=case.urgency)
        return self.with_clock().with_taken().filter(behind)

    def overdue(self, now: datetime) -> Self:
        return self.awaiting_decision().with_clock().filter(due_at__lt=now)


@pghistory.track(
    model_name="CaseHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    meta={"triggers": only_grows("case_history_only_grows")},
)
class Case(models.Model):
    class Status(models.TextChoices):
        WAITING = "waiting", "Not acknowledged"
        IN_REVIEW = "in_review", "In review"
        SECOND_LOOK = "second_look", "Needs a second person"
        DECIDED = "decided", "Decided"

    class OpenedBecause(models.TextChoices):
        FLAG = "flag", "A rule fired before the form was finished"
        SUBMITTED = "submitted", "The intake was submitted"
        NOT_SCREENED = "not_screened", "The form was left before screening"
        WORSE = "worse", "The patient reported getting worse"

    MOVES: ClassVar[dict[str, set[str]]] = {  # a case stays where it is while a call is noted or an answer changes
        Status.WAITING: {Status.WAITING, Status.IN_REVIEW},
        Status.IN_REVIEW: {Status.IN_REVIEW, Status.SECOND_LOOK, Status.DECIDED, Status.WAITING},
        Status.SECOND_LOOK: {Status.SECOND_LOOK, Status.DECIDED, Status.IN_REVIEW, Status.WAITING},
        Status.DECIDED: {Status.DECIDED, Status.WAITING, Status.IN_REVIEW},  # reopened by worse answers, or by staff
    }

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    intake = models.OneToOneField("intake.Intake", on_delete=models.PROTECT, related_name="case")
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="cases")
    location = models.ForeignKey("staff.Location", on_delete=models.PROTECT, related_name="cases")
    opened_because = models.CharField(max_length=20, choices=OpenedBecause)
    rules_urgency = models.PositiveSmallIntegerField(
        choices=URGENCIES, help_text="The highest tier of any rule that fired"
    )
    urgency = models.PositiveSmallIntegerField(
        choices=URGENCIES, help_text="The tier that counts: rules, or a decision"
    )
    flags = models.JSONField(
        default=list,
        help_text="Every rule that ever fired, worst first: {rule, tier, condition, assessment, still}. `assessment` "
        "is the id of the last one in which it fired; `still` is false when later answers no longer fire it",
    )
    unused_alarms = models.JSONField(
        default=list,
        help_text="Alarming answers of the newest assessment that no fired rule used, worst first: "
        "{question, value, severity, said}",
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.WAITING)
    opened_at = models.DateTimeField()
    acknowledge_by = models.DateTimeField(help_text="Raised again when nobody acknowledged by then")
    decide_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="While it is in review: when it waits for anybody again; see `lease`"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(
        default=0, help_text="Grows with every change; a decision names the one it saw"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                F("urgency").desc(), "acknowledge_by", "id", name="case_queue", condition=~Q(status="decided")
            ),
            models.Index("decided_at", "id", name="case_decided", condition=Q(status="decided")),
            models.Index("location", "opened_at", name="case_opened"),
            models.Index("acknowledge_by", name="case_to_acknowledge_by"),  # of promises that fell due in some time
            models.Index("decide_by", name="case_to_decide_by"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(urgency__in=KNOWN_URGENCIES, rules_urgency__in=KNOWN_URGENCIES),
                name="case_has_a_known_urgency",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="case_acknowledged_has_both_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(status="decided", decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(status="decided") & Q(decided_at=None, decided_by=None)),
                name="case_decided_has_both_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting") | Q(acknowledged_by__isnull=False),
                name="case_in_review_was_acknowledged",
            ),
            models.CheckConstraint(
                condition=Q(status="in_review", held_until__isnull=False)
                | (~Q(status="in_review") & Q(held_until=None)),
                name="case_is_held_by_a_lease",
            ),
        ]
        triggers = [
            two_people.after(
                "case_keeps_its_emergency", pgtrigger.Insert | pgtrigger.Update, two_people.CASE_KEEPS_ITS_EMERGENCY
            )
        ]

    def __str__(self) -> str:
        return f"case {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.public_id])

    @property
    def tier(self) -> Urgency:
        """Return the tier that counts."""
        return Urgency(self.urgency)

    @property
    def age(self) -> int:
        """Return the patient's age today, where the case is."""
        return self.patient.age_on(timezone.localdate(timezone=self.location.zone))

    @property
    def holds_emergency(self) -> bool:
        """By its tier, or by a rule that ever fired."""
        return Urgency.EMERGENCY in (self.urgency, self.rules_urgency) or any(
            flag["tier"] == Urgency.EMERGENCY.word for flag in self.flags
        )

    @property
    def is_open(self) -> bool:
        return self.status != self.Status.DECIDED

    @property
    def news(self) -> "CaseEvent | None":
        """Return the last time answers, or time itself, opened, raised or reopened it.

        To staff, what they did themselves is no news.
        """
        return self.events.filter(kind__in=CaseEvent.NEWS, by=None).last()

    @property
    def screened(self) -> bool:
        """False while the form rests unfinished and no rule has asked for anybody today.

        Of a form that was left that is so until it is sent; of a patient who got worse also until a rule fires.
        """
        if self.intake.submitted_at is not None:
            return True
        if self.opened_because == self.OpenedBecause.WORSE:
            return self.rules_urgency >= Urgency.URGENT
        return self.opened_because != self.OpenedBecause.NOT_SCREENED

    def begin(self, *lines: tuple[str, str], now: datetime) -> None:
        """Store a case that nobody knows of yet, with the first lines of its timeline.

        A line is its kind and its words. In the caller's transaction. Each is a version of its own, as `move_to` would
        make them; nobody can have moved it meanwhile, so it is neither locked nor read again.
        """
        self.save()
        noted = []
        for kind, words in lines:
            self.version += 1
            self.save(update_fields=["version"])
            noted.append(CaseEvent(case=self, kind=kind, words=words, version=self.version, at=now))
        CaseEvent.objects.bulk_create(noted)

    @transaction.atomic
    def move_to(
        self,
        status: str,
        *,
        event: str,
        by: User | None = None,
        words: str = "",
        now: datetime | None = None,
        **changes: Any,
    ) -> "CaseEvent":
        """Lock the row, check the move, write the status, `changes`, a higher version and the event together.

        `event` is a `CaseEvent.Kind`. Raises MoveNotAllowed and changes nothing when the table has no such move. The
        lease follows the move, and whoever loses the case by it without doing it is noted to be told. This object is
        refreshed from the row; returns the event.
        """
        now = now or timezone.now()
        locked = Case.objects.select_for_update().get(pk=self.pk)
        had, until = locked.acknowledged_by_id if locked.is_open else None, locked.held_until
        if status not in self.MOVES[locked.status]:
            raise MoveNotAllowed(locked, status)
        locked.status = status
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.version += 1
        locked.held_until = locked._held_from(now, had=had, until=until, by=by)
        locked.save()
        noted = CaseEvent.objects.create(case=locked, kind=event, by=by, words=words, version=locked.version, at=now)
        if had not in (None, locked.acknowledged_by_id, by and by.pk):
            LostHold.objects.create(person_id=had, event=noted)
        self.refresh_from_db()
        return noted

    def _held_from(self, now: datetime, *, had: int | None, until: datetime | None, by: User | None) -> datetime | None:
        """Return until when it is held, now that it has moved; before, `had` held it `until` then.

        Whoever takes it, and whatever its holder does, begins a lease. What others do leaves it; a worse tier may end
        it sooner.
        """
        if self.status != self.Status.IN_REVIEW:
            return None
        fresh, holder = lease_from(now, self.urgency, self.location), self.acknowledged_by_id
        if until is None or had != holder or (by is not None and by.pk == holder):
            return fresh
        return min(fresh, until)


class CaseEvent(models.Model):
    """What happened to a case, in order. Never changed; the timeline of the case page is read from here."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Opened"
        NEW_FLAG = "new_flag", "New answers"
        ALARMS_SEEN = "alarms_seen", "Saw danger signs no rule used"
        RAISED = "raised", "Raised by new answers"
        REOPENED = "reopened", "Reopened"
        RAISED_BY_STAFF = "raised_by_staff", "Raised by staff"
        RAISED_AGAIN = "raised_again", "Raised again: nobody has taken it"
        SUBMITTED = "submitted", "Intake submitted"
        ANSWER_CHANGED = "answer_changed", "A red-flag answer was changed"
        GOT_WORSE = "got_worse", "Said what got worse"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        TAKEN_OVER = "taken_over", "Taken over from a colleague"
        HANDED_BACK = "handed_back", "Handed back to the queue"
        CONTACT = "contact", "Contact tried"
        PROPOSED = "proposed", "Decision proposed to a second person"
        ASKED = "asked", "A colleague was asked to take it"
        ASKED_AGAIN = "asked_again", "Second person asked for again"
        DECIDED = "decided", "Decided"
        SECOND_AGREED = "second_agreed", "Second person agreed"
        SECOND_REFUSED = "second_refused", "Second person did not agree"
        PROPOSAL_DROPPED = "proposal_dropped", "Proposal dropped"
        ADDED = "added", "Added after the decision"
        TASK_DONE = "task_done", "Done by the desk"
        HANDED_OVER = "handed_over", "Handed over to a colleague"
        LOOKED_BACK = "looked_back", "Looked back on"
        UNDONE = "undone", "Taken back"

    NEWS = (Kind.OPENED, Kind.RAISED, Kind.REOPENED)  # when nobody of the staff did it; see `Case.news`

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    version = models.PositiveIntegerField(help_text="Version of the case that it made")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("case_event_only_grows")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"
