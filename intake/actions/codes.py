"""Keeping the few-bytes form of submitted intakes in step with their assessments."""

from functools import lru_cache

from intake.actions.protocols import protocol_of
from intake.models import AnswerCode, Assessment
from intake.triage import Protocol
from intake.triage.coding import CodeBook


@lru_cache(maxsize=8)
def book_of(protocol: Protocol) -> CodeBook:
    return CodeBook(protocol)


def row_for(assessment: Assessment) -> AnswerCode:
    """The row an assessment calls for, not saved. It depends on the assessment's JSON and its protocol only."""
    protocol = protocol_of(assessment.protocol)
    places = {rule: place for place, rule in enumerate(protocol.rules)}
    flags = sum(1 << places[rule] for rule in assessment.result["flags"])
    return AnswerCode(
        intake_id=assessment.intake_id,
        protocol_id=assessment.protocol_id,
        code=book_of(protocol).encode(assessment.answers),
        flags=flags.to_bytes((len(places) + 7) // 8, "little"),
        urgency=assessment.urgency,
        specialist=list(protocol.specialists).index(assessment.result["specialists"][0]),
    )


def keep_code(assessment: Assessment) -> None:
    """Write or replace the row of an intake, in the caller's transaction."""
    row_for(assessment).save()


def differing_rows(*, make_again: bool = False):
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


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value
