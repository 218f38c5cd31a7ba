"""The directory of specialists and the referrals carried to them."""

from referrals.models.directory import Specialist
from referrals.models.lists import Cover, SavedList
from referrals.models.papers import Appointment, Letter, Report
from referrals.models.referral import DeclineReason, MoveNotAllowed, Referral, ReferralMove
from referrals.models.to_tell import OfficeToTell

__all__ = [
    "Appointment",
    "Cover",
    "DeclineReason",
    "Letter",
    "MoveNotAllowed",
    "OfficeToTell",
    "Referral",
    "ReferralMove",
    "Report",
    "SavedList",
    "Specialist",
]
