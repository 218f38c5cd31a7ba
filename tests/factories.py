"""Rows for tests, valid by every constraint. Each takes what the test is about and fills in the rest.

They write rows only: no message is scheduled and no history is kept. What a test is *about* goes through actions.
"""

from datetime import date, timedelta
from hashlib import sha256
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone

from clinic.messages.models import Message
from clinic.staff.models import Location, OnCall, Role, User
from intake.models import (
    AlarmsSeen,
    AppointmentRequest,
    Assessment,
    CallToMake,
    Case,
    Consent,
    Decision,
    DeskTask,
    Document,
    Intake,
    InvitationList,
    Patient,
    PatientFile,
    ProtocolVersion,
    Respondent,
    Urgency,
)
from intake.review.alarms import alarms_after
from intake.review.flags import flags_after
from intake.signing.texts import row_of, text_in
from referrals.models import DirectoryImport, OfficeToTell, Referral, Specialist
from tests.answers import HEEL_PAIN

PASSWORD = "plumb-line-2026-cast"
WEEKDAYS = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
PATIENCE = {  # acknowledge by, decide by
    Urgency.EMERGENCY: (timedelta(minutes=15), timedelta(hours=1)),
    Urgency.URGENT: (timedelta(hours=1), timedelta(hours=4)),
    Urgency.SOON: (timedelta(days=1), timedelta(days=7)),
    Urgency.ROUTINE: (timedelta(days=2), timedelta(days=2)),
}
_numbers = count(1)


def location(name="Riverside", **fields) -> Location:
    slug = name.lower().replace(" ", "-")
    return Location.objects.create(
        name=name,
        **{
            "slug": slug,
            "street": "12 Mill Road",
            "city": "Portland",
            "state": "ME",
            "zip_code": "04101",
            "phone": "(207) 555-0142",
            "on_call_phone": "(207) 555-0199",
            "time_zone": "America/New_York",
            "hours": WEEKDAYS,
            **fields,
        },
    )


def staff(name, role=Role.THERAPIST, *, at=(), **fields) -> User:
    """A member of staff who works at the locations `at`. Sign-in with PASSWORD; no second factor yet."""
    email = f"{name.split()[0].lower()}@plumbline.example"
    user = User.objects.create_user(email, PASSWORD, name=name, role=role, **fields)
    user.locations.set(at)
    return user


def on_call(person: User, *, at: Location, hours=12, **fields) -> OnCall:
    """On call from now on."""
    now = timezone.now()
    ends = now + timedelta(hours=hours)
    return OnCall.objects.create(
        location=at, person=person, **{"starts_at": now, "ends_at": ends, "phone": "207 555 0190", **fields}
    )


def patient(*, at: Location, **fields) -> Patient:
    number = next(_numbers)
    return Patient.objects.create(
        location=at,
        **{
            "first_name": "Ada",
            "last_name": f"Quill{number}",
            "date_of_birth": date(1980, 2, 29),
            "email": f"ada.quill{number}@patients.example",
            "phone": "(207) 555-0111",
            **fields,
        },
    )


def protocol() -> ProtocolVersion:
    """The row of the shipped protocol."""
    from intake import triage

    shipped = triage.shipped()
    row, _made = ProtocolVersion.objects.get_or_create(
        digest=shipped.digest, defaults={"label": shipped.version_label, "content": {}}
    )
    return row


def intake(*, of: Patient | None = None, at: Location | None = None, answers=None, submitted=False, **fields) -> Intake:
    """An intake of the patient `of`, or of a new one at the location `at`; nothing is answered unless said.

    The patient answers it, and has signed every document when it is submitted.
    """
    of = of or patient(at=at)
    now = timezone.now()
    made = Intake.objects.create(
        patient=of,
        answers=answers or {},
        saved_at=now if answers else None,
        protocol=protocol(),
        **{"language": of.language, **fields},
    )
    Respondent.objects.create(intake=made, kind=Respondent.Kind.PATIENT)
    if submitted:
        for document in Document:
            consent(made, document)
        made.submitted_at = now
        made.save(update_fields=["submitted_at"])
    return made


def consent(of: Intake, document=Document.TREATMENT, **fields) -> Consent:
    """The patient's signature under one document, on their own intake."""
    return Consent.objects.create(
        intake=of,
        patient=of.patient,
        **{
            "document": document,
            "text": row_of(text_in("en", document)),
            "agreed": True,
            "signed_name": of.patient.full_name,
            "capacity": Consent.Capacity.PATIENT,
            "method": Consent.Method.TYPED,
            "intent": "My typed name is my signature.",
            **fields,
        },
    )


