"""An office that somebody has to tell of a change, because no mail tells it."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.audit.growing import never_emptied
from clinic.staff.models import User
from referrals.models.referral import Referral


class OfficeToTellQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Return those of the referrals this person may carry."""
        return self.filter(referral__in=Referral.objects.visible_to(user))

    def waiting(self) -> Self:
        """Return those nobody has told yet, the earliest first.

        A newer letter concerns an office only while it has the referral, a withdrawal only until it gets it again.
        """
        its_own = Q(specialist=F("referral__specialist"))
        left = [*Referral.ENDED, Referral.Status.DECLINED, Referral.Status.BACK]
        gone = Q(what=OfficeToTell.What.LETTER) & (
            ~its_own | Q(referral__specialist=None) | Q(referral__status__in=left)
        )
        nobody_yet = [*Referral.ENDED, Referral.Status.DRAFT, Referral.Status.BACK]
        again = Q(what=OfficeToTell.What.WITHDRAWN) & its_own & ~Q(referral__status__in=nobody_yet)
        return self.filter(done_at=None).exclude(gone).exclude(again).order_by("due_at", "pk")

    def late(self, now: datetime) -> Self:
        return self.waiting().filter(due_at__lt=now)


class OfficeToTell(models.Model):
    """A line on top of the referrals until somebody says that the office knows.

    They say it by name; without one a mail told it after all.
    """

    class What(models.TextChoices):
        LETTER = "letter", "There is a newer version of the letter. Send it."
        WITHDRAWN = "withdrawn", "The referral is withdrawn. They do not expect the patient."

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="offices_to_tell")
    specialist = models.ForeignKey(
        "referrals.Specialist", on_delete=models.PROTECT, related_name="+", help_text="Who had the referral then"
    )
    what = models.CharField(max_length=10, choices=What)
    made_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfficeToTellQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [never_emptied("office_to_tell_never_emptied")]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "specialist"], condition=Q(done_at=None), name="one_thing_to_tell_each_office"
            ),
            models.CheckConstraint(
                condition=Q(done_by=None) | Q(done_at__isnull=False), name="office_was_told_by_a_name_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"office to tell of referral {self.referral_id}"
