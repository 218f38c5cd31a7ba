"""A fax: what went to which number, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.audit.growing import never_emptied
from referrals.models.papers import report_name


def fax_name(_fax: "Fax", _name: str) -> str:
    """Return a random name: storage never shows whose pages these are."""
    return f"faxes/{uuid.uuid4().hex}.pdf"


class Fax(models.Model):
    """One delivery by fax.

    From here it waits, is with the gateway, and was sent or failed; by hand it has a proof.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits to be handed over"
        TAKEN = "taken", "With the gateway"
        SENT = "sent", "Sent"
        FAILED = "failed", "Did not arrive"
        DROPPED = "dropped", "Not needed any more"
        BY_HAND = "by_hand", "Printed and faxed"

    UNDER_WAY = (State.WAITING, State.TAKEN)

    delivery = models.OneToOneField("referrals.Delivery", on_delete=models.PROTECT, related_name="fax")
    number = models.CharField(max_length=24)
    state = models.CharField(max_length=10, choices=State)
    tries = models.PositiveSmallIntegerField(default=1)
    why = models.CharField(max_length=200, blank=True, help_text="Why it did not arrive, or not yet")
    pdf = models.FileField(upload_to=fax_name, blank=True, help_text="The pages as they went, cover and all")
    sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    handed = models.UUIDField(null=True, blank=True, help_text="By which id the gateway knows it")
    taken_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    confirmation = models.CharField(max_length=120, blank=True, help_text="The number that confirms it")
    proof = models.FileField(upload_to=report_name, blank=True, help_text="The confirmation as a file")
    proof_sha256 = models.CharField(max_length=64, blank=True)
    proven_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        triggers = [never_emptied("fax_never_emptied")]
        ordering = ["pk"]
        indexes = [models.Index("id", name="fax_under_way", condition=Q(state__in=["waiting", "taken"]))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "taken"], settled_at=None)
                | Q(state__in=["sent", "failed", "dropped", "by_hand"], settled_at__isnull=False),
                name="fax_settled_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(why=""), name="fax_that_failed_says_why"),
            models.CheckConstraint(
                condition=Q(state="by_hand") | ~Q(pdf="") & Q(pages__isnull=False), name="fax_from_here_has_pages"
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taken_at__isnull=False, handed__isnull=False),
                name="fax_taken_has_a_time_and_an_id",
            ),
            models.CheckConstraint(condition=Q(proof="") | ~Q(proof_sha256=""), name="fax_proof_has_a_checksum"),
        ]

    def __str__(self) -> str:
        return f"fax {self.pk}: {self.state}"

    @property
    def is_proven(self) -> bool:
        """Say whether something but our word says that it was sent."""
        return bool(self.confirmation or self.proof)

    @property
    def waits_for_proof(self) -> bool:
        return self.state == self.State.BY_HAND and not self.is_proven
