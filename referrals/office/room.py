"""The room of one referral, for the office that has it: what it may see, and what it answers.

Each referral has an address of its own, so what is done in one tab is never done to what another tab shows. What the
office may see grows in two stages: before it accepts, what it needs to decide; after, the patient and the letter.
"""

from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.audit.models import AccessLog
from intake.door.door import View
from intake.seen import saw_row
from referrals import moves as actions
from referrals.desk.paper_views import handed_out, packet_of, saw_enclosure
from referrals.desk.specialties import specialty_label
from referrals.desk.talk import talk_file
from referrals.desk.views import kept_pdf
from referrals.directory.ranking import LANGUAGES
from referrals.letter.enclosed import enclosed_with
from referrals.models import Letter, Referral, ReferralMove, TalkFile
from referrals.moves.disclosure import without_identity
from referrals.moves.emails import answer_by
from referrals.office import session as office_session
from referrals.office.answered import answered
from referrals.office.at_first import at_first
from referrals.office.forms import ANSWERS, OfficeForm
from referrals.office.session import OfficeSession
from referrals.office.stages import knows_the_patient
from referrals.office.views import ended

Status = Referral.Status
What = ReferralMove.What


def room_only(view: View) -> View:
    """Only with the key of this very referral; everybody else gets the plain page."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, public_id: UUID, **kwargs: Any) -> HttpResponseBase:
        session = office_session.current(request, public_id)
        if session is None:
            return ended(request)
        return view(request, session, **kwargs)

    return guarded


def to_room(session: OfficeSession, *, done: str = "") -> HttpResponse:
    """Lead to the room of this referral; `done` is an answer that was just kept."""
    if done:
        return redirect("office_room_done", public_id=session.referral.public_id, answer=done)
    return redirect("office_room", public_id=session.referral.public_id)


def _shown(request: HttpRequest, referral: Referral) -> None:
    saw_row(request, "referral", referral, actor=AccessLog.Actor.OFFICE)


@room_only
@require_GET
def office_room(request: HttpRequest, session: OfficeSession) -> HttpResponse:
    """What the office may see now, and what it can answer."""
    return _room(request, session)


def _room(
    request: HttpRequest, session: OfficeSession, *, changed: bool = False, kept: str = "", typed: str = ""
) -> HttpResponse:
    """Show the room. `kept` is what the office has just answered, in words.

    `typed` what of it was not kept.
    """
    referral = session.referral
    _shown(request, referral)
    opened_up = knows_the_patient(referral)
    talk = list(
        referral.moves.select_related("by", "file").filter(
            what__in=[What.ASKED, What.ANSWERED, What.OTHER_TIMES], to=referral.specialist
        )
    )
    if not opened_up:
        for move in talk:
            move.note = without_identity(move.note, referral.patient)
    plan = referral.patient.insurance_plan  # in the patient's words
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
            "until": session.until,
            "opened_up": opened_up,
            "over": referral.status in (*Referral.ENDED, Status.DECLINED, Status.BACK, Status.DRAFT),
            "at_first": at_first(referral),
            "question": referral.question if opened_up else without_identity(referral.question, referral.patient),
            "plan": plan if opened_up else without_identity(plan, referral.patient),
            "language_name": _(LANGUAGES.get(referral.patient.language, referral.patient.language)),
            "answer_by": answer_by(referral),
            "first": first,
            "first_title": answers.pop(first, ""),
            "first_form": ANSWERS[first](referral=referral) if first in IN_THE_ROOM else None,
            "answers": list(answers.items()),
            "talk": talk,
            "proposed": referral.standing_times,
            "answered": answered(referral),
            "expires_at": session.link.expires_at,
            "appointment": referral.appointments.filter(replaced_at=None).last(),
            "reports": referral.reports.filter(received_at__gte=referral.sent_at) if opened_up else (),
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
        first = "came" if "came" in fitting else "report"
        fitting = {first: fitting.pop(first), **fitting}
    return fitting


@room_only
@require_http_methods(["GET", "POST"])
def office_room_answer(request: HttpRequest, session: OfficeSession, answer: str) -> HttpResponse:
    return take(request, session, answer)


def take(request: HttpRequest, session: OfficeSession, answer: str) -> HttpResponse:
    """Take one answer, from its page or the room, and go back to the room."""
    form_class = ANSWERS.get(answer)
    if form_class is None:
        raise Http404
    referral = session.referral
    if not form_class.fits(referral):
        return to_room(session) if request.method == "GET" else _too_late(request, session, form_class, answer)
    form = form_class(request.POST or None, request.FILES or None, referral=referral)
    if request.method == "POST" and form.is_valid():
        try:
            form.apply(person=session.person)
        except (actions.ReferralChanged, actions.MoveNotAllowed):
            return _too_late(request, session, form_class, answer)
        except actions.NotYet as error:
            form.add_error(None, error.words)
        else:
            return to_room(session, done=answer)
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
    saw = request.POST.get("saw", "")
    seen = int(saw[:18]) if saw.isascii() and saw.isdigit() else 0
    form = form_class(request.POST, request.FILES, referral=session.referral)
    since = actions.all_since(session.referral, seen, office=session.person)
    if since and all(map(form.left, since)):
        return to_room(session, done=answer)
    now = office_session.current(request, session.referral.public_id)
    return _room(request, now, changed=True, typed=form.typed) if now else ended(request)


@room_only
@require_GET
def office_room_done(request: HttpRequest, session: OfficeSession, answer: str) -> HttpResponse:
    """Show the room with a banner that says what was kept; again, it changes nothing."""
    if answer not in ANSWERS:
        raise Http404
    return _room(request, session, kept=ANSWERS[answer].done)


@room_only
@require_GET
def office_room_file(request: HttpRequest, session: OfficeSession, file: UUID) -> HttpResponseBase:
    """Hand out a file of a question or an answer: the office's own, and ours once it has accepted."""
    referral = session.referral
    lines = referral.moves.filter(to=referral.specialist)
    found = get_object_or_404(TalkFile.objects.select_related("line"), public_id=file, line__in=lines)
    if found.line.by_id and not knows_the_patient(referral):
        raise Http404
    _shown(request, referral)
    return talk_file(request, found)


@room_only
@require_GET
def office_room_letter(request: HttpRequest, session: OfficeSession) -> HttpResponse:
    """The letter the office was sent, once it has accepted."""
    letter = _letter_of(session)
    _shown(request, session.referral)
    return kept_pdf(request, letter)


def _letter_of(session: OfficeSession) -> Letter:
    """Return the version the office has; 404 before it has accepted."""
    referral = session.referral
    if not knows_the_patient(referral) or referral.sent_letter is None:
        raise Http404
    return referral.sent_letter


@room_only
@require_GET
def office_room_packet(request: HttpRequest, session: OfficeSession) -> HttpResponse:
    """The letter and all that came with it as one PDF, to print or to file."""
    return packet_of(request, _letter_of(session), actor=AccessLog.Actor.OFFICE)


@room_only
@require_GET
def office_room_enclosure(request: HttpRequest, session: OfficeSession, paper: UUID) -> HttpResponseBase:
    """Hand out one paper that came with the version the office has.

    Never one in which a virus was found.
    """
    enclosed = {one.public_id: one for one in enclosed_with(_letter_of(session))}
    if paper not in enclosed:
        raise Http404
    saw_enclosure(request, enclosed[paper], actor=AccessLog.Actor.OFFICE)
    if enclosed[paper].is_infected:
        shown = {"referral": session.referral, "location": session.referral.location}
        return render(request, "office/withheld.html", shown, status=409)
    return handed_out(request, enclosed[paper])
