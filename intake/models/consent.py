"""What a patient, or who acts for them, has signed: the exact text, by whom, how and when."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.audit.growing import only_grows


class Document(models.TextChoices):
    TREATMENT = "treatment", _("Consent to treatment")
    PRIVACY = "privacy", _("Notice of privacy practices")
    EMAIL = "email", _("Email and its risks")
    REFERRAL = "referral", _("Sharing with another office")


class ConsentText(models.Model):
    """A document in one language exactly as it was shown. A change of a word is another row; none ever changes."""

    document = models.CharField(max_length=20, choices=Document)
    language = models.CharField(max_length=5)
    version = models.CharField(max_length=20, help_text="As the file names it")
    sha256 = models.CharField(max_length=64, unique=True, help_text="Of document, language, version and text")
    text = models.TextField()
    first_used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["document", "language", "-first_used_at"]
        triggers = only_grows("consent_text_never_changes")

    def __str__(self) -> str:
        return f"{self.document} {self.version} ({self.language})"


class ConsentQuerySet(models.QuerySet):
    def in_force(self) -> Self:
        """Return the last word of each patient on each document."""
        return self.order_by("patient", "document", "-pk").distinct("patient", "document")


class Consent(models.Model):
    """One signature under one document. Never changed; a later one replaces it."""

    class Capacity(models.TextChoices):
        PATIENT = "patient", _("The patient")
        MINOR = "minor", _("The patient, a minor")
        GUARDIAN = "guardian", _("Parent or legal guardian")
        REPRESENTATIVE = "representative", _("Representative")

    class Method(models.TextChoices):
        TYPED = "typed", _("Typed name on the clinic’s page")
        PAPER = "paper", _("Signed on paper, kept by the clinic")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    patient = models.ForeignKey("intake.Patient", on_delete=models.PROTECT, related_name="consents")
    intake = models.ForeignKey("intake.Intake", on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    document = models.CharField(max_length=20, choices=Document)
    agreed = models.BooleanField(help_text="Treatment and privacy cannot be signed without agreeing")
    signed_name = models.CharField(max_length=160)
    capacity = models.CharField(max_length=20, choices=Capacity)
    authority = models.CharField(max_length=20, blank=True, help_text="Of a guardian or representative")
    method = models.CharField(max_length=10, choices=Method)
    intent = models.TextField(help_text="The sentence by which the signer meant to sign, as it was shown")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who put a paper signature in",
    )
    signed_at = models.DateTimeField(default=timezone.now)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed=True) | Q(document__in=("email", "referral")),
                name="consent_to_treatment_and_privacy_is_never_refused",
            ),
            models.CheckConstraint(condition=Q(signed_name__regex=r"\S"), name="consent_is_never_blank"),
            models.CheckConstraint(condition=Q(intent__regex=r"\S"), name="consent_says_what_was_meant"),
            models.CheckConstraint(
                condition=Q(method="paper", recorded_by__isnull=False) | Q(method="typed", recorded_by=None),
                name="consent_on_paper_was_put_in_by_somebody",
            ),
        ]
        triggers = only_grows("consent_never_changes")

    def __str__(self) -> str:
        return f"{self.text} signed {self.signed_at:%Y-%m-%d %H:%M}"
