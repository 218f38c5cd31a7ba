"""A new link on request. The answer is the same for everybody, whether or not we know the address."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clinic.links.requests import ask
from clinic.staff.models import Location
from clinic.web.network import address_of
from intake.door.door import DoorRequest
from intake.door.link_new_form import NewLinkForm
from intake.door.switching import as_left, keeps_typed


@login_not_required
@keeps_typed
def link_new(request: DoorRequest) -> HttpResponse:
    form = NewLinkForm(request.POST if request.method == "POST" else None)
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        ask(form.cleaned_data["email"], address_of(request))
        return redirect("link_asked")
    return render(request, "door/link_new.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_safe
def link_asked(request: DoorRequest) -> HttpResponse:
    """What happens now, in words that hold for everybody."""
    return render(request, "door/link_asked.html", {"locations": Location.objects.all()})
