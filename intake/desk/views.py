"""The desk's page of requests: visits patients ask for, details to confirm, and the ways to the rest of its work."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from clinic.audit.actions import saw
from clinic.staff.models import User
from clinic.staff.permissions import ANSWER_REQUESTS, staff_may
from clinic.staff.request import StaffRequest
from clinic.typed.actions import refused
from clinic.web.next_up import NextUp, done_in, was_done_in
from clinic.web.pressed import pressed_on
from intake.desk.done_form import CameToNothingForm, DoneForm
from intake.door.way_back import left_out, with_sleeping_links
from intake.models import AppointmentRequest, CallToMake, DeskTask, Patient
from intake.paper.forms import NameAndBirthForm
from intake.review import desk_tasks
from intake.review.left_to_do import in_words
from intake.seen import saw_list
from intake.visits import actions as appointments
from intake.visits import calls
from intake.visits.forms import BookForm, CloseForm

State = AppointmentRequest.State
LATELY = timedelta(days=14)  # a visit that was not come to is noted by then
SHOWN = 100  # of each sort; more than that is a day nobody plans by list
OF_VISITS = ("waiting", "calls", "tasks", "wanted", "booked", "closed")


@require_safe
@staff_may(ANSWER_REQUESTS)
def requests(request: StaffRequest) -> HttpResponse:
    return _show_list(request, NameAndBirthForm())


@pressed_on("requests")
@staff_may(ANSWER_REQUESTS)
def find(request: StaffRequest) -> HttpResponse:
    """Whoever calls, by name and birth date. Nothing of other locations is found."""
    form, found = NameAndBirthForm(request.POST), []
    if form.is_valid():
        said = form.cleaned_data
        mine = Patient.objects.visible_to(request.user).select_related("location")
        found, others = mine.called(said["last_name"], born=said["date_of_birth"])
        if not found:
            found = others
            form.add_error(None, _nobody("is a patient at your locations.", others))
    return _show_list(request, form, found)


def _nobody(what: str, others: Any) -> str:
    nobody = f"Nobody of this name and birth date {what}"
    return f"{nobody} These have that birth date and another name." if others else nobody


def _show_list(request: StaffRequest, form: forms.BaseForm, found: Sequence[Patient] = ()) -> HttpResponse:
    now, user = timezone.now(), request.user
    mine = AppointmentRequest.objects.visible_to(user).select_related("patient", "location", "answered_by")
    waiting = list(mine.waiting_for_us().order_by("answer_by", "pk")[:SHOWN])
    context = {
        "waiting": waiting,
        "calls": CallToMake.objects.visible_to(user).waiting().select_related("patient", "location")[:SHOWN],
        "tasks": DeskTask.objects.visible_to(user).waiting().select_related("patient", "location")[:SHOWN],
        "wanted": _wanted_visits(user, now),
        "places": set(user.places().values_list("pk", flat=True)),
        "today": timezone.localdate(),
        "late": sum(one.answer_by < now for one in waiting) + DeskTask.objects.visible_to(user).late(now).count(),
        "booked": mine.booked_after(now)[:SHOWN],
        "closed": mine.filter(state=State.CLOSED).order_by("-answered_at", "-pk")[:10],
        "came_of_age": Patient.objects.visible_to(user).came_of_age().select_related("location")[:SHOWN],
        "without_proof": Patient.objects.visible_to(user).without_proof().select_related("location")[:SHOWN],
        "left_out": left_out(user).select_related("location", "left_out")[:SHOWN],
        "asleep": with_sleeping_links(user).select_related("location")[:SHOWN],
        "find": form,
        "found": found,
    }
    if was_done_in(request, "requests"):
        context["next_up"] = _next_up(waiting)
    visits = [visit.patient for part in OF_VISITS for visit in context[part]]
    names = [patient for part in ("came_of_age", "without_proof", "left_out", "asleep") for patient in context[part]]
    saw_list(request, visits + names, found=found)
    return render(request, "desk/requests.html", context, status=422 if form.errors else 200)


def _wanted_visits(user: User, now: datetime) -> QuerySet[DeskTask]:
    """Return the visits therapists wanted that may have come to nothing.

    The oldest first. One that is booked here and to come is called off where it stands, among the booked visits.
    """
    settled = DeskTask.objects.visible_to(user).visits().filter(visit_on__gte=(now - LATELY).date())
    settled = settled.exclude(visit__starts_at__gt=now).select_related("patient", "location", "visit__location")
    return settled.order_by("visit_on", "pk")[:SHOWN]


def _next_up(waiting: Any) -> NextUp:
    """Return who was promised the next answer.

    The list below names them too, so the log has them with it.
    """
    back = {"back": "#waiting", "back_label": "All that wait"}
    if not waiting:
        return NextUp(**back)
    asked = waiting[0]
    return NextUp(
        name=asked.patient.full_name,
        address=reverse("appointment_request", args=[asked.public_id]),
        due_at=asked.answer_by,
        **back,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(ANSWER_REQUESTS)
def appointment_request(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One request: book it, move what is booked, or close it with words."""
    mine = AppointmentRequest.objects.visible_to(request.user).select_related("patient", "location", "answered_by")
    asked = get_object_or_404(mine, public_id=public_id)
    with timezone.override(asked.location.zone):
        return _answered(request, asked) if request.method == "POST" else _show(request, asked)