def patient_file(of: Intake, content=b"%PDF-1.7", **fields) -> PatientFile:
    """A report the patient sent with an intake; nobody has scanned it yet."""
    made = PatientFile(
        intake=of,
        patient=of.patient,
        **{
            "kind": PatientFile.Kind.REPORT,
            "name": "report.pdf",
            "media_type": "application/pdf",
            "size": len(content),
            "sha256": sha256(content).hexdigest(),
            "sent_sha256": sha256(content).hexdigest(),
            **fields,
        },
    )
    made.file.save("report.pdf", ContentFile(content), save=True)
    return made


def appointment_request(*, at: Location, of: Patient | None = None, **fields) -> AppointmentRequest:
    """A visit asked for by `of`, or by somebody new, who has sent their answers; the desk has another day."""
    sent = intake(of=of, at=at, submitted=True)
    return AppointmentRequest.objects.create(
        patient=sent.patient,
        intake=sent,
        location=at,
        **{"days": ["mon"], "times": [], "reason": "new", "answer_by": timezone.now() + timedelta(days=1), **fields},
    )


def call_to_make(*, about: AppointmentRequest, **fields) -> CallToMake:
    """A call the desk owes about a visit that is off."""
    return CallToMake.objects.create(
        patient=about.patient,
        location=about.location,
        where=CallToMake.Where.CLINIC,
        subject_id=about.public_id,
        time_zone=about.location.time_zone,
        **{"was_at": timezone.now() + timedelta(days=1), "due_at": timezone.now() + timedelta(hours=2), **fields},
    )


def desk_task(*, of: Decision, **fields) -> DeskTask:
    """A visit the desk has to book by tomorrow, as this decision says."""
    now = timezone.now()
    return DeskTask.objects.create(
        decision=of,
        patient=of.case.patient,
        location=of.case.location,
        **{"what": DeskTask.What.BOOK, "due_on": now.date() + timedelta(days=1), "made_at": now, **fields},
    )


def assessment(of: Intake, occasion=Assessment.Occasion.SUBMIT) -> Assessment:
    """What the shipped protocol says about the answers of an intake."""
    from intake import triage

    shipped = triage.shipped()
    outcome = triage.assess(shipped, triage.validate_answers(shipped, of.answers))
    Intake.objects.filter(pk=of.pk).update(urgency=int(outcome.urgency))
    return Assessment.objects.create(
        intake=of,
        protocol=of.protocol,
        occasion=occasion,
        answers=of.answers,
        result=outcome.as_json(),
        urgency=int(outcome.urgency),
    )


def case(*, of: Patient | None = None, at: Location | None = None, answers=HEEL_PAIN, acknowledged_by=None) -> Case:
    """The case of a submitted intake with `answers` (see `tests.answers`), in review once acknowledged."""
    submitted = intake(of=of, at=at, answers=answers, submitted=True)
    found = assessment(submitted)
    urgency = Urgency(found.urgency)
    now = timezone.now()
    acknowledge, decide = PATIENCE[urgency]
    return Case.objects.create(
        intake=submitted,
        patient=submitted.patient,
        location=submitted.patient.location,
        opened_because=Case.OpenedBecause.SUBMITTED,
        rules_urgency=urgency,
        urgency=urgency,
        flags=flags_after([], found),
        unused_alarms=alarms_after(found),
        status=Case.Status.IN_REVIEW if acknowledged_by else Case.Status.WAITING,
        opened_at=now,
        acknowledge_by=now + acknowledge,
        decide_by=now + decide,
        acknowledged_at=now if acknowledged_by else None,
        acknowledged_by=acknowledged_by,
        held_until=now + timedelta(days=1) if acknowledged_by else None,
    )


def unused_alarms(on: Case, *alarms: tuple[str, str, str]) -> Assessment:
    """Other answers came: the newest assessment leaves these unused, as (question, option, severity), whatever the
    rules of today would say of them.
    """
    from intake.review.opening import open_case

    last = on.intake.assessments.last()
    left = [dict(zip(("question", "value", "severity"), alarm, strict=True)) for alarm in alarms]
    made = Assessment.objects.create(
        intake=on.intake,
        protocol=last.protocol,
        occasion=Assessment.Occasion.PAGE,
        answers=last.answers,
        result=last.result | {"unused_alarms": left},
        urgency=last.urgency,
    )
    open_case(on.intake, made, because=Case.OpenedBecause.FLAG)
    on.refresh_from_db()
    return made


