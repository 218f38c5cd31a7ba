"""The directory: one listing is one provider, at one office, for one specialty."""

import uuid
from datetime import datetime, timedelta
from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from clinic.audit.growing import only_grows
from clinic.contact import phones
from clinic.contact.names import found_in
from clinic.staff.models import Location
from referrals.models.far import miles_in_sql

# Offices change plans and panels at the turn of a year and at its middle: what nobody asked since may be wrong by now.
# Twice a year is what a desk can call for; a shorter time makes a list that nobody works through.
STALE_AFTER = timedelta(days=183)


class SpecialistQuerySet(models.QuerySet):
    def listed(self) -> Self:
        return self.filter(listed=True)

    def stale(self, now: datetime) -> Self:
        """Return the listed ones nobody confirmed for long, the longest first.

        What was never confirmed comes before.
        """
        old = Q(confirmed_at=None) | Q(confirmed_at__lt=now - STALE_AFTER)
        return self.listed().filter(old).order_by(F("confirmed_at").asc(nulls_first=True), "practice", "name", "pk")

    def for_specialty(self, specialty: str) -> Self:
        """`specialty` is a specialist id of the protocol, such as "podiatrist"."""
        return self.filter(specialty=specialty)

    def of_the_office_of(self, one: "Specialist") -> Self:
        """Return the listings of the same office.

        Mails go to the same address, and the same number is on file: whoever has both for one has both for each.
        """
        same = self.filter(email__iexact=one.email) if one.email else self.filter(pk=one.pk)
        number = phones.read(one.number_on_file).digits
        rows = same.values_list("pk", "fax", "phone")
        return self.filter(pk__in=[pk for pk, fax, phone in rows if phones.read(fax or phone).digits == number])

    def matching(self, words: str) -> Self:
        """Every word is found in name, practice, focus or city, by letters alone: Munoz finds Muñoz."""
        rows = self.values_list("pk", "name", "practice", "focus", "city")
        return self.filter(pk__in=[pk for pk, *texts in rows if found_in(words, *texts)])

    def nearest_to(self, location: Location) -> Self:
        """Add `miles_away`, nearest first, unknown last.

        By road as stated, else in a straight line.
        """
        by_road = Cast(KeyTextTransform(location.slug, "miles"), models.FloatField())
        away = Coalesce(by_road, miles_in_sql(*location.point)) if location.point else by_road
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
    opening_hours = models.CharField(max_length=200, blank=True, help_text="In words, such as Mon to Thu 8 to 5")
    wait_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Days to a first visit, as the office says"
    )
    wheelchair = models.BooleanField(null=True, blank=True, help_text="Reached with a wheelchair; empty: not on record")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    referral_plans = ArrayField(
        models.CharField(max_length=80), default=list, blank=True, help_text="Plans that need a referral of the PCP"
    )
    authorization_plans = ArrayField(
        models.CharField(max_length=80), default=list, blank=True, help_text="Plans that need an authorization"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="When the office last said that it is right")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SpecialistQuerySet.as_manager()

    class Meta:
        ordering = ["practice", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["specialty", "name", "practice", "street"],
                name="one_listing_for_each_provider_and_office",
                violation_error_message="This provider is already listed at this office for this specialty.",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, latitude__range=(-90, 90))
                & Q(longitude__isnull=False, longitude__range=(-180, 180)),
                name="listing_has_both_coordinates_or_none",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="listing_is_confirmed_by_a_name_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.practice}"

    @property
    def with_credentials(self) -> str:
        """Return the name as it stands on a letter: "Noor Adeyemi, MD"."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    @property
    def number_on_file(self) -> str:
        """Return the number by which we know the office: its fax, else its phone."""
        return self.fax or self.phone

    @property
    def point(self) -> tuple[float, float] | None:
        """Return its latitude and longitude, when they are on record."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    def is_stale(self, now: datetime) -> bool:
        """Say whether it is time to ask the office whether all this is still right."""
        return self.confirmed_at is None or self.confirmed_at < now - STALE_AFTER
