"""Locations of the clinic and the people who work there."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from clinic.audit.growing import never_emptied
from clinic.staff import changes, signing_in  # noqa: F401  their tables
from clinic.staff.hours import WEEK, OpeningHours
from clinic.staff.permissions import PERMISSIONS, Role

KEEPERS = (Role.THERAPIST, Role.MANAGER)  # who may be on call
MOST_FOR_ONESELF = timedelta(days=7)


def check_hours(value: dict[str, list[str]]) -> None:
    """Refuse opening hours the clocks could not count with."""
    try:
        OpeningHours.from_json(value)
    except (TypeError, ValueError, KeyError) as error:
        raise ValidationError(f"Opening hours are not usable: {error}") from error


def check_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(f"{value} is not a time zone; use a name such as America/Denver.")


class LocationQuerySet(models.QuerySet):
    def with_a_therapist(self) -> Self:
        """Leave only those where somebody treats; nothing else is offered to patients."""
        return self.filter(_somebody_treats())

    def without_a_therapist(self) -> Self:
        """Leave only those where nobody treats: their cases go to the whole house (decision 0039)."""
        return self.exclude(_somebody_treats())


def _somebody_treats() -> Exists:
    return Exists(User.objects.filter(role=Role.THERAPIST, is_active=True, locations=OuterRef("pk")))


class Location(models.Model):
    """One place of the clinic, with its own hours, clock, phone and on-call number."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(unique=True)
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    state = models.CharField(max_length=2)
    zip_code = models.CharField(max_length=10)
    phone = models.CharField(max_length=20)
    fax = models.CharField(max_length=20, blank=True)
    on_call_phone = models.CharField(max_length=20)
    time_zone = models.CharField(max_length=40, default="America/New_York", validators=[check_time_zone])
    majority_age = models.PositiveSmallIntegerField(
        default=18, help_text="From this age a patient acts and signs alone; 19 or 21 in some states"
    )
    hours = models.JSONField(default=dict, validators=[check_hours], help_text=f"Open and close by day: {WEEK}")
    latitude = models.FloatField(null=True, blank=True, help_text="For distances, where no miles are on record")
    longitude = models.FloatField(null=True, blank=True)
    fallback = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stood_in_for",
        help_text="Whose therapists and managers hear of its cases while nobody treats here",
    )

    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, latitude__range=(-90, 90))
                & Q(longitude__isnull=False, longitude__range=(-180, 180)),
                name="location_has_both_coordinates_or_none",
            ),
            models.CheckConstraint(condition=~Q(fallback=models.F("pk")), name="location_is_not_its_own_fallback"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> tuple[float, float] | None:
        """Return its latitude and longitude, when they are on record."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    @property
    def zone(self) -> ZoneInfo:
        """Return its clock; where that makes no sense, the one of the clinic.

        So no page fails by it. It can only be written into the table by hand, and a check names the place.
        """
        return ZoneInfo(self.time_zone if self.zone_makes_sense else settings.TIME_ZONE)

    @property
    def zone_makes_sense(self) -> bool:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, OSError, ValueError):  # no such clock, a folder of clocks, no name at all
            return False
        return True

    @property
    def opening_hours(self) -> OpeningHours:
        """Return when its doors are open; hours that make no sense count as none, so that no case fails by them.

        They can only be written into the table by hand, and a check names the place.
        """
        return OpeningHours.from_json(self.hours if self.hours_make_sense else {}, self.zone)

    @property
    def hours_make_sense(self) -> bool:
        try:
            OpeningHours.from_json(self.hours, self.zone)
        except (AttributeError, KeyError, TypeError, ValueError):
            return False
        return True


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def therapists_at(self, location: Location) -> "QuerySet[User]":
        return self.filter(is_active=True, role=Role.THERAPIST, locations=location)

    def managers_at(self, location: Location) -> "QuerySet[User]":
        return self.filter(is_active=True, role=Role.MANAGER, locations=location)

    def front_desk_at(self, location: Location) -> "QuerySet[User]":
        return self.filter(is_active=True, role=Role.FRONT_DESK, locations=location)

    def who_answer_at(self, location: Location) -> "QuerySet[User]":
        """Return front desk, else managers of a location, else every manager.

        Somebody always carries what comes in there.
        """
        for people in (self.front_desk_at(location), self.managers_at(location)):
            if people:
                return people
        return self.filter(is_active=True, role=Role.MANAGER)

    def on_call_at(self, location: Location, moment: datetime) -> "QuerySet[User]":
        """Return who is on call at a location at this moment, by its list."""
        shifts = OnCall.objects.at(moment).on_the_list().filter(location=location)
        return self.filter(pk__in=shifts.values("person"))

    def asked_at(self, location: Location, moment: datetime) -> "QuerySet[User]":
        """Return who was asked from elsewhere to look there, and still may."""
        shifts = OnCall.objects.at(moment).filter(location=location, asked=True)
        return self.filter(pk__in=shifts.values("person"))

    def of_the_whole_house(self) -> "QuerySet[User]":
        """Therapists and managers of every location."""
        return self.filter(is_active=True, role__in=KEEPERS)

    def who_stand_in_at(self, location: Location) -> "QuerySet[User]":
        """Return who hears of a case where nobody treats (decision 0039).

        Therapists and managers of its fallback; of every location where it has none, or nobody treats there either.
        """
        house, fallback = self.of_the_whole_house(), location.fallback_id
        if fallback and house.filter(role=Role.THERAPIST, locations=fallback).exists():
            return house.filter(locations=fallback)
        return house


class User(AbstractBaseUser):
    """A member of staff. Patients and outside offices have links, never accounts."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    credentials = models.CharField(max_length=40, blank=True, help_text="As written after the name, such as PT, DPT")
    license_number = models.CharField(max_length=40, blank=True)
    npi = models.CharField("NPI", max_length=10, blank=True)
    role = models.CharField(max_length=20, choices=Role)
    locations = models.ManyToManyField(Location, related_name="staff", blank=True)
    is_active = models.BooleanField(default=True)
    shortcuts = models.BooleanField(default=True, help_text="Whether single keys do something on staff pages")
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    _here: list[list[int]] | None = None  # the places of one look, in a list; None: each question looks by itself

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_for_each_email"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def signature(self) -> str:
        """The name as it stands under a letter or a decision: "Maya Ortiz, PT, DPT"."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    def own_places(self) -> LocationQuerySet:
        """Return the locations that are theirs at any time: where they work.

        For therapists and managers also those where nobody treats, or an emergency there would stand on nobody's page.
        """
        here = Q(pk__in=self.locations.values("pk"))
        if self.role in KEEPERS:
            here |= ~Q(_somebody_treats())
        return Location.objects.filter(here)

    def place_ids(self) -> "list[int] | LocationQuerySet":
        """Return `places` for a question that asks for rows of theirs.

        As numbers once they were looked up: the database plans by them, and cannot by what another question finds.
        """
        places = self.places()
        return self._here[0] if self._here else places

    def places(self) -> LocationQuerySet:
        """Return the locations whose patients this person may see.

        Their own, and those where they are on call just now; as `remember_places` has it, those of its first look.
        """
        if self._here is None:
            return self._places()
        if not self._here:
            self._here.append(list(self._places().values_list("pk", flat=True)))
        return Location.objects.filter(pk__in=self._here[0])

    def remember_places(self) -> None:
        """Look the places up once from now on: a page asks for them in each of its questions."""
        self._here = []

    def forget_places(self) -> None:
        """Look the places up again: they are others now."""
        self._here = None if self._here is None else []

    def _places(self) -> LocationQuerySet:
        on_call = Q(pk__in=self.on_call.at(timezone.now()).values("location"))
        return Location.objects.filter(Q(pk__in=self.own_places().values("pk")) | on_call)

    def sees(self, location_id: int) -> bool:
        """Say whether that location is one of `places`."""
        return self.places().filter(pk=location_id).exists()

    def may(self, permission: str) -> bool:
        """Say whether this person's role holds `permission` (see `clinic.staff.permissions`)."""
        return self.is_active and permission in PERMISSIONS[self.role]


class OnCallQuerySet(models.QuerySet):
    def at(self, moment: datetime) -> Self:
        """Leave only those that count at this moment, of people who still may act here."""
        standing = Q(taken_off_at=None) | Q(taken_off_at__gt=moment)
        here = Q(person__is_active=True, person__role__in=KEEPERS)
        return self.filter(standing, here, starts_at__lte=moment, ends_at__gt=moment)

    def ahead(self, moment: datetime) -> Self:
        """Leave only those that run or are to come."""
        return self.filter(taken_off_at=None, ends_at__gt=moment)

    def on_the_list(self) -> Self:
        """Leave out who was only asked.

        They change neither who hears first nor whom to phone.
        """
        return self.filter(asked=False)


class OnCall(models.Model):
    """Hold somebody's time on call at a location.

    Who hears first while its doors are closed, and by what phone. Or, where they were `asked` from elsewhere to look at
    a case, the time in which they may see it. A row is its own history: put down once, taken off once, never changed
    otherwise and never removed.
    """

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="on_call")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="on_call")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="As it was put down; see `taken_off_at`")
    phone = models.CharField(max_length=20, blank=True, help_text="Empty for whoever was only asked")
    asked = models.BooleanField(default=False, db_default=False, help_text="From elsewhere, to look at a case")
    put_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField(null=True, help_text="Empty for rows from before it was kept")
    taken_off_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    taken_off_at = models.DateTimeField(null=True)
    known_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", help_text="Who told them, where no mail did"
    )
    known_at = models.DateTimeField(null=True)

    objects = OnCallQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["person", "ends_at"], name="on_call_person")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="on_call_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(put_by=None, put_at=None) | Q(put_by__isnull=False, put_at__lte=models.F("starts_at")),
                name="on_call_begins_by_name_and_never_before",
            ),
            models.CheckConstraint(
                condition=Q(put_by=None)
                | ~Q(put_by=models.F("person"))
                | Q(asked=False, ends_at__lte=models.F("starts_at") + MOST_FOR_ONESELF),
                name="on_call_for_oneself_is_a_week_at_most",
            ),
            models.CheckConstraint(
                condition=Q(taken_off_by=None, taken_off_at=None)
                | Q(taken_off_by__isnull=False, taken_off_at__isnull=False),
                name="on_call_taken_off_by_name",
            ),
            models.CheckConstraint(
                condition=Q(known_by=None, known_at=None) | Q(known_by__isnull=False, known_at__isnull=False),
                name="on_call_told_by_name",
            ),
        ]
        triggers = [  # who was to hear of a case is evidence
            never_emptied("on_call_never_emptied"),
            pgtrigger.Protect(name="on_call_never_removed", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="on_call_stays_as_put_down",
                fields=["location", "person", "starts_at", "ends_at", "phone", "asked", "put_by", "put_at"],
            ),
            pgtrigger.Protect(
                name="on_call_taken_off_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_off_at__isnull=False)
                & (
                    pgtrigger.Q(old__taken_off_at__df=pgtrigger.F("new__taken_off_at"))
                    | pgtrigger.Q(old__taken_off_by__df=pgtrigger.F("new__taken_off_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"on call {self.pk}"
