"""The list of invitations, and the two presses on each: send it again, take it back."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.staff.models import User
from clinic.staff.permissions import INVITE_PATIENTS, staff_may
from clinic.staff.places import place_named
from clinic.staff.request import StaffRequest
from clinic.typed.actions import refused
from clinic.web.pressed import pressed_on
from intake.inviting import actions, standing
from intake.inviting.forms import SendAgainForm
from intake.inviting.standing import NOT_BEGUN, STANDS, State
from intake.models import Intake
from intake.seen import saw_list

ROWS = 50
ALL = "all"
TABS = ((ALL, "All"), *State.choices)
TONES = {State.UNDELIVERED: "bad", State.OVER: "late"}


class ChosenForm(forms.Form):
    show = forms.ChoiceField(choices=TABS, required=False)
    location = forms.SlugField(required=False)
    after = forms.UUIDField(required=False)


class InvitationsShown:
    """Which invitations to show; what makes no sense is passed over."""

    def __init__(self, data: QueryDict, *, user: User) -> None:
        form = ChosenForm(data)
        form.full_clean()
        self.shown = form.cleaned_data.get("show") or ALL
        self.locations = list(user.places())
        self.location = place_named(form.cleaned_data.get("location"), self.locations)
        self.everything = standing.at(standing.invitations(user, timezone.now()), self.location)
        behind = form.cleaned_data.get("after")
        self.last = self.everything.filter(public_id=behind).first() if behind else None

    def rows(self) -> list[Intake]:
        """Return one page of them, and one more where there is another."""
        of_part = self.everything if self.shown == ALL else self.everything.filter(state=self.shown)
        joined = standing.after(of_part, self.last).select_related("patient__location", "invited_by", "taken_back_by")
        return list(joined[: ROWS + 1])

    def tabs(self) -> list[dict[str, Any]]:
        """Return each state with how many are in it."""
        counts = standing.count(self.everything)
        counts[ALL] = sum(counts.values())
        return [
            {
                "label": label,
                "query": self.query(show=name),
                "count": counts.get(name, 0),
                "tone": TONES.get(name, "") if counts.get(name) else "",
                "is_shown": name == self.shown,
            }
            for name, label in TABS
        ]

    def query(self, **changes: str) -> str:
        wanted = {"show": self.shown, "location": self.location.slug if self.location else ""} | changes
        return urlencode({name: value for name, value in wanted.items() if value})


@require_safe
@staff_may(INVITE_PATIENTS)
def invitations(request: StaffRequest) -> HttpResponse:
    """Show what became of each invitation, the newest first."""
    chosen = InvitationsShown(request.GET, user=request.user)
    found = chosen.rows()
    rows = found[:ROWS]
    saw_list(
        request,
        [intake.patient for intake in rows],
        subject_id="invitations",
        location_id=chosen.location.pk if chosen.location else None,
    )
    for intake in rows:
        intake.stands = State(intake.state)
    shown = {
        "chosen": chosen,
        "rows": rows,
        "tabs": chosen.tabs(),
        "further": chosen.query(after=str(rows[-1].public_id)) if len(found) > ROWS else "",
        "may_go_again": STANDS,
        "not_begun": NOT_BEGUN,
        "tones": TONES,
    }
    return render(request, "inviting/invitations.html", shown)


@pressed_on("invitations")
@staff_may(INVITE_PATIENTS)
def send_again(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Mail it once more."""
    intake, form = _find(request, public_id), SendAgainForm(request.POST)
    if not form.is_valid():
        refused(request)
        messages.warning(request, f"Nothing was sent. {' '.join(form.errors['email'])}")
        return redirect("invitations")
    try:
        actions.send_again(intake, to=form.cleaned_data["email"], by=request.user)
    except actions.InvitationChanged as error:
        messages.warning(request, f"Nothing was sent. {error.words}")
    else:
        messages.success(request, "The invitation goes out once more. Its link is good for two weeks.")
    return redirect("invitations")


@pressed_on("invitations")
@staff_may(INVITE_PATIENTS)
def take_back(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """End it before anybody answers."""
    try:
        actions.take_back(_find(request, public_id), by=request.user)
    except actions.InvitationChanged as error:
        messages.warning(request, f"Nothing was changed. {error.words}")
    else:
        messages.success(request, "The invitation is taken back. Its link opens nothing any more.")
    return redirect("invitations")


def _find(request: StaffRequest, public_id: UUID) -> Intake:
    mine = Intake.objects.visible_to(request.user).invitations().select_related("patient")
    return get_object_or_404(mine, public_id=public_id)
