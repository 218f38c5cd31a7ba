"""The person whose intake it is."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, Self

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from clinic.audit.growing import only_grows
from clinic.contact import names
from clinic.messages.privacy import Known
from clinic.staff.places import OfPlacesQuerySet
from intake.models import found_by

MOST_OF_A_DAY = 100  # patients of one birth date; more are not looked through


class Called(NamedTuple):
    """Who was found by name and birth date, and others of that birth date."""

    found: list["Patient"]
    others: list["Patient"]


class PatientQuerySet(OfPlacesQuerySet):
    def fitting(self, query: str) -> Self:
        """Return whom a query of `intake.models.found_by` finds."""
        return self.filter(found_by__fits=query)

    def called(self, last_name: str, first_name: str = "", *, born: date) -> "Called":
        """Return who has this name and birth date, and who else has the date.

        Names are compared by their letters. Of a whole name the parts may stand in any order: a first name is typed
        where the last belongs, or two last names the other way round.
        """
        found: list[Patient] = []
        others: list[Patient] = []
        for patient in self.filter(date_of_birth=born).order_by("-pk")[:MOST_OF_A_DAY]:
            (found if patient.is_called(first_name, last_name) else others).append(patient)
        return Called(found, others)

    def came_of_age(self) -> Self:
        """Adults whose guardian's details are still on file: somebody has to ask them for their own."""
        return self.filter(came_of_age_at__isnull=False).order_by("came_of_age_at")

    def without_proof(self) -> Self:
        """Somebody sent answers for them by an authority of which nobody on staff has seen proof."""
        respondents = self.model._meta.apps.get_model("intake", "Respondent").objects
        unseen = respondents.filter(kind__in=("guardian", "representative"), proof_seen_at=None)
        sent = unseen.filter(intake__submitted_at__isnull=False).values("intake__patient")
        return self.filter(pk__in=sent).order_by("last_name", "first_name", "pk")


@pghistory.track(
    model_name="PatientHistory",
    obj_field=pghistory.ObjForeignKey(related_name="history"),
    meta={"triggers": only_grows("patient_history_only_grows")},
    exclude=["found_by"],  # made of what the history holds already
)
class Patient(models.Model):
    class ContactIsOf(models.TextChoices):
        PATIENT = "patient", "The patient"
        GUARDIAN = "guardian", "A parent or legal guardian"
        REPRESENTATIVE = "representative", "A representative"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    date_of_birth = models.DateField()
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True, help_text="As its owner writes it")
    language = models.CharField(max_length=5, default="en", help_text="For pages and messages")
    needs_interpreter = models.BooleanField(default=False)
    insurance_plan = models.CharField(max_length=80, blank=True)
    member_number = models.CharField(max_length=40, blank=True)
    referred_by = models.CharField(max_length=120, blank=True, db_default="", help_text="Who sent them to this clinic")
    address = models.CharField(max_length=200, blank=True, db_default="", help_text="Where help is sent to")
    location = models.ForeignKey("staff.Location", on_delete=models.PROTECT, related_name="patients")
    contact_is_of = models.CharField(
        max_length=20,
        choices=ContactIsOf,
        default=ContactIsOf.PATIENT,
        help_text="Whose phone and email these are; a guardian's end when the patient comes of age",
    )
    came_of_age_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when a guardian's details wait to be replaced by the patient's own"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    found_by = found_by.FoundBy()

    objects = PatientQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["found_by"], name="patient_found_by"),
            models.Index(Upper("email"), name="patient_email"),
            models.Index("location", name="patient_came_of_age", condition=Q(came_of_age_at__isnull=False)),
            models.Index(
                "location",
                "date_of_birth",
                name="patient_with_a_guardian",
                condition=Q(contact_is_of="guardian", came_of_age_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone=""), name="patient_can_be_reached_by_email_or_phone"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save; what the patient is found by changes with what it is made of."""
        if update_fields and {*update_fields} & {*found_by.READ_FROM}:
            update_fields = {*update_fields, "found_by"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def is_minor(self) -> bool:
        """Under the age from which patients of this location act and sign alone, today, where they are treated."""
        return self.was_minor(timezone.now())

    def was_minor(self, moment: datetime) -> bool:
        """Under that age at `moment`; they come of age at midnight of their birthday, where they are treated."""
        return self.age_on(moment.astimezone(self.location.zone).date()) < self.location.majority_age

    @property
    def outgrew_guardian(self) -> bool:
        """An adult of whom a guardian's details are on file still: their links and mails are over.

        Looked at wherever somebody might be let in, so that it does not hang on when the clock last ran.
        """
        if self.came_of_age_at:
            return True
        return self.contact_is_of == self.ContactIsOf.GUARDIAN and not self.is_minor

    def why_no_mail(self, *, asked_for: bool = False) -> str:
        """Why nothing is mailed to this patient, or "". A link the patient has `asked_for` goes out whatever they
        chose about email, but nothing goes to a guardian's address once they are an adult.
        """
        if self.outgrew_guardian:
            return "The address is a guardian's, and the patient has come of age."
        if asked_for:
            return ""
        last_word = self.consents.filter(document="email").order_by("-pk").first()
        return "" if last_word is None or last_word.agreed else "The patient asked for calls or paper, not email."

    @property
    def known(self) -> Known:
        """Return what must not stand in a mail about them."""
        words = (*self.first_name.split(), *self.last_name.split())
        values = (
            ("a name", self.full_name),
            ("an email address", self.email),
            ("a member number", self.member_number),
            ("a home address", self.address),
            ("an id", str(self.public_id)),
        )
        return Known(words, self.date_of_birth, (self.phone,), values)

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def is_same_person(self, other: "Patient") -> bool:
        """True for the same birth date and names: somebody who began anew is another row."""
        names_fit = names.same(self.last_name, other.last_name) and names.same(self.first_name, other.first_name)
        return names_fit and self.date_of_birth == other.date_of_birth

    def is_called(self, first_name: str, last_name: str) -> bool:
        """Say whether that is this name, however it is written.

        By the last name alone where no first one is given.
        """
        if not first_name:
            return names.same(self.last_name, last_name)
        if names.same(self.last_name, last_name) and names.same(self.first_name, first_name):
            return True
        return names.same_whole((self.first_name, self.last_name), (first_name, last_name))

    def is_near(self, first_name: str, last_name: str) -> bool:
        """Say whether this may be the same name.

        A part of it is, the last one holds the other, or a letter slipped.
        """
        if names.share_a_part((self.first_name, self.last_name), (first_name, last_name)):
            return True
        if names.same(self.first_name, first_name) or names.is_slip(self.last_name, last_name):
            return True
        mine, theirs = names.letters(self.last_name), names.letters(last_name)
        return min(len(mine), len(theirs)) > 2 and (mine in theirs or theirs in mine)

    def age_on(self, day: date) -> int:
        """Whole years on `day` (a date)."""
        had_birthday = (day.month, day.day) >= (self.date_of_birth.month, self.date_of_birth.day)
        return day.year - self.date_of_birth.year - (not had_birthday)
