"""The two stages of what an office may see: before it accepts, and after."""

from referrals.models import Referral, ReferralMove

Status = Referral.Status

# The office has accepted: it may know who the patient is.
OPEN_TO_OFFICE = {Status.ACCEPTED, Status.SCHEDULED, Status.SEEN, Status.NO_SHOW, Status.REPORTED}


def knows_the_patient(referral: Referral) -> bool:
    """Say whether its office has accepted; a question after that closes nothing."""
    return referral.status in OPEN_TO_OFFICE or _accepted_before(referral)


def _accepted_before(referral: Referral) -> bool:
    if referral.status != Status.QUESTION:
        return False
    asked = referral.moves.filter(what=ReferralMove.What.ASKED).last()
    return asked is not None and asked.from_status in OPEN_TO_OFFICE
