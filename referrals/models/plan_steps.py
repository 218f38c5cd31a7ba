"""What a patient's plan asks for before an office may see them."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.audit.growing import never_emptied


class PlanStepQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Leave those nobody has settled and that hold up a sending still.

        Another round or another office asks anew, and a number in the letter settles an authorization.
        """
        held = Q(referral__status="draft", round=F("referral__round"), specialist=F("referral__specialist"))
        numbered = Q(what=PlanStep.What.AUTHORIZATION) & ~Q(referral__authorization_number="")
        return self.filter(held, how="").exclude(numbered)

    def late(self, now: datetime) -> Self:
        return self.waiting().filter(due_at__lt=now)


class PlanStep(models.Model):
    """Hold one thing the plan wants first, at the listing that was chosen.

    It has a day, and holds up the sending.
    It ends by a name: it is there (`words` says which number or of whom), or it is sent without, and `words` says why.
    """

    class What(models.TextChoices):
        REFERRAL = "referral", "A referral by the primary care provider"
        AUTHORIZATION = "authorization", "An authorization by the plan"

    class How(models.TextChoices):
        THERE = "there", "It is there"
        WITHOUT = "without", "Send without it"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    referral = models.ForeignKey("referrals.Referral", on_delete=models.PROTECT, related_name="plan_steps")
    specialist = models.ForeignKey(
        "referrals.Specialist", on_delete=models.PROTECT, related_name="+", help_text="Whose listing says so"
    )
    round = models.PositiveSmallIntegerField(help_text="That of the referral: another office asks anew")
    what = models.CharField(max_length=15, choices=What)
    plan = models.CharField(max_length=80, help_text="As the listing names it")
    made_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    how = models.CharField(max_length=10, choices=How, blank=True)
    words = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PlanStepQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [never_emptied("plan_step_never_emptied")]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "round", "specialist", "what"], name="one_plan_step_of_a_kind_for_each_office"
            ),
            models.CheckConstraint(
                condition=Q(how="", words="", settled_at=None, settled_by=None)
                | ~Q(how="") & ~Q(words="") & Q(settled_at__isnull=False, settled_by__isnull=False),
                name="plan_step_ends_by_a_name_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.plan}"
