"""Print the words of the emergency page for the people who must read them, with the digest they sign."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from intake.emergency import page as emergency_page


class Command(BaseCommand):
    help = "The exact words of the emergency page in each language, with their digest for intake/emergency/page.yaml."
    requires_system_checks = ()  # it is needed when the digest does not fit

    def handle(self, **_options: Any) -> None:
        for language, name in settings.LANGUAGES:
            self.stdout.write(f"{name}, digest {emergency_page.digest(language)}\n\n{emergency_page.words(language)}\n")
