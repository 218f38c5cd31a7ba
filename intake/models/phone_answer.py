"""What a patient answered on the phone, beside what they answered themselves."""

from typing import Any, Self

import pgtrigger
from django.db import models
from django.utils import timezone

from clinic.audit.growing import only_grows
from intake.models.contact import Contact

OF_A_CALL = """
    IF NOT EXISTS (
        SELECT FROM intake_contact k WHERE k.id = NEW.contact_id AND k.outcome IN ('reached', 'reached_other')
    ) THEN
        RAISE EXCEPTION 'Answers are taken on the phone from somebody who was reached'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'phone_answer_comes_of_a_call';
    END IF;
    RETURN NEW;
"""


class PhoneAnswerQuerySet(models.QuerySet):
    def of(self, intake: Any) -> Self:
        """Return all that were taken about this form, the newest last."""
        return self.filter(contact__case__intake=intake).select_related("contact__by")


class PhoneAnswer(models.Model):
    """One answer that a therapist keyed in while they spoke with the patient.

    The newest to a question counts in place of `before`, which is what the patient had answered by then, until the
    patient answers otherwise. One without a value says that those before it were keyed in by mistake.
    """

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="answers", help_text="The call")
    question = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    before = models.JSONField(null=True, help_text="The patient's own answer when this one was taken")
    at = models.DateTimeField(default=timezone.now)

    objects = PhoneAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        triggers = [
            *only_grows("phone_answer_only_grows"),
            pgtrigger.Trigger(
                name="phone_answer_comes_of_a_call", when=pgtrigger.Before, operation=pgtrigger.Insert, func=OF_A_CALL
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} by phone at {self.at:%Y-%m-%d %H:%M}"
