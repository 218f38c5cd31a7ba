"""What is signed, what is still to sign, and signing itself. A signature is written once and never changed.

What was signed for a minor, or by one, holds until they come of age; then everything is asked again. Otherwise the
last word of a patient on a document holds. A text with a newer version is asked again with the next answers; until then
what was signed holds.
"""

import re
import unicodedata
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from clinic.staff.models import User
from intake.models import Consent, Document, Intake, Patient, Respondent
from intake.signing.texts import is_newer, rows_of, text_in

MUST_AGREE = (Document.TREATMENT, Document.PRIVACY)


class Unsigned(Exception):
    """Treatment or privacy is not signed, or no longer in force. Nothing was sent."""


class BadSignature(Exception):
    """Nothing was signed. `problems`: what is wrong, by document, or "signed_name" or "respondent"."""

    def __init__(self, *problems: Any) -> None:
        self.problems = problems
        super().__init__(", ".join(problems))


def in_force(patient: Patient, *, at: datetime | None = None) -> dict[Document, Consent]:
    """Return the signatures that hold at the moment `at` (now when left out), in the order to read them."""
    at = at or timezone.now()
    last = patient.consents.in_force().select_related("text")
    there = {Document(consent.document): consent for consent in last if _holds(consent, patient, at)}
    return {document: there[document] for document in Document if document in there}


def _holds(consent: Consent, patient: Patient, at: datetime) -> bool:
    return patient.was_minor(at) or not patient.was_minor(consent.signed_at)


def needed(intake: Intake) -> list[Document]:
    """The documents to sign now, in the order to read them: without a signature that holds, or only with one under an
    earlier version. A word mended under the same version is not asked again. Email and its risks are no question
    for somebody who gave no address.
    """
    there = in_force(intake.patient)
    asked = [document for document in Document if document != Document.EMAIL or intake.patient.email]
    return [document for document in asked if document not in there or outdated(there[document])]


def outdated(consent: Consent) -> bool:
    """Say whether the document now has a newer version than the one signed."""
    return is_newer(text_in(consent.text.language, consent.document).version, than=consent.text.version)


def capacity(intake: Intake) -> str:
    """In which capacity whoever answers this intake signs. A helper only types: the patient signs."""
    respondent = intake.respondent
    if respondent.acts_for_patient:
        return respondent.kind
    return Consent.Capacity.MINOR if intake.patient.is_minor else Consent.Capacity.PATIENT


def expected_name(intake: Intake) -> str:
    """Return the name of whoever has to sign."""
    respondent = intake.respondent
    return respondent.name if respondent.acts_for_patient else intake.patient.full_name


def intent(intake: Intake, language: str, *, on_paper: bool = False) -> str:
    """The sentence by which the signer means to sign, in the language of the page, or as it stands on the paper."""
    with translation.override(language):
        if on_paper:
            return _("I have read this text, or it was read to me. I sign it by my own hand.")
        if intake.respondent.acts_for_patient:
            return _("I may sign for the patient. My typed name is my signature for them, on screen and not on paper.")
        return _("My typed name is my signature. I want to sign on screen and not on paper.")


def looks_like(typed: str, expected: str) -> bool:
    """Say whether the name typed may well be the one expected: accents, order, middle names and dots do not count."""
    given, wanted = _words(typed), _words(expected)
    return wanted <= given or (len(given) > 1 and given <= wanted)


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return set(re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter))))


@transaction.atomic
def sign(
    intake: Intake, *, signed_name: str, choices: dict[str, bool], language: str, by: User | None = None
) -> list[Consent]:
    """Sign every document this patient needs, under the text of `language`.

    `choices` maps documents to agreed or not; treatment and privacy must be agreed to, the others answered. With `by`
    the signature is on paper and that member of staff puts it in. Raises BadSignature; nothing is signed then.
    Two at once for one patient sign once.
    """
    return sign_within(intake, signed_name=signed_name, choices=choices, language=language, by=by)


def sign_within(
    intake: Intake, *, signed_name: str, choices: dict[str, bool], language: str, by: User | None = None
) -> list[Consent]:
    """The same, in the caller's transaction."""
    Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=intake.patient_id)
    documents = needed(intake)
    problems: list[str] = [document for document in documents if not isinstance(choices.get(document), bool)]
    problems += [document for document in MUST_AGREE if document in documents and choices.get(document) is False]
    if not any(letter.isalpha() for letter in signed_name):
        problems.append("signed_name")
    respondent = Respondent.objects.filter(intake=intake).first()
    if respondent is None or (respondent.kind == Respondent.Kind.GUARDIAN and not intake.patient.is_minor):
        problems.append("respondent")
    if documents and problems:
        raise BadSignature(*problems)
    if not documents:
        return []
    intake.respondent = respondent  # known from here on
    texts = {document: text_in(language, document) for document in documents}
    rows = rows_of(texts.values())
    consents = [
        Consent(
            patient=intake.patient,
            intake=intake,
            text=rows[texts[document].sha256],
            document=document,
            agreed=choices[document],
            signed_name=signed_name.strip(),
            capacity=capacity(intake),
            authority=respondent.authority,
            method=Consent.Method.PAPER if by else Consent.Method.TYPED,
            intent=intent(intake, language, on_paper=by is not None),
            recorded_by=by,
            signed_at=timezone.now(),
        )
        for document in documents
    ]
    return Consent.objects.bulk_create(consents)
