"""The desk's page of requests: visits patients ask for, details to confirm, and the ways to the rest of its work."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.audit.actions import saw
from clinic.staff.permissions import ANSWER_REQUESTS, staff_may
from intake.door.way_back import left_out, with_sleeping_links
from intake.models import AppointmentRequest, CallToMake, Patient
from intake.paper.forms import NameAndBirthForm
from intake.seen import saw_list
from intake.visits import actions as appointments
from intake.visits import calls
from intake.visits.forms import BookForm, CloseForm

State = AppointmentRequest.State
SHOWN = 100  # of each sort; more than that is a day nobody plans by list


@require_safe
@staff_may(ANSWER_REQUESTS)
def requests(request):
    return _show_list(request, NameAndBirthForm())


@require_POST
@staff_may(ANSWER_REQUESTS)
def find(request):
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


def _nobody(what, others) -> str:
    nobody = f"Nobody of this name and birth date {what}"
    return f"{nobody} These have that birth date and another name." if others else nobody


def _show_list(request, form, found=()):
    now, user = timezone.now(), request.user
    mine = AppointmentRequest.objects.visible_to(user).select_related("patient", "location", "answered_by")
    waiting = list(mine.unanswered().order_by("answer_by", "pk")[:SHOWN])
    context = {
        "waiting": waiting,
        "calls": CallToMake.objects.visible_to(user).waiting().select_related("patient", "location")[:SHOWN],
        "late": sum(one.answer_by < now for one in waiting),
        "booked": mine.filter(state=State.BOOKED, starts_at__gt=now).order_by("starts_at", "pk")[:SHOWN],
        "closed": mine.filter(state=State.CLOSED).order_by("-answered_at", "-pk")[:10],
        "came_of_age": Patient.objects.visible_to(user).came_of_age().select_related("location")[:SHOWN],
        "without_proof": Patient.objects.visible_to(user).without_proof().select_related("location")[:SHOWN],
        "left_out": left_out(user).select_related("location", "left_out")[:SHOWN],
        "asleep": with_sleeping_links(user).select_related("location")[:SHOWN],
        "find": form,
        "found": found,
    }
    visits = [visit.patient for part in ("waiting", "calls", "booked", "closed") for visit in context[part]]
    names = [patient for part in ("came_of_age", "without_proof", "left_out", "asleep") for patient in context[part]]
    saw_list(request, visits + names, found=found)
    return render(request, "requests/list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(ANSWER_REQUESTS)
def appointment_request(request, public_id):
    """One request: book it, move what is booked, or close it with words."""
    mine = AppointmentRequest.objects.visible_to(request.user).select_related("patient", "location", "answered_by")
    asked = get_object_or_404(mine, public_id=public_id)
    with timezone.override(asked.location.zone):
        return _answered(request, asked) if request.method == "POST" else _show(request, asked)


def _answered(request, asked):
    do = request.POST.get("do", "book")
    form = _form(asked, do, request.POST)
    if not form.is_valid():
        return _show(request, asked, status=422, **{do: form})
    given = {"by": request.user, "seen": form.cleaned_data["seen"], "answer": form.cleaned_data["answer"]}
    was_booked = asked.state == State.BOOKED
    try:
        if isinstance(form, BookForm):
            appointments.book(asked, starts_at=form.starts_at, **given)
            done = "Moved" if was_booked else "Booked"
            messages.success(request, f"{done}. The patient sees it on their page. {_how_they_hear(asked)}")
        else:
            appointments.close(asked, **given)
            done = "The visit is off" if was_booked else "Closed"
            told = f"{done}. The patient reads your words on their page. {_whom_to_call(asked)}"
            messages.success(request, told.rstrip())
    except appointments.Changed:
        asked.refresh_from_db()
        messages.warning(
            request, "It was answered or changed meanwhile. Nothing of yours was saved; this is how it is."
        )
        fresh = form.data.copy()
        fresh["seen"] = appointments.stamp(asked)
        return _show(request, asked, status=409, **{do: _form(asked, do, fresh)})
    return redirect("requests")


def _how_they_hear(asked) -> str:
    return _whom_to_call(asked) or "They get a mail."


def _whom_to_call(asked) -> str:
    """Says that a call waits; nothing where none does."""
    waits = CallToMake.objects.waiting().filter(subject_id=asked.public_id).exists()
    return "No mail tells them in time: call them, they are in the list of calls." if waits else ""


def _form(asked, do, data=None):
    seen = {"seen": appointments.stamp(asked)}
    if do == "book":
        local = asked.starts_at.astimezone(asked.location.zone) if asked.starts_at else None
        when = {"day": local.date(), "at": local.time(), "answer": asked.answer} if local else {}
        return BookForm(data, location=asked.location, prefix=None, initial=seen | when, auto_id="id_book_%s")
    if do == "close":
        return CloseForm(data, initial=seen, auto_id="id_close_%s")
    raise Http404


def _show(request, asked, *, status=200, book=None, close=None):
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
        "late": asked.state == State.ASKED and asked.answer_by < timezone.now(),
        "book": book or _form(asked, "book"),
        "close": close or _form(asked, "close"),
        "form": book or close,
        "history": history,
    }
    return render(request, "requests/request.html", context, status=status)


@require_POST
@staff_may(ANSWER_REQUESTS)
def call_made(request, public_id):
    """Somebody has told the patient of the visit; the call leaves the list, with their name."""
    call = get_object_or_404(CallToMake.objects.visible_to(request.user), public_id=public_id)
    if calls.say_it_was_made(call, by=request.user):
        messages.success(request, "Noted with your name: the patient knows.")
    else:
        messages.info(request, f"{call.done_by or 'Somebody else'} has already made this call.")
    return redirect("requests")
