"""The urgencies of the engine as the database keeps them: larger is worse."""

from intake.triage import Urgency

URGENCIES = [(urgency.value, urgency.label) for urgency in Urgency]
KNOWN_URGENCIES = [urgency.value for urgency in Urgency]  # what the constraints allow

__all__ = ["KNOWN_URGENCIES", "URGENCIES", "Urgency"]
