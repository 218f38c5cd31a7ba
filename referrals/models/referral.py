"""A referral and every move it made. It never rests without an owner and a next date."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q

from intake.models import Urgency


class MoveNotAllowed(Exception):
    """The referral is in a state from which this move does not exist; nothing was changed."""

    def __init__(self, referral, to):
        self.referral, self.to = referral, to
        super().__init__(f"A referral that is {referral.get_status_display().lower()} cannot become {to}.")


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Referrals of the locations this member of staff belongs to, when their role carries referrals."""
        from clinic.staff.permissions import CARRY_REFERRALS

        if not user.is_authenticated or not user.may(CARRY_REFERRALS):
            return self.none()
        return self.filter(location__in=user.locations.all())

    def open(self):
        return self.exclude(status__in=Referral.ENDED)

    def overdue(self, now):
        return self.open().filter(next_check_at__lt=now)

    def most_pressing_first(self):
        return self.order_by(F("next_check_at").asc(nulls_last=True), "-urgency", "pk")


@pghistory.track(model_name="ReferralHistory", obj_field=pghistory.ObjForeignKey(related_name="history"))
class Referral(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "To be sent"
        SENT = "sent", "Sent"
        OPENED = "opened", "Opened by the office"
        QUESTION = "question", "Office asked a question"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        SCHEDULED = "scheduled", "Appointment made"
        NO_SHOW = "no_show", "Patient did not come"
        REPORTED = "reported", "Report received"
        CLOSED = "closed", "Closed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    ENDED = (Status.CLOSED, Status.WITHDRAWN)
    MOVES = {
        Status.DRAFT: {Status.SENT, Status.WITHDRAWN},
        Status.SENT: {
            Status.OPENED, Status.ACCEPTED, Status.DECLINED, Status.QUESTION, Status.SCHEDULED, Status.WITHDRAWN,
        },
        Status.OPENED: {Status.ACCEPTED, Status.DECLINED, Status.QUESTION, Status.SCHEDULED, Status.WITHDRAWN},
        Status.QUESTION: {Status.SENT, Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN},
        Status.ACCEPTED: {Status.SCHEDULED, Status.DECLINED, Status.REPORTED, Status.QUESTION, Status.WITHDRAWN},
        Status.DECLINED: {Status.DRAFT, Status.WITHDRAWN},  # redirected: another listing is chosen
        Status.SCHEDULED: {
            Status.SCHEDULED, Status.NO_SHOW, Status.REPORTED, Status.DECLINED, Status.WITHDRAWN, Status.CLOSED,
        },
        Status.NO_SHOW: {Status.SCHEDULED, Status.DRAFT, Status.CLOSED, Status.WITHDRAWN},
        Status.REPORTED: {Status.CLOSED, Status.REPORTED},
        Status.CLOSED: {Status.DRAFT},  # reopened
        Status.WITHDRAWN: {Status.DRAFT},
    }  # fmt: skip

    class EndReason(models.TextChoices):
        REPORT_READ = "report_read", "Report received and read"
        SEEN_NO_REPORT = "seen_no_report", "Seen; the office sends no report"
        PATIENT_DECLINED = "patient_declined", "The patient decided against it"
        LOST_CONTACT = "lost_contact", "The patient could not be reached"
        SEEN_ELSEWHERE = "seen_elsewhere", "Seen elsewhere"
        NOT_NEEDED = "not_needed", "No longer needed"
        MADE_IN_ERROR = "made_in_error", "Made in error"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("intake.Case", on_delete=models.PROTECT, related_name="referrals")
    decision = models.OneToOneField("intake.Decision", on_delete=models.PROTECT, related_name="referral")
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="referrals")
    location = models.ForeignKey("staff.Location", on_delete=models.PROTECT, related_name="referrals")
    specialty = models.CharField(max_length=40, help_text="Specialist id of the protocol")
    specialist = models.ForeignKey(
        "referrals.Specialist", null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    choice_reason = models.CharField(max_length=200, blank=True, help_text="Why this listing, as the desk recorded it")
    urgency = models.PositiveSmallIntegerField(choices=Urgency)
    see_by = models.DateField(help_text="The date by which the patient should be seen")
    question = models.TextField(help_text="What the specialist is asked")
    authorization_number = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    round = models.PositiveSmallIntegerField(default=1, help_text="Grows each time it goes to another listing")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referrals_owned",
    )
    next_check_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                "next_check_at",
                "id",
                name="referral_worklist",
                condition=~Q(status__in=["closed", "withdrawn"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["closed", "withdrawn"]) | Q(owner__isnull=False, next_check_at__isnull=False),
                name="open_referral_has_an_owner_and_a_next_date",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["closed", "withdrawn"], ended_at__isnull=False) & ~Q(end_reason="")
                | (~Q(status__in=["closed", "withdrawn"]) & Q(ended_at=None, end_reason="")),
                name="ended_referral_has_a_reason_and_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn", "closed"])
                | Q(specialist__isnull=False, sent_at__isnull=False),
                name="sent_referral_has_a_specialist",
            ),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="referral_has_a_known_urgency"),
        ]

    def __str__(self):
        return f"referral {self.public_id}"

    @transaction.atomic
    def move_to(self, status, *, by=None, office: str = "", note: str = "", **changes):
        """Lock the row, check the move, write the new status, `changes` and the history line together.

        `by` is a member of staff; `office` names who acted at the specialist's office. Raises MoveNotAllowed and
        changes nothing when the table has no such move. This object is refreshed from the row.
        """
        locked = Referral.objects.select_for_update().get(pk=self.pk)
        if status not in self.MOVES[locked.status]:
            raise MoveNotAllowed(locked, status)
        before, locked.status = locked.status, status
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.save()
        ReferralMove.objects.create(
            referral=locked, from_status=before, to_status=status, by=by, office=office, note=note
        )
        self.refresh_from_db()


