"""Cases whose true rates are known, written as rows: what the counting must find again.

The triggers of these tables are off until the transaction of the test is rolled back: what they would check of each row
is tested elsewhere, and they are most of the time it takes to write 2,000.
"""

import random
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from clinic.staff.models import Location, User
from intake.models import Case, Decision, FlagVerdict, Hindsight, Intake, Urgency
from tests import factories

RATES = {  # of each rule: how often it is right, how often therapists override its flag
    "rule_always": (1.0, 0.0),
    "rule_mostly": (0.93, 0.05),
    "rule_often": (0.8, 0.1),
    "rule_two_of_three": (0.66, 0.2),
    "rule_half": (0.5, 0.3),
    "rule_one_of_three": (0.33, 0.5),
    "rule_seldom": (0.2, 0.7),
    "rule_rarely": (0.08, 0.9),
    "rule_hardly": (0.03, 0.95),
    "rule_never": (0.0, 1.0),
}
MANY = 2_000  # outcomes


def simulate(*, at: Location, by: User, seed: int, rates=RATES, many: int = MANY) -> dict[str, list[bool]]:
    """Write `many` decided cases with one flag and one hindsight each; returns what was drawn, by rule.

    A case is true to its rule's rate; whoever decided may have agreed or not, one tier lower, by a rate of its own.
    """
    chance, now = random.Random(seed), timezone.now()
    patient, assessment = factories.patient(at=at), factories.assessment(factories.intake(at=at, submitted=True))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what was written before leaves nothing to be checked later
        for table in (Case, Decision, FlagVerdict):
            cursor.execute(f"ALTER TABLE {table._meta.db_table} DISABLE TRIGGER USER")
    rules = [rule for rule in rates for _each in range(many // len(rates))]
    intakes = Intake.objects.bulk_create(Intake(patient=patient, protocol=assessment.protocol) for _rule in rules)
    right = [chance.random() < rates[rule][0] for rule in rules]
    dismissed = [chance.random() < rates[rule][1] for rule in rules]
    opened = now - timedelta(days=30)
    cases = Case.objects.bulk_create(
        Case(
            intake=intake,
            patient=patient,
            location=at,
            opened_because=Case.OpenedBecause.SUBMITTED,
            rules_urgency=Urgency.URGENT,
            urgency=Urgency.URGENT,
            flags=[{"rule": rule, "tier": "urgent", "condition": rule, "assessment": assessment.pk, "still": True}],
            status=Case.Status.DECIDED,
            opened_at=opened,
            acknowledge_by=opened,
            decide_by=opened,
            acknowledged_at=opened,
            acknowledged_by=by,
            decided_at=opened,
            decided_by=by,
        )
        for rule, intake in zip(rules, intakes, strict=True)
    )
    decisions = Decision.objects.bulk_create(
        Decision(
            case=case,
            assessment=assessment,
            by=by,
            at=opened,
            tier_before=Urgency.URGENT,
            tier=Urgency.SOON if no else Urgency.URGENT,
            suggested_specialist="orthopedist",
            specialist="orthopedist",
            reason=Decision.Reason.EXAMINED,
            words="x",
            effective_at=opened,
        )
        for case, no in zip(cases, dismissed, strict=True)
    )
    FlagVerdict.objects.bulk_create(
        FlagVerdict(
            decision=decision, rule=rule, confirmed=not no, reason="explained" if no else "", words="x" if no else ""
        )
        for decision, rule, no in zip(decisions, rules, dismissed, strict=True)
    )
    Hindsight.objects.bulk_create(
        Hindsight(
            decision=decision,
            urgency=chance.choice([Urgency.URGENT, Urgency.EMERGENCY]) if yes else Urgency.SOON,
            specialist="orthopedist",
            group="local",
            by=by,
        )
        for decision, yes in zip(decisions, right, strict=True)
    )
    drawn: dict[str, list[bool]] = {}
    for rule, yes in zip(rules, right, strict=True):
        drawn.setdefault(rule, []).append(yes)
    return drawn
