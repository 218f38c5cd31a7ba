"""`manage.py told`: writes docs/told.md, who is told of every change of state."""

from pathlib import Path

from django.conf import settings

from referrals.told.drawing import document
from referrals.told.page_command import PageCommand


class Command(PageCommand):
    help = "Writes docs/told.md: who is told of every change of state, and what happens when it does not arrive."
    path = Path(settings.BASE_DIR) / "docs" / "told.md"
    document = staticmethod(document)
