"""The outbox: a mail is a row before it is a mail."""

import uuid
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper
from django.utils import timezone

from clinic.audit.growing import never_emptied, only_grows
from clinic.messages.kinds import CATEGORIES, KINDS
from clinic.messages.leads import LEADS
from clinic.staff.permissions import SEE_MESSAGES
from clinic.staff.places import OfPlacesQuerySet

MAY_BE_OFF = ("appointment_reminder", "finish_intake", "follow_up", "morning_list", "visit_reminder")
REFUSED = "The mail server refused this address or message"


class MessageQuerySet(OfPlacesQuerySet):
    seen_by = SEE_MESSAGES

    def unsettled(self) -> Self:
        return self.filter(status__in=Message.UNSETTLED)

    def due(self, now: datetime | Now | None = None) -> Self:
        """Waiting and due, oldest first, with those whose sender died in the middle.

        The database's clock decides, so a machine whose clock is wrong sends nothing early; `now` is for tests.
        """
        now = now or Now()
        due = self.filter(status__in=Message.UNSETTLED, due_at__lte=now)  # whatever is being sent was due
        nobody_has = ~Q(status=Message.Status.SENDING) | Q(lease_until__lt=now)
        return due.filter(nobody_has).order_by("due_at", "pk")

    def needing_a_person(self) -> Self:
        return self.filter(status=Message.Status.FAILED)

    def refused(self) -> Self:
        """Leave only those that the mail server refused for good."""
        return self.needing_a_person().filter(outcome__startswith=REFUSED)

    def to(self, address: str) -> Self:
        """Whatever was or will be sent to this address, however it is spelled."""
        return self.filter(recipient__iexact=address)

    def about(self, subject_type: str, subject_id: UUID) -> Self:
        return self.filter(subject_type=subject_type, subject_id=subject_id)


@pghistory.track(
    pghistory.UpdateEvent("sent_again", condition=pgtrigger.Q(old__status="failed", new__status="scheduled")),
    model_name="MessageRetry",
    obj_field=pghistory.ObjForeignKey(related_name="retries"),
    fields=["recipient"],
    meta={"triggers": only_grows("message_retry_only_grows")},
)
class Message(models.Model):
    """One message to one recipient about one thing, once.

    `key` names kind, subject, recipient and occasion, so the same cause can never make a second row. The body is not
    stored: it is rendered from message-safe fields when it is sent, and may hold a link whose secret is derived then.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        SKIPPED = "skipped", "Not needed any more"
        FAILED = "failed", "Could not be sent"

    UNSETTLED = (Status.SCHEDULED, Status.SENDING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    recipient = models.EmailField(blank=True, help_text="Empty while its people are looked for when it goes")
    language = models.CharField(max_length=5, default="en")
    subject_type = models.CharField(max_length=20, help_text="intake, case or referral")
    subject_id = models.UUIDField(help_text="Public id of what it is about")
    location = models.ForeignKey("staff.Location", null=True, on_delete=models.PROTECT, related_name="messages")
    facts = models.JSONField(
        default=dict, help_text="Message-safe values its kind may use, such as an appointment time"
    )
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was due before it was first put off; empty while it was not"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.SCHEDULED)
    attempts = models.PositiveSmallIntegerField(default=0)
    doubts = models.PositiveSmallIntegerField(
        default=0, help_text="How often it was handed over and no answer came back: each may be a copy that arrived"
    )
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Set just before the mail server gets the text; a crash after it is ambiguous",
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=200, blank=True, help_text="Why it was skipped or failed or waits again, without patient data"
    )

    is_hidden = False  # its address, from whoever looks at it; set where staff read of it
    whose: Any = None  # whom it was for, set where staff read of it
    together: tuple = ()  # other messages to the same reader that this mail tells of, set while it is written

    objects = MessageQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied("message_never_emptied")]
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at", "id"], name="message_due", condition=Q(status__in=["scheduled", "sending"])),
            models.Index(fields=["kind"], name="message_failed", condition=Q(status="failed")),
            models.Index(
                fields=["kind"], name="message_not_there", condition=Q(status__in=["scheduled", "sending", "failed"])
            ),
            models.Index(fields=["subject_type", "subject_id"], name="message_subject"),
            models.Index(fields=["location", "status", "-settled_at"], name="message_settled"),
            models.Index(
                fields=["status", "-settled_at", "id"],
                name="message_settled_anywhere",
                condition=Q(status__in=["sent", "skipped", "failed"]),
            ),
            models.Index(Upper("recipient"), "created_at", name="message_recipient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["scheduled", "sending", "sent", "skipped", "failed"]),
                name="message_has_a_known_status",
            ),
            models.CheckConstraint(
                condition=Q(status="sending", lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(status="sending") & Q(lease_token=None, lease_until=None)),
                name="message_being_sent_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["scheduled", "sending"], settled_at=None)
                | Q(status__in=["sent", "skipped", "failed"], settled_at__isnull=False),
                name="message_settled_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["skipped", "failed"]) | ~Q(outcome=""),
                name="message_not_sent_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def shown_to(self) -> str:
        """Return the address as whoever looks may read it.

        "" where it finds its people when it goes.
        """
        return "A patient" if self.is_hidden else self.recipient

    @property
    def title(self) -> str:
        """What staff call this kind of message."""
        return KINDS[self.kind].title if self.kind in KINDS else self.kind

    @property
    def due_since(self) -> datetime:
        """Return when it was due first, however often it was put off."""
        return self.first_due_at or self.due_at


class AddressOff(models.Model):
    """Mails to this address come back.

    A patient's routine ones go there no more, until somebody says that it works.

    `reader_id` is the patient whose mail it was, so that the desk has them in its list; empty for offices and staff.
    """

    address = models.EmailField()
    reader_id = models.UUIDField(null=True, blank=True, help_text="Public id of the patient")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+", help_text="What came back")
    code = models.CharField(max_length=12, blank=True, help_text="What the other server said, such as 5.1.1")
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        "staff.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="Who says it works"
    )

    class Meta:
        triggers = [never_emptied("address_off_never_emptied")]
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                Upper("address"),
                "reader_id",
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="an_address_is_off_once_for_each_reader",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="address_that_works_again_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"address off since {self.since:%Y-%m-%d}"


class MailReport(models.Model):
    """What somebody else's server said of a mail after ours had handed it over."""

    class What(models.TextChoices):
        HARD = "hard", "No such address"
        SOFT = "soft", "Came back, the address may work"
        LATE = "late", "Still tried by their server"
        COMPLAINT = "complaint", "Marked as unwanted"

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="reports")
    what = models.CharField(max_length=10, choices=What)
    code = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64, unique=True, help_text="Of the report itself: read twice, it counts once")

    class Meta:
        triggers = [never_emptied("mail_report_never_emptied")]
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], name="mail_report_at")]

    def __str__(self) -> str:
        return f"{self.what} {self.code}".strip()


