"""What a decision leaves the front desk to do by a day: book a visit, ask for something, call or write."""

import uuid
from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.audit.growing import never_emptied
from clinic.staff.models import Location
from clinic.staff.permissions import ANSWER_REQUESTS
from clinic.staff.places import OfPlacesQuerySet

BOOKED_FOR_A_DAY = """
    IF NEW.what = 'book' AND NEW.done_at IS NOT NULL AND NOT NEW.dropped
        AND NEW.visit_on IS NULL AND NEW.done_words = ''
    THEN
        RAISE EXCEPTION 'A visit is booked for a day, or somebody says why there is none'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_that_is_done_has_a_day_or_words';
    END IF;
    RETURN NEW;
"""


class DeskTaskQuerySet(OfPlacesQuerySet):
    seen_by = ANSWER_REQUESTS

    def waiting(self) -> Self:
        """Return those nobody has done yet, the nearest day first."""
        return self.filter(done_at=None).order_by("due_on", "pk")

    def late(self, now: datetime) -> Self:
        """Leave only those whose day is over at their location."""
        over = Q(pk__in=())
        for place in Location.objects.all():
            over |= Q(location=place, due_on__lt=now.astimezone(place.zone).date())
        return self.filter(over, done_at=None)

    def in_effect(self) -> Self:
        """Leave out those of a case that was opened again: its therapist decides anew."""
        return self.filter(decision__case__status="decided", decision__effective_at=F("decision__case__decided_at"))

    def visits(self) -> Self:
        """Leave only the visits to book that decisions in effect ask for."""
        return self.in_effect().filter(what=DeskTask.What.BOOK)


class DeskTask(models.Model):
    """A line of the desk's list.

    It stands there until somebody says, by name, that it is done, or the case is opened again. `words` say what is
    needed, and `whom` from whom, of information to ask for. A visit to book is done by a visit on or before its day,
    or by a later one with a reason (`done_words`). `visit_on` is the day of that visit; `visit` the request it was
    booked for, where it was booked here. When that visit is off, the task waits again.
    """

    class What(models.TextChoices):
        BOOK = "book", "Book a visit"
        ASK = "ask", "Ask for information"
        WRITE = "write", "Call or write to the patient"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    what = models.CharField(max_length=10, choices=What)
    decision = models.ForeignKey("intake.Decision", on_delete=models.PROTECT, related_name="desk_tasks")
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="desk_tasks")
    location = models.ForeignKey("staff.Location", on_delete=models.PROTECT, related_name="desk_tasks")
    due_on = models.DateField()
    words = models.TextField(blank=True)
    whom = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_words = models.TextField(blank=True)
    visit = models.ForeignKey(
        "intake.AppointmentRequest", null=True, blank=True, on_delete=models.PROTECT, related_name="desk_tasks"
    )
    visit_on = models.DateField(null=True, blank=True, help_text="The day of the visit that was booked")
    dropped = models.BooleanField(default=False, help_text="The case was opened again before it was done")

    objects = DeskTaskQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index("location", name="desk_task_waits", condition=Q(done_at=None))]
        triggers = [
            never_emptied("desk_task_never_emptied"),
            pgtrigger.Trigger(
                name="booking_that_is_done_has_a_day",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("done_at", "visit_on", "done_words"),
                func=BOOKED_FOR_A_DAY,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["decision", "what"], name="one_task_of_a_kind_for_each_decision"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, dropped=False)
                | Q(done_at__isnull=False, done_by__isnull=False, dropped=False)
                | Q(done_at__isnull=False, dropped=True),
                name="task_that_is_done_has_a_name",
            ),
            models.CheckConstraint(
                condition=~Q(what="ask") | (~Q(words="") & ~Q(whom="")), name="what_is_asked_says_what_and_whom"
            ),
            models.CheckConstraint(
                condition=Q(visit=None, visit_on=None)
                | Q(what="book", visit_on__isnull=False, done_at__isnull=False, dropped=False),
                name="only_a_booking_that_is_done_has_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(visit_on=None) | Q(visit_on__lte=F("due_on")) | ~Q(done_words=""),
                name="later_visit_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} by {self.due_on}"
