"""Files of patients: added, taken back before sending, scanned for viruses.

A file is on the disk before its row is, so a row always has its file; files without a row are swept away.
"""

import logging
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils import timezone

from clinic.files import scanner
from clinic.files.checks import CheckedFile
from clinic.files.receiving import MEGABYTE, room_in
from clinic.files.words import NotUsable
from clinic.staff.models import User
from intake.models import AlreadySubmitted, Decision, Intake, Patient, PatientFile
from intake.models.file import APART, FOLDER, ORIGINALS
from intake.signing.actions import looks_like

log = logging.getLogger(__name__)

Kind, Scan = PatientFile.Kind, PatientFile.Scan
SWEEP_FOR = 60  # seconds; the next sweep goes on
ORPHANED_AFTER = timedelta(hours=1)


def limits() -> dict[str, Any]:
    """Return what a patient may send, for `clinic.files.words`."""
    return {
        "size": settings.FILE_MEGABYTES,
        "files": settings.FILES_EACH_INTAKE,
        "total": settings.FILES_MEGABYTES,
    }


def add_file(intake: Intake, *, checked: CheckedFile, kind: str, by: User | None = None) -> PatientFile:
    """Keep a checked file with an intake, open or sent. The same file again is the one that is there.

    Raises NotUsable when the intake has as many or as much as it may, or the disk is nearly full.
    """
    stored = []
    try:
        with transaction.atomic():
            intake = Intake.objects.select_for_update(of=("self",)).select_related("patient").get(pk=intake.pk)
            there = intake.files.kept()
            if same := there.filter(sent_sha256=checked.sent_sha256).first():
                return same
            _room_for(checked, there)
            file = PatientFile(
                patient=intake.patient,
                intake=intake,
                kind=_kind(checked, kind),
                name=checked.name[:120],
                media_type=checked.media_type,
                size=checked.size,
                sha256=checked.sha256,
                sent_sha256=checked.sent_sha256,
                names=_whose(checked.names, intake.patient),
                added_by=by,
                may_be_late=Decision.objects.filter(case__intake=intake).exists(),
            )
            _store(file, checked, stored)
            file.save()
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise
    return file


def _room_for(checked: Any, there: Any) -> None:
    if there.count() >= settings.FILES_EACH_INTAKE:
        raise NotUsable("too_many", **limits())
    if (there.aggregate(sum=Sum("size"))["sum"] or 0) + checked.size > settings.FILES_MEGABYTES * MEGABYTE:
        raise NotUsable("too_much", **limits())


def _store(file: PatientFile, checked: Any, stored: list[str]) -> None:
    """Write the file, and the original where it shows more; `stored` gets each name as soon as there is one."""
    original = checked.original
    try:
        if not room_in(_disk(), size=checked.size + (original.size if original else 0)):
            raise NotUsable("no_room")
        file.file.save(checked.stored_as, checked.content, save=False)
        stored.append(file.file.name)
        if original:
            file.original.save(original.name, original, save=False)
            stored.append(file.original.name)
    except OSError as error:
        log.error("a file could not be stored: %s", error.strerror)
        raise NotUsable("no_room") from error


def _disk() -> Path:
    """Return the folder of the storage, or the nearest one above it that is there."""
    folder = Path(default_storage.location)
    return next(path for path in (folder, *folder.parents) if path.exists())


def _kind(checked: Any, kind: str) -> str:
    """As the sender said, as far as it can be: an imaging file is one, and nothing else is."""
    if checked.media_type == "application/dicom":
        return Kind.IMAGING
    return Kind.REPORT if kind == Kind.IMAGING else kind


def _whose(said: dict, patient: Patient) -> dict:
    """What the head of an imaging file says, and what of it is not this patient's."""
    if not said:
        return {}
    differs = []
    name = said["name"]
    readings = [part.replace("^", " ") for part in name.split("=")]
    if name and not any(looks_like(reading, patient.full_name) for reading in readings):
        differs.append("name")
    if said["birth_date"] and said["birth_date"] != patient.date_of_birth.strftime("%Y%m%d"):
        differs.append("birth_date")
    return said | {"differs": differs}


