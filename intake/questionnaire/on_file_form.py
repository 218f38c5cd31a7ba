"""The two pages for whoever comes back, as forms: where it got worse, and what on file is still right."""

from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.web.forms import FieldsOnly
from intake import triage
from intake.models import Intake
from intake.questionnaire.forms import ChosenField
from intake.questionnaire.on_file import places_on_file
from intake.versions.arranging import NEW_PLACE, PLACES
from intake.versions.protocols import protocol_for

YES, CHANGE = "yes", "change"
RIGHT = ((YES, _("Yes, all right")), (CHANGE, _("Change")))
CHOOSE = _("Choose “Yes, all right” or “Change”.")


class WhereWorseForm(forms.Form):
    """The places on file, and a new one. Nothing is checked for anybody."""

    places = ChosenField(
        label=_("What got worse?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Check each place that got worse, or “A new place”."),
            "invalid_choice": _("Choose from the places shown."),
        },
    )

    def __init__(self, data: Any = None, *, intake: Intake, language: str) -> None:
        super().__init__(data, initial={"places": intake.worse_places or []})
        protocol = protocol_for(intake)
        field: Any = self.fields["places"]
        places = places_on_file(intake).get(PLACES[0], [])
        field.choices = [(place, triage.display(protocol, PLACES[0], [place], language)) for place in places]
        field.choices += [(_("or"), [(NEW_PLACE, _("A new place"))])]
        field.help_text = _("Check each place that got worse. You marked these places last time.")
        field.is_page_heading = True
        self.helper = FieldsOnly()
        self.helper.layout = Layout("places")


class OnFileForm(forms.Form):
    """One line after the other with what is on file.

    Whoever changes nothing says so of each.
    """

    def __init__(self, data: Any = None, *, intake: Intake, lines: dict[str, tuple[Any, str]]) -> None:
        super().__init__(data)
        for line, (label, shown) in lines.items():
            field = self.fields[line] = forms.ChoiceField(
                label=label,
                help_text=shown,
                choices=RIGHT,
                widget=forms.RadioSelect,
                error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
            )
            if intake.on_file_at:
                field.initial = YES if line in intake.confirmed else CHANGE
        self.helper = FieldsOnly()
        self.helper.layout = Layout(*(Field(line, wrapper_class="choices-inline") for line in self.fields))

    @property
    def confirmed(self) -> list[str]:
        """Return the lines that are still right. Only of a valid form."""
        return [line for line, said in self.cleaned_data.items() if said == YES]

    def changes(self, *lines: str) -> bool:
        """Say whether one of these lines is to be changed. Only of a valid form."""
        return any(self.cleaned_data.get(line) == CHANGE for line in lines)
