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


@pghistory.track(model_name="CaseHistory", obj_field=pghistory.ObjForeignKey(related_name="history"))
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
        RAISED = "raised", "Raised by new answers"
        REOPENED = "reopened", "Reopened"
        RAISED_BY_STAFF = "raised_by_staff", "Raised by staff"
        SUBMITTED = "submitted", "Intake submitted"
        ANSWER_CHANGED = "answer_changed", "A red-flag answer was changed"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        HANDED_BACK = "handed_back", "Handed back to the queue"
        CONTACT = "contact", "Contact tried"
        PROPOSED = "proposed", "Lower tier proposed"
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
        triggers = [pgtrigger.Protect(name="case_event_only_grows", operation=pgtrigger.Update | pgtrigger.Delete)]

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

    def __str__(self):
        return f"{self.get_outcome_display()} at {self.at:%Y-%m-%d %H:%M}"


class Decision(models.Model):
    """What a named therapist decided. It takes effect at once, except that lowering an emergency waits for a second.

    `tier_before` is the tier the therapist saw, `tier` the one they chose; `specialist` is a specialist id of the
    protocol. Overriding the suggestion needs a coded reason and words.
    """

    class Reason(models.TextChoices):
        AGREE = "agree", "Agrees with the suggestion"
        ANSWER_WRONG = "answer_wrong", "The patient gave or meant another answer"
        EXPLAINED = "explained", "Known and already assessed by a clinician"
        EXAMINED = "examined", "Examined or spoken with; findings differ"
        ALREADY_TREATED = "already_treated", "Already under care for it"
        MORE_SERIOUS = "more_serious", "More serious than the answers show"
        PATIENT_CHOICE = "patient_choice", "The patient's informed choice"
        OTHER = "other", "Another reason"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey("intake.Assessment", on_delete=models.PROTECT, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(default=timezone.now)
    tier_before = models.PositiveSmallIntegerField(choices=Urgency)
    tier = models.PositiveSmallIntegerField(choices=Urgency)
    suggested_specialist = models.CharField(max_length=40)
    specialist = models.CharField(max_length=40)
    refer = models.BooleanField(default=False, help_text="Carry a referral to that specialist")
    reason = models.CharField(max_length=20, choices=Reason)
    words = models.TextField(blank=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    second_at = models.DateTimeField(null=True, blank=True)
    second_words = models.TextField(blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True, help_text="The second person did not agree")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(effective_at=None)
                | ~Q(tier_before=Urgency.EMERGENCY)
                | Q(tier=Urgency.EMERGENCY)
                | Q(second_by__isnull=False),
                name="lowering_an_emergency_takes_two",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None) | ~Q(second_by=F("by")), name="second_person_is_another_person"
            ),
            models.CheckConstraint(
                condition=Q(second_by=None, second_at=None) | Q(second_by__isnull=False, second_at__isnull=False),
                name="second_look_has_both_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(reason="agree", tier=F("tier_before"), specialist=F("suggested_specialist"))
                | (~Q(reason="agree") & ~Q(words="")),
                name="override_has_a_reason_and_words",
            ),
            models.CheckConstraint(
                condition=Q(effective_at=None) | Q(refused_at=None),
                name="refused_decision_never_takes_effect",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(effective_at=None, refused_at=None),
                name="one_decision_waits_for_a_second_look",
            ),
        ]

    def __str__(self):
        return f"decision {self.public_id}"

    @property
    def chosen_tier(self) -> Urgency:
        return Urgency(self.tier)

    @property
    def agrees(self) -> bool:
        """True when tier and specialist are those suggested."""
        return self.tier == self.tier_before and self.specialist == self.suggested_specialist

    @property
    def waits_for_a_second_look(self) -> bool:
        return self.effective_at is None and self.refused_at is None

    @property
    def lowers_an_emergency(self) -> bool:
        return self.tier_before == Urgency.EMERGENCY and self.tier < Urgency.EMERGENCY


class FlagVerdict(models.Model):
    """What the therapist said of one flag. A flag is dismissed only with a reason, by the decision's author."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="flag_verdicts")
    rule = models.CharField(max_length=60)
    confirmed = models.BooleanField()
    reason = models.CharField(max_length=20, choices=Decision.Reason, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "rule"], name="one_verdict_for_each_flag"),
            models.CheckConstraint(
                condition=Q(confirmed=True) | (~Q(reason="") & ~Q(words="")),
                name="dismissed_flag_has_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.rule}: {'confirmed' if self.confirmed else 'dismissed'}"
