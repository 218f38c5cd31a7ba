"""`manage.py flow`: writes docs/flow.md, how a referral moves."""

from pathlib import Path

from django.conf import settings

from referrals.told.flow import document
from referrals.told.page_command import PageCommand


class Command(PageCommand):
    help = "Writes docs/flow.md: how a referral moves, who may move it, and who hears."
    path = Path(settings.BASE_DIR) / "docs" / "flow.md"
    document = staticmethod(document)
