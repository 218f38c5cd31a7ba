"""The directory: one listing is one provider, at one office, for one specialty."""

import uuid
from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from clinic.audit.growing import only_grows
from clinic.contact.names import found_in
from referrals.models.numbers import last_four


class SpecialistQuerySet(models.QuerySet):
    def listed(self) -> Self:
        return self.filter(listed=True)

    def for_specialty(self, specialty: str) -> Self:
        """`specialty` is a specialist id of the protocol, such as "podiatrist"."""
        return self.filter(specialty=specialty)

    def matching(self, words: str) -> Self:
        """Every word is found in name, practice, focus or city, by letters alone: Munoz finds Muñoz."""
        rows = self.values_list("pk", "name", "practice", "focus", "city")
        return self.filter(pk__in=[pk for pk, *texts in rows if found_in(words, *texts)])

    def nearest_to(self, slug: str) -> Self:
        """Adds `miles_away` from the location `slug`, nearest first, unknown last."""
        away = Cast(KeyTextTransform(slug, "miles"), models.FloatField())
        return self.annotate(miles_away=away).order_by(F("miles_away").asc(nulls_last=True), "practice", "name")


@pghistory.track(
    model_name="SpecialistHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    meta={"triggers": only_grows("specialist_history_only_grows")},
)
class Specialist(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    specialty = models.CharField(max_length=40, help_text="Specialist id of the protocol", db_index=True)
    focus = models.CharField(max_length=80, blank=True, help_text="Such as spine, foot and ankle, nerve tests")
    name = models.CharField(max_length=80)
    credentials = models.CharField(max_length=40, blank=True)
    npi = models.CharField("NPI", max_length=10, blank=True)
    practice = models.CharField(max_length=120)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    state = models.CharField(max_length=2)
    zip_code = models.CharField(max_length=10)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    phone = models.CharField(max_length=24)
    fax = models.CharField(max_length=24, blank=True)
    email = models.EmailField(blank=True)
    insurance_plans = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    miles = models.JSONField(default=dict, blank=True, help_text="Location slug to miles by road")
    accepts_new_patients = models.BooleanField(default=True)
    listed = models.BooleanField(default=True)
    notes = models.TextField(blank=True)

    objects = SpecialistQuerySet.as_manager()

    class Meta:
        ordering = ["practice", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["specialty", "name", "practice", "street"],
                name="one_listing_for_each_provider_and_office",
                violation_error_message="This provider is already listed at this office for this specialty.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.practice}"

    @property
    def with_credentials(self) -> str:
        """Return the name as it stands on a letter: "Noor Adeyemi, MD"."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    @property
    def second_factor(self) -> str:
        """Return the last four digits of the number on file that the office knows: its fax, else its phone."""
        return last_four(self.fax or self.phone)