def danger_in(of: Intake) -> Case:
    """The case of a form that is not sent, opened by a flag on one of its pages."""
    from intake.review.opening import open_case

    found = assessment(of, Assessment.Occasion.PAGE)
    of.refresh_from_db()
    return open_case(of, found, because=Case.OpenedBecause.FLAG)


def decision(*, on: Case, by: User, **fields) -> Decision:
    """A decision in effect that agrees with the suggestion and asks for a referral; the case is decided.

    Its author has seen what the rules left unused, unless `alarms_seen` says otherwise.
    """
    now = timezone.now()
    found = on.intake.assessments.last()
    if found.unused_alarms and "alarms_seen" not in fields:
        fields["alarms_seen"] = AlarmsSeen.objects.create(assessment=found, by=by, alarms=found.unused_alarms)
    suggested = found.result["specialists"][0]
    made = Decision.objects.create(
        case=on,
        assessment=found,
        by=by,
        **{
            "tier_before": on.urgency,
            "tier": on.urgency,
            "suggested_specialist": suggested,
            "specialist": suggested,
            "refer": True,
            "reason": Decision.Reason.AGREE,
            "effective_at": now,
            **fields,
        },
    )
    on.status, on.decided_at, on.decided_by = Case.Status.DECIDED, now, by
    on.acknowledged_at, on.acknowledged_by = on.acknowledged_at or now, on.acknowledged_by or by
    on.held_until = None
    on.save()
    return made


def specialist(**fields) -> Specialist:
    number = next(_numbers)
    return Specialist.objects.create(
        **{
            "specialty": "neurologist",
            "name": f"Noor Adeyemi {number}",
            "credentials": "MD",
            "npi": "1234567893",
            "practice": "Casco Nerve Center",
            "street": f"{number} Harbor Street",
            "city": "Portland",
            "state": "ME",
            "zip_code": "04101",
            "phone": "(207) 555-0170",
            "fax": "(207) 555-0171",
            "email": f"referrals{number}@casco-nerve.example",
            "insurance_plans": ["Northern Mutual PPO"],
            "languages": ["en", "es"],
            "miles": {"riverside": 4},
            **fields,
        }
    )


def invitation_list(*, by: User, text: str = "First name,Last name,DOB,Email\nInes,Quill,1980-02-29,i@p.example"):
    return InvitationList.objects.create(file_name="people.csv", text=text, uploaded_by=by)


def directory_import(*, by: User, text: str = "Specialty,Practice,Name\nneurologist,Casco,Noor") -> DirectoryImport:
    return DirectoryImport.objects.create(file_name="offices.csv", text=text, uploaded_by=by)


def referral(*, after: Decision, owner: User, to: Specialist | None = None, status=None, **fields) -> Referral:
    """A referral that carries a decision out: a draft, or sent when it goes `to` a specialist."""
    now = timezone.now()
    sent = bool(to)
    carried = Referral.objects.create(
        case=after.case,
        decision=after,
        patient=after.case.patient,
        location=after.case.location,
        specialty=after.specialist,
        specialist=to,
        choice=Referral.Choice.SUGGESTED if sent else "",
        choice_reason="sees new patients" if sent else "",
        owner=owner,
        created_by=after.by,
        **{
            "urgency": after.tier,
            "see_by": (now + timedelta(days=7)).date(),
            "question": "Please see this patient.",
            "next_check_at": now + timedelta(days=2),
            "consent": Referral.Consent.AGREED,
            **fields,
        },
    )
    if sent or status:
        letter = carried.letters.create(
            version=1, content={}, pdf="letters/none.pdf", sha256="0" * 64, signed_by=after.by
        )
        Referral.objects.filter(pk=carried.pk).update(
            status=status or Referral.Status.SENT, sent_at=now, sent_letter=letter, channel=Referral.Channel.LINK
        )
        carried.refresh_from_db()
    return carried


def office_to_tell(*, of: Referral, **fields) -> OfficeToTell:
    """An office that somebody has to tell that the letter is newer."""
    due_at = timezone.now() + timedelta(hours=4)
    return OfficeToTell.objects.create(
        referral=of, specialist=of.specialist, **{"what": OfficeToTell.What.LETTER, "due_at": due_at, **fields}
    )


def message(*, at: Location | None = None, **fields) -> Message:
    """A row of the outbox as it is, without a kind behind it unless named."""
    number = next(_numbers)
    return Message.objects.create(
        location=at,
        **{
            "key": f"note:{number}",
            "kind": "note",
            "recipient": f"person{number}@patients.example",
            "subject_type": "intake",
            "subject_id": "00000000-0000-4000-8000-000000000000",
            "due_at": timezone.now(),
            **fields,
        },
    )
