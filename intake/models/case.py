"""A case is what a therapist reviews: one intake, its flags, and what people did about them."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from clinic.audit.growing import only_grows
from intake.models import two_people
from intake.models.urgency import Urgency


class MoveNotAllowed(Exception):
    """The case is in a state from which this move does not exist; nothing was changed."""

    def __init__(self, case, to):
        self.case, self.to = case, to
        super().__init__(f"A case that is {case.get_status_display().lower()} cannot become {to}.")


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Cases of the locations this member of staff belongs to, when their role may see cases."""
        from clinic.staff.permissions import SEE_CASES

        if not user.is_authenticated or not user.may(SEE_CASES):
            return self.none()
        return self.filter(location__in=user.places())

    def awaiting_decision(self):
        return self.exclude(status=Case.Status.DECIDED)

    def decided_since(self, moment):
        return self.filter(status=Case.Status.DECIDED, decided_at__gte=moment)

    def unacknowledged(self):
        return self.filter(status=Case.Status.WAITING)

    def with_clock(self):
        """Adds `due_at`: the moment by which somebody must do the next thing."""
        return self.annotate(
            due_at=models.Case(
                models.When(status=Case.Status.WAITING, then=F("acknowledge_by")),
                models.When(status=Case.Status.DECIDED, then=Coalesce(F("decided_at"), F("decide_by"))),
                default=F("decide_by"),
            )
        )

    def most_urgent_first(self):
        """By tier; within a tier what nobody has taken yet comes first, then what is due first."""
        return self.with_clock().with_taken().order_by("-urgency", "taken", "due_at", "pk")

    def with_taken(self):
        """Adds `taken`: 0 while nobody has acknowledged it, else 1."""
        return self.annotate(
            taken=models.Case(
                models.When(status=Case.Status.WAITING, then=0), default=1, output_field=models.IntegerField()
            )
        )

    def after(self, case):
        """What `most_urgent_first` puts behind `case`, which came from it; a page starts here, whatever changed."""
        later = Q(due_at__gt=case.due_at) | Q(due_at=case.due_at, pk__gt=case.pk)
        same_tier = Q(taken__gt=case.taken) | Q(later, taken=case.taken)
        behind = Q(urgency__lt=case.urgency) | Q(same_tier, urgency=case.urgency)
        return self.with_clock().with_taken().filter(behind)

    def overdue(self, now):
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

    MOVES = {  # a case stays where it is while a call is noted or an answer changes
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
        choices=Urgency, help_text="The highest tier of any rule that fired"
    )
    urgency = models.PositiveSmallIntegerField(choices=Urgency, help_text="The tier that counts: rules, or a decision")
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
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(urgency__in=Urgency.values, rules_urgency__in=Urgency.values),
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
        ]
        triggers = [
            two_people.after(
                "case_keeps_its_emergency", pgtrigger.Insert | pgtrigger.Update, two_people.CASE_KEEPS_ITS_EMERGENCY
            )
        ]

    def __str__(self):
        return f"case {self.public_id}"

    def get_absolute_url(self):
        return reverse("case", args=[self.public_id])

    @property
    def tier(self) -> Urgency:
        """The tier that counts."""
        return Urgency(self.urgency)

    @property
    def age(self) -> int:
        """The patient's age today, where the case is."""
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
    def screened(self) -> bool:
        """False while the form rests unfinished and no rule has asked for anybody today.

        Of a form that was left that is so until it is sent; of a patient who got worse also until a rule fires.
        """
        if self.intake.submitted_at is not None:
            return True
        if self.opened_because == self.OpenedBecause.WORSE:
            return self.rules_urgency >= Urgency.URGENT
        return self.opened_because != self.OpenedBecause.NOT_SCREENED

    @transaction.atomic
    def move_to(self, status, *, event, by=None, words="", now=None, **changes):
        """Lock the row, check the move, write the status, `changes`, a higher version and the event together.

        `event` is a `CaseEvent.Kind`. Raises MoveNotAllowed and changes nothing when the table has no such move.
        This object is refreshed from the row; returns the event.
        """
        locked = Case.objects.select_for_update().get(pk=self.pk)
        if status not in self.MOVES[locked.status]:
            raise MoveNotAllowed(locked, status)
        locked.status = status
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.version += 1
        locked.save()
        event = CaseEvent.objects.create(
            case=locked, kind=event, by=by, words=words, version=locked.version, at=now or timezone.now()
        )
        self.refresh_from_db()
        return event


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
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        HANDED_BACK = "handed_back", "Handed back to the queue"
        CONTACT = "contact", "Contact tried"
        PROPOSED = "proposed", "Decision proposed to a second person"
        ASKED_AGAIN = "asked_again", "Second person asked for again"
        DECIDED = "decided", "Decided"
        SECOND_AGREED = "second_agreed", "Second person agreed"
        SECOND_REFUSED = "second_refused", "Second person did not agree"
        PROPOSAL_DROPPED = "proposal_dropped", "Proposal dropped"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)
    version = models.PositiveIntegerField(help_text="Version of the case that it made")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("case_event_only_grows")

    def __str__(self):
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M}"


class Contact(models.Model):
    """One attempt to reach the patient, and what came of it."""

    class Outcome(models.TextChoices):
        REACHED = "reached", "Spoke with the patient"
        REACHED_OTHER = "reached_other", "Spoke with someone else"
        MESSAGE = "message", "Left a message with no clinical detail"
        NO_ANSWER = "no_answer", "No answer"
        WELFARE_CHECK = "welfare_check", "Welfare check asked for under clinic policy"

    SETTLES_AN_EMERGENCY = (Outcome.REACHED, Outcome.REACHED_OTHER, Outcome.WELFARE_CHECK)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    outcome = models.CharField(max_length=20, choices=Outcome)
    safety_advice_given = models.BooleanField(default=False)
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("contact_only_grows")

    def __str__(self):
        return f"{self.get_outcome_display()} at {self.at:%Y-%m-%d %H:%M}"
