"""What those who carry referrals are written when a listing of the directory changes."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToAColleague
from clinic.staff.models import User
from referrals.models import Referral, Specialist
from referrals.moves.about import about, referral_of


def listing_changed(specialist: Specialist, *, version: int, by: User) -> list[Message]:
    """Tell whoever carries an open referral there that mail or fax of the office changed; not `by`, who did it."""
    carried = Referral.objects.filter(specialist=specialist).open().exclude(owner=None).exclude(owner=by)
    return [
        about(referral, "listing_changed", version, referral.owner_id, to=referral.owner.email)
        for referral in carried.select_related("owner", "location")
    ]


@kind("listing_changed", title="Mail or fax of an office changed", audience="staff", safe=("location", "link"))
class ListingChanged(ToAColleague):
    @staticmethod
    def still_needed(message: Message) -> str:
        referral = referral_of(message)
        if not referral.is_open:
            return "The referral has ended."
        if referral.owner is None or referral.owner != ListingChanged.reader(message):
            return "Somebody else carries the referral."
        return ""

    @staticmethod
    def facts(message: Message) -> dict[str, Any]:
        return {"link": settings.SITE_URL + reverse("referrals")}
