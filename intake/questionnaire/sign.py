"""Signing and sending: the last page before the answers are the therapist's."""

from math import ceil

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from intake.door.door import DoorRequest
from intake.door.draft import has_sent, language_of, patient_page
from intake.door.frame import show
from intake.door.respondents import needs_respondent
from intake.door.switching import keeps_typed
from intake.models import Intake
from intake.questionnaire import actions as intakes
from intake.questionnaire.finish import show_check
from intake.questionnaire.place import SIGNING, last_step
from intake.signing import actions as consents
from intake.signing.forms import SignForm
from intake.versions.protocols import protocol_for


@patient_page
@keeps_typed
def submit(request: DoorRequest, intake: Intake) -> HttpResponse:
    """The documents and the signature, then both are sent together. Twice is once.

    Whoever comes here without the version of the answers they checked goes back to check them; with answers missing
    the page to check says which. When everything is signed already, the page to check sends the answers itself.
    """
    if intake.submitted_at:
        return redirect("intake_done")
    if needs_respondent(intake):
        return redirect("intake_who")
    if intakes.missing_answers(protocol_for(intake), intake):
        return show_check(request, intake, refused=True) if _came_to_send(request) else redirect("intake_check")
    form = SignForm(
        request.POST if request.method == "POST" else None,
        intake=intake,
        language=language_of(request),
        version=request.GET.get("version"),
    )
    if request.door.switched:
        return _show(request, intake, _to_read_again(request, intake)) if form.documents else redirect("intake_check")
    if not form.documents:
        return _send(request, intake, form, {}) if request.method == "POST" else redirect("intake_check")
    if request.method != "POST":
        return _show(request, intake, form) if "version" in request.GET else redirect("intake_check")
    if not form.is_valid():
        return _show(request, intake, form, status=422)
    return _send(request, intake, form, form.choices())


def _to_read_again(request: DoorRequest, intake: Intake) -> SignForm:
    """The page in another language keeps the name only: each choice was about the text in the language before."""
    form = SignForm(intake=intake, language=language_of(request), version=request.POST.get("version"))
    form.initial["signed_name"] = request.POST.get("signed_name", "")
    return form


def _came_to_send(request: DoorRequest) -> bool:
    return request.method == "POST" or "version" in request.GET


def _send(request: DoorRequest, intake: Intake, form: SignForm, choices: dict[str, bool]) -> HttpResponse:
    try:
        intakes.sign_and_submit(
            intake,
            version=form.version_shown,
            signed_name=form.cleaned_data["signed_name"] if choices else "",
            choices=choices,
            language=language_of(request),
        )
    except intakes.Incomplete:
        return show_check(request, intake, refused=True)
    except intakes.StalePage:
        messages.warning(
            request,
            _("Some answers have changed since this page was shown. Nothing was signed. Please look once more."),
        )
        return redirect("intake_check")
    except (consents.BadSignature, consents.Unsigned):  # who answers, or what is signed, changed in another window
        return redirect("intake_check")
    return has_sent(request, redirect("intake_done"), intake)


def _show(request: DoorRequest, intake: Intake, form: SignForm, *, status: int = 200) -> HttpResponse:
    place = {"step": last_step(intake), "minutes_left": ceil(SIGNING / 60)}
    more = {"form": form, "respondent": intake.respondent, "answers_for_patient": False} | place
    return show(request, intake, "questionnaire/sign.html", status=status, **more)
