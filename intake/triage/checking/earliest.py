"""At which page the form can first know of an emergency, proven by the protocol's own cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..reading.protocol import Protocol, Urgency
from .cases import Block, changed


@dataclass(frozen=True, slots=True)
class Earliest:
    """The first page after which an emergency rule can fire; `number` is from 1."""

    rule: str
    page: str
    number: int


def earliest_pages(protocol: Protocol, blocks: Iterable[Block]) -> list[Earliest]:
    """For each emergency rule the earliest page at which one of its cases fires it, in page order.

    A case counts from the page of its last answer; every answer set that fires the rule with answers up to that
    page is a proof that the page is early enough.
    """
    number_of = {name: place for place, page in enumerate(protocol.pages) for name in page.questions}
    found: dict[str, int] = {}
    for block in blocks:
        if block.kind != "rule" or block.about not in protocol.rules:
            continue
        if protocol.rules[block.about].tier is Urgency.EMERGENCY:
            for answers in (block.answers, *(changed(block.answers, c) for c in block.told.get("also_fires", ()))):
                last = max((number_of[name] for name in answers if name in number_of), default=0)
                found[block.about] = min(last, found.get(block.about, last))
    earliest = [Earliest(rule, protocol.pages[place].id, place + 1) for rule, place in found.items()]
    return sorted(earliest, key=lambda one: one.number)
