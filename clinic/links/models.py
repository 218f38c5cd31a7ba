"""Links instead of accounts: a secret in a mail opens one thing, for one person, for a limited time."""

import uuid
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.audit.growing import never_emptied, only_grows

MOST_WRONG_TRIES = 5


class LinkQuerySet(models.QuerySet):
    def live(self) -> Self:
        return self.filter(withdrawn_at=None, expires_at__gt=timezone.now())

    def asleep(self) -> Self:
        return self.live().filter(wrong_tries__gte=MOST_WRONG_TRIES)


@pghistory.track(
    model_name="LinkHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    exclude=["secret_hash"],
    meta={"triggers": only_grows("link_history_only_grows")},
)
class Link(models.Model):
    """One mailed link. The secret itself is never stored: it is derived from a server key, `id` and `generation`.

    Looking at a link changes nothing. Only a POST with the right second factor opens it; five wrong tries put it to
    sleep until staff wake it or a new generation is made.
    """

    class Purpose(models.TextChoices):
        INTAKE = "intake"  # start or continue an intake; second factor: date of birth
        STATUS = "status"  # the patient's status page; second factor: date of birth
        OFFICE = "office"  # a specialist's office answers one referral

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose)
    subject_id = models.UUIDField(help_text="Public id of the intake or referral it opens", db_index=True)
    generation = models.PositiveIntegerField(default=1)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When a person last got past the second factor")
    opened_count = models.PositiveIntegerField(default=0)

    objects = LinkQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied("link_never_emptied")]
        indexes = [
            models.Index(
                "subject_id", name="link_asleep", condition=Q(withdrawn_at=None, wrong_tries__gte=MOST_WRONG_TRIES)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "subject_id"],
                condition=Q(withdrawn_at=None),
                name="one_live_link_for_each_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} link {self.id}"

    @property
    def lives(self) -> bool:
        return self.withdrawn_at is None and self.expires_at > timezone.now()

    @property
    def asleep(self) -> bool:
        return self.wrong_tries >= MOST_WRONG_TRIES


class LinkRequest(models.Model):
    """Somebody typed an email address to get a new link. Kept for a day, to count; whose address it is, or whether
    anybody's, is found out later and not on the page.

    `address` stands here only until a worker has looked at it.
    """

    address_key = models.BinaryField(max_length=32, help_text="Keyed hash of the address")
    network_key = models.BinaryField(max_length=32, help_text="Keyed hash of the network it was asked from")
    address = models.EmailField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["address_key", "asked_at"], name="link_request_address"),
            models.Index(fields=["network_key", "asked_at"], name="link_request_network"),
            models.Index("id", name="link_request_waits", condition=~Q(address="")),
        ]

    def __str__(self) -> str:
        return f"link request {self.pk}"


class FormStart(models.Model):
    """Somebody without a link began a form. Kept for a day, to count; which form it was stands nowhere."""

    network_key = models.BinaryField(max_length=32, help_text="Keyed hash of the network it was begun from")
    begun_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["network_key", "begun_at"], name="form_start_network")]

    def __str__(self) -> str:
        return f"form start {self.pk}"
