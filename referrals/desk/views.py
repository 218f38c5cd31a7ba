"""The desk's pages of one referral, and the steps that carry it on."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.files.kept import damaged
from clinic.messages.models import Message
from clinic.staff.permissions import CARRY_REFERRALS, SEE_CASES, SIGN_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.next_up import done_in, was_done_in
from intake.seen import saw_row
from referrals import moves as actions
from referrals.desk import page as desk_page
from referrals.desk.calls import call_card
from referrals.desk.deliveries import deliveries_of
from referrals.desk.forms import MOVES, MoveForm
from referrals.desk.happened import patient_knows, timeline
from referrals.desk.list_views import came_from, next_up
from referrals.desk.not_now import ALREADY_SENT, HAS_ENDED, as_of_now, not_now, nothing_typed, sent_twice
from referrals.desk.papers import PapersForm
from referrals.desk.sending import ChooseForm, LetterForm, SendForm
from referrals.desk.specialties import specialty_label
from referrals.desk.way import way_of, wizard
from referrals.directory.ranking import LANGUAGES
from referrals.letter import letter
from referrals.models import Letter, Referral

Status = Referral.Status


def find(request: StaffRequest, public_id: UUID) -> Referral:
    """The referral, when this person may carry it; 404 otherwise, whether it exists or not."""
    rows = Referral.objects.visible_to(request.user).select_related(
        "patient", "specialist", "owner", "location", "decision__by", "decision__assessment", "sent_letter", "case"
    )
    return get_object_or_404(rows, public_id=public_id)


def shown(request: StaffRequest, referral: Referral) -> None:
    saw_row(request, "referral", referral)


@require_GET
@staff_may(CARRY_REFERRALS)
def referral(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find(request, public_id)
    shown(request, found)
    actions.look(found, by=request.user)
    known = desk_page.known_of([found])
    step = desk_page.offered_to(request.user, desk_page.next_step(found, known))
    return render(
        request,
        "referrals/referral.html",
        {
            "referral": found,
            "the_list": came_from(request),
            "location": found.location,
            "specialty": specialty_label(found),
            "tone": desk_page.tone(found),
            "way": way_of(found),
            "step": step,
            "act": desk_page.act_on(found, step),
            "call": call_card(found, calls=step.calls, saw=actions.newest_line(found)),
            "is_late": desk_page.is_late(found),
            "others": desk_page.other_moves(found, step, request.user, known),
            "next_up": next_up(request, besides=found) if was_done_in(request, "referrals") else None,
            "timeline": timeline(found),
            "knows": patient_knows(found),
            "appointment": found.appointments.filter(replaced_at=None).last(),
            "reports": list(found.reports.select_related("read_by", "logged_by")),
            "may_read": request.user.may(SIGN_REFERRALS),
            "may_see_case": request.user.may(SEE_CASES),
            "duplicates": Referral.objects.visible_to(request.user)
            .open()
            .like(found.patient, found.specialty)
            .exclude(pk=found.pk),
            "letters": list(found.letters.order_by("-version")),
            "enclosed": list(found.enclosures.going().select_related("patient_file", "report")),
            "deliveries": deliveries_of(found),
            "mails": Message.objects.about("referral", found.public_id).order_by("-created_at"),
            "language_name": LANGUAGES.get(found.patient.language, found.patient.language),
            "link": actions.link_of(found),
            "to_tell": found.offices_to_tell.waiting().select_related("specialist"),
        },
    )


@require_http_methods(["GET", "POST"])
@staff_may(CARRY_REFERRALS)
def choose_specialist(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find(request, public_id)
    over = "" if found.status == Status.DRAFT else ALREADY_SENT
    if over and nothing_typed(request):
        return not_now(request, found, over)
    done = "The specialist is chosen."
    return _prepare(request, found, ChooseForm, "referrals/choose.html", done, then="letter_parts", over=over)


@require_http_methods(["GET", "POST"])
@staff_may(CARRY_REFERRALS)
def letter_parts(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find(request, public_id)
    over = "" if found.is_open else HAS_ENDED
    if over and nothing_typed(request):
        return not_now(request, found, over)
    then = "send_referral" if found.status == Status.DRAFT and found.specialist_id else "referral"
    said = letter.as_it_stands(found, prepared_by=request.user)
    done = "The letter is kept."
    return _prepare(request, found, LetterForm, "referrals/letter.html", done, then=then, over=over, said=said)


@require_http_methods(["GET", "POST"])
@staff_may(CARRY_REFERRALS)
def enclosures(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Choose which papers go along with the letter."""
    found = find(request, public_id)
    if found.specialist is None:
        return not_now(request, found, "Choose a specialist first: the patient agrees for one office.")
    over = "" if found.is_open else HAS_ENDED
    if over and nothing_typed(request):
        return not_now(request, found, over)
    then = "letter_parts" if found.status == Status.DRAFT else "referral"
    done = "The papers that go along are kept."
    return _prepare(request, found, PapersForm, "referrals/enclosures.html", done, then=then, over=over)


