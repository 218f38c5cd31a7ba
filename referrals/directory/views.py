"""The directory of specialists."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from clinic.formats.cells import as_file
from clinic.staff.models import Location
from clinic.staff.permissions import CARRY_REFERRALS, MANAGE_DIRECTORY, staff_may
from clinic.staff.request import StaffRequest
from referrals.directory.columns import table_of
from referrals.directory.forms import DirectoryFilter, ListingForm, specialties
from referrals.directory.ranking import LANGUAGES
from referrals.models import Specialist
from referrals.moves.directory import add_listing, change_listing, listing_version
from referrals.moves.steps import ReferralChanged

ROWS = 25


@require_GET
@staff_may(CARRY_REFERRALS)
def directory(request: StaffRequest) -> HttpResponse:
    chosen = DirectoryFilter(request.GET)
    page = Paginator(chosen.listings(), ROWS).get_page(request.GET.get("page"))
    labels = dict(specialties())
    rows = [
        {
            "listing": row,
            "specialty": labels.get(row.specialty, row.specialty),
            "languages": ", ".join(LANGUAGES.get(code, code) for code in row.languages),
            "miles": getattr(row, "miles_away", None),
        }
        for row in page
    ]
    return render(
        request,
        "directory/directory.html",
        {
            "chosen": chosen,
            "rows": rows,
            "page_obj": page,
            "may_change": request.user.may(MANAGE_DIRECTORY),
            "filters_on": sum(bool(request.GET.get(name)) for name in chosen.fields),
            "to_ask": Specialist.objects.stale(timezone.now()).count() if request.user.may(MANAGE_DIRECTORY) else 0,
            "query": request.GET.urlencode(),
        },
    )


@require_safe
@staff_may(CARRY_REFERRALS)
def directory_file(request: StaffRequest) -> HttpResponse:
    """Hand out the list as it is filtered, in the form in which it comes in again."""
    listings = DirectoryFilter(request.GET).listings().select_related("confirmed_by")
    return as_file("offices", *table_of(listings, Location.objects.all()))


@require_http_methods(["GET", "POST"])
@staff_may(MANAGE_DIRECTORY)
def new_listing(request: StaffRequest) -> HttpResponse:
    form = ListingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = add_listing(by=request.user, **form.fields_to_save())
        messages.success(request, f"{made.name} is in the directory.")
        return redirect("directory")
    return render(request, "directory/listing.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_may(MANAGE_DIRECTORY)
def listing(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(Specialist, public_id=public_id)
    version = listing_version(found)
    form = ListingForm(request.POST or None, instance=found, initial={"saw": version})
    changed = False
    if request.method == "POST" and form.is_valid():
        try:
            change_listing(found, by=request.user, saw=form.cleaned_data["saw"] or 0, **form.fields_to_save())
        except ReferralChanged:
            changed = True
            again = request.POST.copy()
            again["saw"] = version
            form = ListingForm(again, instance=Specialist.objects.get(pk=found.pk))
        else:
            messages.success(request, "The listing is kept.")
            return redirect("directory")
    return render(
        request,
        "directory/listing.html",
        {
            "form": form,
            "listing": Specialist.objects.select_related("confirmed_by").get(pk=found.pk),
            "changed": changed,
            "version": version,
            "is_stale": found.is_stale(timezone.now()),
        },
        status=409 if changed else 422 if form.errors else 200,
    )
