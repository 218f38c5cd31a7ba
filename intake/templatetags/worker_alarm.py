"""The alarm on every staff page: nobody may believe that somebody was told while nobody was."""

from typing import Any

from django import template

from clinic.staff.permissions import KEEP_WATCH, SEE_CASES
from intake.watchdog.on_pages import wrong_for

register = template.Library()


@register.inclusion_tag("parts/_worker_alarm.html", takes_context=True)
def worker_alarm(context: Any) -> dict[str, Any]:
    """Show bands for all that is wrong, as the list of the watchdog has it."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {}
    facts = context["wrong"] if "wrong" in context else wrong_for(request.user)
    parts = {fact.part: fact for fact in facts}
    silent = parts.get("sweep")
    late = [fact for fact in facts if fact.part in ("cases", "second_looks")]
    if any(fact.alarm for fact in late):  # what can wait is no part of an alarm: red is read while it is rare
        late = [fact for fact in late if fact.alarm]
    return {
        "silent": silent,
        "since": silent and silent.since,
        "stood_in_for": not silent and "worker" in parts,
        "held_up": parts["alarms"].count if "alarms" in parts else 0,
        "not_told": parts.get("on_call"),
        "not_called": parts.get("calls"),
        "machines": [fact for fact in facts if fact.part in ("broker", "clocks", "mail")],
        "late": late,
        "late_alarm": any(fact.alarm for fact in late),
        "sees_cases": request.user.may(SEE_CASES),
        "keeps_watch": request.user.may(KEEP_WATCH),
        "alone": [fact for fact in facts if fact.part == "alone"],
        "failed": parts.get("failed"),
    }