def _answered(request: StaffRequest, asked: AppointmentRequest) -> HttpResponse:
    do = request.POST.get("do", "book")
    form = _form(asked, do, request.POST)
    if not form.is_valid():
        return _show(request, asked, status=422, **{do: form})
    given = {"by": request.user, "seen": form.cleaned_data["seen"], "answer": form.cleaned_data["answer"]}
    was_booked = asked.state == State.BOOKED
    try:
        if isinstance(form, BookForm):
            later = form.cleaned_data.get("later", "")
            appointments.book(asked, starts_at=form.starts_at, later_is_right=later, **given)
            done = "Moved" if was_booked else "Booked"
            messages.success(request, f"{done}. The patient sees it on their page. {_how_they_hear(asked)}")
        else:
            appointments.close(asked, **given)
            done = "The visit is off" if was_booked else "Closed"
            how = _whom_to_call(asked) if was_booked else _how_they_hear_of_words(asked)
            messages.success(request, f"{done}. The patient reads your words on their page. {how}".rstrip())
        _say_what_is_left(request, asked)
    except appointments.RequestChanged:
        asked.refresh_from_db()
        messages.warning(
            request, "It was answered or changed meanwhile. Nothing of yours was saved; this is how it is."
        )
        fresh = form.data.copy()
        fresh["seen"] = appointments.stamp(asked)
        return _show(request, asked, status=409, **{do: _form(asked, do, fresh)})
    done_in(request, "requests")
    return redirect("requests")


def _say_what_is_left(request: StaffRequest, asked: AppointmentRequest) -> None:
    if day := desk_tasks.still_to_book(asked.patient):
        words = (
            f"A therapist wants a visit on or before {in_words(day)}. It is still to be booked, and stands in the list."
        )
        messages.warning(request, words)


def _how_they_hear(asked: AppointmentRequest) -> str:
    return _whom_to_call(asked) or "They get a mail."


def _how_they_hear_of_words(asked: AppointmentRequest) -> str:
    gets_mail = asked.patient.email and not asked.patient.why_no_mail()
    return "A mail tells them to look." if gets_mail else "No mail tells them to look: call them."


def _whom_to_call(asked: AppointmentRequest) -> str:
    """Says that a call waits; nothing where none does."""
    waits = CallToMake.objects.waiting().filter(subject_id=asked.public_id).exists()
    return "No mail tells them in time: call them, they are in the list of calls." if waits else ""


def _form(asked: AppointmentRequest, do: str, data: QueryDict | None = None) -> Any:
    seen = {"seen": appointments.stamp(asked)}
    if do == "book":
        local = asked.starts_at.astimezone(asked.location.zone) if asked.starts_at else None
        when = {"day": local.date(), "at": local.time(), "answer": asked.answer} if local else {}
        known = {"location": asked.location, "wanted_by": desk_tasks.wanted_by(asked)}
        return BookForm(data, **known, prefix=None, initial=seen | when, auto_id="id_book_%s")
    if do == "close":
        return CloseForm(data, initial=seen, auto_id="id_close_%s")
    raise Http404


def _show(
    request: StaffRequest,
    asked: AppointmentRequest,
    *,
    status: int = 200,
    book: BookForm | None = None,
    close: Any = None,
) -> HttpResponse:
    saw(
        request,
        subject="patient",
        subject_id=asked.patient.public_id,
        patient_id=asked.patient_id,
        location_id=asked.location_id,
    )
    history = asked.history.select_related("answered_by").order_by("-pgh_created_at")
    context = {
        "asked": asked,
        "patient": asked.patient,
        "location": asked.location,
        "late": (asked.state == State.ASKED or asked.cannot_come) and asked.answer_by < timezone.now(),
        "over": asked.state == State.BOOKED and asked.starts_at <= timezone.now(),
        "book": book or _form(asked, "book"),
        "close": close or _form(asked, "close"),
        "form": book or close,
        "history": history,
    }
    return render(request, "desk/request.html", context, status=status)


@pressed_on("requests")
@staff_may(ANSWER_REQUESTS)
def call_made(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Somebody has told the patient of the visit; the call leaves the list, with their name."""
    call = get_object_or_404(CallToMake.objects.visible_to(request.user), public_id=public_id)
    if calls.say_it_was_made(call, by=request.user):
        messages.success(request, "Noted with your name: the patient knows.")
    else:
        messages.info(request, f"{call.done_by or 'Somebody else'} has already made this call.")
    done_in(request, "requests")
    return redirect("requests")


@pressed_on("requests")
@staff_may(ANSWER_REQUESTS)
def task_done(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Note who has done what a decision left to the desk; it leaves the list."""
    task = get_object_or_404(DeskTask.objects.visible_to(request.user), public_id=public_id)
    form = DoneForm(request.POST, task=task)
    if not form.is_valid():
        refused(request)
        messages.warning(request, f"Nothing was saved. {form.slips}")
    elif desk_tasks.finish(task, by=request.user, **form.cleaned_data):
        messages.success(request, "Noted with your name.")
    else:
        messages.info(request, "This was done or dropped meanwhile.")
    return redirect("requests")


@pressed_on("requests")
@staff_may(ANSWER_REQUESTS)
def came_to_nothing(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Note that a visit is off or was not come to; it is to be booked again."""
    task = get_object_or_404(DeskTask.objects.visible_to(request.user), public_id=public_id)
    form = CameToNothingForm(request.POST)
    if not form.is_valid():
        refused(request)
        messages.warning(request, "Nothing was saved. Say what became of the visit, in at most 2,000 characters.")
    elif desk_tasks.did_not_take_place(task, by=request.user, **form.cleaned_data):
        messages.success(request, "Noted with your name. The visit is in the list again.")
    else:
        messages.info(request, "This was changed meanwhile.")
    return redirect("requests")
