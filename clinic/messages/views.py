"""What the clinic has written, is about to write and could not deliver."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.views.decorators.http import require_GET, require_http_methods

from clinic.audit.actions import LISTED, saw, saw_each
from clinic.links import actions as links
from clinic.links.models import Link
from clinic.messages import actions
from clinic.messages.forms import SendAgainForm
from clinic.messages.kinds import KINDS
from clinic.messages.models import Message, MessageQuerySet
from clinic.messages.whose import hide_addresses, whose
from clinic.staff.models import User
from clinic.staff.permissions import SEE_MESSAGES, SEE_PROMISES, staff_may
from clinic.staff.places import place_named
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on

Status = Message.Status
SHOWN = 50
MOST_COUNTED = 1000  # beyond it, "1000+" says enough and costs nothing
LATEST_FIRST = ("-settled_at", "pk")


@dataclass(frozen=True)
class Part:
    """One tab of the page."""

    name: str
    label: str
    statuses: tuple
    order: tuple
    nothing: str


PARTS = (
    Part("failed", "Could not be sent", (Status.FAILED,), LATEST_FIRST, "Messages that need a person appear here."),
    Part("waiting", "Waiting", Message.UNSETTLED, ("due_at", "pk"), "Messages with a date to come appear here."),
    Part("sent", "Sent", (Status.SENT,), LATEST_FIRST, "Messages the mail server has taken appear here."),
    Part("skipped", "Not needed", (Status.SKIPPED,), LATEST_FIRST, "Messages that were dropped, and why, appear here."),
)


class _Pages(Paginator):
    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MOST_COUNTED].count()


class ChosenForm(forms.Form):
    show = forms.ChoiceField(choices=[(part.name, part.label) for part in PARTS])
    location = forms.SlugField()
    kind = forms.SlugField()


class Chosen:
    """Which messages to show. Anything unknown is passed over: the list never fails on its address."""

    def __init__(self, data: QueryDict, *, user: User) -> None:
        form = ChosenForm(data)
        form.full_clean()
        self.locations = list(user.places())
        self.location = place_named(form.cleaned_data.get("location"), self.locations)
        self.kind = KINDS.get(form.cleaned_data.get("kind"))
        self.everything = Message.objects.visible_to(user).select_related("location")
        if self.location:
            self.everything = self.everything.filter(location=self.location)
        if self.kind:
            self.everything = self.everything.filter(kind=self.kind.name)
        rows = self.everything.order_by()
        self.counts = {part: rows.filter(status__in=part.statuses)[:MOST_COUNTED].count() for part in PARTS}
        default = PARTS[0] if self.counts[PARTS[0]] else PARTS[1]
        self.part = next((part for part in PARTS if part.name == form.cleaned_data.get("show")), default)

    @property
    def filters_on(self) -> int:
        return bool(self.location) + bool(self.kind)

    @property
    def tabs(self) -> list[tuple[str, str, str | int, bool, str]]:
        """(name, label, count, whether it is the one shown, its address)"""
        return [
            (
                part.name,
                part.label,
                f"{count}+" if count == MOST_COUNTED else count,
                part == self.part,
                self.query(part),
            )
            for part, count in self.counts.items()
        ]

    def query(self, part: Part) -> str:
        """Return the address of a part of the list, with everything else that was chosen."""
        location = {"location": self.location.slug} if self.location else {}
        return urlencode({"show": part.name} | location | ({"kind": self.kind.name} if self.kind else {}))

    def messages(self) -> MessageQuerySet:
        return self.everything.filter(status__in=self.part.statuses).order_by(*self.part.order)


@require_GET
@staff_may(SEE_MESSAGES)
def messages(request: StaffRequest) -> HttpResponse:
    chosen = Chosen(request.GET, user=request.user)
    page = _Pages(chosen.messages(), SHOWN).get_page(request.GET.get("page"))
    hide_addresses(list(page), request.user)
    if chosen.part.name == "failed":
        for one in page:
            one.whose = whose(one, request.user)
    saw(request, subject="list", location_id=chosen.location.pk if chosen.location else None)
    named = [one.whose.patient for one in page if getattr(one, "whose", None)]
    saw_each(request, subject=LISTED, people=named)
    context = {
        "chosen": chosen,
        "page_obj": page,
        "kinds": sorted(KINDS.values(), key=lambda kind: kind.title),
        "see_delivery": request.user.may(SEE_PROMISES),
        "sleeping": _sleeping_links(request.user),
    }
    return render(request, "messages/list.html", context)


def _sleeping_links(user: User) -> list:
    """Links that took five wrong tries, each with the first message that carried it."""
    seen = Message.objects.visible_to(user)
    asleep = Link.objects.asleep().filter(subject_id__in=seen.values("subject_id"))
    carried = [(link, seen.filter(subject_id=link.subject_id).order_by("due_at").first()) for link in asleep[:SHOWN]]
    hide_addresses([message for _link, message in carried if message], user)
    return carried


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(SEE_MESSAGES)
def message(request: StaffRequest, id: UUID) -> HttpResponse:
    """One message; a failed one can be sent again, to another address if need be."""
    found = get_object_or_404(Message.objects.visible_to(request.user).select_related("location"), pk=id)
    sent = request.POST if request.method == "POST" else None
    kind = KINDS.get(found.kind)
    hide_addresses([found], request.user)
    may_correct = bool(found.recipient) and not found.is_hidden and (kind is None or kind.corrected_by(request.user))
    form = SendAgainForm(sent, initial={"to": found.shown_to}, may_correct=may_correct)
    of_whom = whose(found, request.user) if found.status == Status.FAILED else None
    patient_id = of_whom.patient.pk if of_whom else None
    saw(request, subject="message", subject_id=found.pk, patient_id=patient_id, location_id=found.location_id)
    if request.method == "POST" and form.is_valid():
        if actions.send_again(found, to=form.cleaned_data.get("to", ""), by=request.user):
            notes.success(request, "It will be sent again in a few seconds.")
        else:
            notes.info(request, "Somebody else has already dealt with this message.")
        return redirect("messages")
    context = {
        "message": found,
        "whose": of_whom,
        "form": form,
        "retries": found.retries.order_by("-pgh_created_at"),
        "to_staff": bool(kind and found.recipient and kind.audience == "staff"),
        "to_an_office": bool(kind and not may_correct and kind.audience == "office"),
    }
    return render(request, "messages/message.html", context, status=422 if form.errors else 200)


@pressed_on("messages")
@staff_may(SEE_MESSAGES)
def wake(request: StaffRequest, id: UUID) -> HttpResponse:
    """Give a sleeping link its tries back, after making sure who is asking."""
    seen = Message.objects.visible_to(request.user)
    link = get_object_or_404(Link.objects.live().filter(subject_id__in=seen.values("subject_id")), pk=id)
    links.wake(link, by=request.user)
    notes.success(request, "The link works again.")
    return redirect("messages")
