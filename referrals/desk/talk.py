"""Files that go with a question of an office, and with our answer."""

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from clinic.files import kept
from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from referrals.desk.views import find, shown
from referrals.models import TalkFile


@require_GET
@staff_may(CARRY_REFERRALS)
def referral_file(request: StaffRequest, public_id: UUID, file: UUID) -> HttpResponseBase:
    """Hand out a file of a question or an answer to whoever may carry the referral."""
    found = find(request, public_id)
    row = get_object_or_404(TalkFile, public_id=file, line__referral=found)
    shown(request, found)
    return talk_file(request, row)


def talk_file(request: HttpRequest, row: TalkFile) -> HttpResponseBase:
    """Return the file as a download, after its checksum was compared."""
    try:
        return kept.attachment(kept.intact(row.file, row.sha256), f"file{row.ending}")
    except kept.Damaged:
        return kept.damaged(request)
