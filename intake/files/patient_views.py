"""Files a patient adds: reports, letters, photos, scans. Beside the questions, and later from the status page."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.files.words import NotUsable
from intake.door.door import DoorRequest
from intake.door.draft import patient_page
from intake.door.frame import show, show_patient
from intake.door.status_cookie import status_page
from intake.files import actions
from intake.files.forms import FilesForm
from intake.models import AlreadySubmitted, Intake, Patient


@patient_page
def files(request: DoorRequest, intake: Intake) -> HttpResponse:
    """What was added to the open intake, and a form to add more. After sending only in the browser that sent it."""
    if intake.submitted_at and not request.door.sent_from_here:
        return redirect("intake_done")
    back = ("intake_done", _("Back")) if intake.submitted_at else ("intake_check", _("Back to your answers"))
    return _answer(request, intake, partial(show, request, intake, "files/files.html", saved_at=None), back)


@status_page
def status_files(request: DoorRequest, patient: Patient) -> HttpResponse:
    """The same from the status page, for the answers sent last, or begun last when none were sent."""
    intake = patient.intakes.order_by(F("submitted_at").desc(nulls_last=True), "-pk").first()
    if intake is None:
        return redirect("status")
    shown = partial(show_patient, request, patient, "status/files.html", intake=intake)
    return _answer(request, intake, shown, ("status", _("Back")))


def _answer(
    request: DoorRequest, intake: Intake, shown: Callable[..., HttpResponse], back: tuple[str, str]
) -> HttpResponse:
    if request.method == "POST" and "remove" in request.POST:
        _remove(request, intake)
        return redirect(request.path)
    form = FilesForm(limits=actions.limits())
    if request.method == "POST":
        form = _added(request, intake)
        if not form.errors:
            return redirect(request.path)
    there = intake.files.kept()
    return shown(
        status=422 if form.errors else 200,
        form=form,
        files=there,
        infected=there.filter(scan="infected"),
        full=there.count() >= actions.limits()["files"],
        may_remove=not intake.submitted_at,
        back={"address": reverse(back[0]), "words": back[1]},
    )


def _added(request: DoorRequest, intake: Intake) -> FilesForm:
    """Keeps every file that may be kept; the form holds what is to be said about the others."""
    refused = getattr(request, "refused_uploads", ())
    form = FilesForm(request.POST, request.FILES, limits=actions.limits(), refused=refused)
    form.is_valid()
    if "kind" in form.errors:
        return form
    before, kept = set(intake.files.kept().values_list("pk", flat=True)), set()
    for checked in form.checked():
        try:
            kept.add(actions.add_file(intake, checked=checked, kind=form.cleaned_data["kind"]).pk)
        except NotUsable as why:
            form.refuse(checked.name, why.words)
    if new := len(kept - before):
        said = ngettext("%(count)d file was added.", "%(count)d files were added.", new)
        messages.success(request, said % {"count": new})
    elif kept:
        messages.info(request, _("We have this file already. Nothing was added."))
    return form


def _remove(request: DoorRequest, intake: Intake) -> None:
    try:
        removed = actions.remove_file(intake, UUID(request.POST["remove"]))
    except ValueError:
        removed = None
    except AlreadySubmitted:
        messages.info(request, _("What was sent stays with us. Call us if a file was sent by mistake."))
        return
    if removed:
        messages.success(request, _("The file was removed."))
