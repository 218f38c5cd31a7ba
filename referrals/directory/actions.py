"""Putting a file of offices into the directory, taking it back, and saying that a listing is still right."""

from collections.abc import Iterable
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from clinic.contact.names import visible
from clinic.staff.models import Location, User
from clinic.staff.permissions import MANAGE_DIRECTORY
from referrals.directory.preview import CHANGED, NEW, WRONG, Preview, Previewed, look
from referrals.directory.reading import MOST_BYTES, read, text_of
from referrals.models import DirectoryImport, ImportedListing, Referral, ReferralMove, Specialist
from referrals.moves.directory import change_listing, listing_version
from referrals.moves.steps import NotYet, ReferralChanged, check_may

KNOWN_BY = ("specialty", "name", "practice", "street")  # no two listings have all four alike
UNCONFIRMED_FOR = timedelta(days=30)  # a file nobody put in after a month was only looked at


def keep_file(upload: UploadedFile, *, by: User) -> DirectoryImport:
    """Keep a file to look at; nothing of the directory changes.

    NotReadable where no rows can be read from it. Files that were only looked at long ago go at the same time.
    """
    check_may(by, MANAGE_DIRECTORY)
    text = text_of(upload.read(MOST_BYTES + 1))
    read(text, Location.objects.all())
    old = DirectoryImport.objects.filter(confirmed_at=None, uploaded_at__lt=timezone.now() - UNCONFIRMED_FOR)
    old.delete()
    return DirectoryImport.objects.create(file_name=visible(upload.name or "")[-120:], text=text, uploaded_by=by)


def preview_of(kept: DirectoryImport) -> Preview:
    """Return what a kept file would do to the directory as it is now."""
    locations = list(Location.objects.all())
    return look(read(kept.text, locations), locations)


@transaction.atomic
def confirm_import(kept: DirectoryImport, *, saw: str, by: User) -> bool:
    """Put the rows that are right into the directory, all of them or none.

    A list of the others is kept. False where the file was put in before, and nothing was done now.
    `saw` is the mark of the preview the person read; ReferralChanged where the directory is another one by now.
    """
    check_may(by, MANAGE_DIRECTORY)
    kept = DirectoryImport.objects.select_for_update().get(pk=kept.pk)
    if kept.confirmed_at:
        return False
    preview = preview_of(kept)
    if preview.mark != saw:
        raise ReferralChanged
    if not preview.of(NEW) and not preview.of(CHANGED):
        raise NotYet("No row of this file would change anything.")
    try:
        with transaction.atomic():
            held = _hold([row.listing.pk for row in preview.of(CHANGED)])
            _add(kept, preview.of(NEW))
            _change(kept, preview.of(CHANGED), held, by=by)
    except IntegrityError as error:  # somebody listed one of them in this very moment
        raise ReferralChanged from error
    kept.left_out = [[row.line.number, row.name, row.problems] for row in preview.of(WRONG)]
    kept.confirmed_at, kept.confirmed_by = timezone.now(), by
    kept.save()
    return True


def _hold(ids: Iterable[int]) -> dict[int, Specialist]:
    """Hold these listings until the transaction ends.

    Always in one order, whatever that of the file: of two files neither waits for the other. Without their keys, as
    `referrals.moves.directory.hold` does; nobody chooses one meanwhile.
    """
    listings = Specialist.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {listing.pk: listing for listing in listings}


def _add(kept: DirectoryImport, rows: list[Previewed]) -> None:
    rows = sorted(rows, key=lambda row: [row.fields[name] for name in KNOWN_BY])  # one order, as in `_hold`
    made = Specialist.objects.bulk_create([Specialist(**row.fields) for row in rows])
    versions = _versions(made)
    ImportedListing.objects.bulk_create(
        ImportedListing(
            made_by=kept,
            row=row.line.number,
            name=str(listing),
            specialist=listing,
            was_new=True,
            version=versions[listing.pk],
        )
        for row, listing in zip(rows, made, strict=True)
    )


