"""What an office did with the referrals sent to it before: days to an answer, to a first visit, declines, reports.

Read from a bounded window, the newest `NEWEST` sendings to each listing of a specialty, none older than `LOOKED_BACK`:
the question costs the same however many referrals a clinic has carried.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from django.db import connection

from referrals.models import DeclineReason
from referrals.moves.undoing import STANDS

NEWEST = 25
LOOKED_BACK = timedelta(days=730)  # an office of two years ago is another office
STRENGTH = 5  # how many referrals the mean of the specialty counts for
# They speak of the patient or of our choice, not of the office.
SAYS_NOTHING = (DeclineReason.PLAN, DeclineReason.OTHER_SPECIALTY)


@dataclass(frozen=True)
class Sending:
    """Hold what became of one referral at one office.

    Days are counted from the sending; None is not known, or not yet.
    """

    days_to_answer: float | None = None
    declined: bool = False
    days_to_visit: float | None = None
    reported: bool = False


@dataclass(frozen=True)
class Record:
    """Hold what is to be expected of an office, and of how many that is known.

    `stated` is what the office says.
    """

    sent: int
    declined: int
    seen: int
    reported: int
    stated: int | None
    days_to_answer: float | None
    days_to_visit: float | None
    share_declined: float
    share_reported: float | None
    days_elsewhere: float | None

    @property
    def days_until_seen(self) -> float | None:
        """Return the days from sending to a first visit.

        Also where the office declines and another one sees them.
        """
        if self.days_to_visit is None:
            return None
        lost = (self.days_to_answer or 0) + (self.days_elsewhere or self.days_to_visit)
        return (1 - self.share_declined) * self.days_to_visit + self.share_declined * lost


def records_of(
    sendings: Mapping[int, Iterable[Sending]], stated: Mapping[int, int | None] | None = None
) -> dict[int, Record]:
    """Return the record of each listing of one specialty.

    It is drawn toward the specialty where little is known. Every mean and every share of an office with n known values
    x₁ … xₙ is (k·m + Σx) / (k + n): m is the mean over all offices of the specialty and k = `STRENGTH`. With nothing
    known it is m, with k values half of it is the office's own, with many it is theirs alone. What an office states of
    its wait counts as one more value.
    """
    stated = stated or {}
    lists = {listing: list(of_it) for listing, of_it in sendings.items()}
    every = [one for of_it in lists.values() for one in of_it]
    said = [float(days) for days in stated.values() if days is not None]
    answers = _mean([one.days_to_answer for one in every if one.days_to_answer is not None])
    visits = _mean([one.days_to_visit for one in every if one.days_to_visit is not None] or said)
    declines = _mean([float(one.declined) for one in every]) or 0.0
    reports = _mean([float(one.reported) for one in every if one.days_to_visit is not None])
    found = {}
    for listing, of_it in lists.items():
        own = stated.get(listing)
        waits = [one.days_to_visit for one in of_it if one.days_to_visit is not None]
        seen = [one for one in of_it if one.days_to_visit is not None]
        found[listing] = Record(
            sent=len(of_it),
            declined=sum(one.declined for one in of_it),
            seen=len(seen),
            reported=sum(one.reported for one in seen),
            stated=own,
            days_to_answer=drawn([one.days_to_answer for one in of_it if one.days_to_answer is not None], answers),
            days_to_visit=drawn([*waits, *([float(own)] if own is not None else [])], visits),
            share_declined=drawn([float(one.declined) for one in of_it], declines) or 0.0,
            share_reported=drawn([float(one.reported) for one in seen], reports),
            days_elsewhere=visits,
        )
    return found


def drawn(values: list[float], mean: float | None) -> float | None:
    """Return the mean of these values drawn toward `mean`, as `records_of` says.

    None where neither is known.
    """
    if mean is None:
        return None
    return (STRENGTH * mean + sum(values)) / (STRENGTH + len(values))


def _mean(values: list[float]) -> float | None:
    return fmean(values) if values else None


# The newest sendings to each listing, by an index that holds nothing else; then what followed each until it went to the
# next office. A visit is dated by the appointment that stood when it was noted, else by the note; one that was taken
# back is none. That nobody there answers is no answer of theirs.
IN_SQL = f"""
    SELECT newest.listing,
        extract(epoch FROM happened.answered - newest.at) / 86400,
        coalesce(happened.declined, false),
        extract(epoch FROM coalesce(visit.starts_at, happened.visited) - newest.at) / 86400,
        coalesce(happened.reported, false)
    FROM (
        SELECT listing, sent.* FROM unnest(%(listings)s::bigint[]) AS listing
        CROSS JOIN LATERAL (
            SELECT id, referral_id, at FROM referrals_referralmove
            WHERE to_id = listing AND what = 'sent' ORDER BY id DESC LIMIT %(newest)s
        ) AS sent
    ) AS newest
    CROSS JOIN LATERAL (
        SELECT min(at) FILTER (
                WHERE what IN ('accepted', 'scheduled', 'declined', 'asked', 'reported') AND reason <> %(no_answer)s
            ) AS answered,
            bool_or(what = 'declined' AND NOT reason = ANY(%(says_nothing)s)) AS declined,
            min(at) FILTER (WHERE what = 'reported' OR what = 'seen' AND {STANDS}) AS visited,
            bool_or(what = 'reported') AS reported
        FROM referrals_referralmove AS line
        WHERE referral_id = newest.referral_id AND to_id = newest.listing AND id > newest.id AND id < coalesce((
            SELECT min(later.id) FROM referrals_referralmove AS later
            WHERE later.referral_id = newest.referral_id AND later.what = 'sent' AND later.id > newest.id
        ), 9223372036854775807)
    ) AS happened
    LEFT JOIN LATERAL (
        SELECT max(starts_at) AS starts_at FROM referrals_appointment
        WHERE referral_id = newest.referral_id AND made_at >= newest.at
            AND starts_at BETWEEN newest.at AND happened.visited
            AND (replaced_at IS NULL OR replaced_at > happened.visited)
    ) AS visit ON true
    WHERE newest.at >= %(since)s
"""


def sendings_to(listings: list[int], now: datetime) -> dict[int, list[Sending]]:
    """Return the newest sendings to each of these listings, and what became of them."""
    found: dict[int, list[Sending]] = {listing: [] for listing in listings}
    bounds = {"listings": listings, "newest": NEWEST, "since": now - LOOKED_BACK}
    bounds |= {"says_nothing": list(SAYS_NOTHING), "no_answer": DeclineReason.NO_ANSWER.value}
    with connection.cursor() as cursor:
        cursor.execute(IN_SQL, bounds)
        for listing, answered, declined, visited, reported in cursor.fetchall():
            found[listing].append(
                Sending(
                    None if answered is None else float(answered),
                    declined,
                    None if visited is None else float(visited),
                    reported,
                )
            )
    return found
