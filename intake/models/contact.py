"""The contact log: every try to reach a patient, by what way, and what they were told. Pages repeat only this."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.audit.growing import only_grows
from intake.models.case import Case


class ContactQuerySet(models.QuerySet):
    def since_news(self, case: Case) -> Self:
        """Return those of a case since its last news.

        What was tried or said before answers no new danger. Written for the database in `log_in_sql.SINCE_NEWS`.
        """
        of_case, news = self.filter(case=case), case.news
        return of_case.filter(at__gte=news.at) if news else of_case

    def with_advice(self) -> Self:
        """Return those in which somebody was told what to watch for, or where to go.

        To wait is no advice. Written for the database in `log_in_sql.WITH_ADVICE`.
        """
        told = Q(safety_advice_given=True) | ~Q(told__in=Contact.NO_ADVICE)
        return self.filter(told, outcome__in=Contact.SPOKEN)

    def with_words(self) -> Self:
        """Return those with the answers to the questions about danger, in words."""
        return self.filter(asked_safety=True).exclude(words="")


class Contact(models.Model):
    """One attempt to reach the patient, and what came of it.

    `told`: where the patient was told to go. `asked_safety`: the questions about danger were asked, and their answers
    stand in `words`. `next_try_at`: of a try that reached nobody, when the next one is due.
    """

    class Outcome(models.TextChoices):
        REACHED = "reached", "Spoke with the patient"
        REACHED_OTHER = "reached_other", "Spoke with someone else"
        MESSAGE = "message", "Left a message with no clinical detail"
        NO_ANSWER = "no_answer", "No answer"
        WELFARE_CHECK = "welfare_check", "Welfare check asked for under clinic policy"

    class Channel(models.TextChoices):
        PHONE = "phone", "By phone"
        IN_PERSON = "in_person", "In person"
        TEXT = "text", "By text message"
        EMAIL = "email", "By email"
        LETTER = "letter", "By letter"

    class Told(models.TextChoices):
        EMERGENCY = "emergency", "To call 911 or go to the emergency department"
        URGENT_CARE = "urgent_care", "To go to urgent care today"
        HERE = "here", "To come to this clinic"
        SPECIALIST = "specialist", "That a specialist should see them"
        WAIT = "wait", "To wait for our next word"

    SPOKEN = (Outcome.REACHED, Outcome.REACHED_OTHER)
    SETTLES_AN_EMERGENCY = (*SPOKEN, Outcome.WELFARE_CHECK)
    TRIES = (Outcome.MESSAGE, Outcome.NO_ANSWER)
    WRITTEN = (Channel.TEXT, Channel.EMAIL, Channel.LETTER)
    SENT_AWAY = (Told.EMERGENCY, Told.URGENT_CARE)
    NO_ADVICE = ("", Told.WAIT)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    outcome = models.CharField(max_length=20, choices=Outcome)
    channel = models.CharField(max_length=20, choices=Channel, default=Channel.PHONE)
    told = models.CharField(max_length=20, choices=Told, blank=True)
    safety_advice_given = models.BooleanField(default=False)
    asked_safety = models.BooleanField(default=False)
    words = models.TextField(blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("contact_only_grows")
        constraints = [
            models.CheckConstraint(
                condition=~Q(channel__in=["text", "email", "letter"]) | Q(outcome="message"),
                name="what_is_written_reaches_nobody_yet",
            ),
            models.CheckConstraint(
                condition=Q(told="") | Q(outcome__in=["reached", "reached_other"]),
                name="only_who_was_reached_was_told",
            ),
            models.CheckConstraint(
                condition=Q(asked_safety=False) | (Q(outcome__in=["reached", "reached_other"]) & ~Q(words="")),
                name="answers_taken_by_phone_are_in_words",
            ),
            models.CheckConstraint(
                condition=Q(next_try_at=None) | Q(outcome__in=["message", "no_answer"]),
                name="only_a_try_that_failed_is_tried_again",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def spoke(self) -> bool:
        return self.outcome in self.SPOKEN

    @property
    def sent_away(self) -> bool:
        """Say whether whoever was reached was told to go where today's help is."""
        return self.told in self.SENT_AWAY

    @property
    def in_words(self) -> str:
        """Put what is on record into one line."""
        parts = [
            f"{self.get_outcome_display()}, {self.get_channel_display().lower()}",
            f"Told: {self.get_told_display()[0].lower()}{self.get_told_display()[1:]}" if self.told else "",
            "Safety advice given" if self.safety_advice_given else "",
            "The safety questions were asked" if self.asked_safety else "",
            self.words,
        ]
        return ". ".join(part for part in parts if part)