class ReferralMove(models.Model):
    """One move, who made it and when. Never changed."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="moves")
    from_status = models.CharField(max_length=20, choices=Referral.Status, blank=True)
    to_status = models.CharField(max_length=20, choices=Referral.Status)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    office = models.CharField(max_length=120, blank=True, help_text="Who acted at the specialist's office")
    note = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(by__isnull=False) | ~Q(office=""), name="move_was_made_by_someone"),
        ]
        triggers = [pgtrigger.Protect(name="referral_move_only_grows", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.get_to_status_display()} at {self.at:%Y-%m-%d %H:%M}"


class Letter(models.Model):
    """A letter as it was made: the words that went in, the PDF that came out. A change makes a new version."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="letters")
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    pdf = models.FileField(upload_to="letters/")
    sha256 = models.CharField(max_length=64)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "version"], name="one_letter_for_each_version"),
        ]

    def __str__(self):
        return f"letter {self.version} of {self.referral_id}"


class Appointment(models.Model):
    """When and where the specialist will see the patient. A new one replaces the one before."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    time_zone = models.CharField(max_length=40)
    instructions = models.TextField(blank=True)
    given_by = models.CharField(max_length=120)
    made_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                condition=Q(replaced_at=None),
                name="one_current_appointment_for_each_referral",
            ),
        ]

    def __str__(self):
        return f"appointment at {self.starts_at:%Y-%m-%d %H:%M}"


class Report(models.Model):
    """What the specialist sent back: a file, words, or both. It stays unread until a therapist reads it by name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="reports")
    words = models.TextField(blank=True)
    file = models.FileField(upload_to="reports/", blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sent_by = models.CharField(max_length=120)
    received_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
                name="report_read_has_both_when_and_who",
            ),
            models.CheckConstraint(condition=~Q(words="") | ~Q(file=""), name="report_says_something"),
        ]

    def __str__(self):
        return f"report received {self.received_at:%Y-%m-%d %H:%M}"
