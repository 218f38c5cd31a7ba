"""What an office has answered and whoever carries the referral has not looked at yet."""

from django.db import transaction
from django.utils import timezone

from clinic.staff.models import User
from intake.models import Urgency
from referrals.models import Referral
from referrals.moves.about import who_hear
from referrals.moves.carrier_emails import referral_answered
from referrals.moves.steps import Status

WRITTEN_AT_ONCE = (Status.DECLINED, Status.QUESTION)


def has_answered(referral: Referral, *, by: User | None) -> None:
    """Put an answer of its office on top of the list until it is looked at.

    Whoever carries it is mailed of what must not wait: a decline, a question, any answer to an urgent referral. What
    else came stands in the mail of the morning. `by` wrote it down: nobody hears of their own words. Of a report its
    own mail tells.
    """
    if by in who_hear(referral):
        return
    referral.news_at = timezone.now()
    referral.save(update_fields=["news_at"])
    presses = referral.status in WRITTEN_AT_ONCE or referral.urgency >= Urgency.URGENT
    if presses and referral.status != Status.REPORTED:
        referral_answered(referral)


@transaction.atomic
def look(referral: Referral, *, by: User) -> None:
    """Take it off the news once `by`, who carries or covers it, has opened it.

    An answer that came while the page was made stays.
    """
    if referral.news_at is not None:
        shown = Referral.objects.with_news_for(by).filter(pk=referral.pk, news_at=referral.news_at)
        Referral.objects.filter(pk__in=shown.values("pk")).update(news_at=None)
