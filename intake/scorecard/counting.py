"""How often each rule fired, what therapists said of it, and whether it was right: counted by the database.

Only cases opened in the time asked for are looked at, by an index. A flag belongs to the version of the protocol in
which it last fired; what was decided is the last decision in effect, and how it ended the newest hindsight.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from clinic.staff.models import Location
from intake.models import Case, Decision, Hindsight, ProtocolVersion, Urgency
from intake.models.case import CaseQuerySet
from intake.scorecard.rates import Rate

REVIEWED_BELOW = 0.1  # a rule that is acted on in fewer of its cases teaches people to read past it
COMES_BACK_WITHIN = timedelta(days=90)
LOOKED_BACK_AFTER = timedelta(weeks=12)  # the last questions of how it goes are asked then: the treatment has ended

# One row for each rule, version and verdict. A rule was right when the case turned out at least as urgent as its tier;
# it was acted on when its flag was agreed with and the case counted as urgent as that. Decision and hindsight are
# looked up case by case, along indexes, so that no estimate of the planner makes a product of tables of it.
FIRED = """
    SELECT flag->>'rule', a.protocol_id, v.confirmed, v.reason, max(flag->>'condition'), max(its.tier), count(*),
        count(*) FILTER (WHERE v.confirmed AND decided.tier >= its.tier),
        count(ended.tier), count(*) FILTER (WHERE ended.tier >= its.tier)
    FROM intake_case one
    LEFT JOIN LATERAL (
        SELECT d.id, d.tier FROM intake_decision d
        WHERE d.case_id = one.id AND d.effective_at IS NOT NULL
        ORDER BY d.effective_at DESC, d.id DESC LIMIT 1
    ) decided ON true
    LEFT JOIN LATERAL (
        SELECT h.urgency AS tier FROM intake_hindsight h
        WHERE h.decision_id = ANY(ARRAY(SELECT d.id FROM intake_decision d WHERE d.case_id = one.id))
        ORDER BY h.at DESC, h.id DESC LIMIT 1
    ) ended ON true
    CROSS JOIN LATERAL jsonb_array_elements(one.flags) flag
    CROSS JOIN LATERAL (
        SELECT array_position(ARRAY['routine', 'soon', 'urgent', 'emergency'], flag->>'tier') - 1 AS tier
    ) its
    JOIN intake_assessment a ON a.id = (flag->>'assessment')::bigint
    LEFT JOIN intake_flagverdict v ON v.decision_id = decided.id AND v.rule = flag->>'rule'
    WHERE one.location_id = ANY(%(places)s) AND one.opened_at >= %(since)s AND one.opened_at < %(until)s
    GROUP BY flag->>'rule', a.protocol_id, v.confirmed, v.reason
