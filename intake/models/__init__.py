"""Answers, assessments and cases."""

from intake.models.addendum import Addendum
from intake.models.alarms import AlarmsSeen
from intake.models.appointment import AppointmentRequest
from intake.models.assessment import Assessment, ProtocolVersion
from intake.models.call import CallToMake
from intake.models.case import Case, CaseEvent, MoveNotAllowed
from intake.models.code import AnswerCode
from intake.models.consent import Consent, ConsentText, Document
from intake.models.contact import Contact
from intake.models.decision import Decision, FlagVerdict
from intake.models.desk_task import DeskTask
from intake.models.file import PatientFile
from intake.models.follow_up import FollowUp
from intake.models.hindsight import Hindsight
from intake.models.intake import LEFT_AFTER, AlreadySubmitted, AnswerChange, Intake
from intake.models.invitation_list import InvitationList
from intake.models.left_out import LeftOut
from intake.models.lost_hold import LostHold
from intake.models.patient import Patient
from intake.models.phone_answer import PhoneAnswer
from intake.models.respondent import Respondent
from intake.models.unsent import UnsentPage
from intake.models.urgency import KNOWN_URGENCIES, URGENCIES, Urgency

__all__ = [
    "KNOWN_URGENCIES",
    "LEFT_AFTER",
    "URGENCIES",
    "Addendum",
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
    "DeskTask",
    "Document",
    "FlagVerdict",
    "FollowUp",
    "Hindsight",
    "Intake",
    "InvitationList",
    "LeftOut",
    "LostHold",
    "MoveNotAllowed",
    "Patient",
    "PatientFile",
    "PhoneAnswer",
    "ProtocolVersion",
    "Respondent",
    "UnsentPage",
    "Urgency",
]
