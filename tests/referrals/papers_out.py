"""Papers that go along with a letter, and a fax of it."""

from hashlib import sha256

from django.core.files.base import ContentFile
from django.utils import timezone

from clinic.staff.models import User
from referrals.models import Enclosure, Fax, Referral


def enclosure(*, of: Referral, by: User, content=b"%PDF-1.7", **fields) -> Enclosure:
    """A paper of our own that goes along with a letter."""
    made = Enclosure(
        referral=of, added_by=by, **{"title": "X-ray report", "sha256": sha256(content).hexdigest(), **fields}
    )
    made.file.save("enclosure.pdf", ContentFile(content), save=True)
    return made


def fax(*, of: Referral, content=b"%PDF-1.7", **fields) -> Fax:
    """A fax of the letter that was sent from here, with a page that says so."""
    delivery = of.deliveries.create(
        letter=of.sent_letter, specialist=of.specialist, channel=Referral.Channel.FAX_HERE, by=of.created_by
    )
    sums = dict.fromkeys(("sha256", "proof_sha256"), sha256(content).hexdigest())
    said = {"number": of.specialist.fax, "state": Fax.State.SENT, "pages": 1, "settled_at": timezone.now()}
    made = Fax(delivery=delivery, **sums | said | fields)
    made.pdf.save("fax.pdf", ContentFile(content), save=False)
    made.proof.save("proof.pdf", ContentFile(content), save=False)
    made.save()
    return made
