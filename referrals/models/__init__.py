"""The directory of specialists and the referrals carried to them."""

from referrals.models.directory import Specialist
from referrals.models.papers import Appointment, Letter, Report
from referrals.models.referral import DeclineReason, MoveNotAllowed, Referral, ReferralMove

__all__ = [
    "Appointment",
    "DeclineReason",
    "Letter",
    "MoveNotAllowed",
    "Referral",
    "ReferralMove",
    "Report",
    "Specialist",
]
