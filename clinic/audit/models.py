"""Who saw what: one row for every page that showed a patient's data, never changed, never removed."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from clinic.audit.growing import only_grows


class AccessLog(models.Model):
    """One read of one patient's data, or one event of a member of staff's way in, such as "wrong password".

    Holds ids and names of pages, never an answer or a name.
    """

    class Actor(models.TextChoices):
        STAFF = "staff"
        PATIENT = "patient"
        OFFICE = "office"  # a specialist's office, by link
        SYSTEM = "system"

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=10, choices=Actor)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True)
    page = models.CharField(max_length=60, help_text="The name of the route that showed it")
    subject = models.CharField(max_length=20, help_text="What was shown: patient, intake, case, referral, list")
    subject_id = models.CharField(max_length=40, blank=True)
    patient_id = models.BigIntegerField(null=True, db_index=True, help_text="Whose data it was")
    location_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [BrinIndex(fields=["at"], name="access_log_by_day")]  # rows come in the order of time
        triggers = only_grows("access_log_only_grows")

    def __str__(self) -> str:
        return f"{self.page} at {self.at:%Y-%m-%d %H:%M}"


class AuditSeal(models.Model):
    """A link of the chain: a digest over the access rows since the link before it, and over that link.

    Whoever changes, drops, adds or reorders a sealed row breaks its link and every later one; `clinic.audit.chain`
    makes and checks them, `manage.py verify_audit` names the first that is broken.
    """

    at = models.DateTimeField(auto_now_add=True)
    first_row = models.BigIntegerField()
    last_row = models.BigIntegerField(unique=True)
    rows = models.PositiveIntegerField()
    fingerprints = models.BinaryField(help_text="For each row its id (8 bytes) and the start of its digest (16 bytes)")
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("audit_seal_only_grows")

    def __str__(self) -> str:
        return f"seal of rows {self.first_row} to {self.last_row}"


class AuditCheck(models.Model):
    """One look at the whole chain: whether the log was as it was sealed."""

    at = models.DateTimeField(auto_now_add=True)
    whole = models.BooleanField()
    seals = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    unsealed = models.PositiveBigIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True, help_text="What is broken; else the digest of the last seal")

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("audit_check_only_grows")

    def __str__(self) -> str:
        return f"check {self.pk}"


class BackupCheck(models.Model):
    """One try to restore a backup: what came of it, and how old what it holds is."""

    at = models.DateTimeField(auto_now_add=True)
    whole = models.BooleanField()
    dump = models.CharField(max_length=200, help_text="The name of its file")
    made_at = models.DateTimeField(help_text="When the dump was made")
    rows = models.PositiveBigIntegerField(default=0)
    files = models.PositiveBigIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0, help_text="How long restoring and looking took")
    words = models.CharField(max_length=300, blank=True, help_text="Why it cannot be used")

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("backup_check_only_grows")

    def __str__(self) -> str:
        return f"backup check {self.pk}"
