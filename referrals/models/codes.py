"""A code by which an office opens what we sent it, once: read out to it, or faxed, by the number on file."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.audit.growing import never_emptied
from clinic.contact import phones


class OfficeCodeQuerySet(models.QuerySet):
    def living(self, now: datetime) -> Self:
        return self.filter(used_at=None, expires_at__gt=now)


class OfficeCode(models.Model):
    """One code, whose digits stand nowhere.

    A server key and `id` make them, as they make the secrets of links. Wrong ones are
    counted on the link they were tried at.
    """

    class Way(models.TextChoices):
        READ_OUT = "read_out", "Read out on the phone"
        FAX = "fax", "Faxed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    specialist = models.ForeignKey("referrals.Specialist", on_delete=models.PROTECT, related_name="codes")
    way = models.CharField(max_length=10, choices=Way)
    number = models.CharField(max_length=24, help_text="The number on file that it goes to")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = OfficeCodeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]
        triggers = [never_emptied("office_code_never_emptied")]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lt=F("expires_at")), name="office_code_is_used_while_it_lives"
            ),
        ]

    def __str__(self) -> str:
        return f"code for office {self.specialist_id}"

    @property
    def went_where_the_office_is(self) -> bool:
        """Say whether its number is still the one on file.

        One that was corrected since was somebody else's.
        """
        now = self.specialist.fax if self.way == self.Way.FAX else self.specialist.phone
        return _as_dialed(now) == _as_dialed(self.number)


def _as_dialed(number: str) -> tuple[str, str]:
    """Return a number however it is typed; what cannot be dialed is only itself."""
    typed = phones.read(number)
    return typed.digits or number, typed.extension
