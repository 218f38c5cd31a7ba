"""What a therapist says of a decided case once it is known how it ended."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.audit.growing import only_grows
from intake.models.urgency import KNOWN_URGENCIES, URGENCIES, Urgency


class Hindsight(models.Model):
    """How urgent a case was, who was right for it, and what it was: said afterwards.

    Of several about one case the newest counts: it corrects the others, and none is ever changed.
    """

    class Group(models.TextChoices):
        """Groups of diagnoses, by what is done about them.

        No clinician has read this list yet. They follow the origins of the protocol, so that what was suspected and
        what was found can be compared.
        """

        LOCAL = "local", "Muscle, tendon or joint where it hurts"
        SPINE = "spine", "Back or neck, no nerve involved"
        ROOT = "root", "Nerve root or spinal stenosis"
        CORD = "cord", "Spinal cord or cauda equina"
        NERVE = "nerve", "Single nerve or neuropathy"
        BRAIN = "brain", "Brain or motor neuron"
        FRACTURE = "fracture", "Fracture or rupture"
        INFECTION = "infection", "Infection"
        CANCER = "cancer", "Cancer"
        VESSEL = "vessel", "Artery or vein"
        INFLAMMATORY = "inflammatory", "Inflammatory disease or gout"
        ORGAN = "organ", "Heart, lung, abdomen or kidney"
        PAIN = "pain", "CRPS or widespread pain"
        MIND = "mind", "Mental health"
        OTHER = "other", "Another diagnosis"
        NONE = "none", "No diagnosis was found"

    decision = models.ForeignKey("intake.Decision", on_delete=models.PROTECT, related_name="hindsights")
    urgency = models.PositiveSmallIntegerField(choices=URGENCIES, help_text="What would have been right")
    specialist = models.CharField(max_length=40, help_text="Who would have been right: a specialist id of the protocol")
    group = models.CharField(max_length=20, choices=Group)
    by_report = models.BooleanField(default=False, help_text="Said on reading a specialist's report")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        triggers = only_grows("hindsight_only_grows")
        constraints = [
            models.CheckConstraint(condition=Q(urgency__in=KNOWN_URGENCIES), name="hindsight_has_a_known_urgency"),
            models.CheckConstraint(condition=~Q(specialist=""), name="hindsight_names_a_specialist"),
        ]

    def __str__(self) -> str:
        return f"hindsight of decision {self.decision_id} at {self.at:%Y-%m-%d %H:%M}"

    @property
    def tier(self) -> Urgency:
        """Return the urgency that would have been right."""
        return Urgency(self.urgency)

    @property
    def urgency_was_right(self) -> bool:
        return self.urgency == self.decision.tier

    @property
    def specialist_was_right(self) -> bool:
        return self.specialist == self.decision.specialist
