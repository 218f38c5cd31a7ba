"""How a case ended, in three presses, wherever a case stands."""

from typing import Any

from django import template
from django.utils import timezone

from intake.models import Case
from intake.scorecard.actions import decision_of, newest
from intake.scorecard.counting import LOOKED_BACK_AFTER
from intake.scorecard.forms import LookBackForm

register = template.Library()


@register.inclusion_tag("scorecard/_look_back.html", takes_context=True)
def look_back_on(context: dict[str, Any], case: Case, referral: Any = None) -> dict[str, Any]:
    """Show the presses and what was said; nothing for a case that is open.

    `referral`: the one whose report was read, where the page to come back to is its own.
    """
    decision = decision_of(case)
    if decision is None:
        return {"case": case, "form": None}
    return {
        "case": case,
        "form": LookBackForm(decision=decision, initial={"referral": referral and referral.public_id}),
        "newest": newest(case),
        "ended": referral is not None or case.decided_at < timezone.now() - LOOKED_BACK_AFTER,
        "csrf_token": context.get("csrf_token"),
    }
