"""Who answers an intake: the patient, somebody who may act for them, or somebody who only types."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.audit.growing import never_emptied, only_grows


@pghistory.track(
    model_name="RespondentHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    meta={"triggers": only_grows("respondent_history_only_grows")},
)
class Respondent(models.Model):
    """One for each intake, given before the first question. Only patients, guardians and representatives may sign."""

    class Kind(models.TextChoices):
        PATIENT = "patient", "The patient"
        GUARDIAN = "guardian", "A parent or legal guardian"
        REPRESENTATIVE = "representative", "A representative with authority"
        HELPER = "helper", "A helper who only types"

    class Authority(models.TextChoices):
        PARENT = "parent", "Parent"
        COURT = "court", "Guardian named by a court"
        POWER_OF_ATTORNEY = "power_of_attorney", "Health-care power of attorney"
        OTHER = "other", "Other authority"

    ACTS_FOR_PATIENT = (Kind.GUARDIAN, Kind.REPRESENTATIVE)

    intake = models.OneToOneField("intake.Intake", on_delete=models.CASCADE, related_name="respondent")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=120, blank=True, help_text="Of whoever is not the patient")
    relationship = models.CharField(max_length=80, blank=True, help_text="To the patient, in their words")
    authority = models.CharField(max_length=20, choices=Authority, blank=True)
    of_a_minor = models.BooleanField(null=True, help_text="Whether the patient was a minor when it was said")
    proof_seen_at = models.DateTimeField(null=True, blank=True, help_text="When staff saw proof of the authority")
    proof_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [never_emptied("respondent_never_emptied")]
        indexes = [
            models.Index(
                "intake",
                name="respondent_without_proof",
                condition=Q(proof_seen_at=None, kind__in=("guardian", "representative")),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="patient", name="") | (~Q(kind="patient") & Q(name__regex=r"\S")),
                name="respondent_who_is_not_the_patient_has_a_name",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=("guardian", "representative")) & ~Q(authority=""))
                | (Q(kind__in=("patient", "helper")) & Q(authority="")),
                name="respondent_acts_by_an_authority_or_by_none",
            ),
            models.CheckConstraint(
                condition=Q(proof_seen_at=None, proof_seen_by=None)
                | Q(proof_seen_at__isnull=False, proof_seen_by__isnull=False),
                name="respondent_proof_has_both_when_and_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.intake_id}"

    @property
    def acts_for_patient(self) -> bool:
        return self.kind in self.ACTS_FOR_PATIENT
