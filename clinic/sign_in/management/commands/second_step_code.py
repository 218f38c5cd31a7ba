"""manage.py second_step_code EMAIL: a code to set up a second step, for the first manager or after lost keys."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.sign_in.handing_over import LIVES, hand_over
from clinic.staff.models import User


class Command(BaseCommand):
    help = "Ends somebody's second step and prints the code with which they set up another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError("Nobody who works here has this address.")
        code = hand_over(user, by=None, page="second_step_code")
        hours = int(LIVES.total_seconds() // 3600)
        self.stdout.write(f"{code}\nSay it to {user.name}; it works once, within {hours} hours, after their password.")
