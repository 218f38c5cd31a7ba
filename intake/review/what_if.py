"""What would change the tier of a case, in words: the smallest changes of answers, found by exact search."""

from functools import cached_property
from typing import Any

from intake import triage
from intake.review.case_page import CasePage

SHOWN = 6  # of each direction: the nearest ones; more would not be read


class WhatIf:
    """The counterfactuals of a case's newest answers, under the protocol that judged them.

    `can_be_tried` is false when this release can no longer read that one; nothing else may be asked then.
    """

    def __init__(self, page: CasePage) -> None:
        self.page = page
        self.can_be_tried = page.judged_by is not None

    @cached_property
    def found(self) -> triage.Counterfactuals:
        return triage.counterfactuals(self.page.judged_by, self.page.latest.answers)

    @property
    def searched(self) -> int:
        """How many answers at a time were tried."""
        return self.found.searched

    @cached_property
    def raises(self) -> list[dict]:
        return [self._told(one) for one in self.found.raise_[:SHOWN]]

    @cached_property
    def lowers(self) -> list[dict]:
        return [self._told(one) for one in self.found.lower[:SHOWN]]

    @property
    def more(self) -> int:
        """How many found changes are not shown."""
        return len(self.found.raise_[SHOWN:]) + len(self.found.lower[SHOWN:])

    def _told(self, one: Any) -> dict[str, Any]:
        return {
            "tier": one.urgency.word,
            "changes": [self._change(change) for change in one.changes],
            "fires": [self.page.condition(rule) for rule in one.fires],
            "stops": [self.page.condition(rule) for rule in one.stops],
        }

    def _change(self, change: Any) -> dict[str, Any]:
        verb = {"answer": "answered", "add": "also", "remove": "without"}[change.kind]
        return {
            "question": self.page.question(change.question),
            "verb": verb,
            "answer": self.page.answer(change.question, change.value),
        }
