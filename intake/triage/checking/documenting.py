"""Writes docs/protocol.md: the protocol in plain English, so that a clinical lead signs what the code runs."""

from __future__ import annotations

from collections.abc import Iterator

from ..reading.alarms import SEVERITIES
from ..reading.protocol import Protocol, Rule, Urgency
from .cases import Block
from .describing import in_words, outline
from .earliest import earliest_pages

TIER_MEANS = {
    Urgency.EMERGENCY: "possible threat to life, limb, sight, or cord within hours",
    Urgency.URGENT: "needs a clinician's judgment today",
    Urgency.SOON: "needs a clinician or doctor within 7 days",
}


def document(protocol: Protocol, blocks: list[Block]) -> str:
    """The whole page in Markdown; the same protocol and cases give the same text."""
    return "\n".join(_lines(protocol, blocks)) + "\n"


def _lines(protocol: Protocol, blocks: list[Block]) -> Iterator[str]:
    cases = {
        rule: [block for block in blocks if block.kind == "rule" and block.about == rule] for rule in protocol.rules
    }
    yield f"# {protocol.title}"
    yield ""
    yield "Written from the protocol files by `manage.py protocol docs`; do not edit by hand."
    yield ""
    approved = "approved" if protocol.status == "approved" else "sample protocol, not clinically approved"
    yield f"Version: {protocol.version_label} ({approved}), digest `{protocol.digest}`."
    yield ""
    yield (
        f"{len(protocol.questions)} questions, {len(protocol.facts)} facts, {len(protocol.rules)} rules, "
        f"{len(protocol.origins)} origins, {len(protocol.sources)} sources, {len(blocks)} blocks of cases. The tier of "
        "a case is the highest tier of a rule that fires; routine means that none fired. A question that was not asked "
        "or not answered counts as no in a rule, and what it leaves open is listed as not ruled out."
    )
    earliest = {one.rule: one for one in earliest_pages(protocol, blocks)}
    for tier in (Urgency.EMERGENCY, Urgency.URGENT, Urgency.SOON):
        rules = [rule for rule in protocol.rules.values() if rule.tier is tier]
        yield from ("", f"## {tier.word.capitalize()}: {TIER_MEANS[tier]} ({len(rules)} rules)")
        for rule in rules:
            yield from _rule(protocol, rule, cases[rule.id])
            if rule.id in earliest:
                one = earliest[rule.id]
                yield f"- Can fire from page {one.number} of {len(protocol.pages)} ({one.page})."
    yield from _alarms(protocol)
    yield from _facts(protocol)
    yield from _origins(protocol)
    yield from ("", "## Sources", "")
    for source in protocol.sources.values():
        yield f"- `{source.id}`: {source.citation}"


def _rule(protocol: Protocol, rule: Rule, blocks: list[Block]) -> Iterator[str]:
    fires = sum(1 + len(block.told.get("also_fires", ())) for block in blocks)
    misses = sum(len(block.told.get("just_misses", ())) for block in blocks)
    yield from ("", f"### {rule.condition} (`{rule.id}`)", "", rule.why, "", "Fires when:", "")
    yield from outline(protocol, rule.fires_when.expression)
    yield ""
    yield "- Must not fire on:"
    for lookalike in rule.must_not_fire_on:
        told = lookalike.present_when
        shown = f" (told as present when {in_words(protocol, told.expression)})" if told else ""
        yield f"  - {lookalike.text}{shown}"
    yield f"- Destination: {rule.destination}."
    for way in rule.refer_first:
        when = f" when {in_words(protocol, way.when.expression)}" if way.when else ""
        yield f"- First {way.to}{when}: {way.because}."
    yield f"- Sources: {'; '.join(protocol.sources[source].citation for source in rule.source_ids)}."
    yield f"- Cases: {fires} that fire, {misses} that just miss."


def _alarms(protocol: Protocol) -> Iterator[str]:
    yield from (
        "",
        "## Alarming answers",
        "",
        "They raise nobody. One that no fired rule used stands above the therapist's decision, and whoever decides has "
        "to have seen it. Worst first.",
    )
    for severity, means in SEVERITIES.items():
        yield from ("", f"### {severity.capitalize()}: {means}", "")
        for one in protocol.alarms:
            if one.severity == severity:
                calm = f" Calm when {in_words(protocol, one.unless.expression)}." if one.unless else ""
                yield f"- {in_words(protocol, one.answers)}: {one.why}{calm}"


def _facts(protocol: Protocol) -> Iterator[str]:
    yield from ("", "## Named facts")
    for fact in protocol.facts.values():
        yield from ("", f"### {fact.id}", "")
        if fact.means:
            yield from (f"{fact.means[0].upper()}{fact.means[1:]}.", "")
        yield from outline(protocol, fact.when.expression)


def _origins(protocol: Protocol) -> Iterator[str]:
    yield from (
        "",
        "## Origins",
        "",
        "Pointers for the examination, not diagnoses. Points are starting values by consensus.",
    )
    for origin in protocol.origins.values():
        yield from ("", f"### {origin.label} (`{origin.id}`)", "")
        if origin.note:
            yield from (origin.note, "")
        for weight in origin.evidence:
            yield f"- {weight.points:+d}: {in_words(protocol, weight.when.expression)}"
        if origin.set_by_rules:
            yield f"- set by: {', '.join(f'`{rule}`' for rule in origin.set_by_rules)}"
        row = protocol.routing.rows[origin.id]
        to = ", ".join(dict.fromkeys(way.to for way in row.first + row.also))
        yield f"- whom to see: {to}; physical therapy alone: {row.pt_alone_when}; escalate: {row.escalate_when}"
