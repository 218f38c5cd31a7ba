"""The desk's pages: the worklist, one referral, and the steps that carry it on."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from clinic.files.kept import damaged
from clinic.messages.models import Message
from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS, SEE_CASES, SIGN_REFERRALS, staff_may
from clinic.staff.places import place_named
from clinic.staff.request import StaffRequest
from clinic.web.next_up import NextUp, done_in, was_done_in
from intake import triage
from intake.seen import saw_list, saw_row
from referrals import moves as actions
from referrals.desk import page as desk_page
from referrals.desk.forms import MOVES, MoveForm
from referrals.desk.happened import patient_knows, timeline
from referrals.desk.not_now import ALREADY_SENT, HAS_ENDED, as_of_now, not_now, nothing_typed, sent_twice
from referrals.desk.sending import ChooseForm, LetterForm, SendForm
from referrals.desk.to_tell import offices_to_tell
from referrals.desk.way import way_of, wizard
from referrals.directory.forms import specialties
from referrals.directory.ranking import LANGUAGES
from referrals.letter import letter
from referrals.models import Letter, Referral
from referrals.models.referral import ReferralQuerySet

ROWS = 50
LIST = "referrals_list"  # in the session: the list this person came from, as its address names it
Status = Referral.Status


class WorklistFilter(forms.Form):
    """Which part of the list to show; what makes no sense is passed over."""

    PARTS = (
        ("open", "Open"),
        ("overdue", "Overdue"),
        ("unread", "Reports to read"),
        ("unsent", "To be sent"),
        ("office", "With an office"),
        ("mine", "Mine"),
        ("left", "No carrier"),
        ("ended", "Ended"),
    )
    TONES = {"overdue": "bad", "unread": "late", "left": "bad"}  # of a number that is not nought
    show = forms.ChoiceField(choices=PARTS, required=False)
    location = forms.SlugField(required=False)
    status = forms.ChoiceField(choices=[("", "Any status"), *Status.choices], required=False)
    specialty = forms.ChoiceField(choices=lambda: [("", "Any specialty"), *specialties()], required=False)

    def __init__(self, data: QueryDict, *, user: User, now: datetime) -> None:
        super().__init__(data)
        self.user, self.now = user, now
        self.full_clean()
        self.shown = self.cleaned_data.get("show") or "open"
        self.locations = list(user.places())
        self.location = place_named(self.cleaned_data.get("location"), self.locations)

    def everything(self) -> ReferralQuerySet:
        rows = Referral.objects.visible_to(self.user)
        return rows.filter(location=self.location) if self.location else rows

    def part(self, show: str) -> ReferralQuerySet:
        rows = self.everything()
        if show == "ended":
            return rows.filter(status__in=Referral.ENDED).order_by("-ended_at", "pk")
        if show == "overdue":
            rows = rows.overdue(self.now)
        elif show == "unread":
            rows = rows.filter(status=Status.REPORTED, reports__read_at=None).distinct()
        elif show == "unsent":
            rows = rows.filter(status=Status.DRAFT)
        elif show == "office":
            rows = rows.filter(status__in=[Status.SENT, Status.OPENED])
        elif show == "mine":
            rows = rows.filter(owner=self.user)
        elif show == "left":
            rows = rows.left_behind(self.now)
        return rows.open().most_pressing_first()

    def referrals(self) -> ReferralQuerySet:
        rows = self.part(self.shown)
        for name in ("status", "specialty"):
            if self.cleaned_data.get(name):
                rows = rows.filter(**{name: self.cleaned_data[name]})
        joined = rows.select_related("patient", "specialist", "owner", "location", "case")
        return joined.prefetch_related("appointments")

    def tabs(self) -> list[dict[str, Any]]:
        """Return each part with its address and how many are in it."""
        return [self._tab(name, label, self.part(name).count()) for name, label in self.PARTS]

    def _tab(self, name: str, label: str, count: int) -> dict[str, Any]:
        tone = self.TONES.get(name, "") if count else ""
        return {
            "label": label,
            "query": self.query(show=name),
            "count": count,
            "tone": tone,
            "is_shown": name == self.shown,
        }

    def query(self, **changes: Any) -> str:
        """Return the address of this list, or of a part of it, as it was chosen."""
        location = self.location.slug if self.location else ""
        chosen = {name: self.cleaned_data.get(name) for name in ("status", "specialty")}
        wanted = {"show": self.shown, "location": location} | chosen | changes
        return urlencode({name: value for name, value in wanted.items() if value})

    @property
    def filters_on(self) -> int:
        return sum(bool(self.cleaned_data.get(name)) for name in ("status", "specialty")) + bool(self.location)

    @property
    def narrowed_to(self) -> str:
        """Return what was chosen besides the part, in words; "" for nothing."""
        named = [
            dict(self.fields[name].choices).get(self.cleaned_data.get(name) or None) for name in ("status", "specialty")
        ]
        return ", ".join(filter(None, [self.location and self.location.name, *named]))

    @property
    def nothing_there(self) -> str:
        """Return what an emptied list says: others may wait elsewhere."""
        part = dict(self.PARTS)[self.shown].lower()
        return f"Nothing under “{part}” for {self.narrowed_to}"


@require_GET
@staff_may(CARRY_REFERRALS)
def referrals(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    chosen = WorklistFilter(request.GET, user=request.user, now=now)
    page = Paginator(chosen.referrals(), ROWS).get_page(request.GET.get("page"))
    known = desk_page.known_of(page)
    rows = [
        {"referral": row, "tone": desk_page.tone(row), "next": desk_page.next_step(row, known), "specialty": label}
        for row in page
        for label in [specialty_label(row)]
    ]
    if request.session.get(LIST, "") != chosen.query():
        request.session[LIST] = chosen.query()
    to_tell = offices_to_tell(request.user, chosen.location)
    saw_list(
        request,
        [*(row["referral"].patient for row in rows), *(one.referral.patient for one in to_tell)],
        location_id=chosen.location.pk if chosen.location else None,
    )
    return render(
        request,
        "referrals/list.html",
        {
            "chosen": chosen,
            "groups": desk_page.news_first(rows),
            "to_tell": to_tell,
            "page_obj": page,
            "statuses": chosen.fields["status"].choices,
            "specialties": chosen.fields["specialty"].choices,
        },
    )


def specialty_label(referral: Referral) -> str:
    """The name of the specialty, in the language of the page."""
    protocol = triage.shipped()
    if referral.specialty not in protocol.specialists:
        return referral.specialty.replace("_", " ")
    return protocol.specialist_in(referral.specialty, get_language())


def find(request: StaffRequest, public_id: UUID) -> Referral:
    """The referral, when this person may carry it; 404 otherwise, whether it exists or not."""
    rows = Referral.objects.visible_to(request.user).select_related(
        "patient", "specialist", "owner", "location", "decision__by", "decision__assessment", "sent_letter", "case"
    )
    return get_object_or_404(rows, public_id=public_id)


def shown(request: StaffRequest, referral: Referral) -> None:
    saw_row(request, "referral", referral)


def next_up(request: StaffRequest, *, besides: Referral) -> NextUp:
    """Return who comes next on the list this person came from.

    The log has them as one who was listed.
    """
    chosen = WorklistFilter(QueryDict(request.session.get(LIST, "")), user=request.user, now=timezone.now())
    back = {"back": f"{reverse('referrals')}?{chosen.query()}", "back_label": "Back to the referrals"}
    found = chosen.referrals().open().exclude(pk=besides.pk).first()
    if found is None:
        return NextUp(**back)
    saw_list(request, [found.patient], subject_id="next")
    return NextUp(
        name=found.patient.full_name,
        address=reverse("referral", args=[found.public_id]),
        urgency=found.tier.label.lower(),
        due_at=found.next_check_at,
        **back,
    )


@require_GET
@staff_may(CARRY_REFERRALS)
def referral(request: StaffRequest, public_id: UUID) -> HttpResponse:
    found = find(request, public_id)
    shown(request, found)
    actions.look(found, by=request.user)
    step = desk_page.offered_to(request.user, desk_page.next_step(found, desk_page.known_of([found])))
    return render(
        request,
        "referrals/referral.html",
        {
            "referral": found,
            "location": found.location,
            "specialty": specialty_label(found),
            "tone": desk_page.tone(found),
            "way": way_of(found),
            "step": step,
            "act": desk_page.act_on(found, step),
            "is_late": desk_page.is_late(found),
            "others": desk_page.other_moves(found, step, request.user),
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
        request, found, SendForm, "referrals/send.html", "The referral is on its way.", then="referral", missing=missing
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
        return redirect("referral", public_id=found.public_id)
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
                return redirect(then, public_id=found.public_id)
            changed = True
            form = form_class(as_of_now(request.POST, found), request.FILES, referral=found)
        except (actions.NotYet, actions.MoveNotAllowed) as error:
            form.add_error(None, getattr(error, "words", str(error)))
        else:
            messages.success(request, done)
            if then == "referral":
                done_in(request, "referrals")
            return redirect(then, public_id=found.public_id)
    shown(request, found)
    context |= {
        "form": form,
        "referral": found,
        "location": found.location,
        "specialty": specialty_label(found),
        "changed": changed,
        "over": over,
        "timeline": timeline(found)[:3],
        "wizard": wizard(found, request.resolver_match.view_name),
    }
    return render(request, template, context, status=_status(form, refused=changed or bool(over and post)))


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
