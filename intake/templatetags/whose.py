"""`{% whose %}` beside `{% csrf_token %}` in every form of a patient's page."""

from django import template
from django.utils.html import format_html

from intake.door.whose import FIELD, OF_FORM, OF_STATUS, named

register = template.Library()


@register.simple_tag(takes_context=True)
def whose(context):
    """The hidden field that says whose form this is; nothing on a page of nobody in particular."""
    value = _value(context["request"])
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, value) if value else ""


def _value(request) -> str:
    if key := getattr(request, "open_key", None):
        return named(*key, OF_FORM)
    if visit := getattr(request, "status_visit", None):
        return named(visit.link.pk, visit.link.generation, OF_STATUS)
    return ""
