"""A replay split over the Celery workers: each slice is a task, and its difference comes back through the shared cache.

A task carries a run's name and the place of a slice, nothing about anybody. What comes back holds intake numbers, rule
ids and tiers; it is taken out of the cache as it is read and would expire within the hour.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from celery import current_app
from django.core.cache import cache

from intake.triage import Protocol, Urgency
from intake.versions.protocols import load_texts, texts_of
from intake.versions.replaying import FormStanding, Found, Slice, Workshop, slices

KEPT_SECONDS = 3600
LOOK_AGAIN_SECONDS = 0.2
PATIENCE = 60  # seconds without any slice coming back
SLICES = 16
SLICE = "intake.tasks.replay_slice"  # a task of its own: the broker knows it by this name


class NoWorker(Exception):
    """Nothing came back for a while: no worker runs, or all of them are busy with something long."""


def replay_on_workers(after: Protocol, *, progress: Callable = lambda *_: None, patience: float | None = None) -> Found:
    """Return what `replaying.replay_all` finds. Raises NoWorker when no slice comes back for `patience` seconds."""
    patience = PATIENCE if patience is None else patience

    run, pieces = secrets.token_urlsafe(12), slices(SLICES)
    cache.set(f"replay:{run}:protocol", texts_of(after), KEPT_SECONDS)
    for place, piece in enumerate(pieces):
        current_app.send_task(SLICE, (run, place, piece.version, piece.first, piece.last))
    found, waiting, last = Found(), set(range(len(pieces))), time.monotonic()
    while waiting:
        for place in sorted(waiting):
            key = f"replay:{run}:{place}"
            if (part := cache.get(key)) is not None:
                cache.delete(key)
                found.add(_unpacked(part))
                waiting.discard(place)
                last = time.monotonic()
                progress(len(pieces) - len(waiting), len(pieces), found.total)
        if time.monotonic() - last > patience:
            raise NoWorker
        time.sleep(LOOK_AGAIN_SECONDS)
    cache.delete(f"replay:{run}:protocol")
    found.settle()
    return found


def run_slice(run: str, place: int, version: int | None, first: int, last: int) -> None:
    """One slice, in a worker. A run that was given up or has expired is left alone."""
    workshop = _workshop(run)
    if workshop is None:
        return
    piece = Slice(version, first, last)
    workshop.prepare([piece])
    cache.set(f"replay:{run}:{place}", _packed(workshop.run(piece)), KEPT_SECONDS)


@lru_cache(maxsize=2)
def _workshop(run: str) -> Workshop | None:
    texts = cache.get(f"replay:{run}:protocol")
    return Workshop(load_texts(texts), explain=False) if texts else None


def _packed(found: Found) -> dict[str, Any]:
    parts = {
        str(standing): {
            "total": part.total,
            "fires_before": dict(part.fires_before),
            "fires_after": dict(part.fires_after),
            "changes": [_change_packed(change) for change in part.changes],
        }
        for standing, part in found.parts.items()
    }
    return {"parts": parts, "not_read": dict(found.not_read)}


def _change_packed(change: Any) -> tuple:
    tiers = (int(change.tier_before), int(change.tier_after))
    specialists = (change.specialist_before, change.specialist_after)
    return (change.id, change.newly_flagged, change.no_longer_flagged, tiers, specialists)


def _unpacked(packed: dict) -> Found:
    from intake.triage.many.replaying import Replay

    found = Found(not_read=Counter(packed["not_read"]))
    for standing, part in packed["parts"].items():
        changes = [_change_unpacked(*change) for change in part["changes"]]
        fires = Counter(part["fires_before"]), Counter(part["fires_after"])
        found.parts[FormStanding(standing)] = Replay(part["total"], changes, *fires)
    return found


def _change_unpacked(number: int, newly: Any, gone: Any, tiers: Any, specialists: Any) -> Any:
    from intake.triage.many.replaying import Change

    return Change(number, tuple(newly), tuple(gone), *map(Urgency, tiers), *specialists)
