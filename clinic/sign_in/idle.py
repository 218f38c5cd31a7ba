"""A page of the staff that nobody uses closes: what it shows is gone from the screen, and one sign-in away."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.sign_in.leading import of_ours, to_sign_in
from clinic.sign_in.middleware import is_over, sign_out_idle
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on


@pressed_on(settings.LOGIN_REDIRECT_URL)
def stay(request: StaffRequest) -> HttpResponse:
    """Somebody is still there."""
    return HttpResponse(status=204)


@login_not_required
def left(request: HttpRequest) -> HttpResponse:
    """Stand in place of a page nobody used.

    It puts no end off: nobody has to be there to come here. Where the same person works in another window, it leads
    back by a press.
    """
    to = of_ours(request.GET.get("to", ""))
    if not request.user.is_authenticated:
        return to_sign_in(request, then=to)
    if is_over(request):
        return sign_out_idle(request, then=to)
    return render(request, "staff/left.html", {"to": to})
