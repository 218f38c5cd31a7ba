"""Papers that go along with a letter."""

from hashlib import sha256

from django.core.files.base import ContentFile

from clinic.staff.models import User
from referrals.models import Enclosure, Referral


def enclosure(*, of: Referral, by: User, content=b"%PDF-1.7", **fields) -> Enclosure:
    """A paper of our own that goes along with a letter."""
    made = Enclosure(
        referral=of, added_by=by, **{"title": "X-ray report", "sha256": sha256(content).hexdigest(), **fields}
    )
    made.file.save("enclosure.pdf", ContentFile(content), save=True)
    return made
