"""What stands in a form of the staff beside `{% csrf_token %}`, so that its words are not lost."""

import json
import re
from typing import Any
from uuid import UUID

from django import template
from django.template import Context
from django.utils.html import format_html

from clinic.typed.actions import FIELD, KeptWords, signed, waiting, waiting_in_rows

register = template.Library()
OF_THE_PAGE = re.compile(r"do|step|version|saw(-.*)?|seen|chosen")  # hidden fields, which nobody typed


@register.simple_tag(takes_context=True)
def typed_by(context: Context, place: str) -> str:
    """Say for whom this form is drawn, and where it is sent to.

    Its view puts back what was typed.
    """
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, signed(context["request"].user, place))


@register.simple_tag(takes_context=True)
def typed_in_rows(context: Context, page: str) -> dict[str, KeptWords]:
    """Return what waits for the forms in the rows of a page.

    It is given to `typed_here` in each row.
    """
    request = context["request"]
    return waiting_in_rows(request.user, page) if request.method == "GET" else {}


@register.inclusion_tag("parts/_typed_here.html", takes_context=True)
def typed_here(
    context: Context, which: str | UUID = "", at: str = "", among: dict[str, KeptWords] | None = None
) -> dict[str, Any]:
    """Say the same of a form that is sent to its page, and put back what was typed.

    A script puts it back; without scripts it stands above the form, to be copied. `which` tells forms of one page
    apart; `at` is the page, where the form may also be shown on another. `among` is what `typed_in_rows` found.
    """
    request = context["request"]
    page = at or request.path
    place = f"{page}#{which}" if which else page
    if among is None:
        among = waiting(request.user, [place]) if request.method == "GET" else {}
    typed = among.get(place)
    fields = {name: values for name, values in typed.fields.items() if not OF_THE_PAGE.fullmatch(name)} if typed else {}
    return {
        "field": FIELD,
        "value": signed(request.user, place),
        "typed": typed,
        "as_json": json.dumps(fields),
        "lines": [line for values in fields.values() for line in values],
    }
