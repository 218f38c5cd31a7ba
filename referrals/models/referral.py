"""A referral and every move it made. It never rests without an owner and a next date."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.growing import only_grows
from clinic.staff.models import User
from intake.models import KNOWN_URGENCIES, URGENCIES, Contact, Urgency
from referrals.models import lines
from referrals.models.reasons import CameOf, DeclineReason, MoveNotAllowed, WaitsFor
from referrals.models.reference import Drawn, new_reference
from referrals.models.rows import ReferralQuerySet

if TYPE_CHECKING:
    from referrals.models.papers import Appointment, Letter
    from referrals.models.proposals import ProposedTime


@pghistory.track(
    model_name="ReferralHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    meta={"triggers": only_grows("referral_history_only_grows")},
)
class Referral(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "To be sent"
        SENT = "sent", "Sent"
        OPENED = "opened", "Opened by the office"
        QUESTION = "question", "Office asked a question"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        BACK = "back", "Back with the therapist"
        SCHEDULED = "scheduled", "Appointment made"
        SEEN = "seen", "Seen, report awaited"
        NO_SHOW = "no_show", "Patient did not come"
        REPORTED = "reported", "Report received"
        CLOSED = "closed", "Closed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    ENDED = (Status.CLOSED, Status.WITHDRAWN)
    TIMES_STAND_IN = (Status.ACCEPTED, Status.SCHEDULED, Status.NO_SHOW)  # an office may propose when it sees them
    MOVES: ClassVar[dict[str, set[str]]] = {
        Status.DRAFT: {Status.SENT, Status.WITHDRAWN},
        Status.SENT: {
            Status.OPENED, Status.ACCEPTED, Status.DECLINED, Status.QUESTION, Status.SCHEDULED, Status.REPORTED,
            Status.WITHDRAWN,
        },
        Status.OPENED: {
            Status.ACCEPTED, Status.DECLINED, Status.QUESTION, Status.SCHEDULED, Status.REPORTED, Status.WITHDRAWN,
        },
        Status.QUESTION: {Status.SENT, Status.ACCEPTED, Status.DECLINED, Status.SCHEDULED, Status.WITHDRAWN},
        Status.ACCEPTED: {Status.SCHEDULED, Status.DECLINED, Status.REPORTED, Status.QUESTION, Status.WITHDRAWN},
        Status.DECLINED: {Status.DRAFT, Status.BACK, Status.WITHDRAWN},  # redirected: another listing is chosen
        Status.BACK: {Status.DRAFT, Status.WITHDRAWN},  # the therapist wants the same specialty, or decides again
        Status.SCHEDULED: {
            Status.SCHEDULED, Status.SEEN, Status.NO_SHOW, Status.REPORTED, Status.DECLINED, Status.WITHDRAWN,
            Status.CLOSED,
        },
        Status.SEEN: {Status.SCHEDULED, Status.REPORTED, Status.CLOSED},
        Status.NO_SHOW: {Status.SCHEDULED, Status.DRAFT, Status.REPORTED, Status.CLOSED, Status.WITHDRAWN},
        Status.REPORTED: {Status.REPORTED, Status.SCHEDULED, Status.CLOSED},
        Status.CLOSED: {Status.DRAFT, Status.REPORTED},  # reopened, or a report came after all
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
        DECIDED_AGAIN = "decided_again", "A therapist decided again"

    class Wanted(models.TextChoices):
        OPINION = "opinion", _("Your opinion and advice; we go on treating")
        SHARED = "shared", _("Shared care: please say who does what")
        TAKE_OVER = "take_over", _("Please take over this problem")

    class Consent(models.TextChoices):
        AGREED = "agreed", "The patient agreed to this referral and to sending this letter"
        URGENT_CARE = "urgent_care", "Sent for treatment before the patient could be reached"

    class Choice(models.TextChoices):
        SUGGESTED = "suggested", "From the suggested list"
        PATIENT = "patient", "The patient's own choice"
        OTHER = "other", "Another from the directory"

    class Channel(models.TextChoices):
        LINK = "link", "Link by email"
        FAX_HERE = "fax_here", "Faxed from here"
        FAX = "fax", "Printed and faxed"
        POST = "post", "Printed and mailed"
        BY_HAND = "by_hand", "Printed and handed over"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=9, unique=True, editable=False, default=new_reference, db_default=Drawn())
    case = models.ForeignKey("intake.Case", on_delete=models.PROTECT, related_name="referrals")
    decision = models.OneToOneField("intake.Decision", on_delete=models.PROTECT, related_name="referral")
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="referrals")
    location = models.ForeignKey("staff.Location", on_delete=models.PROTECT, related_name="referrals")
    specialty = models.CharField(max_length=40, help_text="Specialist id of the protocol")
    specialist = models.ForeignKey(
        "referrals.Specialist", null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    choice = models.CharField(max_length=10, choices=Choice, blank=True)
    choice_reason = models.CharField(max_length=300, blank=True, help_text="Why this listing, as the desk recorded it")
    urgency = models.PositiveSmallIntegerField(choices=URGENCIES)
    see_by = models.DateField(help_text="The date by which the patient should be seen")
    question = models.TextField(help_text="What the specialist is asked")
    wanted = models.CharField(max_length=10, choices=Wanted, default=Wanted.OPINION)
    patient_told = models.TextField(blank=True, help_text="What the patient was told about this referral")
    consent = models.CharField(max_length=12, choices=Consent, blank=True)
    attachments = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    left_out = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="Parts of the letter the desk left out"
    )
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
    news_at = models.DateTimeField(
        null=True, blank=True, help_text="When its office answered last; empty once whoever carries it has looked"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    sent_letter = models.ForeignKey(
        "referrals.Letter",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The version the office has",
    )
    undelivered_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when a mail to the office is known not to have arrived"
    )
    times_proposed_at = models.DateTimeField(
        null=True, blank=True, help_text="When its office proposed the times of which we have still to take one"
    )
    waits_for = models.CharField(
        max_length=10, choices=WaitsFor, blank=True, help_text="Without what nothing goes on; its date is the next date"
    )
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
            models.Index("owner", name="referral_news", condition=Q(news_at__isnull=False)),
            models.Index(
                fields=["-ended_at", "-id"],
                name="referral_ended",
                condition=Q(status__in=["closed", "withdrawn"]),
            ),
            models.Index("location", "created_at", name="referral_started"),
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
                | Q(specialist__isnull=False, sent_at__isnull=False, sent_letter__isnull=False) & ~Q(channel=""),
                name="sent_referral_has_a_specialist_and_a_letter",
            ),
            models.CheckConstraint(
                condition=Q(specialist=None) | ~Q(choice="") & ~Q(choice_reason=""),
                name="chosen_specialist_has_a_reason",
            ),
            models.CheckConstraint(condition=Q(urgency__in=KNOWN_URGENCIES), name="referral_has_a_known_urgency"),
            models.CheckConstraint(
                condition=Q(undelivered_at=None) | ~Q(status__in=["draft", "declined", "closed", "withdrawn"]),
                name="undelivered_referral_is_with_an_office",
            ),
            models.CheckConstraint(
                condition=Q(times_proposed_at=None) | Q(status__in=["accepted", "question", "scheduled", "no_show"]),
                name="times_are_proposed_by_an_office_that_accepted",
            ),
            models.CheckConstraint(
                condition=Q(waits_for="") | ~Q(status__in=["closed", "withdrawn"]),
                name="only_an_open_referral_waits",
            ),
        ]

    def __str__(self) -> str:
        return f"referral {self.public_id}"

    @property
    def tier(self) -> Urgency:
        return Urgency(self.urgency)

    @property
    def is_open(self) -> bool:
        return self.status not in self.ENDED

    @property
    def is_seen_late(self) -> bool:
        """The day by which the patient should be seen has passed, and nobody knows of a visit."""
        not_seen = self.is_open and self.status not in (self.Status.SEEN, self.Status.REPORTED)
        return not_seen and self.see_by < timezone.localdate(timezone=self.location.zone)

    @property
    def office_has(self) -> "Letter | None":
        """Return the version that went to its office last.

        It is not the newest while that waits for somebody to send it on paper.
        """
        went = self.deliveries.filter(at__gte=self.sent_at).select_related("letter").last() if self.sent_at else None
        return went.letter if went else self.sent_letter

    @property
    def standing_appointment(self) -> "Appointment | None":
        """Return the appointment that nothing has replaced, if there is one."""
        return next((one for one in self.appointments.all() if one.replaced_at is None), None)

    @property
    def day_to_come(self) -> "Appointment | None":
        """Return the day its office still keeps for the patient; one that is over cannot be off."""
        stands = self.standing_appointment
        return stands if stands and stands.starts_at > timezone.now() else None

    @property
    def standing_times(self) -> "list[ProposedTime]":
        """Return the times its office proposes now, of those to come."""
        if self.times_proposed_at is None or self.status not in self.TIMES_STAND_IN:
            return []
        return list(self.proposed_times.filter(proposed_at=self.times_proposed_at, starts_at__gt=timezone.now()))

    @property
    def case_is_open(self) -> bool:
        """Say whether its case is open again: what it asks, and whom, may change."""
        return self.is_open and self.case.is_open

    def may_become(self, status: str) -> bool:
        return status in self.MOVES[self.status]

    @transaction.atomic
    def move_to(
        self,
        status: str,
        *,
        what: str,
        by: User | None = None,
        office: str = "",
        reason: str = "",
        note: str = "",
        given: "Appointment | None" = None,
        dropped: "Appointment | None" = None,
        **changes: Any,
    ) -> None:
        """Lock the row, check the move, write the new status, `changes` and the history line together.

        `what` is a `ReferralMove.What`. `by` is a member of staff; `office` names who acted at the specialist's
        office. `given` is the appointment this move makes, `dropped` the one that it ends. Raises MoveNotAllowed and
        changes nothing when the table has no such move. This object is refreshed from the row.
        """
        locked = Referral.objects.select_for_update().get(pk=self.pk)
        if not locked.may_become(status):
            raise MoveNotAllowed(locked, status)
        before, locked.status = locked.status, status
        locked.undelivered_at = None  # whoever moved it has reached the office, or needs it no more
        locked.waits_for = ""  # another step is next
        locked.times_proposed_at = None  # and what was proposed for the one before does not stand
        specialist = locked.specialist or changes.get("specialist")
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.save()
        ReferralMove.objects.create(
            referral=locked,
            what=what,
            from_status=before,
            to_status=status,
            to=specialist,
            due_at=locked.next_check_at,
            by=by,
            office=office,
            reason=reason,
            note=note,
            appointment=given,
            appointment_before=dropped,
        )
        self.refresh_from_db()


class ReferralMove(models.Model):
    """One thing that happened, who did it and when. Never changed; the timeline is read from here.

    Most lines change the status; a note, a phone call or a new owner leaves it as it was.
    """

    What = lines.What

    BY_ITSELF = (lines.What.UNDELIVERED, lines.What.WENT)  # the outbox noticed it: nobody did it

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="moves")
    what = models.CharField(max_length=12, choices=What)
    from_status = models.CharField(max_length=20, choices=Referral.Status, blank=True)
    to_status = models.CharField(max_length=20, choices=Referral.Status)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    office = models.CharField(max_length=120, blank=True, help_text="Who acted at the specialist's office")
    by_patient = models.BooleanField(default=False, help_text="The patient did it, on their own page")
    to = models.ForeignKey(
        "referrals.Specialist",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The listing it was with at that moment",
    )
    due_at = models.DateTimeField(null=True, blank=True, help_text="The next date of the referral after this line")
    reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    came_of = models.CharField(max_length=12, choices=CameOf, blank=True, help_text="Of a call: what came of it")
    note = models.TextField(blank=True)
    channel = models.CharField(
        max_length=20, choices=Contact.Channel, blank=True, help_text="Of a try to reach the patient: by what way"
    )
    appointment = models.ForeignKey(
        "referrals.Appointment", null=True, on_delete=models.PROTECT, related_name="+", help_text="The one it is about"
    )
    appointment_before = models.ForeignKey(
        "referrals.Appointment", null=True, on_delete=models.PROTECT, related_name="+", help_text="The one it ended"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(by__isnull=False) | ~Q(office="") | Q(by_patient=True) | Q(what__in=["undelivered", "went"])
                ),
                name="move_was_made_by_someone",
            ),
            models.CheckConstraint(condition=~Q(what="declined") | ~Q(reason=""), name="declined_move_has_a_reason"),
            models.CheckConstraint(condition=~Q(what="tried") | ~Q(channel=""), name="try_was_made_by_some_way"),
            models.CheckConstraint(
                condition=Q(came_of="") | Q(what__in=["phone", "tried"]), name="only_a_call_comes_to_something"
            ),
        ]
        indexes = [
            models.Index("to", "id", name="referral_move_sent_to", condition=Q(what="sent")),  # newest of each
            models.Index("due_at", "referral", name="referral_move_promised", condition=Q(due_at__isnull=False)),
        ]
        triggers = only_grows("referral_move_only_grows")

    def __str__(self) -> str:
        return f"{self.get_what_display()} at {self.at:%Y-%m-%d %H:%M}"
