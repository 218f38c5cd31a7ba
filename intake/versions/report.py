"""A replay in words: what a changed protocol would do to this clinic's cases, for the people who must accept it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.conf import settings
from django.urls import reverse

from clinic.staff.models import User
from clinic.staff.permissions import ANSWER_REQUESTS
from intake.models import Case, Intake
from intake.triage import Protocol, Urgency
from intake.triage.many.replaying import Change
from intake.versions.replaying import FormStanding, Found

NAMED_AT_MOST = 50  # of changes that lose no emergency; those that do are always named one by one
LOOKED_UP = 1_000  # forms whose pages are looked up at once
WORK = (FormStanding.SENT, FormStanding.LEFT)  # an open form becomes work when it is sent or left


@dataclass(frozen=True)
class FormPage:
    """Where staff look at a form: `address` of the case page, else of the form's own page at the desk."""

    address: str
    has_case: bool
    location: str


def lines(found: Found, after: Protocol, *, weeks: float, reader: User | None = None) -> Iterator[str]:
    """The report, line by line. A form is named by the address of a page and its location; no answer and no name.

    What loses an emergency comes first, worst first. With a `reader` only the pages that person may open are named;
    the others are counted.
    """
    read = f"{found.total:,} forms ({weeks:.0f} weeks): {_by_standing(found, 'total')}"
    yield f"Protocol {after.digest[:12]} over {read}."
    yield from _not_read(found)
    if not found.changes:
        yield "Nothing else would change." if found.not_read else "Nothing would change."
        return
    yield f"Judged otherwise: {len(found.changes):,}: {_by_standing(found, 'changes')}."
    yield ""
    changes = sorted(found.changes, key=_worst_first)
    lost = [change for change in changes if loses_an_emergency(change)]
    others = [change for change in changes if not loses_an_emergency(change)]
    if lost:
        yield f"WOULD LOSE AN EMERGENCY FLAG: {len(lost):,}. Open each of them before accepting this change."
        yield from _named(lost, found, reader)
        yield ""
    yield from _counts(found)
    yield from _tiers(changes)
    yield from _specialists(changes)
    yield from _work(found, weeks)
    yield ""
    yield f"Changed cases{'' if len(others) <= NAMED_AT_MOST else f' (the worst {NAMED_AT_MOST} of {len(others):,})'}:"
    yield from _named(others[:NAMED_AT_MOST], found, reader)


def loses_an_emergency(change: Change) -> bool:
    """Say whether it was an emergency and would not be one any more."""
    return change.tier_before == Urgency.EMERGENCY and change.tier_after < Urgency.EMERGENCY


def _worst_first(change: Change) -> tuple:
    """Sort by harm: lowered first, from the highest tier and the deepest fall; then flags lost; then the rest."""
    if change.tier_after < change.tier_before:
        return (0, -change.tier_before, change.tier_after, change.id)
    if change.no_longer_flagged:
        return (1, -change.tier_before, change.tier_after, change.id)
    return (2, -change.tier_after, change.tier_before, change.id)


# The forms -----------------------------------------------------------------------------------------------------------


def _by_standing(found: Found, what: str) -> str:
    numbers = {standing: getattr(part, what) for standing, part in found.parts.items()}
    counted = {standing: number if isinstance(number, int) else len(number) for standing, number in numbers.items()}
    return ", ".join(f"{counted[standing]:,} {standing}" for standing in FormStanding)


def _not_read(found: Found) -> Iterator[str]:
    for version, forms in sorted(found.not_read.items()):
        yield f"NOT JUDGED: {forms:,} sent under protocol {version}, which this release can no longer read."