"""


@dataclass
class RuleScore:
    """One rule in one version of the protocol, over the cases in which it fired."""

    rule: str
    condition: str
    tier: Urgency
    version: str
    fired: int = 0
    agreed: int = 0
    acted_on: int = 0
    overridden: dict[str, int] = field(default_factory=dict)  # how often, by the reason's label
    looked_back: int = 0
    right: int = 0

    @property
    def overrides(self) -> int:
        return sum(self.overridden.values())

    @property
    def acted_rate(self) -> Rate:
        return Rate(self.acted_on, self.agreed + self.overrides)

    @property
    def value(self) -> Rate:
        """Return the positive predictive value.

        Of the cases looked back on, those at least as urgent as the rule said.
        """
        return Rate(self.right, self.looked_back)

    @property
    def for_review(self) -> bool:
        return self.acted_rate.enough and self.acted_rate.part < REVIEWED_BELOW


def scores(places: Iterable[Location], since: datetime, until: datetime) -> list[RuleScore]:
    """Return what was counted of cases opened at `places`, `since` until `until`.

    What is for review comes first, then the rule that fired most.
    """
    asked = {"places": [place.pk for place in places], "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(FIRED, asked)
        rows = cursor.fetchall()
    versions = {one.pk: _named(one) for one in ProtocolVersion.objects.defer("content")}
    found: dict[tuple[str, int], RuleScore] = {}
    for row in rows:
        rule, version, _confirmed, _reason, condition, tier = row[:6]
        score = found.setdefault(
            (rule, version), RuleScore(rule, condition, Urgency(tier), versions.get(version, "unknown"))
        )
        _add(score, row)
    return sorted(found.values(), key=lambda one: (not one.for_review, -one.fired, one.rule, one.version))


def _named(version: ProtocolVersion) -> str:
    return f"{version.label} {version}".strip()


def _add(score: RuleScore, row: tuple[Any, ...]) -> None:
    _rule, _version, confirmed, reason, _condition, _tier, fired, acted_on, looked_back, right = row
    score.fired += fired
    score.acted_on += acted_on
    score.looked_back += looked_back
    score.right += right
    if confirmed:
        score.agreed += fired
    elif confirmed is False:
        label = str(dict(Decision.Reason.choices).get(reason, reason))
        score.overridden[label] = score.overridden.get(label, 0) + fired


# What no rule saw -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NotFlagged:
    """Sent forms that no urgent rule saw, and those that needed somebody all the same."""

    cases: int
    looked_back: int
    said_urgent: int
    came_back: int

    @property
    def missed(self) -> Rate:
        """Of those looked back on, the ones that turned out urgent."""
        return Rate(self.said_urgent, self.looked_back)


def not_flagged(places: Iterable[Location], since: datetime, until: datetime) -> CaseQuerySet:
    """Return cases of sent forms that no urgent rule saw.

    Each with `ended`, the urgency that would have been right, and `is_back`: the same patient was urgent within 90
    days, by another form.
    """
    newest = Hindsight.objects.filter(decision__case=OuterRef("pk")).order_by("-at", "-pk")
    later = Case.objects.filter(
        patient=OuterRef("patient"),
        opened_at__gt=OuterRef("opened_at"),
        opened_at__lte=OuterRef("opened_at") + COMES_BACK_WITHIN,
        rules_urgency__gte=Urgency.URGENT,
    )
    cases = Case.objects.filter(location__in=places, opened_at__gte=since, opened_at__lt=until)
    cases = cases.filter(rules_urgency__lt=Urgency.URGENT, intake__submitted_at__isnull=False)
    return cases.annotate(ended=Subquery(newest.values("urgency")[:1]), is_back=Exists(later))


def count_not_flagged(cases: CaseQuerySet) -> NotFlagged:
    """Return how many of `not_flagged` needed somebody all the same."""
    counted = cases.aggregate(
        cases=Count("pk"),
        looked_back=Count("pk", filter=Q(ended__isnull=False)),
        said_urgent=Count("pk", filter=Q(ended__gte=Urgency.URGENT)),
        came_back=Count("pk", filter=Q(is_back=True)),
    )
    return NotFlagged(**counted)


def missed_among(cases: CaseQuerySet) -> CaseQuerySet:
    """Leave only those that needed somebody all the same, the newest first."""
    return cases.filter(Q(ended__gte=Urgency.URGENT) | Q(is_back=True)).order_by("-opened_at", "-pk")


def to_look_back_on(cases: CaseQuerySet, now: datetime) -> CaseQuerySet:
    """Leave only those whose treatment has ended, and nobody said how: latest first.

    Nobody is asked of a case that is more than a year old.
    """
    ended = now - LOOKED_BACK_AFTER
    said = Hindsight.objects.filter(decision__case=OuterRef("pk"))
    decided = cases.filter(status=Case.Status.DECIDED, decided_at__lt=ended, decided_at__gt=ended - timedelta(days=365))
    return decided.filter(~Exists(said)).order_by(F("decided_at").desc(), "-pk")
