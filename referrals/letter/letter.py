"""The referral letter: what goes in, and the PDF that comes out.

`content` gathers the words from what is stored; `letter.typ` sets them as a tagged PDF. Words of patients and staff
travel as JSON strings, so markup in them stays text. A letter that was made is never changed: other words make
another version.
"""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from django.utils.formats import date_format

from clinic.paper.pdf import tagged
from clinic.staff.models import Location, User
from intake import triage
from intake.body.figure import body_figure
from intake.models import Case, Contact, Decision, Intake, Urgency
from referrals.letter import words
from referrals.letter.said import Answers, explanation_of
from referrals.models import Letter, Referral, Specialist

TEMPLATE = Path(__file__).with_name("letter.typ")


class Damaged(Exception):
    """The stored file is not the one that was stored: its checksum differs."""


def make(referral: Referral, *, prepared_by: User, channel: str = "") -> Letter:
    """Return the newest version of the letter; a new one when the words have changed. Call it inside a transaction.

    `channel` is the way it goes, where that is not the way it went before: how to answer follows it.
    """
    now = timezone.now()
    said = content(referral, prepared_by=prepared_by, now=now, channel=channel)
    newest = referral.letters.last()
    if newest and _says_the_same(newest.content, said):
        return newest
    said["version"] = newest.version + 1 if newest else 1
    pdf = render(said)
    letter = Letter(
        referral=referral,
        version=said["version"],
        content=said,
        sha256=hashlib.sha256(pdf).hexdigest(),
        signed_by=referral.decision.by,
    )
    letter.pdf.save("letter.pdf", ContentFile(pdf), save=False)
    letter.save()
    return letter


def _says_the_same(before: dict[str, Any], said: dict[str, Any]) -> bool:
    """Say whether nothing is new but the day it is made.

    Letters from before the figure or the number lack that.
    """
    came_later = {name: said[name] for name in ("marked", "reference")}
    of_today = {"made": said["made"], "version": said["version"]}
    return {**came_later, **before, **of_today} == said


def stored_pdf(letter: Letter) -> bytes:
    """Return the PDF as it was made; Damaged when the file changed on disk."""
    with letter.pdf.open("rb") as file:
        pdf = file.read()
    if hashlib.sha256(pdf).hexdigest() != letter.sha256:
        raise Damaged
    return pdf


def as_it_stands(referral: Referral, *, prepared_by: User) -> dict[str, Any]:
    """Return what the office has in its hands, before that what it would get now."""
    if referral.sent_letter:
        return referral.sent_letter.content
    return content(referral, prepared_by=prepared_by, now=timezone.now())


def preview(referral: Referral, *, prepared_by: User) -> bytes:
    """Return the letter as it would be now, marked as a draft and kept nowhere."""
    said = content(referral, prepared_by=prepared_by, now=timezone.now())
    return render({**said, "draft": True})


def render(said: dict[str, Any]) -> bytes:
    """Return a tagged PDF (PDF/UA-1) of `content`."""
    if marked := said.get("marked"):
        return tagged(TEMPLATE, said, figure=body_figure(marked["places"], alt=marked["words"]))
    return tagged(TEMPLATE, said)


# The words a new referral starts with -------------------------------------------------------------------------------


def first_question(decision: Decision) -> str:
    """Write what the specialist is asked, to start from. The flags stand below it and are not said twice."""
    asks = words.ASKS.get(decision.specialist, words.ASK_OTHERWISE)
    origins = explanation_of(decision.assessment).get("origins", ())[:1]
    points = [words.POINTS_TO.format(_within(one["label"])) for one in origins if one["strength"] != "not_enough"]
    return " ".join([asks, *points, words.MEANWHILE])


def _within(label: str) -> str:
    """Return the label as it stands within a sentence."""
    return label[:1].lower() + label[1:]


def first_told(decision: Decision) -> str:
    """Return what the contact log says the patient was told; the desk adds to it."""
    last = Contact.objects.since_news(decision.case).with_advice().select_related("by").last()
    if last is None:
        return ""
    day = date_format(last.at.astimezone(decision.case.location.zone), "F j")
    return f"{last.by} spoke with {_whom(last)} on {day}{_said(last)}."


def _said(contact: Contact) -> str:
    """Return what somebody was told, to follow a sentence; "" where they were not."""
    told = f" and told them {words.TOLD[contact.told]}" if contact.told else ""
    advice = " and gave safety advice" if contact.safety_advice_given else ""
    return told + advice


