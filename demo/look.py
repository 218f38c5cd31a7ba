"""One page that shows every piece the pages are built from, each in its states."""

from datetime import timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html


class SampleForm(forms.Form):
    """Every kind of field once; nothing of it is kept."""

    name = forms.CharField(label="Full name", help_text="As it is written on your insurance card.")
    email = forms.EmailField(label="Email", required=False)
    born = forms.CharField(
        label="Year you were born", widget=forms.TextInput(attrs={"class": "w-4", "inputmode": "numeric"})
    )
    language = forms.ChoiceField(label="Language for messages", choices=[("en", "English"), ("es", "Español")])
    new_numbness = forms.ChoiceField(
        label="Do you have new numbness between your legs?",
        help_text="It can feel as if you sit on a saddle that has gone numb.",
        choices=[("yes", "Yes"), ("no", "No"), ("unsure", "I'm not sure")],
        widget=forms.RadioSelect,
    )
    pain = forms.TypedChoiceField(
        label="How bad is the pain right now?",
        choices=[(n, n) for n in range(11)],
        widget=forms.RadioSelect,
    )
    where = forms.MultipleChoiceField(
        label="Where does it hurt?",
        choices=[
            ("heel", format_html('Heel <span class="form-hint">The back of the foot, under the ankle</span>')),
            ("arch", "Arch of the foot"),
            ("calf", "Calf"),
            ("or", [("none", "None of these")]),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    story = forms.CharField(
        label="Anything else we should know?", required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    letter = forms.FileField(label="A letter or picture", required=False, help_text="PDF, JPEG or PNG, up to 15 MB.")
    agree = forms.BooleanField(label="I have read this and it is right")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pain"].widget.scale_ends = ("No pain", "Worst pain")
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.disable_csrf = True


@login_not_required
def look(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    return render(
        request,
        "demo/look.html",
        {
            "form": SampleForm(prefix="ok", initial={"new_numbness": "no", "pain": 6, "where": ["heel"]}),
            "wrong": SampleForm({"wrong-email": "maya.ortiz@"}, prefix="wrong"),
            "now": now,
            "later": now + timedelta(hours=3, minutes=20),
            "very_soon": now + timedelta(minutes=20),
            "late": now - timedelta(hours=1, minutes=5),
            "steps": [
                {"title": "You sent your answers", "text": "Today, 10:42 AM.", "state": "done"},
                {"title": "A therapist reads them", "text": "By tomorrow, 5 PM.", "state": "now"},
                {"title": "We call you to book a visit", "text": "", "state": "later"},
            ],
        },
    )
