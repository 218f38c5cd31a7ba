"""Keys of the staff pages: one list, shown on every page, that each person can turn off.

Letters and digits are left to screen readers, which read by them. None of these keys does anything while somebody
types, or with Ctrl, Alt or Command held.
"""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic.staff.models import User
from clinic.staff.request import StaffRequest


@dataclass(frozen=True)
class Shortcut:
    """`does` is what `static/js/staff.js` calls it."""

    key: str
    does: str
    label: str


SHORTCUTS = (
    Shortcut("?", "list", "Show these shortcuts"),
    Shortcut("/", "find", "Find a patient"),
    Shortcut("]", "down", "Next row of a list"),
    Shortcut("[", "up", "Row before"),
    Shortcut(".", "decide", "On a case: to the decision"),
)


@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: StaffRequest) -> HttpResponse:
    """Show the list, and turn it on or off for this person."""
    if request.method == "POST":
        User.objects.filter(pk=request.user.pk).update(shortcuts=request.POST.get("turn") == "on")
        return redirect("shortcuts")
    return render(request, "staff/shortcuts.html", {"shortcuts": SHORTCUTS})
