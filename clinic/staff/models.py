"""Locations of the clinic and the people who work there."""

import uuid
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from clinic.staff.hours import WEEK, OpeningHours


def check_hours(value) -> None:
    """Refuse opening hours the clocks could not count with."""
    try:
        OpeningHours.from_json(value)
    except (TypeError, ValueError, KeyError) as error:
        raise ValidationError(f"Opening hours are not usable: {error}") from error


def check_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(f"{value} is not a time zone; use a name such as America/Denver.")


class LocationQuerySet(models.QuerySet):
    def with_a_therapist(self):
        """Leave only those where somebody treats; nothing else is offered to patients."""
        return self.filter(_somebody_treats())

    def without_a_therapist(self):
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

    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def opening_hours(self) -> OpeningHours:
        return OpeningHours.from_json(self.hours, self.zone)


class Role(models.TextChoices):
    THERAPIST = "therapist", "Physical therapist"
    FRONT_DESK = "front_desk", "Front desk"
    MANAGER = "manager", "Clinic manager"


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user

    def therapists_at(self, location):
        return self.filter(is_active=True, role=Role.THERAPIST, locations=location)

    def managers_at(self, location):
        return self.filter(is_active=True, role=Role.MANAGER, locations=location)

    def front_desk_at(self, location):
        return self.filter(is_active=True, role=Role.FRONT_DESK, locations=location)

    def who_answer_at(self, location):
        """Return front desk, else managers of a location, else every manager.

        Somebody always carries what comes in there.
        """
        for people in (self.front_desk_at(location), self.managers_at(location)):
            if people:
                return people
        return self.filter(is_active=True, role=Role.MANAGER)

    def of_the_whole_house(self):
        """Therapists and managers of every location: who hears of a case where nobody treats (decision 0039)."""
        return self.filter(is_active=True, role__in=(Role.THERAPIST, Role.MANAGER))


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
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_for_each_email"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_has_a_known_role"),
        ]

    def __str__(self):
        return self.name

    @property
    def signature(self) -> str:
        """The name as it stands under a letter or a decision: "Maya Ortiz, PT, DPT"."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name

    def places(self):
        """Return the locations whose patients this person may see.

        Their own; for therapists and managers also those where nobody treats, or an emergency there would stand on
        nobody's page.
        """
        here = Q(pk__in=self.locations.values("pk"))
        if self.role in (Role.THERAPIST, Role.MANAGER):
            here |= ~Q(_somebody_treats())
        return Location.objects.filter(here)

    def sees(self, location_id: int) -> bool:
        """Say whether that location is one of `places`."""
        return self.places().filter(pk=location_id).exists()

    def may(self, permission: str) -> bool:
        """True when this person's role holds `permission` (see `clinic.staff.permissions`)."""
        from clinic.staff.permissions import PERMISSIONS

        return self.is_active and permission in PERMISSIONS[self.role]


class SignInTry(models.Model):
    """A wrong password or code, kept for a day to slow the next (see `clinic.staff.tries`).

    It names nobody: what was typed and where it came from stand here as keyed hashes, of known and unknown names alike.
    """

    class Step(models.TextChoices):
        PASSWORD = "password"  # noqa: S105
        CODE = "code"

    step = models.CharField(max_length=10, choices=Step)
    account_key = models.BinaryField(max_length=32, help_text="Keyed hash of the address that was typed")
    network_key = models.BinaryField(max_length=32, help_text="Keyed hash of the network it came from")
    device_key = models.BinaryField(max_length=32, help_text="Keyed hash of a browser that was let in before, or empty")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["account_key", "at"], name="sign_in_try_account"),
            models.Index(fields=["network_key", "at"], name="sign_in_try_network"),
            models.Index(fields=["device_key", "at"], name="sign_in_try_device"),
        ]

    def __str__(self):
        return f"sign-in try {self.pk}"


class PlaceInLine(models.Model):
    """Who came too soon and waits for a turn to try (see `clinic.staff.tries`)."""

    line = models.BinaryField(max_length=32, help_text="Keyed hash of what is counted together")
    place = models.BinaryField(max_length=32, help_text="Keyed hash of the network or address that waits")
    since = models.DateTimeField()
    kept_until = models.DateTimeField(help_text="Whoever waits comes back by then, or the next one goes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "place"], name="one_place_in_a_line")]

    def __str__(self):
        return f"place in line {self.pk}"


class SpentCode(models.Model):
    """A code of somebody's authenticator app that has opened the door; it does not open it again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    counter = models.BigIntegerField(help_text="The half minute the code belongs to")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "counter"], name="each_code_opens_once")]

    def __str__(self):
        return f"spent code {self.pk}"


class ResetRequest(models.Model):
    """Somebody typed an email address to get a new password. Kept for a day, to count.

    `address` stands here only until a worker has looked whose it is.
    """

    account_key = models.BinaryField(max_length=32, help_text="Keyed hash of the address")
    network_key = models.BinaryField(max_length=32, help_text="Keyed hash of the network it was asked from")
    address = models.EmailField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["account_key", "asked_at"], name="reset_request_account"),
            models.Index(fields=["network_key", "asked_at"], name="reset_request_network"),
            models.Index("id", name="reset_request_waits", condition=~Q(address="")),
        ]

    def __str__(self):
        return f"reset request {self.pk}"


class HandedOverCode(models.Model):
    """A code that waits for one person to set up their second step; it is gone once it was used or another was made."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    code_hash = models.BinaryField(max_length=32, help_text="Keyed hash of the code")
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(made_by=None) | ~Q(made_by=models.F("user")), name="nobody_hands_a_code_to_themselves"
            ),
        ]

    def __str__(self):
        return f"code {self.pk}"
