"""Rows of several tables in one shape, so that one question to the database asks for all of them."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

NOTHING = Value("")


class Entry(NamedTuple):
    """One thing on file of a patient, as the database keeps it.

    `says` and `stands` are values of its own table, which its `sort` tells apart.
    """

    patient_id: int
    public_id: UUID
    sort: str
    at: datetime
    says: str
    stands: str
    level: int
    who: str


def entries(*sorts: QuerySet) -> list[Entry]:
    """Ask once for all of them; one that nobody may see is left out of the question."""
    first, *more = sorts
    return [Entry(**row) for row in first.union(*more, all=True)]


def of_cases(rows: QuerySet) -> QuerySet:
    who = Coalesce("decided_by__name", "acknowledged_by__name", NOTHING)
    return _in_shape(
        "case", rows, at=F("opened_at"), says=F("opened_because"), stands=F("status"), level=F("urgency"), who=who
    )


def of_referrals(rows: QuerySet) -> QuerySet:
    return _in_shape("referral", rows, at=F("created_at"), says=F("specialty"), stands=F("status"), level=F("urgency"))


def of_visits(rows: QuerySet) -> QuerySet:
    return _in_shape("visit", rows, at=F("asked_at"), says=F("reason"), stands=F("state"))


def of_sent_forms(rows: QuerySet) -> QuerySet:
    rows = rows.exclude(submitted_at=None)
    return _in_shape(
        "sent form", rows, at=F("submitted_at"), says=F("occasion"), stands=Coalesce("paper_code", NOTHING)
    )


def of_unsent_forms(rows: QuerySet) -> QuerySet:
    rows = rows.filter(submitted_at=None)
    return _in_shape("form", rows, at=F("started_at"), says=F("occasion"), stands=Coalesce("paper_code", NOTHING))


def of_files(rows: QuerySet) -> QuerySet:
    return _in_shape("file", rows, at=F("added_at"), says=F("kind"), stands=F("name"))


def _in_shape(sort: str, rows: QuerySet, **columns: Any) -> QuerySet:
    columns = {"sort": Value(sort), "level": Value(0), "who": NOTHING} | columns
    return rows.order_by().annotate(**columns).values(*Entry._fields)
