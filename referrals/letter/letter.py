"""The referral letter: what goes in, and the PDF that comes out.

`content` gathers the words from what is stored; `letter.typ` sets them as a tagged PDF. Words of patients and staff
travel as JSON strings, so markup in them stays text. A letter that was made is never changed: other words make
another version.
"""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from django.utils.formats import date_format

from clinic.pdf import tagged
from intake import triage
from intake.models import Contact, Decision, Urgency
from intake.review.case_page import answer_in_words
from intake.versions.protocols import readable
from referrals.letter import words
from referrals.models import Letter, Referral

TEMPLATE = Path(__file__).with_name("letter.typ")


class Damaged(Exception):
    """The stored file is not the one that was stored: its checksum differs."""


def make(referral: Referral, *, prepared_by) -> Letter:
    """The newest version of the letter; a new one when the words have changed. Call it inside a transaction."""
    now = timezone.now()
    said = content(referral, prepared_by=prepared_by, now=now)
    newest = referral.letters.last()
    if newest and {**newest.content, "made": said["made"], "version": 0} == {**said, "version": 0}:
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


def stored_pdf(letter: Letter) -> bytes:
    """The PDF as it was made; Damaged when the file changed on disk."""
    with letter.pdf.open("rb") as file:
        pdf = file.read()
    if hashlib.sha256(pdf).hexdigest() != letter.sha256:
        raise Damaged
    return pdf


def preview(referral: Referral, *, prepared_by) -> bytes:
    """The letter as it would be now, marked as a draft and kept nowhere."""
    said = content(referral, prepared_by=prepared_by, now=timezone.now())
    return render({**said, "draft": True})


def render(said: dict) -> bytes:
    """A tagged PDF (PDF/UA-1) of `content`."""
    return tagged(TEMPLATE, said)


# The words a new referral starts with -------------------------------------------------------------------------------


def first_question(decision: Decision) -> str:
    """What the specialist is asked, to start from: what stands out, and what we hope to hear."""
    asks = words.ASKS.get(decision.specialist, words.ASK_OTHERWISE)
    lead = [f"Red flag: {flag['condition']}." for flag in _flags(decision) if not flag["dismissed"]][:2]
    for origin in _explanation(decision.assessment).get("origins", ())[:1]:
        if origin["strength"] != "not_enough":
            lead.append(f"The answers fit best with: {origin['label']}.")
    return " ".join([*lead, asks, words.MEANWHILE])


def first_told(decision: Decision) -> str:
    """What is on record about what the patient was told; the desk adds to it."""
    spoken = decision.case.contacts.filter(
        outcome__in=[Contact.Outcome.REACHED, Contact.Outcome.REACHED_OTHER], safety_advice_given=True
    ).last()
    if spoken is None:
        return ""
    day = date_format(spoken.at.astimezone(decision.case.location.zone), "F j")
    return f"{spoken.by} spoke with {_whom(spoken)} on {day} and gave safety advice."


def _whom(contact) -> str:
    return "the patient" if contact.outcome == Contact.Outcome.REACHED else "someone close to the patient"


# What the letter says -----------------------------------------------------------------------------------------------


@translation.override("en")
def content(referral: Referral, *, prepared_by, now) -> dict:
    """Everything the letter says, as JSON-able words. Letters are in English, whoever makes them."""
    decision, location = referral.decision, referral.location
    assessment = decision.assessment
    asked = _Answers(assessment, decision.case.intake.language)
    said = {
        "draft": False,
        "version": 1,
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
        "follow_up": _follow_up(referral),
        "signature": _signature(decision),
        "prepared_by": f"{prepared_by.name}, {prepared_by.get_role_display().lower()}",
        "left_out": [label for part, label in words.MAY_BE_LEFT_OUT if part in referral.left_out],
        "protocol": f"{assessment.protocol.label}, {assessment.protocol.digest[:12]}",
        "protocol_is_sample": asked.protocol.status == "sample",
    }
    if alarms := asked.alarms():  # a letter without any stays the version it is
        said["alarms"] = alarms
    for part in referral.left_out:
        said[part] = type(said[part])()
    return said


def _day(moment, location) -> dict:
    local = moment.astimezone(location.zone)
    return {"year": local.year, "month": local.month, "day": local.day, "words": date_format(local, "F j, Y")}


def _urgency(referral) -> dict:
    urgency = Urgency(referral.urgency)
    return {"word": urgency.label, "level": urgency.word, "see_by": date_format(referral.see_by, "l, F j, Y")}


def _specialty(referral) -> str:
    return triage.shipped().specialists.get(referral.specialty, referral.specialty.replace("_", " "))


def _from(location) -> dict:
    return {
        "organization": settings.ORGANIZATION,
        "name": location.name,
        "street": location.street,
        "city": f"{location.city}, {location.state} {location.zip_code}",
        "phone": location.phone,
        "fax": location.fax,
    }


def _to(specialist) -> dict:
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


def _patient(referral, now) -> dict:
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
    }


