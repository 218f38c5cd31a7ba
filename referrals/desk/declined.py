"""What is next once an office has declined, by the reason it gave: (title, what to do, moves offered as buttons)."""

from collections.abc import Iterable

from referrals.models import DeclineReason, Referral, ReferralMove

Status = Referral.Status
What = ReferralMove.What

BY_REASON = {
    DeclineReason.NOT_TAKING: (
        "Choose another office: this one takes no new patients",
        "Take the referral back and choose again, within the specialty the therapist decided.",
        ("redirect", "back"),
    ),
    DeclineReason.PLAN: (
        "Choose an office that takes the patient's plan",
        "Take the referral back. Of the next office ask first whether it takes the plan.",
        ("redirect", "back"),
    ),
    DeclineReason.OTHER_SPECIALTY: (
        "Send it back to the therapist",
        "The office says that another specialty fits better. The specialty, its question and the letter follow a "
        "therapist's decision.",
        ("back",),
    ),
    DeclineReason.NOT_IN_TIME: (
        "Choose an office that has an earlier day",
        "Take the referral back. Ask the next office by phone how soon it has a day, before you send the letter.",
        ("redirect", "back"),
    ),
    DeclineReason.MORE_NEEDED: (
        "Get what the office needs first",
        "Ask the therapist about tests, and the patient for papers they have. Take it back once they are here: the "
        "same office can be chosen again.",
        ("back", "redirect"),
    ),
    DeclineReason.NO_ANSWER: (
        "Choose an office that answers",
        "Take the referral back and choose again. The office is told not to expect the patient.",
        ("redirect", "back"),
    ),
}


def reasons_of(referrals: Iterable[Referral]) -> dict[int, str]:
    """Return the newest reason of each of those that are declined."""
    declined = [row.pk for row in referrals if row.status == Status.DECLINED]
    lines = ReferralMove.objects.filter(referral__in=declined, what=What.DECLINED).order_by("pk")
    return dict(lines.values_list("referral_id", "reason"))
