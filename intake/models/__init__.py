"""Answers, assessments and cases."""

from intake.models.assessment import Assessment, ProtocolVersion
from intake.models.case import Case, CaseEvent, Contact, Decision, FlagVerdict, MoveNotAllowed
from intake.models.code import AnswerCode
from intake.models.intake import AnswerChange, Intake
from intake.models.patient import Patient
from intake.models.urgency import Urgency

__all__ = [
    "AnswerChange",
    "AnswerCode",
    "Assessment",
    "Case",
    "CaseEvent",
    "Contact",
    "Decision",
    "FlagVerdict",
    "Intake",
    "MoveNotAllowed",
    "Patient",
    "ProtocolVersion",
    "Urgency",
]
