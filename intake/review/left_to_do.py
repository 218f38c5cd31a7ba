"""Lines of the desk's list as they come and go: left by a decision, settled by a visit, back when that visit is off.

Everything runs in the caller's transaction, which has locked the case. Nobody's permission is asked: a visit settles
what it settles wherever it was booked, and by whomever.
"""

from datetime import date, datetime
from typing import Any

from clinic.staff.models import User
from intake.models import AppointmentRequest, CaseEvent, Decision, DeskTask
from intake.models.case import Case

What = DeskTask.What
UNSETTLED = {"done_at": None, "done_by": None, "done_words": "", "visit": None, "visit_on": None}


def leave(decision: Decision, what: str, *, due_on: date, now: datetime, words: str = "", whom: str = "") -> DeskTask:
    """Leave one line to the desk.

    The one of its kind that this decision has left before stays as it is.
    """
    task, _made = DeskTask.objects.get_or_create(
        decision=decision,
        what=what,
        defaults={
            "patient": decision.case.patient,
            "location": decision.case.location,
            "due_on": due_on,
            "words": words,
            "whom": whom,
            "made_at": now,
        },
    )
    return task


def leave_anew(decision: Decision, what: str, *, due_on: date, words: str, since: datetime, now: datetime) -> DeskTask:
    """Leave one line to the desk for something that is new since `since`.

    The one of its kind that this decision has left before waits again. One that waits still says both, by its own day.
    """
    leave(decision, what, due_on=due_on, words=words, now=now)
    task = DeskTask.objects.select_for_update().get(decision=decision, what=what)
    if task.done_at is None and words not in task.words:
        _write(task, words=f"{task.words} {words}".strip(), made_at=now)
    elif task.done_at is not None and task.made_at < since:
        _write(task, **UNSETTLED, dropped=False, due_on=due_on, words=words, made_at=now)
    return task


def leave_no_more(decision: Decision, what: str, *, words: str, now: datetime) -> None:
    """Take `words` off a line that nobody has done yet.

    The line itself, where it says nothing else.
    """
    task = DeskTask.objects.select_for_update().filter(decision=decision, what=what, done_at=None).first()
    if task is None or words not in task.words:
        return
    others = task.words.replace(words, "").strip()
    if others:
        _write(task, words=others)
    else:
        _write(task, done_at=now, dropped=True)


def day_of(visit: AppointmentRequest) -> date:
    """Return the day of a booked visit, where it is."""
    return visit.starts_at.astimezone(visit.location.zone).date()


def in_words(day: date) -> str:
    return f"{day:%a %b} {day.day}"


def visit_in_time(task: DeskTask) -> AppointmentRequest | None:
    """Return the first visit after a task was made, on or before its day.

    One that somebody is changing right now does not count: the task is rather seen once too often.
    """
    booked = AppointmentRequest.objects.filter(patient_id=task.patient_id).booked_after(task.made_at)
    visits = booked.select_for_update(skip_locked=True, of=("self",)).select_related("location")
    return next((visit for visit in visits if day_of(visit) <= task.due_on), None)


def settle(
    task: DeskTask, visit: AppointmentRequest, *, case: Case, by: User | None, words: str = "", now: datetime
) -> None:
    """Say that `visit` does what this task asks for.

    Of a later one `words` say why that is right. It was booked by whoever booked it, also where the decision came
    afterwards.
    """
    settled = {"visit": visit, "visit_on": day_of(visit), "done_by": visit.answered_by, "done_words": words}
    if all(getattr(task, name) == value for name, value in settled.items()):
        return
    _write(task, done_at=now, **settled)
    said = f"Book a visit. Booked for {in_words(task.visit_on)}, {visit.location}. {words}".strip()
    case.move_to(case.status, event=CaseEvent.Kind.TASK_DONE, by=by, words=said, now=now)


def bring_back(task: DeskTask, *, case: Case, by: User | None, why: str, now: datetime) -> None:
    """Put a visit to book back into the list: the one that was booked is off."""
    _write(task, **UNSETTLED)
    said = f"Book a visit by {in_words(task.due_on)}: {why}"
    case.move_to(case.status, event=CaseEvent.Kind.UNDONE, by=by, words=said, now=now)


def _write(task: DeskTask, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(task, name, value)
    task.save(update_fields=list(changes))
