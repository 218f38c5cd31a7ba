"""`manage.py demo_clinic`: fills an empty database with the demo clinic, once, and prints the sign-ins."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from clinic.messages.models import Message
from clinic.staff.models import Location, User
from clinic.staff.permissions import Role
from demo.invented import house, stories
from demo.invented.asking import ask_for_visits
from demo.invented.clock import ago, clock_at
from demo.invented.coming_back import comes_back
from intake.door import respondents
from intake.models import Respondent
from intake.questionnaire import actions as intakes

PEOPLE = Path(house.DATA) / "people.yaml"


class Command(BaseCommand):
    help = "Fill an empty database with the demo clinic (invented people), and print who to sign in as."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo clinic is never filled into a production database.")
        if not Location.objects.exists():
            with transaction.atomic():
                fill()
        self.stdout.write(sign_ins())


def fill() -> None:
    locations = house.build()
    now = timezone.now()
    for number, person in enumerate(yaml.safe_load(PEOPLE.read_text())):
        tell(person, locations[person["location"]], now, number)
    comes_back(now)
    ask_for_visits(now)
    _leave_old_mail_alone(now)


def tell(person: dict, location: Location, now: datetime, number: int) -> None:
    """Tell one patient's story from its start to where it stands now."""
    began = ago(person["started"], now)
    staff = User.objects.filter(locations=location)
    with clock_at(began):
        intake = intakes.start_intake(
            location=location,
            first_name=person["first_name"],
            last_name=person["last_name"],
            date_of_birth=date.fromisoformat(person["date_of_birth"]),
            email=f"patient{number + 1:02}@mail.example",
            phone=person["phone"],
            language=person["language"],
            needs_interpreter=person["language"] != "en",
            insurance_plan=person["insurance_plan"],
            referred_by=person.get("referred_by", ""),
            address=person.get("address", ""),
        )
        respondents.set_respondent(intake, **person.get("answered_by", {"kind": Respondent.Kind.PATIENT}))
    told = stories.Told(
        intake=intake,
        answers=person["answers"],
        at=began,
        maya=User.objects.get(email="maya@plumbline.example"),
        daniel=User.objects.get(email="daniel@plumbline.example"),
        desk=staff.filter(role=Role.FRONT_DESK).first(),
    )
    getattr(stories, person["story"])(told)


def _leave_old_mail_alone(now: datetime) -> None:
    """Mails of the invented past count as sent then: a first start must not pour a month of mail into the sink."""
    old = Message.objects.filter(status=Message.Status.SCHEDULED, due_at__lt=now)
    for message in old:
        message.status, message.settled_at = Message.Status.SENT, message.due_at
        message.save(update_fields=["status", "settled_at"])


def sign_ins() -> str:
    rows = [f"  {user.email:<28}{user.get_role_display()}" for user in User.objects.order_by("pk")]
    return "\n".join(
        [
            f"Start here  {settings.SITE_URL}/demo/",
            f"Sign in as  (password {house.PASSWORD}; the codes are on the start page)",
            *rows,
        ]
    )
