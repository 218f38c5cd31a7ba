"""What happens to an intake: started, saved page by page, changed, kept for later, submitted, left.

Every function is one transaction. `by` is the member of staff who acts, or None for the patient.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from clinic.links.actions import make_link
from clinic.links.models import Link
from clinic.messages.actions import readdress
from clinic.running.each import each_by_itself
from clinic.staff.models import Location, User
from clinic.staff.permissions import INVITE_PATIENTS
from intake import triage
from intake.door import emails
from intake.door.addresses import renew_links
from intake.door.emails import LINK_LIVES
from intake.door.respondents import whose_contact
from intake.door.status_emails import answers_received
from intake.door.status_links import extended
from intake.emergency import actions as dangers
from intake.emergency.safety import asked_again
from intake.follow_up import actions as follow_ups
from intake.models import LEFT_AFTER, AlreadySubmitted, AnswerChange, Assessment, Case, Intake, Patient, Urgency
from intake.questionnaire.lists import Unlisted, pages_to_look_at, to_look_at_again
from intake.questionnaire.unsent import discard_unsent
from intake.review.opening import open_case
from intake.signing.actions import MUST_AGREE, Unsigned, needed, sign_within
from intake.triage import AnswerError
from intake.versions.arranging import FROM_DETAILS, known_on_file
from intake.versions.codes import keep_code
from intake.versions.protocols import (
    bring_up_to_date,
    emergencies,
    keep_assessment,
    protocol_for,
    protocol_version,
    screen,
)


@dataclass(frozen=True)
class Saved:
    """`outcome_urgency` is the tier of the answers as they are now. `newly_emergency`: an emergency rule fires whose
    advice the patient has not yet said they read, or not for these answers; show it at once."""

    intake: Intake
    outcome_urgency: Urgency
    newly_emergency: bool


def known_from_details(intake: Intake) -> frozenset[str]:
    """Return the questions that no page asks, since the details or the file answer.

    A form begun before ages were taken over, and one brought up to date, still ask what has no answer.
    """
    return FROM_DETAILS & intake.answers.keys() | known_on_file(intake)


class StalePage(Exception):
    """The page was saved elsewhere since it was shown; nothing was changed. `changed`: question id to the value
    that is saved and the value that was sent, None for no answer."""

    def __init__(self, changed: dict[str, tuple[Any, Any]]) -> None:
        self.changed = changed
        super().__init__("This page was saved elsewhere since it was shown.")


@dataclass
class Incomplete(Exception):
    """Required questions have no answer yet. `questions`: their ids, in page order."""

    questions: list[str] = field(default_factory=list)


# Begun ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_intake(
    *,
    location: Location,
    first_name: str,
    last_name: str,
    date_of_birth: date,
    email: str,
    phone: str,
    language: str,
    needs_interpreter: bool = False,
    insurance_plan: str = "",
    referred_by: str = "",
    address: str = "",
    public_id: UUID | None = None,
    by: User | None = None,
) -> Intake:
    """A patient and their intake, with its link and the reminders to finish it.

    Always a new patient: whether this person is known is never told to whoever types. Two requests at once with the
    same `public_id` start one intake. The age is answered from the date of birth, and not asked.
    """
    contact = {
        "first_name": first_name,
        "last_name": last_name,
        "date_of_birth": date_of_birth,
        "email": email,
        "phone": phone,
        "language": language,
        "needs_interpreter": needs_interpreter,
        "insurance_plan": insurance_plan,
        "referred_by": referred_by,
        "address": address,
        "location": location,
    }
    public_id = public_id or uuid4()
    if by_the_same_press := _begun(public_id):
        return by_the_same_press
    patient = Patient.objects.create(**contact)
    intake = Intake.objects.create(
        patient=patient,
        protocol=protocol_version(),
        language=language,
        answers={"age": patient.age_on(timezone.localdate(timezone=location.zone))},
        invited_by=by,
        public_id=public_id,
    )
    make_link(Link.Purpose.INTAKE, intake.public_id, expires_at=timezone.now() + LINK_LIVES)
    emails.remind_to_finish(intake)
    return intake


def _begun(public_id: UUID) -> Intake | None:
    """The intake of this id, when there is one; whoever asks with the same id waits for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [public_id.int % 2**63])
    return Intake.objects.filter(public_id=public_id).first()


@transaction.atomic
def invite_patient(*, by: User, **contact: Any) -> Intake:
    """An intake somebody on staff begins for a patient, who gets its link by mail."""
    if not by.may(INVITE_PATIENTS) or not by.locations.contains(contact["location"]):
        raise PermissionDenied
    intake = start_intake(by=by, **contact)
    emails.invite(intake)
    return intake


