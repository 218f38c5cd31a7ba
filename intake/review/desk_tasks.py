"""What decisions left to the desk: done by name, settled by a visit or not any more, or never done in time."""

from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.running.each import each_by_itself
from clinic.staff.models import User
from clinic.staff.permissions import ANSWER_REQUESTS, DECIDE_CASES
from intake.models import AppointmentRequest, Case, CaseEvent, DeskTask, Patient, Urgency
from intake.review import left_to_do, schedule
from intake.review.left_to_do import in_words
from intake.review.opening import begin_again

What = DeskTask.What
LATE = {  # what a therapist reads of a task whose day is over
    What.BOOK: "No visit is booked on or before {day}.",
    What.ASK: "The information asked for did not come by {day}: {words}",
    What.WRITE: "Nobody called the patient or wrote to them by {day}. {words}",
}
FIRST_TO_END_A_DAY = timedelta(hours=14)  # no clock on earth is farther ahead


@transaction.atomic
def finish(
    task: DeskTask, *, by: User, words: str = "", visit_on: date | None = None, now: datetime | None = None
) -> bool:
    """Say that `by` has done it; False when it was done or dropped before.

    `visit_on`: the day of the visit that was booked; a later one than the task names, and none at all, take words.
    Raises ValueError without what it takes. The case opens again where a therapist has to decide with what is said:
    see `_is_for_a_therapist`.
    """
    _may(by, task)
    now = now or timezone.now()
    case, task = _locked(task)
    if task.done_at is not None:
        return False
    if why := what_is_missing(task, words=words, visit_on=visit_on):
        raise ValueError(why)
    task.done_at, task.done_by, task.done_words, task.visit_on = now, by, words, visit_on
    task.save(update_fields=["done_at", "done_by", "done_words", "visit_on"])
    said = _said(task)
    if _is_for_a_therapist(task, case, by):
        _open_again(case, said, by=by, now=now)
    else:
        case.move_to(case.status, event=CaseEvent.Kind.TASK_DONE, by=by, words=said, now=now)
    return True


def what_is_missing(task: DeskTask, *, words: str, visit_on: date | None) -> str:
    """Say what is still needed to call this task done; "" when nothing is."""
    if words.strip():
        return ""
    if task.what == What.ASK:
        return "Write down what came."
    if task.what == What.BOOK and visit_on is None:
        return "Enter the day of the visit, or say in words why there is none."
    if task.what == What.BOOK and visit_on > task.due_on:
        return f"The visit is later than {in_words(task.due_on)}: say in words why that is right."
    return ""


def _is_for_a_therapist(task: DeskTask, case: Case, by: User) -> bool:
    """Say whether what was done is for a therapist to decide with.

    Information that came, no visit at all, and of an urgent patient a later visit that no therapist calls right.
    """
    if case.is_open or task.what == What.WRITE:
        return False
    if task.what == What.ASK or task.visit_on is None:
        return True
    later = task.visit_on > task.due_on
    return later and case.urgency >= Urgency.URGENT and not by.may(DECIDE_CASES)


def _said(task: DeskTask) -> str:
    if task.what == What.ASK:
        return f"The information asked for is here: {task.done_words}"
    if task.what == What.WRITE:
        return f"{task.get_what_display()}. {task.done_words}".strip()
    if task.visit_on is None:
        return f"No visit is booked: {task.done_words}"
    later = f", later than {in_words(task.due_on)}" if task.visit_on > task.due_on else ""
    return f"Book a visit. Booked for {in_words(task.visit_on)}{later}. {task.done_words}".strip()


def _open_again(case: Case, words: str, *, by: User | None, now: datetime) -> None:
    begin_again(case, Urgency(case.urgency), event=CaseEvent.Kind.REOPENED, by=by, words=words, now=now)


def _may(by: User, task: DeskTask) -> None:
    if not by.may(ANSWER_REQUESTS) or not by.sees(task.location_id):
        raise PermissionDenied


def _locked(task: DeskTask) -> tuple[Case, DeskTask]:
    """Lock a task and its case; the case first, as everywhere."""
    case = Case.objects.select_for_update().get(decisions=task.decision_id)
    return case, DeskTask.objects.select_for_update().get(pk=task.pk)


def _counts(task: DeskTask) -> bool:
    """Say whether its case is decided by the very decision that left it."""
    return DeskTask.objects.in_effect().filter(pk=task.pk).exists()


# Visits ---------------------------------------------------------------------------------------------------------------


