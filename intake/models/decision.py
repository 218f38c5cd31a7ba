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
from intake.models.decision_in_sql import CLOSED_WITH_WHAT_IT_TAKES, NO_DAY_TOO_FAR
from intake.models.log_in_sql import CLOSED_BY_THE_LOG, NEVER_SCREENED_IS_NOT_AGREED_TO, URGENT_AFTER_CONTACT
from intake.models.urgency import URGENCIES, Urgency


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
        BY_PHONE = "by_phone", "By the answers taken on the phone"
        NOT_REACHED = "not_reached", "Could not be reached, after the clinic's steps"
        TWICE = "twice", "Another form of this patient is reviewed"
        NO_CARE = "no_care", "Wants no care here"

    class Outcome(models.TextChoices):
        """What becomes of the patient. Decisions from before it was asked have none."""

        TREAT = "treat", "Treated here"
        REFER = "refer", "Referred"
        ADVISED = "advised", "Emergency or urgent care"
        MORE = "more", "More information needed"
        CLOSED = "closed", "Closed"

    class Whom(models.TextChoices):
        PATIENT = "patient", "The patient"
        CLINICIAN = "clinician", "Another clinician"
        HOSPITAL = "hospital", "A hospital or imaging center"
        FAMILY = "family", "Somebody close to the patient"

    class Uncontacted(models.TextChoices):
        HERE = "here", "The patient is here, or comes today"
        ELSEWHERE = "elsewhere", "Is in the hands of another clinician today"
        NO_ANSWER = "no_answer", "Was called and does not answer; waiting is worse"
        NO_PHONE = "no_phone", "Has no phone and was written to"
        OTHER = "other", "Another reason"

    NO_FLAG_FOR = (  # what ends a case, and says nothing of a flag: none is dismissed for it
        Reason.AGREE,
        Reason.BY_PHONE,
        Reason.NOT_REACHED,
        Reason.TWICE,
        Reason.NO_CARE,
    )
    CLAIMS_A_TRY = (Uncontacted.NO_ANSWER, Uncontacted.NO_PHONE)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    assessment = models.ForeignKey("intake.Assessment", on_delete=models.PROTECT, related_name="decisions")
    alarms_seen = models.ForeignKey(
        "intake.AlarmsSeen", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField(default=timezone.now)
    tier_before = models.PositiveSmallIntegerField(choices=URGENCIES)
    tier = models.PositiveSmallIntegerField(choices=URGENCIES)
    suggested_specialist = models.CharField(max_length=40)
    specialist = models.CharField(max_length=40)
    refer = models.BooleanField(default=False, help_text="Carry a referral to that specialist")
    reason = models.CharField(max_length=20, choices=Reason)
    words = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    by_when = models.DateField(null=True, blank=True, help_text="The visit is, or information is here, by that day")
    needs = models.TextField(blank=True, help_text="What information is needed")
    needs_from = models.CharField(max_length=20, choices=Whom, blank=True)
    other_intake = models.ForeignKey(
        "intake.Intake",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="named_instead",
        help_text="Of a doubled form, the other one of this person, which is reviewed",
    )
    uncontacted = models.CharField(
        max_length=20, choices=Uncontacted, blank=True, help_text="Why an urgent case is decided before contact"
    )
    uncontacted_words = models.TextField(blank=True)
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
            models.CheckConstraint(
                condition=Q(outcome="")
                | Q(outcome="refer", refer=True)
                | (Q(outcome__in=["treat", "advised", "more", "closed"]) & Q(refer=False)),
                name="outcome_that_refers_makes_a_referral",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="treat") | Q(by_when__isnull=False), name="treating_here_names_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="more") | (~Q(needs="") & ~Q(needs_from="") & Q(by_when__isnull=False)),
                name="more_information_says_what_from_whom_by_when",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="closed") | ~Q(reason="agree"), name="closing_without_contact_has_a_coded_reason"
            ),
            models.CheckConstraint(
                condition=Q(uncontacted="") | ~Q(uncontacted_words=""), name="deciding_before_contact_has_words"
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
            two_people.after(
                "never_screened_is_not_agreed_to", pgtrigger.Insert | pgtrigger.Update, NEVER_SCREENED_IS_NOT_AGREED_TO
            ),
            two_people.after("closed_by_the_contact_log", pgtrigger.Insert | pgtrigger.Update, CLOSED_BY_THE_LOG),
            two_people.after("urgent_is_decided_after_contact", pgtrigger.Insert, URGENT_AFTER_CONTACT),
            two_people.after("no_day_too_far", pgtrigger.Insert | pgtrigger.Update, NO_DAY_TOO_FAR),
            two_people.after(
                "closed_with_what_it_takes", pgtrigger.Insert | pgtrigger.Update, CLOSED_WITH_WHAT_IT_TAKES
            ),
            never_emptied("decision_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"decision {self.public_id}"

    @property
    def chosen_tier(self) -> Urgency:
        return Urgency(self.tier)

    @property
    def agrees(self) -> bool:
        """Say whether tier and specialist are those suggested."""
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
            models.CheckConstraint(
                condition=Q(confirmed=True) | ~Q(reason__in=["agree", "by_phone", "not_reached"]),
                name="flag_is_dismissed_for_a_reason_of_its_own",
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

    def __str__(self) -> str:
        return f"{self.rule}: {'confirmed' if self.confirmed else 'dismissed'}"
