"""Who is filling this in: asked before the questions, and changed from the page to check."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from intake import triage
from intake.door import respondents
from intake.door.door import DoorRequest
from intake.door.draft import language_of, patient_page
from intake.door.frame import next_address, show
from intake.door.switching import as_left, keeps_typed
from intake.models import Intake, Respondent
from intake.questionnaire.place import place_on_the_way
from intake.questionnaire.who_form import WhoForm
from intake.versions.protocols import protocol_for


@patient_page
@keeps_typed
def who(request: DoorRequest, intake: Intake) -> HttpResponse:
    if intake.submitted_at:
        return redirect("intake_done")
    form = WhoForm(request.POST if request.method == "POST" else None, intake=intake)
    to_check = "check" in (request.POST.get("from"), request.GET.get("from"))
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        try:
            respondents.set_respondent(intake, **form.said())
        except respondents.NoLongerOpen:
            return redirect("intake_done")
        except respondents.DoesNotFit as why:  # the date of birth was changed meanwhile
            form.refuse(why)
        else:
            if form.cleaned_data["kind"] == Respondent.Kind.PATIENT and intake.patient.is_minor:
                messages.info(request, _minor_alone())
            return redirect("intake_check" if to_check else next_address(intake))
    return show(
        request,
        intake,
        "questionnaire/who.html",
        status=422 if form.errors else 200,
        form=form,
        to_check=to_check,
        **place_on_the_way(intake, triage.safety_page(protocol_for(intake)), language_of(request)),
    )


def _minor_alone() -> str:
    return _(
        "You can go on by yourself. Before treatment a parent or guardian must sign too, unless the law lets you "
        "decide alone. We talk with you about that first."
    )
