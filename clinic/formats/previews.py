"""What the rows of a sheet would do, shown before any of it is put in: the same for every kind of file."""

import hashlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from clinic.formats.sheets import Sheet


@dataclass(frozen=True)
class SheetPreview(ABC):
    """Hold every row, judged against what is on file now.

    A row says by its `kind` what it would do: one of `KINDS`.
    """

    KINDS: ClassVar[Sequence[str]]

    sheet: Sheet
    rows: tuple[Any, ...]

    def of(self, kind: str) -> list[Any]:
        return [row for row in self.rows if row.kind == kind]

    @cached_property
    def counts(self) -> dict[str, int]:
        counted = Counter(row.kind for row in self.rows)
        return {kind: counted[kind] for kind in self.KINDS}

    @cached_property
    def mark(self) -> str:
        """Return what tells this preview from one made after something on file has changed."""
        said = [(row.line.number, row.kind, *self.hangs_on(row)) for row in self.rows]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32]

    @abstractmethod
    def hangs_on(self, row: Any) -> tuple[Any, ...]:
        """Return what else of a row makes another preview of it."""
