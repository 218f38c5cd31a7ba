"""Which office got which version of the letter, with which papers, when and by what way: the record, newest first."""

from dataclasses import dataclass

from referrals.letter.enclosed import enclosed_with
from referrals.models import Delivery, Enclosure, Fax, Referral


@dataclass(frozen=True)
class Went:
    """One time that it went out, with what went along."""

    delivery: Delivery
    enclosed: list[Enclosure]
    fax: Fax | None


def deliveries_of(referral: Referral) -> list[Went]:
    """Return each time that a version went to an office."""
    rows = referral.deliveries.select_related("letter", "specialist", "by", "fax__proven_by").order_by("-pk")
    return [Went(one, enclosed_with(one.letter), getattr(one, "fax", None)) for one in rows]