def _named(changes: list[Change], found: Found, reader: User | None) -> Iterator[str]:
    """One line for each form the reader may open, then what must be said of them all."""
    standing_of, hidden, without_case = found.standing_of(), Counter(), 0
    for change, place, open_to_reader in _places(changes, reader):
        if not open_to_reader:
            hidden[place.location] += 1
            continue
        without_case += not place.has_case
        case = "" if place.has_case else ", no case"
        yield f"  {place.address}  {place.location}, {standing_of[change.id]}{case}: {_difference(change)}"
    for location, forms in sorted(hidden.items()):
        yield f"  {forms:,} more at {location}, which {reader} may not open. Somebody who works there must look."
    if without_case:
        yield (
            "  Without a case there is no case page yet; the address is the form's own page at the desk, which shows"
            " who it is and what is missing. A case opens when the form is sent or left, or when a rule asks for it."
        )


def _places(changes: list[Change], reader: User | None) -> Iterator[tuple[Change, FormPage, bool]]:
    """Each change with its page, and whether the reader may open that. Without a reader everything may be named."""
    rest = iter(changes)
    while part := list(islice(rest, LOOKED_UP)):
        ids = [change.id for change in part]
        intakes = (
            Intake.objects.filter(pk__in=ids)
            .select_related("patient__location", "case")
            .only("public_id", "patient__location__name", "case__public_id")
        )
        places = {intake.pk: _place(intake) for intake in intakes}
        open_ids = set(ids) if reader is None else _open_to(reader, ids)
        for change in part:
            if change.id in places:
                yield change, places[change.id], change.id in open_ids


def _place(intake: Intake) -> FormPage:
    case = getattr(intake, "case", None)
    path = case.get_absolute_url() if case else reverse("paper_check", args=[intake.public_id])
    return FormPage(settings.SITE_URL + path, case is not None, intake.patient.location.name)


def _open_to(reader: User | None, ids: list[int]) -> set[int]:
    """Return the forms among `ids` whose page opens for this member of staff."""
    cases = Case.objects.visible_to(reader).filter(intake_id__in=ids)
    found = set(cases.values_list("intake_id", flat=True))
    if reader.may(ANSWER_REQUESTS):
        found |= set(Intake.objects.visible_to(reader).filter(pk__in=ids, case=None).values_list("pk", flat=True))
    return found


def _difference(change: Change) -> str:
    parts = [f"+{rule}" for rule in change.newly_flagged] + [f"-{rule}" for rule in change.no_longer_flagged]
    if change.tier_before != change.tier_after:
        parts.append(f"{change.tier_before.word} -> {change.tier_after.word}")
    if change.specialist_before != change.specialist_after:
        parts.append(f"{change.specialist_before} -> {change.specialist_after}")
    return ", ".join(parts)


# The numbers ---------------------------------------------------------------------------------------------------------


def _counts(found: Found) -> Iterator[str]:
    newly = Counter(rule for change in found.changes for rule in change.newly_flagged)
    gone = Counter(rule for change in found.changes for rule in change.no_longer_flagged)
    before, after = found.fires_before, found.fires_after
    if newly or gone:
        yield f"{'Rule':<34}{'fired':>10}{'would fire':>12}{'newly':>9}{'no longer':>11}"
    for rule in sorted(newly | gone):
        yield f"  {rule:<32}{before[rule]:>10,}{after[rule]:>12,}{newly[rule]:>9,}{gone[rule]:>11,}"


def _tiers(changes: list[Change]) -> Iterator[str]:
    moves = Counter((c.tier_before, c.tier_after) for c in changes if c.tier_before != c.tier_after)
    for (before, after), count in sorted(moves.items(), reverse=True):
        yield f"  {before.word} -> {after.word}: {count:,}"


def _specialists(changes: list[Change]) -> Iterator[str]:
    moves = Counter(
        (c.specialist_before, c.specialist_after) for c in changes if c.specialist_before != c.specialist_after
    )
    for (before, after), count in moves.most_common():
        yield f"  first choice {before} -> {after}: {count:,}"


def _work(found: Found, weeks: float) -> Iterator[str]:
    yield "Extra cases a week, by tier:"
    changes = [change for standing in WORK for change in found.parts[standing].changes]
    difference = Counter(change.tier_after for change in changes)
    difference.subtract(change.tier_before for change in changes)
    for tier in sorted(Urgency, reverse=True):
        if difference[tier]:
            yield f"  {tier.word}: {difference[tier] / weeks:+.1f}"
