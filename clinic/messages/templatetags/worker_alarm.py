"""The alarm on every staff page: nobody may believe that mail goes out while it does not."""

from django import template

from clinic.messages import dispatch
from clinic.messages.models import Message

register = template.Library()


@register.inclusion_tag("parts/_worker_alarm.html", takes_context=True)
def worker_alarm(context):
    """A banner while no worker sweeps, and one while messages of this person's locations could not be sent."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {}
    failed = Message.objects.visible_to(request.user).needing_a_person()[:100].count()
    return {"silent": dispatch.silent_worker(), "since": dispatch.last_sweep_at(), "failed": failed}