def _whom(contact: Contact) -> str:
    return "the patient" if contact.outcome == Contact.Outcome.REACHED else "someone close to the patient"


# What the letter says -----------------------------------------------------------------------------------------------


@translation.override("en")
def content(referral: Referral, *, prepared_by: User, now: datetime, channel: str = "") -> dict[str, Any]:
    """Return everything the letter says, as JSON-able words. Letters are in English, whoever makes them."""
    decision, location = referral.decision, referral.location
    assessment = decision.assessment
    asked = Answers(assessment, decision.case.intake.language)
    said = {
        "draft": False,
        "version": 1,
        "reference": referral.reference,
        "made": _day(now, location),
        "urgency": _urgency(referral),
        "specialty": _specialty(referral),
        "from": _from(location),
        "to": _to(referral.specialist),
        "patient": _patient(referral, now),
        "safety": _safety(decision) if referral.urgency == Urgency.EMERGENCY else [],
        "question": referral.question,
        "wanted": str(referral.get_wanted_display()),
        "summary": asked.rows(words.PROBLEM),
        "marked": asked.marked(),
        "own_words": asked.rows(words.OWN_WORDS),
        "language_of_words": decision.case.intake.language,
        "flags": [
            {**flag, "answers": asked.rows([question for question in flag["answers"]])} for flag in _flags(decision)
        ],
        "negatives": asked.negatives(),
        "not_ruled_out": asked.not_ruled_out(),
        "unsure": asked.unsure(),
        "findings": asked.rows(words.FINDINGS),
        "therapist_words": decision.words,
        "history": asked.rows(words.HISTORY),
        "tried": asked.rows(words.TRIED),
        "daily_life": asked.rows(words.DAILY_LIFE),
        "attachments": list(referral.attachments),
        "consent": str(referral.get_consent_display()) if referral.consent else "",
        "told": referral.patient_told,
        "follow_up": _follow_up(referral, channel or referral.channel or _likely_channel(referral)),
        "signature": _signature(decision),
        "prepared_by": f"{prepared_by.name}, {prepared_by.get_role_display().lower()}",
        "left_out": [label for part, label in words.MAY_BE_LEFT_OUT if part in referral.left_out],
        "protocol": f"{assessment.protocol.label}, {assessment.protocol.digest[:12]}",
        "protocol_is_sample": asked.protocol.status == "sample",
    }
    if alarms := asked.alarms():  # a letter without any stays the version it is
        said["alarms"] = alarms
    if enclosed := _enclosed(referral):
        said["enclosures"] = enclosed
    for part in referral.left_out:
        said[part] = type(said[part])()
    return said


def _enclosed(referral: Referral) -> list[dict[str, str]]:
    going = referral.enclosures.going()
    return [{"id": str(one.public_id), "title": one.title, "sha256": one.sha256} for one in going]


def _day(moment: datetime, location: Location) -> dict[str, Any]:
    local = moment.astimezone(location.zone)
    return {"year": local.year, "month": local.month, "day": local.day, "words": date_format(local, "F j, Y")}


def _urgency(referral: Referral) -> dict[str, Any]:
    urgency = Urgency(referral.urgency)
    return {"word": urgency.label, "level": urgency.word, "see_by": date_format(referral.see_by, "l, F j, Y")}


def _specialty(referral: Referral) -> str:
    return triage.shipped().specialists.get(referral.specialty, referral.specialty.replace("_", " "))


def _from(location: Location) -> dict[str, Any]:
    return {
        "organization": settings.ORGANIZATION,
        "name": location.name,
        "street": location.street,
        "city": f"{location.city}, {location.state} {location.zip_code}",
        "phone": location.phone,
        "fax": location.fax,
    }


def _to(specialist: Specialist | None) -> dict[str, Any]:
    if specialist is None:
        return {}
    return {
        "name": specialist.with_credentials,
        "practice": specialist.practice,
        "street": specialist.street,
        "city": f"{specialist.city}, {specialist.state} {specialist.zip_code}",
        "phone": specialist.phone,
        "fax": specialist.fax,
        "npi": specialist.npi,
    }


def _patient(referral: Referral, now: datetime) -> dict[str, Any]:
    patient = referral.patient
    today = now.astimezone(referral.location.zone).date()
    return {
        "name": patient.full_name,
        "born": date_format(patient.date_of_birth, "F j, Y"),
        "age": patient.age_on(today),
        "phone": patient.phone,
        "email": patient.email,
        "language": words.LANGUAGES.get(patient.language, patient.language),
        "interpreter": "Interpreter needed" if patient.needs_interpreter else "No interpreter needed",
        "plan": patient.insurance_plan,
        "member": patient.member_number,
        "authorization": referral.authorization_number,
        **_answered_by(referral.decision.case.intake),
    }


