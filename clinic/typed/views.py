"""What a page sends while somebody types, or as it is left."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clinic.typed import actions


@login_not_required
@require_POST
def typed(request: HttpRequest) -> HttpResponse:
    """Keep what a form holds, also of somebody who has just signed out.

    The middleware does; `discard` drops it. It shows nothing of anybody.
    """
    form = actions.typed_by(request.POST)
    if "discard" not in request.POST or form is None:
        return HttpResponse(status=204)
    if request.user.is_authenticated:
        actions.throw_away(request.user, [form.place])
    else:
        actions.refused(request)
    return redirect(form.place)