def _change(kept: DirectoryImport, rows: list[Previewed], held: dict[int, Specialist], *, by: User) -> None:
    kept_rows = []
    for row in rows:
        listing = held.get(row.listing.pk)
        if listing is None or any(getattr(listing, name) != getattr(row.listing, name) for name in row.fields):
            raise ReferralChanged
        before = {name: getattr(listing, name) for name, value in row.fields.items() if getattr(listing, name) != value}
        change_listing(listing, by=by, **{name: row.fields[name] for name in before})
        kept_rows.append((row, listing, before))
    versions = _versions([listing for _row, listing, _before in kept_rows])
    ImportedListing.objects.bulk_create(
        ImportedListing(
            made_by=kept,
            row=row.line.number,
            name=str(listing),
            specialist=listing,
            was_new=False,
            before=before,
            version=versions[listing.pk],
        )
        for row, listing, before in kept_rows
    )


def _versions(listings: Iterable[Specialist]) -> dict[int, int]:
    """Return the newest line in the history of each listing."""
    history = Specialist.history.rel.related_model.objects.filter(pgh_obj__in=[listing.pk for listing in listings])
    return dict(history.values_list("pgh_obj").annotate(newest=Max("pgh_id")))


# Taking it back -------------------------------------------------------------------------------------------------------


def used_since(kept: DirectoryImport) -> list[str]:
    """Return in words which listings of an import are in use by now, or changed.

    It stays as it is then.
    """
    rows = list(kept.rows.select_related("specialist"))
    there = [row.specialist_id for row in rows if row.specialist_id]
    moves = ReferralMove.objects.filter(to__in=there, at__gte=kept.confirmed_at)
    used = {*moves.values_list("to", flat=True)}
    new = [row.specialist_id for row in rows if row.was_new]
    used |= {*Referral.objects.filter(specialist__in=new).values_list("specialist", flat=True)}
    versions = _versions([row.specialist for row in rows if row.specialist])
    said = []
    for row in rows:
        if row.specialist_id in used:
            said.append(f"Row {row.row}, {row.name}: a referral went on with it.")
        elif row.specialist_id is None or versions[row.specialist_id] != row.version:
            said.append(f"Row {row.row}, {row.name}: somebody changed it since.")
    return said


@transaction.atomic
def undo_import(kept: DirectoryImport, *, by: User) -> bool:
    """Take an import back whole: what it added goes, what it changed is as before.

    NotYet once any of it was used, or where another listing has the place of one from before by now. False where it is
    not in the directory, and nothing was done now.
    The only way a listing is deleted: no referral ever named it, and its history stays.
    """
    check_may(by, MANAGE_DIRECTORY)
    kept = DirectoryImport.objects.select_for_update().get(pk=kept.pk)
    if not kept.can_be_undone:
        return False
    _hold([pk for pk in kept.rows.values_list("specialist", flat=True) if pk])
    if used_since(kept):
        raise NotYet("Some of these listings are in use by now. Change them one by one.")
    Specialist.objects.filter(imported_by__made_by=kept, imported_by__was_new=True).delete()
    for row in kept.rows.filter(was_new=False).select_related("specialist"):
        _restore(row, by=by)
    kept.undone_at, kept.undone_by = timezone.now(), by
    kept.save(update_fields=["undone_at", "undone_by"])
    return True


def _restore(row: ImportedListing, *, by: User) -> None:
    try:
        with transaction.atomic():
            change_listing(row.specialist, by=by, **row.before)
    except IntegrityError as error:
        raise NotYet(
            f"Row {row.row}, {row.name}: another listing has the name and the office that this one had before. "
            "Change that one first, or change these one by one."
        ) from error


# Still right ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def confirm_listing(listing: Specialist, *, saw: int, by: User) -> Specialist:
    """Note that the office said today that its listing is right.

    As it stood on the page: `saw` is its version.
    """
    check_may(by, MANAGE_DIRECTORY)
    listing = Specialist.objects.select_for_update(no_key=True).get(pk=listing.pk)
    if saw != listing_version(listing):
        raise ReferralChanged
    listing.confirmed_at, listing.confirmed_by = timezone.now(), by
    listing.save(update_fields=["confirmed_at", "confirmed_by"])
    return listing
