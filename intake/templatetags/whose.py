"""`{% whose %}` beside `{% csrf_token %}` in every form of a patient's page."""

from django import template
from django.template import Context
from django.utils.html import format_html

from intake.door.door import door_of
from intake.door.whose import FIELD

register = template.Library()


@register.simple_tag(takes_context=True)
def whose(context: Context) -> str:
    """Return the hidden field that says whose form this is; nothing on a page of nobody in particular."""
    value = door_of(context["request"]).whose
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, value) if value else ""