def wanted_by(visit: AppointmentRequest) -> date | None:
    """Return the day by which therapists want the visit of this request."""
    tasks = DeskTask.objects.visits().filter(Q(done_at=None) | Q(visit=visit), patient=visit.patient)
    return tasks.order_by("due_on").values_list("due_on", flat=True).first()


def still_to_book(patient: Patient) -> date | None:
    """Return the day by which a visit has still to be booked; None when none has."""
    waiting = DeskTask.objects.visits().filter(patient=patient, done_at=None)
    return waiting.order_by("due_on").values_list("due_on", flat=True).first()


def visit_changed(
    visit: AppointmentRequest,
    *,
    by: User | None,
    instead_of: AppointmentRequest | None = None,
    later_is_right: str = "",
    now: datetime | None = None,
) -> None:
    """Settle what a changed visit does, and bring back what it does no more.

    In the caller's transaction, which has locked the visit. `instead_of` is the visit whose place it took.
    `later_is_right`: why it may be later than a therapist said; without it the task waits on.
    """
    now = now or timezone.now()
    changed = [one.pk for one in (visit, instead_of) if one]
    tasks = DeskTask.objects.visits().filter(Q(done_at=None) | Q(visit__in=changed), patient=visit.patient)
    for task in tasks.order_by("pk"):
        case, task = _locked(task)
        if _counts(task) and (task.done_at is None or task.visit_id in changed):
            _follow(task, case, visit, by=by, later_is_right=later_is_right.strip(), now=now)


def _follow(
    task: DeskTask, case: Case, visit: AppointmentRequest, *, by: User | None, later_is_right: str, now: datetime
) -> None:
    """Make one task what the visits of its patient make of it."""
    in_time = left_to_do.visit_in_time(task)
    if in_time:
        left_to_do.settle(task, in_time, case=case, by=by, now=now)
    elif later_is_right and visit.state == AppointmentRequest.State.BOOKED:
        left_to_do.settle(task, visit, case=case, by=by, words=later_is_right, now=now)
        if _is_for_a_therapist(task, case, by):
            _open_again(case, _said(task), by=by, now=now)
    elif task.done_at is not None:
        why = f"the visit on {in_words(task.visit_on)} is off, or is later now."
        left_to_do.bring_back(task, case=case, by=by, why=why, now=now)


@transaction.atomic
def did_not_take_place(task: DeskTask, *, by: User, words: str, now: datetime | None = None) -> bool:
    """Bring back a visit that was noted for a day and did not take place.

    False when it waits already, or its decision counts no more: the case was decided anew, and that one says what there
    is to book. One that was booked here is closed instead (`intake.visits.actions.close`), which tells the patient.
    """
    _may(by, task)
    if not words.strip():
        raise ValueError("Say what became of the visit.")
    case, task = _locked(task)
    if not _counts(task) or task.visit_on is None or task.visit_id is not None:
        return False
    why = f"the visit on {in_words(task.visit_on)} did not take place. {words}"
    left_to_do.bring_back(task, case=case, by=by, why=why, now=now or timezone.now())
    return True


# Late -----------------------------------------------------------------------------------------------------------------


def raise_late(now: datetime | None = None) -> int:
    """Open the cases of tasks that nobody did in time; returns how many.

    What a decision waits for ends like this at the latest: no patient waits for a letter that was lost, a visit that
    nobody booked, or a call that nobody made. How long each rests after its day is in `schedule.late_task_rests_until`.
    """
    now = now or timezone.now()
    today_somewhere = (now.astimezone(UTC) + FIRST_TO_END_A_DAY).date()
    rows = DeskTask.objects.filter(done_at=None, due_on__lt=today_somewhere).select_related("location", "decision")

    def raise_one(pk: int) -> bool:
        task = rows.filter(pk=pk).first()
        is_late = task is not None and timezone.localdate(now, task.location.zone) > _rests_until(task)
        return is_late and _raise(task, now)

    numbers = rows.order_by("pk").values_list("pk", flat=True)
    return each_by_itself(numbers, raise_one, failed="The case of a task of the desk could not be opened again")


def _rests_until(task: DeskTask) -> date:
    if task.what == What.ASK:
        return task.due_on
    return schedule.late_task_rests_until(task.decision.chosen_tier, task.due_on, task.location.opening_hours)


@transaction.atomic
def _raise(task: DeskTask, now: datetime) -> bool:
    case, task = _locked(task)
    if case.is_open or task.done_at is not None:
        return False
    said = LATE[What(task.what)].format(day=in_words(task.due_on), words=task.words).strip()
    _open_again(case, said, by=None, now=now)
    return True
