"""`{% whose %}` beside `{% csrf_token %}` in every form of a patient's page."""

from django import template
from django.utils.html import format_html

from intake.whose import FIELD, named

register = template.Library()


@register.simple_tag(takes_context=True)
def whose(context):
    """The hidden field that says whose form this is; nothing on a page of nobody in particular."""
    request = context["request"]
    belongs_to = getattr(request, "open_intake", None) or getattr(
        getattr(request, "status_visit", None), "patient", None
    )
    if belongs_to is None:
        return ""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, named(belongs_to.public_id))
