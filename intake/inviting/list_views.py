"""A list of people to invite: looked at, sent, taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clinic.formats.cells import as_file
from clinic.formats.sheets import NotReadable, to_correct
from clinic.staff.permissions import INVITE_PATIENTS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.pressed import pressed_on
from intake.inviting import actions
from intake.inviting.forms import ListForm
from intake.inviting.preview import AGAIN, COLUMNS, MOST_ROWS, NEEDED, NEW, STANDS, WRONG, look, read
from intake.models import InvitationList
from intake.seen import saw_list

EARLIER = 10


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(INVITE_PATIENTS)
def add_list(request: StaffRequest) -> HttpResponse:
    """Take a list and lead to whom it would invite."""
    post = request.method == "POST"
    form = ListForm(request.POST if post else None, request.FILES if post else None)
    if post and form.is_valid():
        try:
            kept = actions.keep_list(form.cleaned_data["file"], day_first=form.day_first, by=request.user)
        except NotReadable as error:
            form.add_error("file", error.words)
        else:
            return redirect("invitation_list", public_id=kept.public_id)
    sent = InvitationList.objects.visible_to(request.user).exclude(confirmed_at=None).select_related("confirmed_by")
    shown = {
        "form": form,
        "earlier": sent[:EARLIER],
        "most_rows": MOST_ROWS,
        "needed": [column.heading for column in COLUMNS if column.field in NEEDED],
        "others": [column.heading for column in COLUMNS if column.field not in NEEDED and not column.only_out],
    }
    return render(request, "inviting/add_list.html", shown, status=422 if form.errors else 200)


@require_safe
@staff_may(INVITE_PATIENTS)
def invitation_list(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Show whom a list would invite, or whom it has invited."""
    return _shown(request, _find(request, public_id))


@pressed_on("invitation_list", "public_id")
@staff_may(INVITE_PATIENTS)
def send_list(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Invite everybody whose row is right."""
    kept = _find(request, public_id)
    try:
        many = actions.invite_list(kept, saw=request.POST.get("saw", ""), by=request.user)
    except actions.InvitationChanged as error:
        return _shown(request, kept, changed=error.words)
    if many:
        messages.success(request, f"{many} {'invitation is' if many == 1 else 'invitations are'} on the way.")
    else:
        messages.info(request, "Nobody was invited now: this list was sent before.")
    return redirect("invitation_list", public_id=public_id)


@pressed_on("invitation_list", "public_id")
@staff_may(INVITE_PATIENTS)
def undo_list(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Take back whoever has not begun."""
    back, stay = actions.undo_list(_find(request, public_id), by=request.user)
    if back or stay:
        words = f"{back} taken back."
        messages.success(request, f"{words} {stay} stay, because the patient has begun." if stay else words)
    else:
        messages.info(request, "Nothing was done now: this list is not sent, or was taken back before.")
    return redirect("invitation_list", public_id=public_id)


@require_safe
@staff_may(INVITE_PATIENTS)
def list_to_correct(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Hand out the rows that were left out, as they came, and what is wrong with each."""
    kept = _find(request, public_id)
    if kept.confirmed_at:
        wrong = {number: problems for number, _name, problems in kept.left_out}
    else:
        wrong = {row.line.number: row.problems for row in look(kept, request.user).of(WRONG)}
    sheet = read(kept.text) if wrong else None
    table = to_correct(sheet, wrong) if sheet else ([], [])
    saw_list(request, [], subject_id="invitation list")
    return as_file("people-to-correct", *table)


def _find(request: StaffRequest, public_id: UUID) -> InvitationList:
    return get_object_or_404(InvitationList.objects.visible_to(request.user), public_id=public_id)


def _shown(request: StaffRequest, kept: InvitationList, *, changed: str = "") -> HttpResponse:
    if kept.confirmed_at:
        return _sent(request, kept)
    preview = look(kept, request.user)
    again = preview.of(AGAIN)
    saw_list(request, [row.patient for row in again], subject_id="invitation list")
    shown = {
        "kept": kept,
        "changed": changed,
        "counts": preview.counts,
        "mark": preview.mark,
        "unused": preview.sheet.unused,
        "new": preview.of(NEW),
        "again": again,
        "stands": preview.of(STANDS),
        "left_out": preview.of(WRONG),
        "invites": preview.counts[NEW] + preview.counts[AGAIN],
    }
    return render(request, "inviting/preview.html", shown, status=409 if changed else 200)


def _sent(request: StaffRequest, kept: InvitationList) -> HttpResponse:
    invited = list(kept.intakes.select_related("patient__location", "taken_back_by").order_by("pk"))
    saw_list(request, [intake.patient for intake in invited], subject_id="invitation list")
    left_out = [
        {"line": {"number": number}, "name": name, "problems": problems} for number, name, problems in kept.left_out
    ]
    begun = sum(1 for intake in invited if intake.saved_at or intake.submitted_at)
    shown = {"kept": kept, "invited": invited, "left_out": left_out, "begun": begun}
    return render(request, "inviting/sent_list.html", shown)
