"""Which reminders a patient gets by mail: they choose, on a page behind their link and date of birth."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.messages.choice import categories_here
from clinic.messages.kinds import CATEGORIES
from clinic.messages.stopping import choose, stops_of
from clinic.web.forms import FieldsOnly
from intake.door.door import DoorRequest
from intake.door.frame import show_patient
from intake.door.status_cookie import status_page
from intake.door.switching import as_left, keeps_typed
from intake.models import Patient


class MailsForm(forms.Form):
    """One box for each category that the clinic writes."""

    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Email me"),
        choices=lambda: categories_here().items(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FieldsOnly()


@status_page
@keeps_typed
def status_mails(request: DoorRequest, patient: Patient) -> HttpResponse:
    """Show what they chose, and keep another choice."""
    stopped = set(stops_of(patient.public_id).values_list("category", flat=True))
    wanted = [category for category in CATEGORIES if category not in stopped]
    form = MailsForm(request.POST if request.method == "POST" else None, initial={"wanted": wanted})
    if request.door.switched:
        as_left(form)
    elif request.method == "POST" and form.is_valid():
        not_asked = [category for category in wanted if category not in categories_here()]
        choose(patient.public_id, [*form.cleaned_data["wanted"], *not_asked])
        messages.success(request, _("We have kept your choice."))
        return redirect("status_mails")
    status = 422 if form.errors else 200
    return show_patient(
        request, patient, "status/mails.html", status=status, form=form, no_mail=bool(patient.why_no_mail())
    )