@transaction.atomic
def change_contact(intake: Intake, **contact: Any) -> Saved | None:
    """Change the contact details of an unfinished intake. A new date of birth answers the age again, and is screened.

    The age is that of the day the form was begun: a birthday before it is sent changes no answer.
    """
    intake = _locked(intake)
    patient = intake.patient
    born, mailbox, was_minor = patient.date_of_birth, patient.email, patient.is_minor
    for name, value in contact.items():
        setattr(patient, name, value)
    patient.contact_is_of = whose_contact(intake, was_minor=was_minor)
    patient.save(update_fields=[*contact, "contact_is_of"])
    intake.language = patient.language
    intake.save(update_fields=["language"])
    if patient.email:
        emails.remind_to_finish(intake)
    readdress(subject_type="intake", subject_id=intake.public_id, to=patient.email, language=patient.language)
    readdress(subject_type="patient", subject_id=patient.public_id, to=patient.email, language=patient.language)
    if mailbox and mailbox.casefold() != patient.email.casefold():
        renew_links(patient)
    if patient.date_of_birth != born:
        age = patient.age_on(timezone.localdate(intake.started_at, timezone=patient.location.zone))
        page = next(page for page in triage.pages(protocol_for(intake)) if "age" in page.questions)
        return save_page(intake, page.id, {"age": age}, version=intake.version)
    return None


# Answered -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_page(
    intake: Intake,
    page_id: str,
    answers: dict[str, Any],
    *,
    version: int,
    contradictory: dict[str, Any] | None = None,
    unlisted: Unlisted | None = None,
    by: User | None = None,
) -> Saved:
    """Save answers of one page, and see what the rules make of them, in one transaction.

    `answers` maps questions of the page to values as the protocol defines them; None takes an answer back; questions
    left out keep theirs. `version` is the intake's when the page was shown. The same answers again change nothing.
    A case is opened at once when an urgent or emergency rule fires.

    `contradictory`: questions to lists in which an option that stands alone came with others. Such an answer is saved
    only when a danger shows in it, as the worst it may mean, and what was sent is kept beside.

    `unlisted`: the options that were not in the lists of the page that was sent. One that is by now has it come again.

    Raises KeyError for an unknown page, AnswerError for an answer that does not fit, AlreadySubmitted, and StalePage
    when this page was saved elsewhere since with something else. Answers in which a new danger shows do not wait for
    that to be settled: they are saved, and what they replace is kept beside.
    """
    intake = _locked(intake)
    protocol = bring_up_to_date(intake)
    page = triage.find_page(protocol, page_id)
    before, sent = intake.answers, contradictory or {}
    after = _merged(page, before, answers, protocol)
    taken = triage.dangerous_readings(protocol, after, sent, partial(screen, intake))
    after = _merged(page, after, taken, protocol)
    differing = [question for question in page.questions if before.get(question) != after.get(question)]
    screened, earlier = screen(intake, after), screen(intake, before)
    stale = differing and intake.saved_at_version(page_id) > version
    if stale and not cannot_wait(earlier, screened):
        raise StalePage({question: (before.get(question), after.get(question)) for question in differing})
    if differing or (answers and (page_id not in intake.pages_seen or page == asked_again(intake))):
        beside = {question: sent[question] for question in taken}
        _keep_what_was(intake, after, differing, beside, (earlier, screened))
        _write(intake, page, after, screened, by, unlisted or {})
        dangers.see_to_flags(intake)
    discard_unsent(intake, page_id)
    unread = dangers.is_unread(intake, emergencies(screened))
    return Saved(intake=intake, outcome_urgency=Urgency(screened.urgency), newly_emergency=unread)


def cannot_wait(earlier: triage.Screened, screened: triage.Screened) -> bool:
    """A danger shows that did not before, and none that is worse goes."""
    return screened.urgency >= earlier.urgency and bool(triage.dangers(screened) - triage.dangers(earlier))


def _locked(intake: Intake) -> Intake:
    locked = (
        Intake.objects.select_for_update(of=("self",))
        .select_related("patient__location", "protocol")
        .defer("protocol__content")
        .get(pk=intake.pk)
    )
    if locked.submitted_at or locked.taken_back_at:
        raise AlreadySubmitted
    return locked


def _merged(
    page: triage.Page, before: dict[str, Any], answers: dict[str, Any], protocol: triage.Protocol
) -> dict[str, Any]:
    for question in answers:
        if question not in page.questions:
            raise AnswerError(question, "unknown_question", f"{question!r} is not a question of this page")
    kept = {question: value for question, value in before.items() if question not in answers}
    return kept | triage.validate_answers(protocol, answers)


def _keep_what_was(
    intake: Intake,
    after: dict[str, Any],
    differing: list[str],
    contradictory: dict[str, Any],
    screened: tuple[triage.Screened, triage.Screened],
) -> None:
    """Beside the answers: what they replace, and what was sent where it contradicted itself."""
    before, (earlier, later) = intake.answers, screened
    changes = [
        AnswerChange(
            intake=intake,
            question=question,
            before=before.get(question),
            after=after.get(question),
            sent=contradictory.get(question),
            urgency_before=int(earlier.urgency),
            urgency_after=int(later.urgency),
        )
        for question in differing
        if question in before or question in contradictory
    ]
    if changes:
        AnswerChange.objects.bulk_create(changes)


