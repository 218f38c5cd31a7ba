"""The pages of the locations a manager works at: what each is, and another one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.owning import locations as actions
from clinic.owning.location_form import LocationForm
from clinic.owning.rules import NotAllowed
from clinic.owning.words import newest
from clinic.staff.models import Location
from clinic.staff.permissions import MANAGE_LOCATIONS, staff_may
from clinic.staff.request import StaffRequest

INVALID, CONFLICT = 422, 409


@require_safe
@staff_may(MANAGE_LOCATIONS)
def locations(request: StaffRequest) -> HttpResponse:
    """Show the manager's locations, and where nobody treats."""
    here = request.user.locations.select_related("fallback")
    alone = set(here.without_a_therapist().values_list("pk", flat=True))
    return render(request, "owning/locations.html", {"locations": here, "alone": alone})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(MANAGE_LOCATIONS)
def new_location(request: StaffRequest) -> HttpResponse:
    """Make a location; whoever does works there."""
    form = LocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.make_location(form.values(), by=request.user)
        messages.success(request, f"{made} is made, and you work there. Patients see it once a therapist does too.")
        return redirect("locations")
    return render(request, "owning/location.html", {"form": form}, status=INVALID if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(MANAGE_LOCATIONS)
def location(request: StaffRequest, slug: str) -> HttpResponse:
    """Show a location and change it, with every change of it below."""
    place = get_object_or_404(request.user.locations, slug=slug)
    form = LocationForm(request.POST or None, instance=place, initial={"saw": newest(location=place)})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_location(place, form.values(), saw=form.cleaned_data["saw"] or 0, by=request.user)
        except NotAllowed as refused:
            form, status = _again(request, slug, refused), CONFLICT
        else:
            messages.success(request, "Kept. Times that were promised before stay as they are.")
            return redirect("location", slug=slug)
    elif form.errors:
        status = INVALID
    shown = Location.objects.get(pk=place.pk)
    return render(
        request,
        "owning/location.html",
        {"form": form, "place": shown, "changes": shown.changes.select_related("by")[:20]},
        status=status,
    )


def _again(request: StaffRequest, slug: str, refused: NotAllowed) -> LocationForm:
    """Return the form as it was typed, with why it was not kept.

    Sent again it knows of what was changed meanwhile.
    """
    place = request.user.locations.get(slug=slug)
    typed = request.POST.copy()
    typed["saw"] = str(newest(location=place))
    form = LocationForm(typed, instance=place)
    form.add_error(None, refused.words)
    return form
