"""One patient's answers, saved page by page."""

import uuid
from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce, Greatest

from clinic.audit.growing import only_grows
from clinic.links.models import Link
from clinic.staff.places import OfPlacesQuerySet
from intake.models.urgency import KNOWN_URGENCIES, URGENCIES, Urgency

# What was signed while the patient was a minor holds until they come of age: see intake.signing.actions.
_SIGNED_BEFORE_IT_IS_SENT = """
    IF NEW.submitted_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.submitted_at IS NULL) AND (
        SELECT COUNT(DISTINCT c.document) FROM intake_consent c
        JOIN intake_patient p ON p.id = c.patient_id JOIN staff_location l ON l.id = p.location_id
        WHERE c.patient_id = NEW.patient_id AND c.document IN ('treatment', 'privacy') AND c.agreed AND (
            EXTRACT(YEAR FROM AGE(
                (NEW.submitted_at AT TIME ZONE l.time_zone)::date::timestamp, p.date_of_birth::timestamp
            )) < l.majority_age
            OR EXTRACT(YEAR FROM AGE(
                (c.signed_at AT TIME ZONE l.time_zone)::date::timestamp, p.date_of_birth::timestamp
            )) >= l.majority_age
        )
    ) < 2 THEN
        RAISE EXCEPTION 'An intake is sent only when treatment and privacy are signed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'intake_is_signed_before_it_is_sent';
    END IF;
    RETURN NEW;
"""

LEFT_AFTER = timedelta(hours=12)  # a longer pause is leaving; staff can still call within one working day


def look_again(version: int) -> int:
    """Return what `pages_done` holds of a page that lists an option which was not in sight when it was saved.

    It keeps the version it was saved at: -1 for 0, -2 for 1, and the same way back.
    """
    return ~version


class AlreadySubmitted(Exception):
    """The answers were sent; they are the therapist's now and no longer change."""


class IntakeQuerySet(OfPlacesQuerySet):
    at_place = "patient__location"

    def unfinished(self) -> Self:
        """Leave forms that may still be filled in."""
        return self.filter(submitted_at=None, taken_back_at=None)

    def invitations(self) -> Self:
        """Leave what staff invited patients to; a form on paper is handed out."""
        return self.filter(invited_by__isnull=False, paper_code=None)

    def left_since(self, moment: datetime) -> Self:
        """Unfinished ones nobody has touched since `moment`, with that moment as `touched_at`.

        An invitation that nobody opened was never begun, nor was a form on paper until staff keyed in who answers.
        """
        links = Link.objects.filter(purpose=Link.Purpose.INTAKE, subject_id=OuterRef("public_id"))
        opened = links.filter(opened_at__isnull=False).order_by("-opened_at").values("opened_at")[:1]
        begun = When(invited_by=None, then=F("started_at"))
        keyed = When(paper_code__isnull=False, then=F("respondent__given_at"))
        touched = Coalesce("saved_at", Greatest(Subquery(opened), models.Case(begun), models.Case(keyed)))
        return self.unfinished().annotate(touched_at=touched).filter(touched_at__lt=moment)


