"""Sealing the access log, and finding out whether anybody has changed it since.

The chain proves what happened up to any head digest that was kept somewhere else; every seal therefore writes its
digest to the log of the process, at every level that `LOG_LEVEL` may have. Rows of the last minute are not sealed yet.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import zip_longest

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, transaction

from clinic.audit.models import AccessLog, AuditCheck, AuditSeal

log = logging.getLogger(__name__)

COLUMNS = ("id", "at", "actor", "user_id", "role", "page", "subject", "subject_id", "patient_id", "location_id")
MOST_ROWS = 10_000  # in one seal
ONE_AT_A_TIME = 7_501_002  # any number nobody else locks in this database
ID, PRINT = 8, 16  # bytes


@dataclass(frozen=True)
class Whole:
    """The log is as it was sealed. `head` is the digest to keep somewhere else."""

    seals: int
    rows: int
    unsealed: int
    head: str


class Broken(Exception):
    """The log is not as it was sealed; the message names the first seal and row."""


def seal() -> int:
    """Seal what has been written since the last time; returns the number of rows. Doing it twice at once is safe."""
    end = _last_settled_row()
    sealed = 0
    while count := _seal_some(end):
        sealed += count
    return sealed


def _last_settled_row() -> int:
    """Return the highest id such that no row with a lower one can still appear.

    Ids are given out before their transactions commit, so for a moment everybody who is writing is waited for. When
    that takes long, nothing is sealed this time.
    """
    table = AccessLog._meta.db_table
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(table)} IN SHARE MODE")
            return AccessLog.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    except OperationalError:
        log.info("The access log is being written to; it is sealed next time.")
        return 0


@transaction.atomic
def _seal_some(end: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return 0
    before = AuditSeal.objects.last()
    start = before.last_row if before else 0
    prints = _fingerprints(start, end)[:MOST_ROWS]
    if not prints:
        return 0
    made = AuditSeal(
        first_row=_id(prints[0]), last_row=_id(prints[-1]), rows=len(prints), fingerprints=b"".join(prints)
    )
    made.digest = _digest(made, before.digest if before else "")
    made.save()
    log.info("Access log sealed up to row %s: %s", made.last_row, made.digest)
    return made.rows


def _fingerprints(after: int, up_to: int, using: str = DEFAULT_DB_ALIAS) -> list[bytes]:
    """Of the rows in that range, in order, but not more than a seal can hold and one."""
    rows = AccessLog.objects.using(using).filter(pk__gt=after, pk__lte=up_to).order_by("pk").values_list(*COLUMNS)
    prints = []
    for number, at, *rest in rows[: MOST_ROWS + 1]:
        canonical = json.dumps([number, at.astimezone(UTC).isoformat(), *rest], ensure_ascii=False)
        prints.append(number.to_bytes(ID, "big") + hashlib.sha256(canonical.encode()).digest()[:PRINT])
    return prints


def _id(fingerprint: bytes) -> int:
    return int.from_bytes(fingerprint[:ID], "big")


def _digest(link: AuditSeal, before: str) -> str:
    told = f"{before}:{link.first_row}:{link.last_row}:{link.rows}:".encode()
    return hashlib.sha256(told + bytes(link.fingerprints)).hexdigest()


def verify(head: str = "", using: str = DEFAULT_DB_ALIAS) -> Whole:
    """Check every sealed row and every seal; raises Broken. `head`, if given, must be the digest of one of them.

    `using` is the database of a backup that is being looked at.
    """
    digest, last, seals, rows, heads = "", 0, 0, 0, set()
    for link in _seals(using):
        name = f"Seal {link.pk} (rows {link.first_row} to {link.last_row})"
        _compare(name, bytes(link.fingerprints), _fingerprints(last, link.last_row, using))
        if link.digest != _digest(link, digest):
            raise Broken(f"{name} was changed, or the seal before it is missing.")
        digest, last, seals, rows = link.digest, link.last_row, seals + 1, rows + link.rows
        heads.add(digest)
    if head and head not in heads:
        raise Broken(f"No seal has the digest {head}: the end of the log was cut off or written anew.")
    return Whole(seals, rows, AccessLog.objects.using(using).filter(pk__gt=last).count(), digest)


def check(head: str = "") -> AuditCheck:
    """Verify the chain, and keep what was found for those who look back."""
    try:
        whole = verify(head)
    except Broken as broken:
        log.error("The access log is broken. %s", broken)
        return AuditCheck.objects.create(whole=False, words=str(broken))
    return AuditCheck.objects.create(
        whole=True, seals=whole.seals, rows=whole.rows, unsealed=whole.unsealed, words=whole.head
    )


def _seals(using: str) -> Iterator[AuditSeal]:
    last = 0
    while some := list(AuditSeal.objects.using(using).filter(pk__gt=last).order_by("pk")[:100]):
        yield from some
        last = some[-1].pk


def _compare(name: str, sealed: bytes, found: list[bytes]) -> None:
    prints = (sealed[start : start + ID + PRINT] for start in range(0, len(sealed), ID + PRINT))
    for was, now in zip_longest(prints, found):
        if was == now:
            continue
        if was is None or (now is not None and _id(now) < _id(was)):
            raise Broken(f"{name}: row {_id(now)} was added later.")
        if now is None or _id(was) < _id(now):
            raise Broken(f"{name}: row {_id(was)} is missing.")
        raise Broken(f"{name}: row {_id(was)} was changed.")
