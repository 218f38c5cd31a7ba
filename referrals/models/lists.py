"""What a person at the desk keeps of the list: a part of it by a name, and whose referrals they look after."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from clinic.audit.growing import never_emptied
from clinic.staff.models import Location, User


class SavedList(models.Model):
    """A part of the list with its filters and its order, for one person.

    It holds nothing that was looked for.
    """

    MOST = 6  # for one person: they stand in one row

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_lists")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_saved_list_of_a_name")]

    def __str__(self) -> str:
        return self.name


class CoverQuerySet(models.QuerySet):
    def at(self, now: datetime) -> Self:
        return self.filter(starts_at__lte=now, ends_at__gt=now)

    def ahead(self, now: datetime) -> Self:
        """Leave what stands now or will."""
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def at_places_of(self, user: User) -> Self:
        """Leave those of people who work where this person does, and their own."""
        return self.filter(Q(away__locations__in=user.places()) | Q(away=user)).distinct()


class Cover(models.Model):
    """Somebody is away, and a colleague looks after what they carry. It stays theirs."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    away = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="covers_for_me")
    covered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="covers")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied("cover_never_emptied")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cover_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(away=F("covered_by")), name="nobody_covers_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.covered_by} for {self.away}"

    @property
    def leaves_out(self) -> list[Location]:
        """Return where whoever is away works and the colleague does not."""
        return list(self.away.locations.exclude(pk__in=self.covered_by.locations.values("pk")).order_by("name"))
