"""A new link on request. The answer is the same for everybody, whether or not we know the address."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clinic.links.requests import ask
from clinic.network import address_of
from clinic.staff.models import Location
from intake.door.link_new_form import NewLinkForm
from intake.door.switching import as_left, keeps_typed


@login_not_required
@keeps_typed
def link_new(request):
    form = NewLinkForm(request.POST if request.method == "POST" else None)
    if request.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        ask(form.cleaned_data["email"], address_of(request))
        return redirect("link_asked")
    return render(request, "intake/link_new.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_safe
def link_asked(request):
    """What happens now, in words that hold for everybody."""
    return render(request, "intake/link_asked.html", {"locations": Location.objects.all()})
