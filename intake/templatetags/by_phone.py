"""The script of a call, on the case page."""

from typing import Any

from django import template

from intake.by_phone.forms import PhoneForm
from intake.by_phone.script import Script
from intake.review.case_page import CasePage

register = template.Library()


@register.inclusion_tag("by_phone/_script.html", takes_context=True)
def phone_script(context: dict[str, Any], page: CasePage) -> dict[str, Any]:
    """Show what was answered on the phone, and to whoever may decide the form."""
    may_key_in, sent = context["may_decide"], context.get("phone_form")
    script = sent.script if sent else Script(page)
    form = sent or (PhoneForm(script=script) if may_key_in else None)
    return {
        "csrf_token": context.get("csrf_token"),
        "request": context["request"],
        "case": page.case,
        "script": script,
        "form": form,
        "is_open": bool(sent) or "script" in context["request"].GET,
    }
