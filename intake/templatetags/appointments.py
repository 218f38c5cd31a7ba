"""Visits asked for and booked, on the patient's pages and in the navigation of the staff."""

from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import date

from clinic.staff.models import User
from clinic.staff.permissions import ANSWER_REQUESTS
from intake.models import AppointmentRequest, CallToMake, DeskTask, Patient
from intake.visits import actions as appointments
from intake.visits.forms import days_in_words, times_in_words

register = template.Library()


@register.simple_tag
def appointment_of(patient: Patient) -> dict[str, Any]:
    """`offered` as `appointments.are_offered`; the rest as `appointments.standing`."""
    standing = appointments.standing(patient)
    return {
        "offered": appointments.are_offered(patient),
        "asked": standing.asked,
        "booked": standing.booked,
        "answered": standing.answered,
    }


@register.filter
def at_its_place(moment: datetime, request: AppointmentRequest) -> str:
    """Return a moment by the clock of the location that was asked."""
    return date(moment.astimezone(request.location.zone), "MOMENT_FORMAT")


@register.filter
def day_words(days: list[str]) -> str:
    return ", ".join(days_in_words(days))


@register.filter
def time_words(times: list[str]) -> str:
    return ", ".join(times_in_words(times))


@register.simple_tag
def requests_waiting(user: User) -> int:
    """Return how many things on the page of requests wait for somebody who answers them at this person's locations."""
    if not user.is_authenticated or not user.may(ANSWER_REQUESTS):
        return 0
    asked = AppointmentRequest.objects.visible_to(user).waiting_for_us()
    calls = CallToMake.objects.visible_to(user).waiting()
    tasks = DeskTask.objects.visible_to(user).waiting()
    grown = Patient.objects.visible_to(user).came_of_age()
    waits = [rows.order_by().values("pk") for rows in (asked, calls, tasks, grown)]
    return waits[0].union(*waits[1:], all=True).count()
