"""Files that go with a question of an office, or with our answer."""

from hashlib import sha256

from django.core.files.base import ContentFile

from referrals.models import Referral, ReferralMove, TalkFile

CONTENT = b"%PDF-1.7"


def talk_file(*, of: Referral, office: str = "Ellen Park, RN", **fields) -> TalkFile:
    """A file with a question of an office; with `by` and no `office`, with an answer of ours."""
    what = ReferralMove.What.ASKED if office else ReferralMove.What.ANSWERED
    said = {"what": what, "from_status": of.status, "to_status": of.status, "office": office, **fields}
    line = ReferralMove.objects.create(referral=of, to=of.specialist, **said)
    file = ContentFile(CONTENT, "file.pdf")
    return TalkFile.objects.create(line=line, file=file, file_name="scan.pdf", sha256=sha256(CONTENT).hexdigest())
