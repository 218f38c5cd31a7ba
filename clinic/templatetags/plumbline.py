"""Template tags every page may use: error summary, time left, phone links, navigation."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.forms import BaseForm, BaseFormSet
from django.forms.boundfield import BoundField
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.contact import phones
from clinic.staff.navigation import bar_of
from clinic.staff.shortcuts import SHORTCUTS

register = template.Library()


@register.simple_tag
def faces_sheet() -> str:
    """Return the address of our faces' stylesheet; "" where they are not cut yet."""
    try:
        return static("faces/faces.css") if settings.FACES_DIR.is_dir() else ""
    except ValueError:  # the list of collected files is older than the faces: the system's own until it is new
        return ""


@register.inclusion_tag("staff/_shortcuts.html", takes_context=True)
def shortcuts_here(context: Context) -> dict[str, Any]:
    """List the keys of the page, behind the link in its footer."""
    return {"request": context["request"], "shortcuts": SHORTCUTS}


WARNED_FOR = 120  # seconds between the question whether somebody is there and the end


@register.inclusion_tag("staff/_idle.html", takes_context=True)
def closes_when_idle(context: Context) -> dict[str, Any]:
    """Ask whoever is there before a page of the staff closes, and close it.

    The server keeps the time as well: this only makes it known.
    """
    request = context["request"]
    here = quote(request.get_full_path()) if request.method == "GET" else quote(request.path)
    limit = round(settings.STAFF_IDLE_MINUTES * 60)
    return {"limit": limit, "warned_for": WARNED_FOR, "here": here}


@register.inclusion_tag("parts/_error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """Return all errors of the forms and formsets given, each with the id of the control to go to.

    Renders nothing while there are no errors, and summarises a form once: crispy asks again above each form's
    fields, so a page that forgot the tag still shows its errors. Anything that is not a form is passed over.
    """
    lines = []
    for form in forms:
        if not getattr(form, "is_summarised", False):
            lines += _lines_of(form)
        if isinstance(form, (BaseForm, BaseFormSet)):
            form.is_summarised = True
    said = Counter(line["text"] for line in lines)
    for line in lines:
        if said[line["text"]] > 1 and line["label"]:  # the same words twice do not tell where
            line["text"] = f"{line['label']} – {line['text']}"
    return {"lines": lines}


def _lines_of(form: Any) -> Iterator[dict[str, Any]]:
    if isinstance(form, BaseForm):
        for error in form.non_field_errors():
            yield {"text": error, "label": "", "target": ""}
        for field in form:
            for error in field.errors:
                target = "" if field.is_hidden else _first_control(field)
                yield {"text": error, "label": field.label, "target": target}
    elif isinstance(form, BaseFormSet):
        for error in form.non_form_errors():
            yield {"text": error, "label": "", "target": ""}
        for one in form.forms:
            yield from _lines_of(one)


def _first_control(field: BoundField) -> str:
    """Return the id of the control itself; for a group, of its first radio button or checkbox."""
    if field.field.widget.use_fieldset:
        return next((part.id_for_label for part in field.subwidgets if part.id_for_label), field.auto_id)
    return field.id_for_label or field.auto_id


@register.filter
def tel(phone: str) -> str:
    """Return the `tel:` address of a phone number as people write it; "" when it is not certain what to dial."""
    dialed = phones.read(str(phone or "")).dialed
    return f"tel:{dialed}" if dialed else ""


@register.inclusion_tag("parts/_time_left.html")
def time_left(due_at: datetime | None, soon: int = 60, now: datetime | None = None) -> dict[str, Any]:
    """Say how long is left until `due_at`, beside a clock; `soon` minutes before it, it turns amber, then red.

    Lateness is no urgency: it has no pill and none of its shapes.
    """
    if due_at is None:
        return {"tone": "neutral", "shape": "clock", "words": _("No due time"), "due_at": None}
    left = due_at - (now or timezone.now())
    if left <= timedelta(0):
        words = _("Overdue by %(span)s") % {"span": _span(-left)}
        return {"tone": "late", "shape": "clock", "words": words, "due_at": due_at}
    words = _("%(span)s left") % {"span": _span(left)}
    if left <= timedelta(minutes=soon):
        return {"tone": "soon", "shape": "clock", "words": words, "due_at": due_at}
    return {"tone": "neutral", "shape": "clock", "words": words, "due_at": due_at}


@register.filter
def late_by(due_at: datetime) -> str:
    """Say by how much a moment has passed: "9 days"."""
    return _span(timezone.now() - due_at)


def _span(delta: timedelta) -> str:
    """Return the two largest units that say enough: "3 days", "2 h 10 min", "8 min"."""
    minutes = int(delta.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if hours >= 6 or (hours and not minutes % 60):
        return _("%(hours)d h") % {"hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}
    return _("%(minutes)d min") % {"minutes": minutes}


@register.simple_tag(takes_context=True)
def bar_links(context: Any) -> dict:
    """Return the bar's links of whoever is signed in: `shown`, `more`, `is_in_more`."""
    request = context["request"]
    bar = bar_of(request.user)
    links = {part: [_link(one, request.path) for one in getattr(bar, part)] for part in ("shown", "more")}
    return links | {"is_in_more": any(link["is_current"] for link in links["more"])}


@register.simple_tag
def places_of(user: Any) -> str:
    """Return where somebody works: by name, or how many when there are many."""
    places = [place.name for place in user.locations.all()]
    return " and ".join(places) if len(places) <= 2 else f"{len(places)} locations"


def _link(section: Any, path: str) -> dict[str, Any]:
    url = reverse(section.name)
    return {
        "name": section.name,
        "label": section.label,
        "url": url,
        "is_current": path.startswith((url, *section.holds)),
    }


@register.simple_tag(takes_context=True)
def page_link(context: Any, number: int) -> str:
    """The query string of this page with another page number, keeping every filter."""
    query = context["request"].GET.copy()
    query["page"] = number
    return "?" + query.urlencode()


@register.filter
def drawing(svg: str) -> SafeString:
    """Return a drawing made by this program, put into the page itself; a data address would break the page's policy."""
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 (the caller drew it; nothing typed is in it)
