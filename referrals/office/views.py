"""The room a mailed link opens for a specialist's office: one referral, no account.

Looking changes nothing; only a POST with the right four digits opens. What the office may see grows in two stages:
before it accepts, what it needs to decide; after, the patient and the letter.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.audit.models import AccessLog
from clinic.links import actions as links
from clinic.links.models import Link
from clinic.staff.models import Location
from intake.door.door import View
from intake.seen import saw_row
from referrals import moves as actions
from referrals.desk.paper_views import handed_out, packet_of, saw_enclosure
from referrals.desk.specialties import specialty_label
from referrals.desk.views import kept_pdf
from referrals.directory.ranking import LANGUAGES
from referrals.letter.enclosed import enclosed_with
from referrals.models import Letter, Referral, ReferralMove
from referrals.moves.disclosure import without_identity
from referrals.moves.emails import answer_by
from referrals.office import session as office_session
from referrals.office.forms import ANSWERS, OPEN_TO_OFFICE, OfficeForm, OpenForm
from referrals.office.session import OfficeSession

Status = Referral.Status
What = ReferralMove.What


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def office_link(request: HttpRequest, secret: str) -> HttpResponse:
    """A plain page with one button. Nothing on it tells whose referral it is, or whether it still stands."""
    link = links.find(secret)
    referral = _sent_by(link)
    if referral is None:
        return ended(request)
    has_fax = bool(referral.specialist.fax)
    form = OpenForm(request.POST if request.method == "POST" else None, has_fax=has_fax)
    if request.method == "POST" and form.is_valid():
        right = constant_time_compare(form.cleaned_data["digits"], referral.specialist.second_factor)
        outcome = links.try_open(link, right)
        if isinstance(outcome, links.Opened):
            actions.office_opened(referral, office=form.cleaned_data["person"])
            response = redirect("office")
            office_session.begin(response, link=link, referral=referral, person=form.cleaned_data["person"])
            return response
        if isinstance(outcome, links.Asleep) or outcome.tries_left == 0:
            return asleep(request, referral)
        form.add_error("digits", wrong_digits(outcome.tries_left))
    elif link.asleep:
        return asleep(request, referral)
    return render(
        request,
        "office/open.html",
        {"form": form, "location": referral.location},
        status=422 if form.errors else 200,
    )


def _sent_by(link: Link | None) -> Referral | None:
    """The referral a live office link opens, while it is with that office."""
    if link is None or link.purpose != Link.Purpose.OFFICE:
        return None
    return (
        Referral.objects.select_related("specialist", "location")
        .filter(public_id=link.subject_id, specialist__isnull=False, sent_at__isnull=False)
        .exclude(status__in=[Status.DRAFT, *Referral.ENDED])
        .first()
    )


def wrong_digits(tries_left: int) -> str:
    return ngettext(
        "These are not the digits we have on file. %(left)d try is left.",
        "These are not the digits we have on file. %(left)d tries are left.",
        tries_left,
    ) % {"left": tries_left}


def ended(request: HttpRequest) -> HttpResponse:
    """One page for a link that is wrong, expired or withdrawn."""
    response = render(request, "office/ended.html", {"locations": Location.objects.all()}, status=404)
    office_session.end(response)
    return response


def asleep(request: HttpRequest, referral: Referral) -> HttpResponse:
    return render(request, "office/asleep.html", {"location": referral.location}, status=429)


def room_only(view: View) -> View:
    """Only with a session that still stands; everybody else gets the plain page."""

    @login_not_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        session = office_session.current(request)
        if session is None:
            return ended(request)
        return view(request, session, *args, **kwargs)

    guarded.office_room = True
    return guarded


def _shown(request: HttpRequest, referral: Referral) -> None:
    saw_row(request, "referral", referral, actor=AccessLog.Actor.OFFICE)


@room_only
@require_GET
def office(request: HttpRequest, session: OfficeSession) -> HttpResponse:
    """What the office may see now, and what it can answer."""
    return _room(request, session)


def _room(
    request: HttpRequest, session: OfficeSession, *, changed: bool = False, kept: str = "", typed: str = ""
) -> HttpResponse:
    """Show the room. `kept` is what the office has just answered, in words; `typed` what of it was not kept."""
    referral = session.referral
    _shown(request, referral)
    opened_up = referral.status in OPEN_TO_OFFICE or _accepted_before(referral)
    talk = list(
        referral.moves.select_related("by").filter(what__in=[What.ASKED, What.ANSWERED], to=referral.specialist)
    )
    if not opened_up:
        for move in talk:
            move.note = without_identity(move.note, referral.patient)
    answers = _answers(referral)
    first = next(iter(answers), "")
    return render(
        request,
        "office/room.html",
        {
            "referral": referral,
            "location": referral.location,
            "specialty": specialty_label(referral),
            "person": session.person,
            "opened_up": opened_up,
            "over": referral.status in (*Referral.ENDED, Status.DECLINED, Status.BACK, Status.DRAFT),
            "question": referral.question if opened_up else without_identity(referral.question, referral.patient),
            "language_name": _(LANGUAGES.get(referral.patient.language, referral.patient.language)),
            "answer_by": answer_by(referral),
            "first": first,
            "first_title": answers.pop(first, ""),
            "first_form": ANSWERS[first](referral=referral) if first in IN_THE_ROOM else None,
            "answers": list(answers.items()),
            "talk": talk,
            "appointment": referral.appointments.filter(replaced_at=None).last(),
            "reports": referral.reports.all() if opened_up else (),
            "enclosed": enclosed_with(referral.sent_letter) if opened_up else (),
            "changed": changed,
            "kept": kept,
            "typed": typed,
        },
        status=409 if changed else 200,
    )


IN_THE_ROOM = ("accept", "appointment")  # their forms stand in the room, while they are the next answer


def _answers(referral: Referral) -> dict[str, str]:
    """Return what the office can say now and its words, the likeliest first."""
    fitting = {name: form.title for name, form in ANSWERS.items() if form.fits(referral)}
    if referral.status == Status.SCHEDULED:
        fitting["appointment"] = _("Change the appointment")
        fitting = {"report": fitting.pop("report"), **fitting}
    return fitting


def _accepted_before(referral: Referral) -> bool:
    """A question asked after accepting does not close the letter again."""
    if referral.status != Status.QUESTION:
        return False
    asked = referral.moves.filter(what=What.ASKED).last()
    return asked is not None and asked.from_status in OPEN_TO_OFFICE


@room_only
@require_http_methods(["GET", "POST"])
def office_answer(request: HttpRequest, session: OfficeSession, answer: str) -> HttpResponse:
    """Take one answer, from its page or the room, and go back to the room."""
    form_class = ANSWERS.get(answer)
    if form_class is None:
        raise Http404
    referral = session.referral
    if not form_class.fits(referral):
        return redirect("office") if request.method == "GET" else _too_late(request, session, form_class, answer)
    form = form_class(request.POST or None, request.FILES or None, referral=referral)
    if request.method == "POST" and form.is_valid():
        try:
            form.apply(person=session.person)
        except (actions.ReferralChanged, actions.MoveNotAllowed):
            return _too_late(request, session, form_class, answer)
        except actions.NotYet as error:
            form.add_error(None, error.words)
        else:
            return redirect("office_done", answer=answer)
    _shown(request, referral)
    return render(
        request,
        "office/answer.html",
        {
            "form": form,
            "answer": answer,
            "referral": referral,
            "location": referral.location,
            "specialty": specialty_label(referral),
        },
        status=422 if form.errors else 200,
    )


def _too_late(request: HttpRequest, session: OfficeSession, form_class: type[OfficeForm], answer: str) -> HttpResponse:
    """Say that the referral moved on since the page was shown, and give back what was typed.

    A form sent twice, as it is, is simply done.
    """
    seen = request.POST.get("saw", "")
    seen = int(seen[:18]) if seen.isascii() and seen.isdigit() else 0
    form = form_class(request.POST, request.FILES, referral=session.referral)
    since = actions.all_since(session.referral, seen, office=session.person)
    if since and all(map(form.left, since)):
        return redirect("office_done", answer=answer)
    now = office_session.current(request)
    return _room(request, now, changed=True, typed=form.typed) if now else ended(request)


@room_only
@require_GET
def office_done(request: HttpRequest, session: OfficeSession, answer: str) -> HttpResponse:
    """Show the room with a banner that says what was kept; again, it changes nothing."""
    if answer not in ANSWERS:
        raise Http404
    return _room(request, session, kept=ANSWERS[answer].done)


@room_only
@require_GET
def office_letter(request: HttpRequest, session: OfficeSession) -> HttpResponse:
    """The letter the office was sent, once it has accepted."""
    letter = _letter_of(session)
    _shown(request, session.referral)
    return kept_pdf(request, letter)


def _letter_of(session: OfficeSession) -> Letter:
    """Return the version the office has; 404 before it has accepted."""
    referral = session.referral
    if not (referral.status in OPEN_TO_OFFICE or _accepted_before(referral)) or referral.sent_letter is None:
        raise Http404
    return referral.sent_letter


@room_only
@require_GET
def office_packet(request: HttpRequest, session: OfficeSession) -> HttpResponse:
    """The letter and all that came with it as one PDF, to print or to file."""
    return packet_of(request, _letter_of(session), actor=AccessLog.Actor.OFFICE)


@room_only
@require_GET
def office_enclosure(request: HttpRequest, session: OfficeSession, paper: UUID) -> HttpResponseBase:
    """Hand out one paper that came with the version the office has.

    Never one in which a virus was found.
    """
    enclosed = {one.public_id: one for one in enclosed_with(_letter_of(session))}
    if paper not in enclosed:
        raise Http404
    saw_enclosure(request, enclosed[paper], actor=AccessLog.Actor.OFFICE)
    if enclosed[paper].is_infected:
        return render(request, "office/withheld.html", {"location": session.referral.location}, status=409)
    return handed_out(request, enclosed[paper])


@room_only
@require_POST
def office_leave(request: HttpRequest, session: OfficeSession) -> HttpResponse:
    response = render(request, "office/left.html", {"location": session.referral.location})
    office_session.end(response)
    return response
