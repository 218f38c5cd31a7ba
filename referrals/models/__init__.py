"""The directory of specialists and the referrals carried to them."""

from referrals.models.directory import Specialist
from referrals.models.enclosures import Delivery, Enclosure
from referrals.models.faxes import Fax
from referrals.models.imports import DirectoryImport, ImportedListing
from referrals.models.lists import Cover, SavedList
from referrals.models.papers import Appointment, Letter, Report
from referrals.models.plan_steps import PlanStep
from referrals.models.reasons import DeclineReason, MoveNotAllowed, WaitsFor
from referrals.models.referral import Referral, ReferralMove
from referrals.models.to_tell import OfficeToTell

__all__ = [
    "Appointment",
    "Cover",
    "DeclineReason",
    "Delivery",
    "DirectoryImport",
    "Enclosure",
    "Fax",
    "ImportedListing",
    "Letter",
    "MoveNotAllowed",
    "OfficeToTell",
    "PlanStep",
    "Referral",
    "ReferralMove",
    "Report",
    "SavedList",
    "Specialist",
    "WaitsFor",
]
