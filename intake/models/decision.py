"""What a named therapist decided on a case, and said of each of its flags."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from clinic.audit.growing import never_emptied
from intake.models import two_people
from intake.models.alarms import DECIDED_AFTER_ALARMS_WERE_SEEN
from intake.models.case import Case
from intake.models.urgency import Urgency


class Decision(models.Model):
    """What a named therapist decided. It takes effect at once, except that an emergency ends by two people only.

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
    alarms_seen = models.ForeignKey(
        "intake.AlarmsSeen", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
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
        triggers = [
            pgtrigger.Trigger(
                name="decision_comes_after_its_alarms_were_seen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("assessment_id", "alarms_seen_id", "by_id"),
                func=DECIDED_AFTER_ALARMS_WERE_SEEN,
            ),
            two_people.after(
                "ending_an_emergency_takes_two", pgtrigger.Insert | pgtrigger.Update, two_people.ENDING_TAKES_TWO
            ),
            two_people.after(
                "second_person_is_another_therapist",
                pgtrigger.Insert | pgtrigger.Update,
                two_people.SECOND_IS_ANOTHER_THERAPIST,
            ),
            two_people.after(
                "decision_on_an_emergency_stays", pgtrigger.Update | pgtrigger.Delete, two_people.PROPOSED_STAYS
            ),
            never_emptied("decision_never_emptied"),
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
        triggers = [
            two_people.after(
                "verdict_comes_before_the_decision",
                pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                two_people.VERDICT_COMES_FIRST,
            ),
            never_emptied("flag_verdict_never_emptied"),
        ]

    def __str__(self):
        return f"{self.rule}: {'confirmed' if self.confirmed else 'dismissed'}"
