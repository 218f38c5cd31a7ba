"""The list a manager can act on: what waits, since when, who was told and by what phone; and who is on call.

It holds no name of a patient and nothing a case holds: whoever may see those opens the queue.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.views.decorators.http import require_GET

from clinic.messages.models import Message
from clinic.on_call import actions as on_call
from clinic.on_call.emails import not_told
from clinic.on_call.history import changes
from clinic.staff.models import OnCall, User
from clinic.staff.permissions import KEEP_WATCH, Role, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from intake.models import Case, Urgency
from intake.review.actions import CaseChanged
from intake.review.asking import ask_to_take
from intake.review.on_call_form import TOO_LONG, OnCallForm

INVALID = 422
MOST = 100


@dataclass(frozen=True)
class Told:
    """One colleague a case was told to, and when a mail last went."""

    person: str
    last: datetime | None
    times: int


@dataclass
class Waits:
    """One case that waits, as somebody may know it who sees no cases."""

    case: Case
    phones: list[str]
    told: list[Told] = field(default_factory=list)

    @property
    def wants(self) -> str:
        """Say what somebody must do next."""
        if self.case.status == Case.Status.WAITING:
            return "Somebody takes it"
        if self.case.status == Case.Status.SECOND_LOOK:
            return "A second person looks"
        return "It is decided"

    @property
    def can_be_asked(self) -> bool:
        return self.case.status != Case.Status.IN_REVIEW


class AskOneForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), to_field_name="public_id")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = _whom_to_ask(user)


def _whom_to_ask(user: User) -> QuerySet[User]:
    return User.objects.filter(is_active=True, role=Role.THERAPIST).exclude(pk=user.pk)


def what_waits(user: User, now: datetime) -> list[Waits]:
    """Return the cases here that somebody must be found for, the worst first."""
    urgent_to_take = Q(status=Case.Status.WAITING, urgency__gte=Urgency.URGENT)
    rows = Case.objects.filter(location__in=user.places()).awaiting_decision().most_urgent_first()
    rows = rows.filter(urgent_to_take | Q(status=Case.Status.SECOND_LOOK) | Q(due_at__lt=now))
    cases = list(rows.select_related("location", "acknowledged_by")[:MOST])
    numbers, told = _phones(now), _told(cases)
    return [
        Waits(case, numbers.get(case.location_id) or [case.location.on_call_phone], told[case.public_id])
        for case in cases
    ]


def _phones(now: datetime) -> dict[int, list[str]]:
    """Return whom to phone at each location: all on call, nobody only asked."""
    numbers = defaultdict(list)
    for shift in OnCall.objects.at(now).on_the_list().select_related("person"):
        numbers[shift.location_id].append(f"{shift.person}, {shift.phone}")
    return numbers


def _told(cases: Iterable[Case]) -> dict:
    ids = [case.public_id for case in cases]
    mails = Message.objects.filter(subject_type="case", subject_id__in=ids, kind="case_needs_you").exclude(recipient="")
    sent = Q(status=Message.Status.SENT)
    rows = mails.values("subject_id", "recipient").annotate(
        last=Max("settled_at", filter=sent), times=Count("pk", filter=sent)
    )
    names = dict(User.objects.filter(email__in={row["recipient"] for row in rows}).values_list("email", "name"))
    told = defaultdict(list)
    for row in rows.order_by("subject_id", "recipient"):
        who = names.get(row["recipient"], "Somebody who has left")
        told[row["subject_id"]].append(Told(who, row["last"], row["times"]))
    return told


def _page(request: StaffRequest, *, form: OnCallForm | None = None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    places = request.user.places()
    shown = {
        "now": now,
        "waits": what_waits(request.user, now),
        "therapists": _whom_to_ask(request.user),
        "shifts": _shifts_of(request.user).ahead(now).order_by("starts_at", "pk"),
        "not_told": set(not_told(now).filter(location__in=places).values_list("pk", flat=True)),
        "changes": changes(places),
        "works_at": request.user.locations.all(),
        "form": form or OnCallForm(user=request.user),
    }
    return render(request, "review/on_watch.html", shown, status=status)


@require_GET
@staff_may(KEEP_WATCH)
def on_watch(request: StaffRequest) -> HttpResponse:
    """Show the page."""
    return _page(request)


@pressed_on("on_watch")
@staff_may(KEEP_WATCH)
def ask(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask one therapist to take a case."""
    case = get_object_or_404(Case.objects.filter(location__in=request.user.places()), public_id=public_id)
    form = AskOneForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.warning(request, "Nobody was asked: choose a therapist.")
        return redirect("on_watch")
    person = form.cleaned_data["person"]
    try:
        ask_to_take(case, person=person, by=request.user)
        messages.success(request, f"{person} is asked by mail. Phone, too: a mail may be read late.")
    except CaseChanged:
        messages.info(request, "Nobody was asked: somebody has this case by now.")
    return redirect("on_watch")


