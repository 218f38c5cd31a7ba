"""The red flags of a case: what stays of them after one more assessment, and which of them are news."""

from intake.models import Assessment, Case, Urgency
from intake.models.stored import CaseFlag, ExplainedFlag


def flags_after(flags: list[CaseFlag], assessment: Assessment) -> list[CaseFlag]:
    """`Case.flags` after one more assessment: what fires now is refreshed, what fired before is kept and marked.

    A rule that a later protocol takes less seriously keeps the tier it fired with: a person ends that, no upgrade.
    """
    fired: dict[str, ExplainedFlag] = {flag["rule"]: flag for flag in assessment.result["explanation"]["flags"]}
    kept: dict[str, CaseFlag] = {flag["rule"]: {**flag, "still": flag["rule"] in fired} for flag in flags}
    for rule, flag in fired.items():
        tiers = [flag["tier"], kept[rule]["tier"]] if rule in kept else [flag["tier"]]
        kept[rule] = {
            "rule": rule,
            "tier": max(tiers, key=lambda tier: Urgency[tier.upper()]),
            "condition": flag["condition"],
            "assessment": assessment.pk,
            "still": True,
        }
    return sorted(kept.values(), key=lambda flag: -Urgency[flag["tier"].upper()])


def fresh_of(
    flags: list[CaseFlag], case: Case, assessment: Assessment, *, earlier: Assessment | None
) -> list[CaseFlag]:
    """Those of `flags` that fire and are news: new to the case, gone until now, or of a worse tier than so far.

    A rule that fires as an emergency is news where it fired as less: on the case, or by the answers of the `earlier`
    assessment, the one that counted until now.
    """
    were, are = (one.tiers if one else {} for one in (earlier, assessment))
    known = {(flag["rule"], flag["tier"]) for flag in case.flags if flag["still"]}
    worse = {rule for rule, tier in are.items() if rule in were and tier > were[rule]}
    return [
        flag for flag in flags if flag["still"] and (flag["rule"] in worse or (flag["rule"], flag["tier"]) not in known)
    ]
