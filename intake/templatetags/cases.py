"""Tags of the case page."""

from datetime import datetime
from typing import Any

from django import template

from clinic.staff.models import User
from intake import triage
from intake.handover.untouched import handed_to
from intake.models import Case, CaseEvent, Decision
from intake.paper.code import written
from intake.review.closing import CLOSINGS

register = template.Library()


@register.simple_tag
def dismissal(form: Any, rule: Any) -> dict[str, Any]:
    """Return the boxes that dismiss one flag, and whether they hold something already."""
    fields = [form[name] for name in form.flag_fields[rule]]
    return {"fields": fields, "open": any(field.value() or field.errors for field in fields)}


@register.filter
def specialist_label(id: str) -> str:
    """Return the name of a specialist id of the protocol; an id of an older protocol is shown as it is."""
    return str(triage.shipped().specialists.get(id, id))


@register.filter
def rule_label(id: str) -> str:
    """The condition a rule stands for; a rule of an older protocol is shown by its id."""
    rule = triage.shipped().rules.get(id)
    return rule.condition if rule else id


@register.filter
def question_label(id: str) -> str:
    """Return a question in English; one of an older protocol is shown by its id."""
    question = triage.shipped().questions.get(id)
    return str(question.text) if question else id


@register.filter
def nobody_tells(reason: str) -> str:
    """Return why nobody tells the patient of such a closing; "" where somebody does."""
    closing = CLOSINGS.get(Decision.Reason(reason))
    return closing.nobody if closing else ""


@register.filter
def paper_code(code: str) -> str:
    """Return the code of a paper form as it is printed."""
    return written(code)


@register.filter
def had_since(case: Case, events: Any) -> datetime:
    """Return since when whoever has this case has it: handed over, else taken."""
    over = [event.at for event in events if event.kind == CaseEvent.Kind.HANDED_OVER]
    return max([case.acknowledged_at, *over])


@register.inclusion_tag("handover/_handed.html")
def handed_over_to(person: User) -> dict[str, Any]:
    """Say how many cases were handed to this person and not touched since."""
    return {"count": handed_to(person).count()}
