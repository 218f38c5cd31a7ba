"""A replay in words: what a changed protocol would do to this clinic's cases, for the people who must accept it."""

from collections import Counter
from collections.abc import Iterator

from intake.models import Intake
from intake.triage import Protocol, Urgency
from intake.triage.replaying import Change, Replay

NAMED_AT_MOST = 50  # of changes that lose no emergency; those that do are always named one by one


def lines(found: Replay, after: Protocol, *, weeks: float) -> Iterator[str]:
    """The report, line by line. Cases are named by intake number and public id; no answer and no name stands in it."""
    yield f"Protocol {after.digest[:12]} over {found.total:,} submitted intakes ({weeks:.0f} weeks)."
    if not found.changes:
        yield "Nothing would change."
        return
    yield f"Judged otherwise: {len(found.changes):,}."
    yield ""
    lost = [change for change in found.changes if loses_an_emergency(change)]
    ids = _public_ids(found.changes, lost)
    if lost:
        yield f"WOULD LOSE AN EMERGENCY FLAG: {len(lost):,}. Open each of them before accepting this change."
        for change in lost:
            yield f"  {_named(change, ids)}"
        yield ""
    yield from _counts(found)
    yield from _tiers(found)
    yield from _specialists(found)
    yield from _work(found, weeks)
    others = [change for change in found.changes if not loses_an_emergency(change)]
    yield ""
    yield f"Changed cases{'' if len(others) <= NAMED_AT_MOST else f' (the first {NAMED_AT_MOST} of {len(others):,})'}:"
    for change in others[:NAMED_AT_MOST]:
        yield f"  {_named(change, ids)}"


def loses_an_emergency(change: Change) -> bool:
    """True when it was an emergency and would not be one any more."""
    return change.tier_before == Urgency.EMERGENCY and change.tier_after < Urgency.EMERGENCY


def _public_ids(changes: list[Change], lost: list[Change]) -> dict[int, str]:
    wanted = {change.id for change in [*lost, *changes[: 2 * NAMED_AT_MOST]]}
    return {pk: str(public) for pk, public in Intake.objects.filter(pk__in=wanted).values_list("pk", "public_id")}


def _named(change: Change, ids: dict[int, str]) -> str:
    parts = [f"+{rule}" for rule in change.newly_flagged] + [f"-{rule}" for rule in change.no_longer_flagged]
    if change.tier_before != change.tier_after:
        parts.append(f"{change.tier_before.word} -> {change.tier_after.word}")
    if change.specialist_before != change.specialist_after:
        parts.append(f"{change.specialist_before} -> {change.specialist_after}")
    return f"{ids.get(change.id, change.id)}  {', '.join(parts)}"


def _counts(found: Replay) -> Iterator[str]:
    newly = Counter(rule for change in found.changes for rule in change.newly_flagged)
    gone = Counter(rule for change in found.changes for rule in change.no_longer_flagged)
    if newly or gone:
        yield f"{'Rule':<34}{'fired':>10}{'would fire':>12}{'newly':>9}{'no longer':>11}"
    for rule in sorted(newly | gone):
        before, after = found.fires_before[rule], found.fires_after[rule]
        yield f"  {rule:<32}{before:>10,}{after:>12,}{newly[rule]:>9,}{gone[rule]:>11,}"


def _tiers(found: Replay) -> Iterator[str]:
    moves = Counter((c.tier_before, c.tier_after) for c in found.changes if c.tier_before != c.tier_after)
    for (before, after), count in sorted(moves.items(), reverse=True):
        yield f"  {before.word} -> {after.word}: {count:,}"


def _specialists(found: Replay) -> Iterator[str]:
    moves = Counter(
        (c.specialist_before, c.specialist_after) for c in found.changes if c.specialist_before != c.specialist_after
    )
    for (before, after), count in moves.most_common():
        yield f"  first choice {before} -> {after}: {count:,}"


def _work(found: Replay, weeks: float) -> Iterator[str]:
    yield "Extra cases a week, by tier:"
    difference = Counter(c.tier_after for c in found.changes)
    difference.subtract(c.tier_before for c in found.changes)
    for tier in sorted(Urgency, reverse=True):
        if difference[tier]:
            yield f"  {tier.word}: {difference[tier] / weeks:+.1f}"
