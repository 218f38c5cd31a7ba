"""How a patient is doing over the weeks, on their own pages and on the case page."""

from typing import Any

from django import template
from django.utils import timezone

from intake.follow_up.actions import open_for
from intake.follow_up.forms import CHANGES, UNSURE
from intake.follow_up.page import in_weeks, series_of
from intake.models import Patient

register = template.Library()


@register.simple_tag
def follow_up_of(patient: Patient) -> dict[str, Any]:
    """`open`: the one to answer now, or None. `series`: what was answered, the newest series first."""
    now = timezone.now()
    return {"open": open_for(patient, now), "series": series_of(patient, now)}


@register.simple_tag
def worse_and_unseen(patient: Patient) -> list:
    return list(patient.follow_ups.worse_and_unseen())


@register.filter
def weeks(number: int) -> str:
    return in_weeks(number)


@register.filter
def change_words(change: str) -> str:
    """Return what the patient said, in the words they chose it by."""
    return dict(CHANGES)[change or UNSURE]


@register.filter
def plain(number: float) -> str:
    """Return a coordinate: always with a point, whatever the language of the page."""
    return f"{number:g}"


@register.filter
def add_to(number: float, more: float) -> str:
    return f"{number + more:g}"
