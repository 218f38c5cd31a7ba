"""Tags of the case page."""

from django import template

from intake import triage
from intake.paper.code import written

register = template.Library()


@register.simple_tag
def dismissal(form, rule) -> dict:
    """The boxes that dismiss one flag, and whether they hold something already."""
    fields = [form[name] for name in form.flag_fields[rule]]
    return {"fields": fields, "open": any(field.value() or field.errors for field in fields)}


@register.filter
def specialist_label(id) -> str:
    """The name of a specialist id of the protocol; an id of an older protocol is shown as it is."""
    return str(triage.shipped().specialists.get(id, id))


@register.filter
def rule_label(id) -> str:
    """The condition a rule stands for; a rule of an older protocol is shown by its id."""
    rule = triage.shipped().rules.get(id)
    return rule.condition if rule else id


@register.filter
def question_label(id) -> str:
    """A question in English; one of an older protocol is shown by its id."""
    question = triage.shipped().questions.get(id)
    return str(question.text) if question else id


@register.filter
def paper_code(code) -> str:
    """The code of a paper form as it is printed."""
    return written(code)