def _answered_by(intake: Intake) -> dict[str, str]:
    """Name who answered for the patient; nothing where they answered themselves."""
    respondent = getattr(intake, "respondent", None)
    if respondent is None or respondent.kind == respondent.Kind.PATIENT:
        return {}
    who = ", ".join(filter(None, [respondent.name, respondent.relationship]))
    kind = respondent.get_kind_display()
    return {"answered_by": f"{who} ({kind[:1].lower()}{kind[1:]})"}


def _safety(decision: Decision) -> list[str]:
    """Return what is on record: was the patient reached, and what were they told?"""
    case, intake = decision.case, decision.case.intake
    lines = []
    if intake.emergency_seen_at:
        seen = _moment(intake.emergency_seen_at, case.location)
        lines.append(f"The patient was shown the advice to call 911 or go to the emergency department on {seen}.")
    contacts = Contact.objects.since_news(case)
    spoken = contacts.filter(outcome__in=Contact.SETTLES_AN_EMERGENCY).last()
    if spoken is None:
        lines.append(f"Not reached {_since(case)} ({contacts.count()} tries).")
    elif spoken.outcome == Contact.Outcome.WELFARE_CHECK:
        lines.append(f"Not reached; a welfare check was asked for on {_moment(spoken.at, case.location)}.")
    else:
        at = _moment(spoken.at, case.location)
        lines.append(f"{spoken.by} spoke with {_whom(spoken)} on {at}{_said(spoken)}.")
    return lines


def _since(case: Case) -> str:
    """Return "so far", or since when, of a patient who was reached before the news."""
    reached = case.contacts.filter(outcome__in=Contact.SETTLES_AN_EMERGENCY).exists()
    return f"since {_moment(case.news.at, case.location)}" if reached else "so far"


def _moment(at: datetime, location: Location) -> str:
    return date_format(at.astimezone(location.zone), "F j, Y, g:i A")


def _likely_channel(referral: Referral) -> str:
    """Return the way a draft goes if nobody chooses another."""
    by_link = referral.specialist and referral.specialist.email
    return Referral.Channel.LINK if by_link else Referral.Channel.FAX


def _follow_up(referral: Referral, channel: str) -> dict[str, Any]:
    """Say how to answer and where the report goes, by the way the letter goes itself, and who follows it up."""
    location = referral.location
    by_fax = f", or by fax to {location.fax}" if location.fax else ""
    if channel == Referral.Channel.LINK:
        answer = f"Take the patient, decline or ask: with the link in our email, or call {location.phone}."
        back = f"Please send it with the same link{by_fax}."
    else:
        answer = f"Say whether you take the patient, and which day: call {location.phone}{by_fax}."
        answer += f" Our number is {referral.reference}."
        back = f"Please send it by fax to {location.fax}, or by mail." if location.fax else "Please send it by mail."
    who = referral.owner.name if referral.owner else "The front desk"
    return {
        "who": f"{who} at {location.name} follows this referral up, phone {location.phone}.",
        "answer": answer,
        "return": f"{back} We read every report and tell the patient the plan.",
    }


def _signature(decision: Decision) -> dict[str, Any]:
    by = decision.by
    return {
        "name": by.signature,
        "license": by.license_number,
        "npi": by.npi,
        "at": _moment(decision.effective_at or decision.at, decision.case.location),
        "second": decision.second_by.signature if decision.second_by else "",
    }


# Reading the assessment ---------------------------------------------------------------------------------------------


def _flags(decision: Decision) -> list[dict[str, Any]]:
    """Return the flags, worst first, with what the therapist said of each. `answers` holds question ids."""
    verdicts = {verdict.rule: verdict for verdict in decision.flag_verdicts.all()}
    flags = []
    for flag in explanation_of(decision.assessment).get("flags", ()):
        verdict = verdicts.get(flag["rule"])
        dismissed = verdict is not None and not verdict.confirmed
        flags.append(
            {
                "condition": flag["condition"],
                "level": flag["tier"],
                "answers": [answer["question"] for answer in flag["answers"]],
                "dismissed": dismissed,
                "verdict": f"{verdict.get_reason_display()}: {verdict.words}" if dismissed else "",
            }
        )
    return flags
