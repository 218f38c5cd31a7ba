"""Answers, assessments and cases."""

from intake.models.alarms import AlarmsSeen
from intake.models.appointment import AppointmentRequest
from intake.models.assessment import Assessment, ProtocolVersion
from intake.models.call import CallToMake
from intake.models.case import Case, CaseEvent, Contact, MoveNotAllowed
from intake.models.code import AnswerCode
from intake.models.consent import Consent, ConsentText, Document
from intake.models.decision import Decision, FlagVerdict
from intake.models.file import PatientFile
from intake.models.follow_up import FollowUp
from intake.models.intake import LEFT_AFTER, AlreadySubmitted, AnswerChange, Intake
from intake.models.left_out import LeftOut
from intake.models.patient import Patient
from intake.models.respondent import Respondent
from intake.models.unsent import UnsentPage
from intake.models.urgency import Urgency

__all__ = [
    "LEFT_AFTER",
    "AlarmsSeen",
    "AlreadySubmitted",
    "AnswerChange",
    "AnswerCode",
    "AppointmentRequest",
    "Assessment",
    "CallToMake",
    "Case",
    "CaseEvent",
    "Consent",
    "ConsentText",
    "Contact",
    "Decision",
    "Document",
    "FlagVerdict",
    "FollowUp",
    "Intake",
    "LeftOut",
    "MoveNotAllowed",
    "Patient",
    "PatientFile",
    "ProtocolVersion",
    "Respondent",
    "UnsentPage",
    "Urgency",
]
