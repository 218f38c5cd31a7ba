"""What a therapist typed on a case and did not send: back in its forms, and listed where a form is gone by now."""

from typing import Any

from django import forms
from django.urls import reverse

from clinic.staff.request import StaffRequest
from clinic.typed.actions import KeptWords, throw_away, waiting
from intake.models import Case
from intake.review.decision_form import DecisionForm, SecondLookForm
from intake.review.words import Said

FORMS = {  # by the address each is sent to
    "decide": "decision_form",
    "contact": "call_form",
    "second_look": "second_form",
    "take_over_case": "take_over_form",
    "reopen_case": "reopen_form",
    "add_to_decision": "addendum_form",
}


def as_left(request: StaffRequest, case: Case) -> dict[str, KeptWords]:
    """Return what this person left in each form of the case page, by the form's name."""
    places = {reverse(route, args=[case.public_id]): name for route, name in FORMS.items()}
    return {places[place]: typed for place, typed in waiting(request.user, places).items()}


def throw_away_words(request: StaffRequest, case: Case) -> None:
    throw_away(request.user, [reverse(route, args=[case.public_id]) for route in FORMS])


def put_back(shown: dict[str, Any]) -> None:
    """Put what was left back into the forms of the page, and say what it was."""
    left: dict[str, KeptWords] = shown.get("left") or {}
    found = {name: _put_back(shown[name], typed) for name, typed in left.items()}
    if any(found.values()):
        shown["left_at"] = max(left[name].at for name, said in found.items() if said)
        shown["left_said"] = [one for said in found.values() for one in said]


def _put_back(form: forms.Form, typed: KeptWords) -> list[Said]:
    """Put it back, and return what of it differs from the form as it was.

    What is chosen anew, because the case has changed since, is returned alone.
    """
    differs, moved_on = [], _moved_on(form, typed)
    for name, field in form.fields.items():
        [*_others, value] = typed.fields.get(form.add_prefix(name)) or [""]
        if value and not field.widget.is_hidden and value != str(form.get_initial_for_field(field, name)):
            if not (moved_on and is_chosen_anew(form, name, value)):
                form.initial[name] = value
            chosen = {str(key): str(label) for key, label in getattr(field, "choices", ())}
            differs.append(Said(name, str(field.label), chosen.get(value, "Yes" if value == "on" else value)))
    return differs


def _moved_on(form: forms.Form, typed: KeptWords) -> bool:
    """Say whether it was typed on the page of another version of the case."""
    now = form.initial.get("version")
    return now is not None and typed.fields.get(form.add_prefix("version")) != [str(now)]


def is_chosen_anew(form: forms.Form, name: str, value: str) -> bool:
    """Say whether a choice does not outlive a change of the case.

    Nobody agrees to what they have not seen, and nobody goes below an urgency they have not read of.
    """
    if isinstance(form, SecondLookForm):
        return name == "agree"
    if not isinstance(form, DecisionForm):
        return False
    lower = name == "tier" and value.isdecimal() and int(value) < form.case.urgency
    return lower or (name == "verdict" and value in form.AGREEMENTS)