@pressed_on("on_watch")
@staff_may(KEEP_WATCH)
def add_on_call(request: StaffRequest) -> HttpResponse:
    """Put somebody on the on-call list."""
    place = request.user.own_places().filter(slug=request.POST.get("location", "")).first()
    with timezone.override(place.zone if place else None):
        form = OnCallForm(request.POST, user=request.user)
        if not form.is_valid():
            return _page(request, form=form, status=INVALID)
        try:
            on_call.put_on_call(**form.cleaned_data, by=request.user)
        except on_call.TooLong:
            form.add_error("ends_at", TOO_LONG)
            return _page(request, form=form, status=INVALID)
    messages.success(request, f"{form.cleaned_data['person']} is on the list and is told by mail.")
    return redirect("on_watch")


@pressed_on("on_watch")
@staff_may(KEEP_WATCH)
def take_over(request: StaffRequest) -> HttpResponse:
    """Be on call oneself until the doors open next."""
    place = request.user.locations.filter(slug=request.POST.get("location", "")).first()
    if place is None:
        messages.warning(request, "Nothing was changed: choose a location where you work.")
        return redirect("on_watch")
    try:
        shift = on_call.take_over(place, by=request.user)
    except on_call.TooLong:
        messages.warning(request, f"Nothing was changed. {TOO_LONG}")
        return redirect("on_watch")
    until = date_format(shift.ends_at.astimezone(place.zone), "D, M j, g:i A T")
    messages.success(request, f"You are on call for {place} until {until}.")
    return redirect("on_watch")


@pressed_on("on_watch")
@staff_may(KEEP_WATCH)
def end_on_call(request: StaffRequest, id: int) -> HttpResponse:
    """Take somebody off the on-call list."""
    shift = get_object_or_404(_shifts_of(request.user), pk=id)
    if on_call.end_on_call(shift, by=request.user):
        messages.success(request, f"{shift.person} is off the list and is told by mail.")
    else:
        messages.info(request, f"{shift.person} was off the list before.")
    return redirect("on_watch")


@pressed_on("on_watch")
@staff_may(KEEP_WATCH)
def told_on_call(request: StaffRequest, id: int) -> HttpResponse:
    """Note that somebody was told of a change of the list, where no mail did."""
    shift = get_object_or_404(_shifts_of(request.user), pk=id)
    if on_call.they_know(shift, taken_off=request.POST.get("change") == "off", by=request.user):
        messages.success(request, f"It is noted that {shift.person} knows.")
    else:
        messages.warning(
            request,
            f"Nothing was noted: {shift.person} was taken off the list since. Tell them that, and note it then.",
        )
    return redirect("on_watch")


def _shifts_of(user: User) -> QuerySet[OnCall]:
    """Return the shifts where a person sees cases, and all of their own.

    One to come elsewhere is theirs before they see anything there.
    """
    return OnCall.objects.filter(Q(location__in=user.places()) | Q(person=user)).select_related("location", "person")
