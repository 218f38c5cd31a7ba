"""The papers that travel with a letter, as files: each look at one is written down before anything is shown."""

from pathlib import PurePosixPath
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.audit.actions import saw
from clinic.files import kept
from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from intake.seen import saw_row
from referrals.desk.views import find, pdf
from referrals.letter.enclosed import enclosed_with
from referrals.letter.letter import Damaged
from referrals.letter.packet import packet as make_packet
from referrals.models import Enclosure, Fax, Letter


def saw_enclosure(request: HttpRequest, enclosure: Enclosure, *, actor: str | None = None) -> None:
    """Write down that this paper is about to be shown.

    To staff, or to whom `actor` names.
    """
    saw(
        request,
        actor=actor,
        subject="enclosure",
        subject_id=enclosure.public_id,
        patient_id=enclosure.referral.patient_id,
        location_id=enclosure.referral.location_id,
    )


@require_http_methods(["GET", "POST"])
@staff_may(CARRY_REFERRALS)
def enclosure(request: StaffRequest, public_id: UUID, paper: UUID) -> HttpResponseBase:
    """Hand out one paper.

    Whoever carries the letter may look at what goes, or went, along with it.
    A file that nobody scanned asks first; one with a virus never leaves the server.
    """
    found = find(request, public_id)
    rows = found.enclosures.select_related("patient_file", "report", "referral")
    one = get_object_or_404(rows, public_id=paper)
    if one.removed_at and not found.letters.filter(content__enclosures__contains=[{"id": str(paper)}]).exists():
        raise Http404
    saw_enclosure(request, one)
    if one.is_infected:
        return render(request, "files/infected.html", {"file": one.patient_file}, status=409)
    understood = request.method == "POST" and "understood" in request.POST
    if one.not_scanned and not understood:
        forgotten = request.method == "POST"
        context = {"file": one.patient_file, "forgotten": forgotten}
        return render(request, "files/not_scanned.html", context, status=422 if forgotten else 200)
    return handed_out(request, one)


@require_GET
@staff_may(CARRY_REFERRALS)
def packet(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Show the letter the office has and all that goes along, as one PDF.

    With `?cover=1` it lies under a fax cover sheet.
    """
    found = find(request, public_id)
    if found.sent_letter is None:
        raise Http404
    return packet_of(request, found.sent_letter, cover="cover" in request.GET)


def packet_of(request: HttpRequest, letter: Letter, *, cover: bool = False, actor: str | None = None) -> HttpResponse:
    """Return all papers as one PDF.

    That each of them is about to be shown is written down before.
    """
    saw_row(request, "referral", letter.referral, actor=actor)
    for one in enclosed_with(letter):
        saw_enclosure(request, one, actor=actor)
    try:
        return pdf(make_packet(letter, cover=cover).pdf)
    except (Damaged, kept.Damaged, FileNotFoundError):
        return kept.damaged(request)


@require_GET
@staff_may(CARRY_REFERRALS)
def fax_file(request: StaffRequest, public_id: UUID, number: int, which: str) -> HttpResponseBase:
    """Hand out the pages of a fax as they went.

    Or what the machine printed when it was sent by hand.
    """
    found = find(request, public_id)
    fax = get_object_or_404(Fax, pk=number, delivery__referral=found)
    stored, sha256 = {"pages": (fax.pdf, fax.sha256), "proof": (fax.proof, fax.proof_sha256)}[which]
    if not stored:
        raise Http404
    saw_row(request, "referral", found)
    ending = PurePosixPath(str(stored.name)).suffix
    try:
        return kept.attachment(kept.intact(stored, sha256), f"fax-{which}{ending}")
    except kept.Damaged:
        return kept.damaged(request)


def handed_out(request: HttpRequest, enclosure: Enclosure) -> HttpResponseBase:
    """Return the file as a download, when it is the one that was enclosed."""
    try:
        return kept.attachment(kept.intact(enclosure.stored, enclosure.sha256), f"enclosure{enclosure.ending}")
    except kept.Damaged:
        return kept.damaged(request)
