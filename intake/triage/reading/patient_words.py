"""Turns wording.yaml into the words of protocol.py."""

from __future__ import annotations

from .files import Entry
from .kinds import Resolves, optional_condition
from .protocol import Advice, PatientWords, TierWords, Urgency
from .wordings import Words


def wording(entry: Entry, resolver: Resolves, words: Words) -> PatientWords:
    """Read what patients are told: by tier, to watch for, and to do."""
    tiers = {}
    tier_entry = entry.entry("tiers")
    for tier, item in tier_entry.mapping():
        if tier.upper() not in Urgency.__members__:
            raise item.refuse(f"the tier {tier!r} is not known", "Use emergency, urgent, soon or routine.")
        tiers[tier] = TierWords(
            tier=Urgency[tier.upper()],
            say=item.text("say"),
            say_self_harm=item.text("say_self_harm", ""),
            self_harm_when=optional_condition(item, "self_harm_when", resolver),
            words=words,
        )
        item.finish()
    for urgency in Urgency:
        if urgency.word not in tiers:
            raise tier_entry.refuse(f"the tier {urgency.word!r} has no words", "Write what the patient is told.")
    advice: dict[str, dict[str, Advice]] = {"listed_signs": {}, "self_care": {}}
    for kind, show in (("listed_signs", "when"), ("self_care", "show_when")):
        for name, item in entry.entry(kind).mapping():
            shown = optional_condition(item, show, resolver)
            hidden = optional_condition(item, "hide_when", resolver)
            advice[kind][name] = Advice(f"{kind}.{name}", name, item.text("text"), shown, hidden, words)
            item.finish()
    return PatientWords(
        tiers=tiers,
        everyone=entry.text("everyone"),
        listed_signs=advice["listed_signs"],
        self_care=advice["self_care"],
        self_care_most=entry.integer("self_care_most") if entry.has("self_care_most") else None,
        treatments=entry.texts("treatments"),
        treatment_note=entry.text("treatment_note"),
        words=words,
    )
