"""The orders of the desk's list. Each is a row of keys, and a page begins after the keys of the last row before it.

So the hundredth page costs what the first does, and no row is shown twice or passed over when others come or go.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Coalesce, Lower
from django.db.models.lookups import GreaterThan, IsNull, LessThan

from referrals.models import Referral
from referrals.models.referral import ReferralQuerySet

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # all that lack a time are alike: the key before it parts them


class Row(Func):
    """Several keys as one value, which the database compares from the left."""

    function = "ROW"
    output_field = TextField()


@dataclass(frozen=True)
class Order:
    """`keys` end in the primary key, so no two rows are alike."""

    label: str
    keys: tuple[Any, ...]
    downward: bool = False

    def of(self, rows: ReferralQuerySet, *, after: Referral | None = None) -> ReferralQuerySet:
        """Return the rows in this order, behind the row `after`."""
        rows = rows.order_by(*(key.desc() if self.downward else key.asc() for key in self.keys))
        if after is None:
            return rows
        last = Referral.objects.filter(pk=after.pk).values_list(*self.keys).get()
        behind = LessThan if self.downward else GreaterThan
        return rows.filter(behind(Row(*self.keys), Row(*map(Value, last))))


_LOST = (IsNull(F("undelivered_at"), True), Coalesce("undelivered_at", Value(NEVER)))
_PRESSING = (-F("urgency"), F("next_check_at"), F("pk"))
ORDERS = {
    "": Order("News, then urgency", (*_LOST, IsNull(F("news_at"), True), *_PRESSING)),
    "urgency": Order("By urgency", _PRESSING),
    "next": Order("By next date", (F("next_check_at"), F("pk"))),
    "office": Order(
        "By office",
        (IsNull(F("specialist"), True), Coalesce(Lower("specialist__practice"), Value("")), *_PRESSING),
    ),
    "oldest": Order("Oldest first", (F("created_at"), F("pk"))),
}
ENDED_LAST = Order("Ended last", (F("ended_at"), F("pk")), downward=True)
