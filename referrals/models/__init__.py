"""The directory of specialists and the referrals carried to them."""

from referrals.models.directory import Specialist
from referrals.models.papers import Appointment, Letter, Report
from referrals.models.reasons import DeclineReason, MoveNotAllowed, WaitsFor
from referrals.models.referral import Referral, ReferralMove
from referrals.models.to_tell import OfficeToTell

__all__ = [
    "Appointment",
    "DeclineReason",
    "Letter",
    "MoveNotAllowed",
    "OfficeToTell",
    "Referral",
    "ReferralMove",
    "Report",
    "Specialist",
    "WaitsFor",
]
