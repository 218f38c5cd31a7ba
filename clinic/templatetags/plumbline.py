"""Template tags every page may use: error summary, time left, phone links, navigation."""

from collections import Counter
from datetime import timedelta

from django import template
from django.forms import BaseForm, BaseFormSet
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import phones

register = template.Library()


@register.inclusion_tag("parts/_error_summary.html")
def error_summary(*forms):
    """All errors of the forms and formsets given, each with the id of the control to go to.

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


def _lines_of(form):
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


def _first_control(field):
    """The id of the control itself; for a group, of its first radio button or checkbox."""
    if field.field.widget.use_fieldset:
        return next((part.id_for_label for part in field.subwidgets if part.id_for_label), field.auto_id)
    return field.id_for_label or field.auto_id


@register.filter
def tel(phone):
    """Return the `tel:` address of a phone number as people write it; "" when it is not certain what to dial."""
    dialed = phones.read(str(phone or "")).dialed
    return f"tel:{dialed}" if dialed else ""


@register.inclusion_tag("parts/_time_left.html")
def time_left(due_at, soon=60, now=None):
    """A chip that says how long is left until `due_at`; `soon` minutes before it, it turns to a warning.

    Renders nothing visible but a dash when there is no due time.
    """
    if due_at is None:
        return {"tone": "neutral", "shape": "ring", "words": _("No due time"), "due_at": None}
    left = due_at - (now or timezone.now())
    if left <= timedelta(0):
        words = _("Overdue by %(span)s") % {"span": _span(-left)}
        return {"tone": "bad", "shape": "octagon", "words": words, "due_at": due_at}
    words = _("%(span)s left") % {"span": _span(left)}
    if left <= timedelta(minutes=soon):
        return {"tone": "warn", "shape": "triangle", "words": words, "due_at": due_at}
    return {"tone": "neutral", "shape": "clock", "words": words, "due_at": due_at}


def _span(delta):
    """The two largest units that say enough: "3 days", "2 h 10 min", "8 min"."""
    minutes = int(delta.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if hours >= 6:
        return _("%(hours)d h") % {"hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}
    return _("%(minutes)d min") % {"minutes": minutes}


@register.simple_tag(takes_context=True)
def nav_link(context, url_name, label, count=0):
    """A link of the top bar, marked as current on its page and on every page below it; `count` things wait there.

    A page that is not there yet gives no link, so the bar never points nowhere.
    """
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return ""
    path = getattr(context.get("request"), "path", "")
    current = path == url or (url != "/" and path.startswith(url))
    mark = format_html(' aria-current="page"') if current else ""
    waits = format_html(' <span class="count">{}<span class="visually-hidden"> waiting</span></span>', count)
    return format_html('<a href="{}"{}>{}{}</a>', url, mark, label, waits if count else "")


@register.simple_tag(takes_context=True)
def page_link(context, number):
    """The query string of this page with another page number, keeping every filter."""
    query = context["request"].GET.copy()
    query["page"] = number
    return "?" + query.urlencode()


@register.filter
def drawing(svg):
    """A drawing made by this program, put into the page itself; a data address would break the page's policy."""
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 (the caller drew it; nothing typed is in it)