class Intake(models.Model):
    """Answers as given: `answers` maps question id to value, as the protocol defines it.

    `version` grows with every change; a page sent from an older version of itself is shown what changed instead of
    overwriting it. Answers of questions that are no longer asked are kept and not used.
    """

    class Occasion(models.TextChoices):
        FIRST = "first", "First intake"
        AGAIN = "again", "A returning patient"
        WORSE = "worse", "The patient got worse"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occasion = models.CharField(max_length=10, choices=Occasion, default=Occasion.FIRST)
    earlier = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="later", help_text="What it follows"
    )
    carried = models.JSONField(
        default=dict, help_text='Answers of the earlier intake, offered with "is this still right?"'
    )
    paper_code = models.CharField(
        max_length=12, null=True, blank=True, unique=True, help_text="On the printed form; staff find the intake by it"
    )
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="intakes")
    protocol = models.ForeignKey("intake.ProtocolVersion", on_delete=models.PROTECT, related_name="intakes")
    language = models.CharField(max_length=5, default="en")
    answers = models.JSONField(default=dict)
    pages_done = models.JSONField(
        default=dict, help_text="Id of each page saved at least once, to the version that last changed it"
    )
    version = models.PositiveIntegerField(default=0)
    urgency = models.PositiveSmallIntegerField(
        choices=URGENCIES, default=Urgency.ROUTINE, help_text="The worst by rules so far"
    )
    emergency_seen_at = models.DateTimeField(null=True, blank=True, help_text="When the emergency page was shown")
    emergency_read_at = models.DateTimeField(null=True, blank=True, help_text='When "I have read this" was pressed')
    emergency_reasons_read = models.JSONField(
        default=dict,
        help_text="Emergency rules that fire and were read, each with the answers it fired by: [question, value]",
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    invited_in = models.ForeignKey(
        "intake.InvitationList",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="intakes",
        help_text="The list by which the patient was invited, if by one",
    )
    taken_back_at = models.DateTimeField(
        null=True, blank=True, help_text="When staff took the invitation back; nobody fills this form in any more"
    )
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who typed the answers for the patient; empty when the patient did",
    )
    left_blank = models.JSONField(
        default=list, help_text="Ids of questions left blank on paper that were judged as not sure"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    safety_answered_at = models.DateTimeField(
        null=True, blank=True, help_text="When the page of the safety check was last answered"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    asks_on_file = models.BooleanField(
        default=False, db_default=False, help_text="Whoever comes back is asked what of the earlier form is still right"
    )
    on_file_at = models.DateTimeField(null=True, blank=True, help_text="When that page was answered last")
    confirmed = models.JSONField(
        default=list,
        db_default=[],
        help_text="Its lines that the patient said are still right; see intake.versions.arranging",
    )
    worse_places = models.JSONField(
        null=True, blank=True, help_text="Which places of those on file got worse; null until it is said"
    )

    objects = IntakeQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(
                fields=["-started_at", "-id"],
                name="intake_invited",
                condition=Q(invited_by__isnull=False, paper_code=None),
            ),
            models.Index("id", name="intake_unfinished", condition=Q(submitted_at=None, taken_back_at=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(urgency__in=KNOWN_URGENCIES), name="intake_has_a_known_urgency"),
            models.CheckConstraint(
                condition=Q(occasion="first", earlier=None) | (~Q(occasion="first") & Q(earlier__isnull=False)),
                name="intake_after_another_names_it",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False, submitted_at=None, saved_at=None),
                name="only_an_invitation_nobody_began_is_taken_back",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="intake_is_signed_before_it_is_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("submitted_at"),
                func=_SIGNED_BEFORE_IT_IS_SENT,
            )
        ]

    def __str__(self) -> str:
        return f"intake {self.public_id}"

    @property
    def pages_seen(self) -> set[str]:
        """Return the ids of the saved pages on which nothing waits to be looked at once more."""
        return {page for page, version in self.pages_done.items() if version >= 0}

    def saved_at_version(self, page_id: str) -> int:
        """Return the version that last changed a page; 0 of one that was never saved."""
        version: int = self.pages_done.get(page_id, 0)
        return version if version >= 0 else look_again(version)


class AnswerChange(models.Model):
    """A saved answer was replaced: the earlier one stays beside the later one, for ever.

    So does an answer that contradicted itself and was taken for the worst it may mean.
    """

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="changes")
    question = models.CharField(max_length=60)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    sent = models.JSONField(
        null=True, help_text="As it was sent, where that contradicted itself; `after` is what counts"
    )
    urgency_before = models.PositiveSmallIntegerField(choices=URGENCIES)
    urgency_after = models.PositiveSmallIntegerField(choices=URGENCIES)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("answer_change_only_grows")

    def __str__(self) -> str:
        return f"{self.question} changed at {self.at:%Y-%m-%d %H:%M}"
