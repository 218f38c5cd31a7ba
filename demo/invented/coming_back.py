"""Patients who were heard of again after their form: one is better after two weeks, one got worse."""

from datetime import datetime, timedelta

from demo.invented.clock import clock_at
from intake.follow_up.actions import answer, open_for
from intake.models import FollowUp, Intake, Patient
from intake.returning.actions import start_again


def comes_back(now: datetime) -> None:
    for first_name, story in (("Beatriz", _better), ("Dolores", _worse)):
        if patient := Patient.objects.filter(first_name=first_name).first():
            story(patient, now)


def _better(patient: Patient, now: datetime) -> None:
    first = patient.follow_ups.get(week=0)
    with clock_at(first.due_at + timedelta(days=16)):
        answer(open_for(patient), pain=max(first.pain - 3, 0), change=FollowUp.Change.BETTER)


def _worse(patient: Patient, now: datetime) -> None:
    with clock_at(now - timedelta(hours=2)):
        start_again(patient, occasion=Intake.Occasion.WORSE, words="By the button “I got worse”.")
