"""How many offices have answered, in the navigation of the staff."""

from django import template

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS
from referrals.models import Referral

register = template.Library()

MOST = 10  # one more than a page says: nobody needs to know how many more


@register.simple_tag
def news_from_offices(user: User) -> int:
    """Return how many referrals have news for this person, and never more than MOST."""
    if not user.is_authenticated or not user.may(CARRY_REFERRALS):
        return 0
    return Referral.objects.with_news_for(user).order_by()[:MOST].count()


@register.filter
def up_to_nine(number: int) -> str:
    """Say a number in one digit: "9+" where there are more."""
    return str(number) if number < MOST else f"{MOST - 1}+"
