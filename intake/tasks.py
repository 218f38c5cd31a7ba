"""What Celery wakes in this part. The rows decide what is due; a task may run twice or late."""

from celery import shared_task
from django.utils import timezone

from clinic.links import starts
from intake.door import link_requests, respondents
from intake.files import actions as files
from intake.questionnaire import actions as intakes
from intake.review import forgotten


@shared_task
def open_cases_for_abandoned():
    intakes.open_cases_for_abandoned(timezone.now())


@shared_task
def answer_link_requests():
    link_requests.answer_link_requests(timezone.now())


@shared_task
def forget_starts():
    starts.forget_old(timezone.now())


@shared_task
def take_back_forgotten():
    now = timezone.now()
    forgotten.take_back_forgotten(now)
    forgotten.raise_again(now)


@shared_task
def see_who_came_of_age():
    respondents.came_of_age(timezone.now())


@shared_task
def scan_files():
    files.scan_waiting()


@shared_task
def drop_orphans():
    files.drop_orphans(timezone.now())


@shared_task
def replay_slice(run: str, place: int, version: int | None, first: int, last: int):
    from intake.versions.workers import run_slice  # loads NumPy, which only a replay needs

    run_slice(run, place, version, first, last)