def _safety(decision) -> list[str]:
    """Whether the patient of an emergency was told to call 911, and reached."""
    case, intake = decision.case, decision.case.intake
    lines = []
    if intake.emergency_seen_at:
        seen = _moment(intake.emergency_seen_at, case.location)
        lines.append(f"The patient was shown the advice to call 911 or go to the emergency department on {seen}.")
    spoken = case.contacts.filter(
        outcome__in=[Contact.Outcome.REACHED, Contact.Outcome.REACHED_OTHER, Contact.Outcome.WELFARE_CHECK]
    ).last()
    if spoken is None:
        lines.append(f"Not reached by phone so far ({case.contacts.count()} tries).")
    elif spoken.outcome == Contact.Outcome.WELFARE_CHECK:
        lines.append(f"Not reached; a welfare check was asked for on {_moment(spoken.at, case.location)}.")
    else:
        advice = "and told to use 911 or the emergency department" if spoken.safety_advice_given else ""
        who = _whom(spoken).capitalize()
        lines.append(f"{who} was reached on {_moment(spoken.at, case.location)} by {spoken.by} {advice}".strip() + ".")
    return lines


def _moment(at, location) -> str:
    return date_format(at.astimezone(location.zone), "F j, Y, g:i A")


def _follow_up(referral) -> dict:
    location = referral.location
    by_fax = f" or by fax to {location.fax}" if location.fax else ""
    by_link = "with the link in our email" if referral.specialist and referral.specialist.email else "by mail"
    return {
        "who": f"{referral.owner.name} at {location.name} follows this referral up, phone {location.phone}."
        if referral.owner
        else f"The front desk of {location.name} follows this referral up, phone {location.phone}.",
        "return": f"Please send your report {by_link}{by_fax}. We read every report and tell the patient the plan.",
    }


def _signature(decision) -> dict:
    by = decision.by
    return {
        "name": by.signature,
        "license": by.license_number,
        "npi": by.npi,
        "at": _moment(decision.effective_at or decision.at, decision.case.location),
        "second": decision.second_by.signature if decision.second_by else "",
    }


# Reading the assessment ---------------------------------------------------------------------------------------------


def _explanation(assessment) -> dict:
    return assessment.result.get("explanation", {})


def _flags(decision) -> list[dict]:
    """The flags, worst first, with what the therapist said of each. `answers` holds question ids."""
    verdicts = {verdict.rule: verdict for verdict in decision.flag_verdicts.all()}
    flags = []
    for flag in _explanation(decision.assessment).get("flags", ()):
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


class _Answers:
    """The answers of one assessment, in the words of the protocol that judged them.

    Those are the words the patient answered. The shipped protocol helps out when that one can no longer be read.
    """

    def __init__(self, assessment, language):
        self.protocol = readable(assessment.protocol) or triage.shipped()
        self.answers = assessment.answers
        self.explanation = _explanation(assessment)
        self.unused_alarms = assessment.unused_alarms
        self.asked = set(assessment.result.get("asked", assessment.answers))
        self.language = language

    def rows(self, questions) -> list[list[str]]:
        """[label, answer] of each question that was asked and answered with more than a plain no."""
        return [
            [self.label(question), self.answer(question)]
            for question in questions
            if question in self.asked and self.answers.get(question) not in (None, "", [])
            if not self._denied(question)
        ]

    def alarms(self) -> list[list[str]]:
        """[label, answer] of the answers that alarm by themselves and that no rule used."""
        said: dict[str, list[str]] = {}
        for alarm in self.unused_alarms:
            answer = answer_in_words(self.protocol, alarm["question"], alarm["value"]) or alarm["value"]
            said.setdefault(alarm["question"], []).append(answer)
        return [[self.label(question), "; ".join(words)] for question, words in said.items()]

    def label(self, question) -> str:
        if question in words.LABELS:
            return words.LABELS[question]
        known = self.protocol.questions.get(question)
        return str(known.text) if known else question

    def answer(self, question) -> str:
        value = self.answers[question]
        return answer_in_words(self.protocol, question, value) or str(value)

    def negatives(self) -> list[str]:
        """The red-flag questions that were asked and answered with no."""
        return [self._denied(question) for question, _option in words.NEGATIVES if self._denied(question)]

    def _denied(self, question) -> str:
        """The clinical words of an answer of "no", or nothing."""
        given = self.answers.get(question)
        option = given[0] if isinstance(given, list) and len(given) == 1 else given
        return words.NEGATIVES.get((question, option), "") if question in self.asked and isinstance(option, str) else ""

    def not_ruled_out(self) -> list[dict]:
        """Conditions that stay open because of an unsure or missing answer, and the questions to ask."""
        return [
            {"condition": entry["condition"], "questions": [self.label(question) for question in entry["questions"]]}
            for entry in self.explanation.get("not_ruled_out", ())
        ]

    def unsure(self) -> list[str]:
        """What the patient could not say, and the strength tests left to an examination."""
        said = [self.label(entry["question"]) for entry in self.explanation.get("unsure", ())]
        untested = [self.label(question) for question in self.explanation.get("strength_not_checked", ())]
        lines = [f'Answered "not sure": {"; ".join(dict.fromkeys(said))}.'] if said else []
        return lines + ([f"Strength not checked: {'; '.join(untested)}."] if untested else [])