def _write(
    intake: Intake,
    page: triage.Page,
    after: dict[str, Any],
    screened: triage.Screened,
    by: User | None,
    unlisted: Unlisted,
) -> None:
    look_again = pages_to_look_at(intake, after, page, unlisted)
    intake.answers = after
    intake.version += 1
    intake.pages_done = intake.pages_done | {page.id: intake.version} | look_again
    intake.urgency = max(intake.urgency, int(screened.urgency))
    intake.saved_at = timezone.now()
    if page == triage.safety_page(protocol_for(intake)):
        intake.safety_answered_at = intake.saved_at
    intake.entered_by = by or intake.entered_by
    intake.emergency_reasons_read = dangers.still_read(intake, emergencies(screened))
    changed = ["answers", "version", "pages_done", "urgency", "saved_at", "safety_answered_at", "entered_by"]
    intake.save(update_fields=[*changed, "emergency_reasons_read"])


# Submitted, left ------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_intake(intake: Intake, *, version: int, by: User | None = None) -> Assessment:
    """The answers go to the therapists: assessed, and a case opened, in one transaction.

    Submitting again returns the first assessment. Raises Incomplete, StalePage when answers have changed since
    `version`, and Unsigned when consent to treatment or the privacy notice is not in force for this patient.
    """
    try:
        return _submit(_locked(intake), version=version, by=by)
    except AlreadySubmitted:
        return intake.assessments.filter(occasion=Assessment.Occasion.SUBMIT).last()


def _submit(intake: Intake, *, version: int, by: User | None, signed: bool = False) -> Assessment:
    """Send the answers of a locked intake.

    `signed`: what must be agreed to was looked at in this transaction.
    """
    protocol = bring_up_to_date(intake)
    if missing := missing_answers(protocol, intake):
        raise Incomplete(missing)
    if intake.version != version:
        raise StalePage({})
    if not signed and set(MUST_AGREE) & set(needed(intake)):
        raise Unsigned
    assessment = keep_assessment(intake, Assessment.Occasion.SUBMIT)
    intake.submitted_at = timezone.now()
    intake.urgency = max(intake.urgency, assessment.urgency)
    intake.entered_by = by or intake.entered_by
    intake.save(update_fields=["submitted_at", "urgency", "entered_by"])
    keep_code(assessment)
    intake.unsent_pages.all().delete()
    open_case(intake, assessment, because=Case.OpenedBecause.SUBMITTED)
    follow_ups.plan(intake)
    extended(intake.patient.public_id)
    answers_received(intake)
    return assessment


@transaction.atomic
def sign_and_submit(
    intake: Intake, *, version: int, signed_name: str, choices: dict[str, Any], language: str, by: User | None = None
) -> Assessment:
    """Sign what is not signed yet and send the answers: both, or neither.

    Raises BadSignature and what `submit_intake` raises. Sent already: nothing is signed a second time.
    """
    try:
        locked = _locked(intake)
    except AlreadySubmitted:
        return submit_intake(intake, version=version, by=by)
    sign_within(locked, signed_name=signed_name, choices=choices, language=language, by=by)
    return _submit(locked, version=version, by=by, signed=True)


def missing_answers(protocol: triage.Protocol, intake: Intake) -> list[str]:
    """Ids of the required questions without an answer that holds, in page order."""
    again = asked_again(intake)
    todo = set(triage.next_questions(protocol, intake.answers)) | set(again.questions[:1] if again else ())
    todo |= to_look_at_again(intake)
    asked = (question for page in protocol.pages for question in page.questions)
    return [question for question in asked if question in todo and protocol.questions[question].required]


def open_cases_for_abandoned(now: datetime) -> int:
    """Forms left before they could screen for danger become cases, so that somebody calls. Returns how many.

    The clocks of such a case count from the moment the form was left.
    """
    left = Intake.objects.left_since(now - LEFT_AFTER).filter(case=None).values_list("pk", flat=True)
    return each_by_itself(left, partial(_open_for_abandoned, now=now), failed="A form that was left opened no case")


def _open_for_abandoned(pk: int, *, now: datetime) -> bool:
    left = Intake.objects.left_since(now - LEFT_AFTER).filter(case=None)
    intake = left.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if intake is None:  # the patient came back, or another worker has it
        return False
    bring_up_to_date(intake)
    assessment = keep_assessment(intake, Assessment.Occasion.PAGE)
    open_case(intake, assessment, because=Case.OpenedBecause.NOT_SCREENED, now=intake.touched_at)
    return True
