"""A patient comes back: with something new, or because they got worse.

Earlier answers are a help and never an answer by themselves where they could show a danger: those questions
(`triage.screening_questions`) are asked anew, every time. Numbers on a scale are how it is today, so they are too. What
a person has for good, their sex, conditions, medicines and cancer, is read again and confirmed on a page of its own
(`intake.versions.arranging`).
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.links.actions import make_link
from clinic.links.models import Link
from clinic.messages.models import Message
from clinic.staff.models import User
from clinic.staff.permissions import INVITE_PATIENTS
from intake import triage
from intake.door import emails
from intake.door.emails import LINK_LIVES
from intake.emergency.safety import STILL_TODAY
from intake.models import Assessment, Case, Intake, Patient, Respondent, Urgency
from intake.review.earlier import earlier_intake
from intake.review.opening import open_case
from intake.triage import AnswerError
from intake.versions.protocols import keep_assessment, protocol_for, protocol_version


class NoAddress(Exception):
    """The patient has no email address; nothing was mailed and nothing changed."""


@transaction.atomic
def start_again(patient: Patient, *, occasion: str, by: User | None = None, words: str = "") -> Intake:
    """Return the next intake of a known patient; the one begun is returned while it is still being filled in.

    AGAIN: earlier answers that screen for nothing are offered, in `carried`, and count once the patient saved them.
    WORSE: a case is open at once, soon at least, whether or not the questions are ever finished. `words` say on its
    timeline how the patient told us. Both are asked what on file is still right, and no answer counts before that.
    Raises Intake.DoesNotExist for a patient without an intake.
    """
    patient = Patient.objects.select_for_update(of=("self",)).select_related("location").get(pk=patient.pk)
    begun = _begun(patient, occasion)
    return _with_link(begun) if begun else _start(patient, occasion, by, words)


@transaction.atomic
def go_on(patient: Patient) -> Intake | None:
    """The form of this patient that is not sent yet. Whoever asks has got past the second factor of their own page."""
    begun = patient.intakes.unfinished().filter(paper_code=None).order_by("-pk").first()
    return _with_link(begun) if begun else None


def _with_link(intake: Intake) -> Intake:
    make_link(Link.Purpose.INTAKE, intake.public_id, expires_at=timezone.now() + LINK_LIVES)
    return intake


@transaction.atomic
def start_worse_after(sent: Intake, *, words: str, by_sender: bool) -> Intake:
    """Return the intake of a patient who shows, on a page of the form they had sent, that they got worse.

    As `start_again`, but what they sent today is still how it is: those answers and pages go over into a new one.
    Somebody else than the sender (not `by_sender`) begins one in which nothing stands.
    """
    patient = Patient.objects.select_for_update(of=("self",)).select_related("location").get(pk=sent.patient_id)
    if not by_sender:
        return _start(patient, Intake.Occasion.WORSE, None, words, known={})
    if begun := _begun(patient, Intake.Occasion.WORSE):
        return _with_link(begun)
    worse = _start(patient, Intake.Occasion.WORSE, None, words)
    if sent.submitted_at > timezone.now() - STILL_TODAY:
        protocol = protocol_for(worse)
        worse.answers |= {name: value for name, value in sent.answers.items() if _fits(protocol, name, value)}
        worse.pages_done |= dict.fromkeys(sent.pages_done, 0)
        worse.safety_answered_at = sent.safety_answered_at
        worse.asks_on_file = False  # it stands in the answers of today
        worse.save(update_fields=["answers", "pages_done", "safety_answered_at", "asks_on_file"])
    return worse


def _begun(patient: Patient, occasion: str) -> Intake | None:
    """The intake of this occasion that is being filled in. After a decision, or on another day, another one begins.

    Its oldest answer may be as old as itself, however late the last one was saved; one without answers is no older
    than the next.
    """
    begun = patient.intakes.unfinished().filter(occasion=occasion).exclude(case__status=Case.Status.DECIDED)
    old = Q(started_at__lt=timezone.now() - STILL_TODAY)
    if occasion == Intake.Occasion.AGAIN:
        old &= Q(saved_at__isnull=False)
    return begun.exclude(old).first()


def _start(patient: Patient, occasion: str, by: User | None, words: str, known: dict[str, Any] | None = None) -> Intake:
    earlier = earlier_intake(patient)
    shows_it = known is None  # whoever may see what the patient said before
    known = carried_answers(earlier) if known is None else known
    worse = occasion == Intake.Occasion.WORSE
    if worse:
        known.pop("anything_else", None)
    intake = Intake.objects.create(
        patient=patient,
        protocol=protocol_version(),
        language=patient.language,
        occasion=occasion,
        earlier=earlier,
        carried=known,
        answers={"age": patient.age_on(timezone.localdate(timezone=patient.location.zone))},
        asks_on_file=shows_it,
        urgency=Urgency.SOON if worse else Urgency.ROUTINE,
        invited_by=by,
    )
    respondent = Respondent.objects.filter(intake=earlier, kind=Respondent.Kind.PATIENT).first()
    if respondent:  # somebody else says again who they are
        Respondent.objects.create(intake=intake, kind=respondent.kind)
    _with_link(intake)
    if worse:
        found = keep_assessment(intake, Assessment.Occasion.PAGE)
        open_case(intake, found, because=Case.OpenedBecause.WORSE, words=words)
    else:
        emails.remind_to_finish(intake)
    return intake


@transaction.atomic
def invite_again(patient: Patient, *, by: User | None) -> Intake:
    """Return an intake for somebody the clinic knows; the patient gets its link by mail. Raises NoAddress."""
    if not by.may(INVITE_PATIENTS) or not by.sees(patient.location_id):
        raise PermissionDenied
    if not patient.email:
        raise NoAddress
    intake = start_again(patient, occasion=Intake.Occasion.AGAIN, by=by)
    if Message.objects.about("intake", intake.public_id).filter(kind="intake_invitation").exists():
        emails.resume_link_requested(intake)
    else:
        emails.invite(intake)
    return intake


def offered(intake: Intake, page_id: str, *, opened_more: bool = False) -> dict:
    """Earlier answers to show on a page, each to be confirmed by saving it; none once the page was saved.

    With `opened_more` the page was saved and shows questions it did not show before: only those are offered then.
    """
    protocol = protocol_for(intake)
    page = triage.find_page(protocol, page_id)
    names = page.questions
    if page_id in intake.pages_done:
        names = triage.page_questions(protocol, page_id, intake.answers).follow_ups if opened_more else ()
    return {name: intake.carried[name] for name in names if name in intake.carried and name not in intake.answers}


def carried_answers(earlier: Intake) -> dict:
    """What of an earlier intake may be offered again: answers the shipped protocol still takes, and no others."""
    protocol, own = triage.shipped(), protocol_for(earlier)
    answers = {name: value for name, value in earlier.answers.items() if _fits(own, name, value)}
    asked = set(triage.visible_questions(own, answers))
    return {
        name: answers[name]
        for name in triage.background_questions(protocol)
        if name in answers
        and name in asked
        and protocol.questions[name].type != "scale_0_10"
        and _fits(protocol, name, answers[name])
    }


def _fits(protocol: triage.Protocol, name: str, value: Any) -> bool:
    try:
        triage.validate_answers(protocol, {name: value})
    except AnswerError:
        return False
    return True
