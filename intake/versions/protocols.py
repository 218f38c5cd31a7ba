"""Which protocol an intake runs under, and the protocols of the past."""

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from intake import triage
from intake.models import AnswerChange, Assessment, Intake, ProtocolVersion
from intake.triage import Answer, AnswerError, Outcome, Protocol, ProtocolError, Screened, Urgency
from intake.versions.arranging import arranged


def protocol_version() -> ProtocolVersion:
    """Return the row of the shipped protocol, made when it is first used."""
    protocol = triage.shipped()
    row, _made = ProtocolVersion.objects.get_or_create(
        digest=protocol.digest, defaults={"label": protocol.version_label, "content": texts_of(protocol)}
    )
    return row


def texts_of(protocol: Protocol) -> dict[str, str]:
    """The files of a protocol and its translations, by name, as they are written."""
    translations = [path.relative_to(protocol.folder).as_posix() for path in protocol.folder.glob("es/*.yaml")]
    return {name: (protocol.folder / name).read_text() for name in [*protocol.content, *sorted(translations)]}


def protocol_of(version: ProtocolVersion) -> Protocol:
    """Return the protocol a row stands for, loaded from what was stored; the shipped one when it is that."""
    shipped = triage.shipped()
    return shipped if version.digest == shipped.digest else _load_stored(version.digest)


@lru_cache(maxsize=8)
def _load_stored(digest: str) -> Protocol:
    return load_texts(ProtocolVersion.objects.get(digest=digest).content)


def load_texts(texts: dict[str, str]) -> Protocol:
    """Return the protocol of files given by name. Raises ProtocolError when this release cannot read them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return triage.load(folder, stored=True)


def protocol_for(intake: Intake) -> Protocol:
    """Return the protocol an intake runs under: the one it began with, as long as this release can read it.

    Of somebody who got worse and confirmed what is on file, with the pages that are left: see `arranging`.
    """
    return arranged(readable(intake.protocol) or triage.shipped(), intake)


def readable(version: ProtocolVersion) -> Protocol | None:
    """The protocol a row stands for; None when this release can no longer read it."""
    try:
        return protocol_of(version)
    except ProtocolError:
        return None


def judge(
    intake: Intake, answers: dict[str, Any], *, explain: bool = True
) -> tuple[ProtocolVersion, dict[str, Any], Outcome]:
    """Return what the intake's protocol makes of `answers`, and a newer one too where it matters: for emergencies.

    When an emergency rule of the shipped protocol fires that fires not, or as less, by the intake's own, the shipped
    protocol judges. Returns the version that judged, the answers it could read, and the outcome.
    """
    _screened, newer = _screen(intake, answers)
    if newer is not None:
        return protocol_version(), newer, triage.assess(triage.shipped(), newer, explain=explain)
    own = protocol_for(intake)
    version = intake.protocol if own.digest == intake.protocol.digest else protocol_version()
    return version, answers, triage.assess(own, answers, explain=explain)


def judge_unstored(intake: Intake) -> tuple[Protocol, dict, Outcome]:
    """Judge an unfinished intake as it stands, and store nothing, not even a version of the protocol.

    Says what `bring_up_to_date` and `judge` would make of it: the protocol, the answers it could read, the outcome.
    """
    protocol, answers = protocol_for(intake), intake.answers
    if protocol.digest != intake.protocol.digest:
        answers = what_fits(protocol, answers)
    else:
        _screened, newer = _screen(intake, answers)
        if newer is not None:
            protocol, answers = triage.shipped(), newer
    return protocol, answers, triage.assess(protocol, answers, explain=False)


def assessment_now(intake: Intake, occasion: str, answers: dict[str, Any] | None = None) -> Assessment:
    """What `judge` makes of `answers`, the saved ones when left out, not stored yet.

    `occasion` is an `Assessment.Occasion`.
    """
    version, answers, outcome = judge(intake, intake.answers if answers is None else answers)
    return Assessment(
        intake=intake,
        protocol=version,
        occasion=occasion,
        answers=answers,
        result=outcome.as_json(),
        urgency=int(outcome.urgency),
    )


def keep_assessment(intake: Intake, occasion: str) -> Assessment:
    """The same, stored."""
    found = assessment_now(intake, occasion)
    found.save()
    return found


def reasons_of(assessment: Assessment, lowest: Urgency) -> dict[str, list[list]]:
    """Return the rules of tier `lowest` or worse that fired, each with every answer it fires by, as [question, value].

    Of a protocol this release can no longer read only the smallest set of them is known.
    """
    protocol = readable(assessment.protocol)
    found = {}
    for flag in assessment.result["explanation"]["flags"]:
        if Urgency[flag["tier"].upper()] >= lowest:
            smallest = [Answer(**answer) for answer in flag["answers"]]
            whole = triage.fires_by(protocol, flag["rule"], smallest, assessment.answers) if protocol else smallest
            found[flag["rule"]] = [[answer.question, answer.value] for answer in dict.fromkeys(whole)]
    return found


def same_dangers(before: Assessment | None, now: Assessment) -> bool:
    """Say whether the same rules fire, each as the same tier, and the urgent ones by the same answers."""
    if before is None or before.flags != now.flags or before.tiers != now.tiers:
        return False
    return reasons_of(before, Urgency.URGENT) == reasons_of(now, Urgency.URGENT)


def screen(intake: Intake, answers: dict[str, Any]) -> Screened:
    """The tier and the fired rules of what `judge` says, for every page that is saved."""
    return _screen(intake, answers)[0]


def _screen(intake: Intake, answers: dict[str, Any]) -> tuple[Screened, dict[str, Any] | None]:
    """With the answers a newer protocol could read, when that one judges."""
    own, shipped = protocol_for(intake), triage.shipped()
    screened = triage.screen(own, answers)
    if own.digest != shipped.digest:
        fitting = what_fits(shipped, answers)
        newer = triage.screen(shipped, fitting)
        if emergencies(newer) - emergencies(screened):
            return newer, fitting
    return screened, None


def emergencies(screened: triage.Screened) -> set[str]:
    """Return the ids of the rules that fire as emergencies; one that fires as less is none of them."""
    return {rule.id for rule in screened.flags if rule.tier == Urgency.EMERGENCY}


@transaction.atomic(savepoint=False)  # what fails in it fails the caller's
def bring_up_to_date(intake: Intake) -> Protocol:
    """The protocol of a locked, unfinished intake; one this release can no longer read gives way to the shipped one.

    Then answers that no longer fit their question are kept beside, as changed answers, and their questions are
    asked again; so is every question that is new.
    """
    protocol = protocol_for(intake)
    if intake.protocol.digest == protocol.digest:
        return protocol
    fitting = what_fits(protocol, intake.answers)
    for question in intake.answers.keys() - fitting.keys():
        AnswerChange.objects.create(
            intake=intake,
            question=question,
            before=intake.answers[question],
            urgency_before=intake.urgency,
            urgency_after=int(triage.screen(protocol, fitting).urgency),
        )
    intake.answers, intake.protocol, intake.pages_done = fitting, protocol_version(), {}
    intake.version += 1
    intake.save(update_fields=["answers", "protocol", "pages_done", "version"])
    return protocol


def what_fits(protocol: triage.Protocol, answers: dict[str, list[str]]) -> dict[str, Any]:
    """Return the answers a protocol can read."""
    return {question: value for question, value in answers.items() if _fits(protocol, question, value)}


def _fits(protocol: triage.Protocol, question: str, value: list[str]) -> bool:
    try:
        triage.validate_answers(protocol, {question: value})
    except AnswerError:
        return False
    return True
