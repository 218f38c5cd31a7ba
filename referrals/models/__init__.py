"""The directory of specialists and the referrals carried to them."""

from referrals.models.directory import Specialist
from referrals.models.referral import Appointment, Letter, Referral, ReferralMove, Report

__all__ = ["Appointment", "Letter", "Referral", "ReferralMove", "Report", "Specialist"]