@require_http_methods(["GET", "POST"])
@staff_may(CARRY_REFERRALS)
def send_referral(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find(request, public_id)
    if found.status != Status.DRAFT:
        return not_now(request, found, "This referral was already sent.")
    try:
        actions.ready_to_send(found, Referral.Channel.FAX)
        missing = ""
    except actions.NotYet as error:
        missing = error.words
    return _prepare(
        request,
        found,
        SendForm,
        "referrals/send.html",
        "The referral is on its way.",
        then="referral",
        missing=missing,
        enclosed=list(found.enclosures.going().select_related("patient_file", "report")),
    )


@require_http_methods(["GET", "POST"])
@staff_may(CARRY_REFERRALS)
def move_referral(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One of the moves of `forms.desk.MOVES`, named by `do`: its small form, then the move."""
    found = find(request, public_id)
    name = request.POST.get("do") if request.method == "POST" else request.GET.get("do")
    if name not in MOVES:
        raise Http404
    form_class = MOVES[name]
    fits = form_class.fits(found)
    over = "" if fits else f"“{form_class.title}” does not fit any more: somebody moved this referral."
    if over and sent_twice(request, found, form_class):
        return _onward(request, found, "referral")
    if over and nothing_typed(request, do=name):
        return not_now(request, found, over)
    if not over and not request.user.may(form_class.takes):
        raise PermissionDenied
    done = f"Kept: {form_class.title[0].lower()}{form_class.title[1:]}."
    return _prepare(request, found, form_class, "referrals/move.html", done, then="referral", over=over, do=name)


def _prepare(
    request: StaffRequest,
    found: Referral,
    form_class: type[MoveForm],
    template: str,
    done: str,
    *,
    then: str,
    over: str = "",
    **context: Any,
) -> HttpResponse:
    """Show the form, or apply it and go on to the page `then`. A refusal keeps everything typed.

    `over`: why the step does not fit any more; then nothing is applied, and the form shows what was typed.
    """
    post = request.method == "POST"
    form = form_class(request.POST if post else None, request.FILES if post else None, referral=found)
    changed = False
    if post and not over and form.is_valid():
        try:
            form.apply(by=request.user)
        except actions.ReferralChanged:
            if sent_twice(request, found, form_class):
                return _onward(request, found, then)
            changed = True
            form = form_class(as_of_now(request.POST, found), request.FILES, referral=found)
        except (actions.NotYet, actions.MoveNotAllowed) as error:
            form.add_error(None, getattr(error, "words", str(error)))
        else:
            messages.success(request, done)
            if then == "referral":
                done_in(request, "referrals")
            return _onward(request, found, then)
    shown(request, found)
    context |= {
        "form": form,
        "referral": found,
        "the_list": came_from(request),
        "location": found.location,
        "specialty": specialty_label(found),
        "changed": changed,
        "over": over,
        "to_list": _is_from_the_list(request),
        "timeline": timeline(found)[:3],
        "wizard": wizard(found, request.resolver_match.view_name),
    }
    return render(request, template, context, status=_status(form, refused=changed or bool(over and post)))


def _is_from_the_list(request: StaffRequest) -> bool:
    return request.POST.get("from") == "list"


def _onward(request: StaffRequest, found: Referral, then: str) -> HttpResponse:
    """Lead on to the page `then`; back to the list, when it was pressed there."""
    if _is_from_the_list(request):
        return redirect(came_from(request))
    return redirect(then, public_id=found.public_id)


def _status(form: forms.BaseForm, *, refused: bool) -> int:
    return 409 if refused else 422 if form.errors else 200


@require_GET
@staff_may(CARRY_REFERRALS)
def letter_pdf(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The letter the office has, an older version of it (`?version=`), or a draft of what would be sent."""
    found = find(request, public_id)
    version = request.GET.get("version", "")
    if version:
        kept = get_object_or_404(found.letters, version=version) if version.isascii() and version.isdigit() else None
        if kept is None:
            raise Http404
    else:
        kept = found.sent_letter
    shown(request, found)
    if kept is None:
        return pdf(letter.preview(found, prepared_by=request.user))
    return kept_pdf(request, kept)


def kept_pdf(request: HttpRequest, kept: Letter) -> HttpResponse:
    """A stored letter, or a plain page when the file is not what was stored."""
    try:
        return pdf(letter.stored_pdf(kept))
    except (letter.Damaged, FileNotFoundError):
        return damaged(request)


def pdf(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="referral-letter.pdf"'
    return response
