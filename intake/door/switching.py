"""The language switch on a page with a form is a button of that form, so that what was typed goes along.

Works without scripts. The template names its form where it includes `parts/_language.html`; the view is decorated and
shows its form again as it was left. A page without a form has a switch of its own.

Whoever switches on a page of a form that is open and not sent, or on an open status page, is written to in that
language from then on; so is whoever switches where the date of birth is asked, once it is right. Elsewhere the switch
is about this browser alone.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Any, TypeVar, overload

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.views import i18n

from intake.door.door import DoorRequest, View, door_of, enter
from intake.door.draft import intake_of, speak
from intake.door.languages import change_language
from intake.door.status_cookie import patient_of
from intake.door.whose import OF_FORM, OF_STATUS, meant_by
from intake.models import Intake, Patient

NAME = "speak"
AForm = TypeVar("AForm", bound=forms.BaseForm)
SPOKEN = "spoken"  # on the page that asks for the date of birth: the language chosen there


@overload
def keeps_typed(view: View, *, name: str = NAME) -> View: ...
@overload
def keeps_typed(view: None = None, *, name: str = NAME) -> Callable[[View], View]: ...
def keeps_typed(view: View | None = None, *, name: str = NAME) -> Any:
    """`request.door.switched` is True when the switch was pressed: the view shows the form and saves nothing.

    The page shown is in the chosen language, and so is every page after it. `name`: the button's name.
    """
    if view is None:
        return partial(keeps_typed, name=name)

    @wraps(view)
    def switching(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = request.POST.get(name, "")
        door = replace(door_of(request), switched=language in dict(settings.LANGUAGES))
        enter(request, door)
        if not door.switched:
            return view(request, *args, **kwargs)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        keep_language(request, language, intake=door.intake, patient=door.patient if door.on_status else None)
        return speak(view(request, *args, **kwargs), language)

    return switching


@login_not_required
def switch(request: DoorRequest) -> HttpResponse:
    """The switch of a page without a form. It says whose page it is: another may have been opened since."""
    language = request.POST.get("language", "")
    said = {meant.subject for use in (OF_FORM, OF_STATUS) if (meant := meant_by(request, use))}
    if said:
        intake, patient = intake_of(request), patient_of(request)
        keep_language(
            request,
            language,
            intake=intake if intake and intake.public_id in said else None,
            patient=patient if patient and patient.public_id in said else None,
        )
    return i18n.set_language(request)


def keep_language(request: HttpRequest, language: str, *, intake: Intake | None, patient: Patient | None) -> None:
    """For the patient whose page it is; not when staff look at it, nor on a form that was sent."""
    if request.user.is_authenticated or language not in dict(settings.LANGUAGES):
        return
    if intake and not intake.submitted_at:
        intake.language, patient = language, intake.patient
    if patient:
        change_language(patient, language)


def spoken(request: DoorRequest, name: str = SPOKEN) -> str:
    """The language that was chosen where the date of birth is asked, to be kept once it is right; "" for none."""
    return request.LANGUAGE_CODE if request.door.switched else request.POST.get(name, "")


def as_left(form: AForm) -> AForm:
    """The form with what was typed into it, not judged. It is only to be shown."""
    form._errors, form.cleaned_data = ErrorDict(), {}
    return form
