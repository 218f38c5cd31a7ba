"""Which papers travel with the letter: files of the patient's as they agreed, reports that were read, our own."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.files import scanner
from clinic.files.checks import CheckedFile
from clinic.staff.models import User
from intake.models import PatientFile
from intake.models.file import PatientFileQuerySet
from referrals.models import Enclosure, Referral, Report
from referrals.models.papers import ReportQuerySet
from referrals.moves.deliveries import letter_changed
from referrals.moves.steps import NotYet, check_may, lock

MOST = 20
Scan = PatientFile.Scan


def files_that_may_travel(referral: Referral) -> PatientFileQuerySet:
    """Return what its patient has sent for good.

    Not what has a virus, waits for the scanner, or names somebody else.
    """
    files = PatientFile.objects.kept().filter(patient=referral.patient_id, intake__submitted_at__isnull=False)
    names_another = Q(names__has_key="differs") & ~Q(names__differs=[])
    files = files.exclude(scan=Scan.INFECTED).exclude(names_another)
    return files.exclude(scan=Scan.WAITING) if scanner.configured() else files


def reports_that_may_travel(referral: Referral) -> ReportQuerySet:
    """Return the reports about its patient that a therapist there has read.

    An unread one may be about somebody else.
    """
    here = Referral.objects.filter(patient=referral.patient_id, location=referral.location_id)
    return Report.objects.filter(referral__in=here, read_at__isnull=False).exclude(file="")


@transaction.atomic
def enclose(
    referral: Referral,
    *,
    files: Iterable[PatientFile] = (),
    reports: Iterable[Report] = (),
    own: Iterable[Enclosure] = (),
    added: CheckedFile | None = None,
    title: str = "",
    agreed: bool = False,
    by: User,
    saw: int | None = None,
) -> Referral:
    """Say which papers go along: these and no others.

    `added` is a new one of our own, which the letter calls `title`.
    A file of the patient's goes only with `agreed`: the patient said so for this office. NotYet says what is missing.
    After sending it makes a new version of the letter.
    """
    check_may(by)
    referral = lock(referral, saw)
    files, reports, own = list(files), list(reports), list(own)
    _may_go(referral, files, reports, agreed=agreed)
    if len(files) + len(reports) + len(own) + (added is not None) > MOST:
        raise NotYet(f"Enclose at most {MOST} papers.")
    there = list(referral.enclosures.going())
    wanted = {("file", one.pk) for one in files} | {("report", one.pk) for one in reports}
    stays = [one for one in there if one in own or _of(one) in wanted]
    gone = [one for one in there if one not in stays]
    missing = wanted - {_of(one) for one in stays}
    _take_out(gone, by=by)
    _put_in(referral, [one for one in files if ("file", one.pk) in missing], by=by, agreed=True)
    _put_in(referral, [one for one in reports if ("report", one.pk) in missing], by=by)
    if added is not None:
        _keep(referral, added, title=title, by=by)
    if gone or missing or added is not None:
        letter_changed(referral, by=by)
    return referral


def _may_go(referral: Referral, files: list[PatientFile], reports: list[Report], *, agreed: bool) -> None:
    if not referral.is_open:
        raise NotYet("This referral has ended. Open it again first.")
    if referral.specialist_id is None:
        raise NotYet("Choose a specialist first: the patient agrees for one office.")
    if files and not agreed:
        raise NotYet("Ask the patient, and say that they agreed that their files go to this office.")
    may = set(files_that_may_travel(referral)) | set(reports_that_may_travel(referral))
    there = referral.enclosures.going()
    may |= {one.patient_file or one.report for one in there.exclude(file__gt="")}
    if not may.issuperset([*files, *reports]):
        raise NotYet("One of these papers cannot go along any more. Look again.")


def _of(enclosure: Enclosure) -> tuple[str, int | None]:
    """Return of which file or report it is; of neither, where it is our own."""
    if enclosure.patient_file_id:
        return "file", enclosure.patient_file_id
    return "report", enclosure.report_id


def _take_out(gone: list[Enclosure], *, by: User) -> None:
    now = timezone.now()
    Enclosure.objects.filter(pk__in=[one.pk for one in gone]).update(removed_at=now, removed_by=by)


def _put_in(referral: Referral, papers: Iterable[PatientFile | Report], *, by: User, **more: Any) -> None:
    for paper in papers:
        name = "patient_file" if isinstance(paper, PatientFile) else "report"
        Enclosure.objects.create(
            referral=referral, title=called(paper), sha256=paper.sha256, added_by=by, **{name: paper}, **more
        )


def called(paper: PatientFile | Report) -> str:
    """Return what a letter calls it: what it is and of when.

    Never what its sender called the file.
    """
    zone = paper.patient.location.zone if isinstance(paper, PatientFile) else paper.referral.location.zone
    if isinstance(paper, PatientFile):
        return f"{WHAT[PatientFile.Kind(paper.kind)]}, sent by the patient on {_day(paper.added_at.astimezone(zone))}"
    return f"Report by {paper.sent_by[:60]}, received {_day(paper.received_at.astimezone(zone))}"


WHAT = {
    PatientFile.Kind.REPORT: "Report about a scan or test",
    PatientFile.Kind.LETTER: "Letter or visit note",
    PatientFile.Kind.PHOTO: "Photo",
    PatientFile.Kind.IMAGING: "Scan (DICOM)",
}


def _day(moment: datetime) -> str:
    return f"{moment:%B} {moment.day}, {moment.year}"


def _keep(referral: Referral, checked: CheckedFile, *, title: str, by: User) -> None:
    """Store a file of our own; none stays behind without its row."""
    if not title.strip():
        raise NotYet("Say what the letter calls this paper.")
    paper = Enclosure(referral=referral, title=title.strip()[:120], sha256=checked.sha256, added_by=by)
    try:
        paper.file.save(f"enclosure{Path(checked.stored_as).suffix}", checked.content, save=False)
        if checked.original:
            paper.original.save("enclosure.sent", checked.original, save=False)
        paper.save()
    except BaseException:
        for stored in (paper.file, paper.original):
            if stored:
                default_storage.delete(str(stored.name))
        raise


def take_out_what_was_agreed(referral: Referral, *, by: User) -> None:
    """Take out the patient's files: they agreed that these go to the office before."""
    _take_out(list(referral.enclosures.going().filter(patient_file__isnull=False)), by=by)
