"""What Celery wakes in this part. The rows decide what is due; a task may run twice or late."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from clinic.links import starts
from clinic.running.each import each_sweep
from intake.door import link_requests, respondents
from intake.files import actions as files
from intake.handover import untouched
from intake.inviting import actions as inviting
from intake.questionnaire import actions as intakes
from intake.review import desk_tasks, forgotten


@shared_task
def open_cases_for_abandoned() -> None:
    intakes.open_cases_for_abandoned(timezone.now())


@shared_task
def answer_link_requests() -> None:
    link_requests.answer_link_requests(timezone.now())


@shared_task
def forget_starts() -> None:
    starts.forget_old(timezone.now())


@shared_task
def forget_unsent_lists() -> None:
    inviting.forget_unsent(timezone.now())


@shared_task
def take_back_forgotten() -> None:
    now = timezone.now()
    each_sweep(
        partial(forgotten.take_back_forgotten, now),
        partial(untouched.raise_untaken, now),
        partial(forgotten.raise_again, now),
        partial(desk_tasks.raise_late, now),
    )


@shared_task
def see_who_came_of_age() -> None:
    respondents.came_of_age(timezone.now())


@shared_task
def scan_files() -> None:
    files.scan_waiting()


@shared_task
def drop_orphans() -> None:
    files.drop_orphans(timezone.now())


@shared_task
def replay_slice(run: str, place: int, version: int | None, first: int, last: int) -> None:
    from intake.versions.workers import run_slice  # loads NumPy, which only a replay needs

    run_slice(run, place, version, first, last)
