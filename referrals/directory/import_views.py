"""A file of offices: looked at, put into the directory, taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.formats.cells import as_file
from clinic.formats.sheets import NotReadable, to_correct
from clinic.staff.models import Location
from clinic.staff.permissions import MANAGE_DIRECTORY, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from referrals.directory import actions
from referrals.directory.forms import FileOfOfficesForm
from referrals.directory.preview import CHANGED, NEW, SAME, WRONG, Preview
from referrals.directory.reading import MOST_ROWS, read
from referrals.models import DirectoryImport
from referrals.moves.steps import NotYet, ReferralChanged

SHOWN = 25  # of the rows that are new or the same; what is wrong or changes is shown whole
EARLIER = 10


@require_http_methods(["GET", "POST"])
@staff_may(MANAGE_DIRECTORY)
def add_file(request: StaffRequest) -> HttpResponse:
    """Take a file and lead to what it would do; below stand the files before it."""
    post = request.method == "POST"
    form = FileOfOfficesForm(request.POST if post else None, request.FILES if post else None)
    if post and form.is_valid():
        try:
            kept = actions.keep_file(form.cleaned_data["file"], by=request.user)
        except NotReadable as error:
            form.add_error("file", error.words)
        else:
            return redirect("one_import", public_id=kept.public_id)
    earlier = DirectoryImport.objects.exclude(confirmed_at=None).select_related("confirmed_by", "undone_by")
    return render(
        request,
        "directory/import.html",
        {"form": form, "earlier": earlier[:EARLIER], "most_rows": MOST_ROWS},
        status=422 if form.errors else 200,
    )


@require_safe
@staff_may(MANAGE_DIRECTORY)
def one_import(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _shown(request, _find(public_id))


@pressed_on("one_import", "public_id")
@staff_may(MANAGE_DIRECTORY)
def confirm(request: StaffRequest, public_id: UUID) -> HttpResponse:
    kept = _find(public_id)
    try:
        put_in = actions.confirm_import(kept, saw=request.POST.get("saw", ""), by=request.user)
    except ReferralChanged:
        return _shown(request, kept, changed=True)
    except NotYet as error:
        messages.warning(request, error.words)
    else:
        if put_in:
            messages.success(request, "The offices are in the directory.")
        else:
            messages.info(request, "Nothing was done now: this file was put in before.")
    return redirect("one_import", public_id=public_id)


@pressed_on("one_import", "public_id")
@staff_may(MANAGE_DIRECTORY)
def undo(request: StaffRequest, public_id: UUID) -> HttpResponse:
    try:
        taken_back = actions.undo_import(_find(public_id), by=request.user)
    except NotYet as error:
        messages.warning(request, error.words)
    else:
        if taken_back:
            messages.success(request, "The import is taken back. The directory is as it was before.")
        else:
            messages.info(request, "Nothing was done now: this file is not in the directory.")
    return redirect("one_import", public_id=public_id)


@require_safe
@staff_may(MANAGE_DIRECTORY)
def rows_to_correct(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Hand out the rows that were left out, as they came, and what is wrong with each."""
    kept = _find(public_id)
    sheet = read(kept.text, Location.objects.all())
    if kept.confirmed_at:
        wrong = {number: problems for number, _name, problems in kept.left_out}
    else:
        wrong = {row.line.number: row.problems for row in actions.preview_of(kept).of(WRONG)}
    return as_file("offices-to-correct", *to_correct(sheet, wrong))


def _find(public_id: UUID) -> DirectoryImport:
    return get_object_or_404(DirectoryImport, public_id=public_id)


def _shown(request: StaffRequest, kept: DirectoryImport, *, changed: bool = False) -> HttpResponse:
    """Show what the file would do, or what it has done."""
    if kept.confirmed_at:
        return render(request, "directory/imported.html", _what_it_did(kept))
    preview = actions.preview_of(kept)
    return render(
        request,
        "directory/preview.html",
        {"kept": kept, "changed": changed, **_what_it_would_do(preview)},
        status=409 if changed else 200,
    )


def _what_it_would_do(preview: Preview) -> dict[str, object]:
    new = preview.of(NEW)
    return {
        "counts": preview.counts,
        "mark": preview.mark,
        "unused": preview.sheet.unused,
        "left_out": preview.of(WRONG),
        "changes": preview.of(CHANGED),
        "beware": [row for row in new if row.beware],
        "new": new[:SHOWN],
        "more_new": max(0, len(new) - SHOWN),
        "same": preview.counts[SAME],
        "may_confirm": bool(new or preview.of(CHANGED)),
    }


def _what_it_did(kept: DirectoryImport) -> dict[str, object]:
    rows = list(kept.rows.select_related("specialist"))
    return {
        "kept": kept,
        "new": [row for row in rows if row.was_new],
        "changes": [row for row in rows if not row.was_new],
        "left_out": [
            {"line": {"number": number}, "name": name, "problems": problems} for number, name, problems in kept.left_out
        ],
        "in_use": actions.used_since(kept) if kept.can_be_undone else [],
    }