@transaction.atomic
def remove_file(intake: Intake, public_id: UUID, *, by: User | None = None) -> PatientFile | None:
    """The patient takes a file back; its bytes are deleted. None when it is not there (any more).

    Raises AlreadySubmitted: what was sent is part of the record.
    """
    intake = Intake.objects.select_for_update().get(pk=intake.pk)
    if intake.submitted_at:
        raise AlreadySubmitted
    file = intake.files.kept().filter(public_id=public_id).first()
    if file is None:
        return None
    file.removed_at = timezone.now()
    file.save(update_fields=["removed_at"])
    names = [stored.name for stored in (file.file, file.original) if stored]
    transaction.on_commit(lambda: [default_storage.delete(name) for name in names])
    return file


# Scanning -------------------------------------------------------------------------------------------------------------


def scan_waiting() -> int:
    """Ask the scanner about files nobody has scanned, for a minute at most; returns how many it judged.

    Without an answer a file keeps waiting, and the next sweep asks again. The order is left to chance, so that no file
    can stand in the way of the others.
    """
    if not scanner.configured():
        return 0
    end, judged = time.monotonic() + SWEEP_FOR, 0
    for pk in PatientFile.objects.to_scan().order_by("?").values_list("pk", flat=True):
        try:
            judged += _scan(pk)
        except scanner.WillNotScan:
            log.warning("the scanner cannot judge file %s", pk)
        except scanner.NoAnswer:
            log.warning("the scanner does not answer")
            break
        except OSError:
            log.error("file %s is not where it was stored", pk)
        if time.monotonic() > end:
            break
    return judged


def _scan(pk: int) -> bool:
    """No row is locked while the scanner thinks: the patient may go on, or take the file back meanwhile."""
    file = PatientFile.objects.to_scan().filter(pk=pk).first()
    if file is None:
        return False
    with default_storage.open(file.file.name) as content:
        found = scanner.scan(content)
    with transaction.atomic():
        file = PatientFile.objects.to_scan().select_for_update(of=("self",)).filter(pk=pk).first()
        if file is None:  # another worker was quicker, or the patient took it back
            return False
        mark_scanned(file, found=found)
    return True


@transaction.atomic
def mark_scanned(file: PatientFile, *, found: str) -> None:
    """The scanner's word: `found` is the virus, or "" for a clean file. An infected one is kept apart from now on."""
    file.scan, file.scanned_at, file.found = Scan.INFECTED if found else Scan.CLEAN, timezone.now(), found
    if found:
        _set_apart(file)
        log.error("a virus was found in file %s", file.public_id)
    file.save(update_fields=["scan", "scanned_at", "found", "file"])


def look(file: PatientFile) -> None:
    """Note when somebody on staff opened it first.

    One that came late need not be shown to them any more.
    """
    PatientFile.objects.filter(pk=file.pk, looked_at=None).update(looked_at=timezone.now())


def _set_apart(file: PatientFile) -> None:
    """Under another folder, with an ending that nothing opens."""
    before = file.file.name
    with default_storage.open(before) as content:
        file.file.name = default_storage.save(f"{APART}/{uuid.uuid4().hex}.infected", content)
    transaction.on_commit(lambda: default_storage.delete(before))


def drop_orphans(now: datetime) -> int:
    """Delete stored files that no row names: their request broke off before it was done. Returns how many.

    Never one that is younger than an hour, and never one newer than the newest row: beside a database that was brought
    back from a backup, files of the time since look just like orphans.
    """
    dropped, newest = 0, PatientFile.objects.aggregate(at=Max("added_at"))["at"]
    if newest is None:
        return 0
    kept = PatientFile.objects.kept()
    for folder in (FOLDER, APART, ORIGINALS):
        for name in _names_in(folder):
            path = f"{folder}/{name}"
            written = _written(path)
            old = now - written > ORPHANED_AFTER and written < newest
            if old and not kept.filter(Q(file=path) | Q(original=path)).exists():
                default_storage.delete(path)
                dropped += 1
    return dropped


def _names_in(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


def _written(path: str | Path) -> datetime:
    return default_storage.get_modified_time(path).astimezone(UTC)