class MailStop(models.Model):
    """A patient wants no more reminders of one category, until they do again.

    Nothing is lost by it that they must hear: what is asked for, what is new and what is urgent has no category.
    """

    class How(models.TextChoices):
        ONE_PRESS = "one_press", "by one press in a mail"
        PAGE = "page", "on their own page"
        COMPLAINT = "complaint", "by marking a mail as unwanted"

    reader_id = models.UUIDField(help_text="Public id of the patient")
    category = models.CharField(max_length=20)
    how = models.CharField(max_length=10, choices=How)
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        triggers = [never_emptied("mail_stop_never_emptied")]
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reader_id", "category"], condition=Q(ended_at=None), name="a_category_is_stopped_once"
            ),
            models.CheckConstraint(condition=~Q(category=""), name="mail_stop_names_a_category"),
        ]

    def __str__(self) -> str:
        return f"{self.category} stopped {self.get_how_display()}"

    @property
    def title(self) -> str:
        """What staff and patients call what is stopped."""
        return str(CATEGORIES.get(self.category, self.category))


def day_before() -> list[int]:
    """Return when patients are reminded of a visit here, where nothing else is chosen."""
    return [24]


def two_days_before() -> list[int]:
    """Return when they are reminded of an appointment at an office."""
    return [48]


class MailChoice(models.Model):
    """What this clinic has chosen of its mails, in one row.

    Which kinds are turned off, and how many hours before a visit each reminder of it goes.
    The database refuses a kind that nobody may turn off. Who chose it, and what it was before, is a change of the
    clinic.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    off = ArrayField(models.CharField(max_length=40), default=list)
    visit_reminder = ArrayField(models.PositiveSmallIntegerField(), default=day_before)
    appointment_reminder = ArrayField(models.PositiveSmallIntegerField(), default=two_days_before)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="only_one_mail_choice"),
            models.CheckConstraint(condition=Q(off__contained_by=list(MAY_BE_OFF)), name="a_mail_that_stays_is_on"),
            models.CheckConstraint(
                condition=Q(visit_reminder__contained_by=list(LEADS), visit_reminder__len__gt=0)
                & Q(appointment_reminder__contained_by=list(LEADS), appointment_reminder__len__gt=0),
                name="reminders_go_at_times_we_know",
            ),
        ]

    def __str__(self) -> str:
        return f"{len(self.off)} kinds off"


class SweepBeat(models.Model):
    """One row: when somebody, and a worker, last swept; how the mail server took it.

    Staff pages, `/healthz` and the watch read it.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    worker_at = models.DateTimeField(null=True)
    mail_went_at = models.DateTimeField(null=True, help_text="The last mail the server took")
    came_back_read_at = models.DateTimeField(null=True, help_text="When the mailbox of bounces was read last")
    mail_refused_since = models.DateTimeField(
        null=True, help_text="The first hand-over since then that failed by the server's fault, not the reader's"
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="only_one_sweep_beat")]

    def __str__(self) -> str:
        return f"last sweep {self.at:%Y-%m-%d %H:%M:%S}"
