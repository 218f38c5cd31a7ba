"""`manage.py permissions`: writes docs/permissions.md, who may do what."""

from pathlib import Path

from django.conf import settings

from referrals.told.may import document
from referrals.told.page_command import PageCommand


class Command(PageCommand):
    help = "Writes docs/permissions.md: each permission, who holds it and what it opens."
    path = Path(settings.BASE_DIR) / "docs" / "permissions.md"
    document = staticmethod(document)
