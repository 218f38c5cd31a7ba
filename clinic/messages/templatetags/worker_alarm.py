"""The alarm on every staff page: nobody may believe that somebody was told while nobody was."""

from django import template

from clinic.messages import dispatch
from clinic.messages.alarms import alarms_held_up
from clinic.messages.models import Message
from clinic.staff.models import Location

register = template.Library()


@register.inclusion_tag("parts/_worker_alarm.html", takes_context=True)
def worker_alarm(context):
    """Bands for what stands still, for alarms that did not go out, for places where nobody treats, and for messages of
    this person's locations that could not be sent.
    """
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {}
    silent = dispatch.nobody_sweeps()
    return {
        "silent": silent,
        "since": dispatch.last_sweep_at(),
        "stood_in_for": not silent and dispatch.silent_worker(),
        "held_up": alarms_held_up(),
        "alone": Location.objects.without_a_therapist(),
        "failed": Message.objects.visible_to(request.user).needing_a_person()[:100].count(),
    }
