"""The page on which a manager lets a colleague go. It names no patient."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.owning.people_views import colleagues
from clinic.owning.rules import NotAllowed
from clinic.staff.permissions import MANAGE_ACCOUNTS, staff_may
from clinic.staff.request import StaffRequest
from referrals.leaving.actions import LetGo, let_go
from referrals.leaving.carried import carried_by
from referrals.leaving.forms import LetGoForm, many
from referrals.models import Cover

INVALID, CONFLICT = 422, 409


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(MANAGE_ACCOUNTS)
def leave(request: StaffRequest, id: UUID) -> HttpResponse:
    """Show what a colleague carries, hand it over and close the account."""
    person = get_object_or_404(colleagues(request.user), public_id=id, is_active=True)
    carried = carried_by(person, seen_by=request.user)
    form = LetGoForm(request.POST if request.method == "POST" else None, carried=carried)
    refused, status = "", INVALID if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            done = let_go(
                person,
                cases_to=form.chosen("cases"),
                referrals_to=form.chosen("referrals"),
                by=request.user,
                words=form.cleaned_data.get("words", ""),
            )
        except NotAllowed as error:
            refused, status = error.words, CONFLICT
        else:
            _tell(request, f"{person} has left: the account is closed.", done)
            return redirect("person", id=id)
    context = {
        "person": person,
        "carried": carried,
        "form": form,
        "refused": refused,
        "shifts": person.on_call.ahead(timezone.now()).select_related("location"),
        "covers": Cover.objects.ahead(timezone.now()).filter(covered_by=person).select_related("away"),
    }
    return render(request, "leaving/leave.html", context, status=status)


def _tell(request: StaffRequest, closed: str, done: LetGo) -> None:
    """Say what became of it, by how many."""
    moved = [many(number, what) for number, what in ((done.given, "case"), (done.referrals, "referral")) if number]
    messages.success(request, f"{closed} Handed over: {' and '.join(moved)}." if moved else closed)
    if done.raised:
        messages.warning(request, f"Emergencies, raised until somebody takes them by name: {done.raised}. Phone them.")
    if done.left:
        messages.warning(request, f"Waits for anybody, because nobody else may take it there: {done.left}.")
    if done.uncovered:
        names = " and ".join(one.name for one in done.uncovered)
        messages.warning(request, f"Nobody covers {names} now. Choose another colleague under Cover while away.")
