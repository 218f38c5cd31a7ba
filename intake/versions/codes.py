"""Keeping the few-bytes form of submitted intakes in step with their assessments."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from intake import triage
from intake.models import AnswerCode, Assessment, Intake
from intake.triage import Protocol
from intake.triage.many.coding import CodeBook
from intake.versions.protocols import judge_unstored, protocol_of


@lru_cache(maxsize=8)
def book_of(protocol: Protocol) -> CodeBook:
    return CodeBook(protocol)


def row_for(assessment: Assessment) -> AnswerCode:
    """Return the row an assessment calls for, not saved. It depends on the assessment's JSON and its protocol only."""
    protocol = protocol_of(assessment.protocol)
    return AnswerCode(
        intake_id=assessment.intake_id,
        protocol_id=assessment.protocol_id,
        urgency=assessment.urgency,
        **_bytes(protocol, assessment.answers, assessment.result),
    )


def row_now(intake: Intake) -> tuple[Protocol, AnswerCode]:
    """Make the row an unfinished intake would have if it were sent as it stands; nothing is stored.

    The protocol beside it is the one that judged, and gives the row its layout.
    """
    protocol, answers, outcome = judge_unstored(intake)
    row = AnswerCode(
        intake_id=intake.pk,
        urgency=int(outcome.urgency),
        **_bytes(protocol, answers, outcome.as_json(explain=False)),
    )
    return protocol, row


def _bytes(protocol: triage.Protocol, answers: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Return the fields whose layout follows from the protocol."""
    places = {rule: place for place, rule in enumerate(protocol.rules)}
    flags = sum(1 << places[rule] for rule in result["flags"])
    return {
        "code": book_of(protocol).encode(answers),
        "flags": flags.to_bytes((len(places) + 7) // 8, "little"),
        "specialist": list(protocol.specialists).index(result["specialists"][0]),
    }


def keep_code(assessment: Assessment) -> None:
    """Write or replace the row of an intake, in the caller's transaction."""
    row = row_for(assessment)
    written = [field.name for field in row._meta.concrete_fields if not field.primary_key]
    AnswerCode.objects.bulk_create([row], update_conflicts=True, unique_fields=["intake"], update_fields=written)


def differing_rows(*, make_again: bool = False) -> Iterator[int]:
    """Yields the intake ids whose row is missing or differs from the last submitted assessment; mends them if asked."""
    submitted = Assessment.objects.filter(occasion=Assessment.Occasion.SUBMIT).select_related("protocol")
    for assessment in submitted.order_by("pk").iterator(chunk_size=500):
        wanted = row_for(assessment)
        kept = AnswerCode.objects.filter(pk=assessment.intake_id).first()
        same = kept is not None and all(
            _plain(getattr(kept, field)) == _plain(getattr(wanted, field))
            for field in ("protocol_id", "code", "flags", "urgency", "specialist")
        )
        if not same:
            if make_again:
                wanted.save()
            yield assessment.intake_id


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
