"""Before the questions: the clinic's first page, and who the patient is."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.contact import names
from clinic.links.starts import TooManyStarts, count_start, starts_in_turn
from clinic.staff.models import Location
from clinic.web.network import address_of
from intake.door import draft, form_links
from intake.door.contact import MORE_DETAILS, ContactForm, languages
from intake.door.door import DoorRequest
from intake.door.frame import next_address, show
from intake.door.respondents import answered_by_somebody_else
from intake.door.switching import as_left, keeps_typed
from intake.emergency import advice
from intake.models import AlreadySubmitted, Intake, Patient
from intake.questionnaire import actions as intakes
from intake.questionnaire.place import MOST_PEOPLE, first_step

APPOINTMENT = "appointment"


@login_not_required
@require_safe
def home(request: DoorRequest) -> HttpResponse:
    locations = Location.objects.with_a_therapist()
    begun = draft.known_intake_of(request)
    context = {
        "locations": [(location, advice.opening_hours(location)) for location in locations],
        "languages": languages(),
        "onwards": next_address(begun) if begun and not begun.submitted_at else "",
        "most_people": MOST_PEOPLE,
    }
    return render(request, "questionnaire/home.html", context)


@login_not_required
@keeps_typed
def start(request: DoorRequest) -> HttpResponse:
    """Contact details first, so that somebody can be called back whose form is never finished.

    Whoever came to ask for an appointment goes on to that page; `next` is that one word and no address. When too many
    forms were begun from here, the page stays as it was filled in, and says whom to call.
    """
    locations = Location.objects.with_a_therapist()
    if not locations:
        return _nobody_treats(request)
    asks = APPOINTMENT in (request.POST.get("next"), request.GET.get("next"))
    form = ContactForm(
        _typed(request) if request.method == "POST" else None,
        locations=locations,
        initial={"language": draft.language_of(request)},
    )
    status, call = 200, None
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        try:
            intake, danger = _begin(request, form)
        except TooManyStarts:
            status, call = 429, form.contact()["location"]
            form.add_error(None, _("We cannot take another form from this connection right now. Nothing was sent."))
        else:
            onwards = reverse("intake_appointment") if asks else next_address(intake)
            response = draft.remember(request, redirect("intake_emergency" if danger else onwards), intake)
            return draft.speak(response, intake.language)
    elif form.errors:
        status = 422
    context = {"form": form, "only_location": form.only_location, "next": APPOINTMENT if asks else "", "call": call}
    context["step"] = first_step(draft.language_of(request))
    return render(request, "questionnaire/start.html", context, status=status)


def _nobody_treats(request: DoorRequest) -> HttpResponse:
    """No form is begun that nobody would read; whoever comes is told whom to call."""
    return render(request, "questionnaire/no_forms.html", {"locations": Location.objects.all()}, status=503)


def _typed(request: DoorRequest) -> QueryDict:
    """Return what was sent. Whoever switches the language of the page wants the mails in it too, as on a fresh page."""
    if not request.door.switched:
        return request.POST
    typed = request.POST.copy()
    typed["language"] = draft.language_of(request)
    return typed


@transaction.atomic
def _begin(request: DoorRequest, form: ContactForm) -> tuple[Intake, bool]:
    """Return the intake this page stands for, and whether its details as they are now are an emergency.

    The page may be sent more than once: a double press, or "back" and a slip mended. That is the same intake as long
    as it is plainly the same person's. Whoever types other details, or comes after the form was closed here, begins
    one of their own: on a shared phone "back" must open nobody's answers and rename nobody.

    Raises TooManyStarts instead of beginning one. A press waits for the one before it, so that both count as one.
    """
    contact, public_id = form.contact(), form.public_id()
    starts_in_turn(address_of(request))
    begun = Intake.objects.select_related("patient").filter(public_id=public_id).first() if public_id else None
    if begun is None:
        return _start(request, **contact, public_id=public_id), False
    if begun == draft.intake_of(request) and not begun.submitted_at and _same_person(begun.patient, contact):
        saved = intakes.change_contact(begun, **contact)
        return begun, bool(saved and saved.newly_emergency)
    same_details = all(getattr(begun.patient, name) == contact[name] for name in contact)
    pressed_twice = begun.saved_at is None and same_details and form_links.link_of(begun) is not None
    return (begun if pressed_twice else _start(request, **contact)), False


def _start(request: DoorRequest, **contact: Any) -> Intake:
    """A new intake, counted unless somebody on staff begins it."""
    if not request.user.is_authenticated:
        count_start(address_of(request))
    return intakes.start_intake(**contact)


def _same_person(patient: Patient, contact: dict[str, Any]) -> bool:
    """One detail may have been a slip: the date of birth, the last name, or a letter of the first.

    A twin has the same last name and date of birth, and a form of their own.
    """
    first, last = (names.same(getattr(patient, name), contact[name]) for name in ("first_name", "last_name"))
    born = patient.date_of_birth == contact["date_of_birth"]
    if first:
        return last or born
    return last and born and names.is_slip(patient.first_name, contact["first_name"])


@draft.patient_page
@keeps_typed
def contact(request: DoorRequest, intake: Intake) -> HttpResponse:
    """The same details again, to mend a slip before the answers are sent."""
    if intake.submitted_at:
        return redirect("intake_done")
    patient = intake.patient
    locations = Location.objects.with_a_therapist() | Location.objects.filter(pk=patient.location_id)
    details = ("first_name", "last_name", "date_of_birth", "phone", "email", "language", "needs_interpreter")
    initial = {name: getattr(patient, name) for name in (*details, *MORE_DETAILS)}
    initial["location"] = patient.location.slug
    form = ContactForm(
        _typed(request) if request.method == "POST" else None,
        locations=locations,
        initial=initial,
        of_somebody_else=answered_by_somebody_else(intake),
    )
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        try:
            saved = intakes.change_contact(intake, **form.contact())
        except AlreadySubmitted:
            return redirect("intake_done")
        messages.success(request, _("Your details are changed."))
        intake.refresh_from_db()
        onwards = reverse("intake_emergency") if saved and saved.newly_emergency else next_address(intake)
        response = draft.reopen(request, redirect(onwards), intake)  # a new address has ended the link before
        return draft.speak(response, form.cleaned_data["language"])
    status, onwards = 422 if form.errors else 200, next_address(intake)
    return show(request, intake, "questionnaire/contact.html", status=status, form=form, onwards=onwards)
