"""The keys and the moment that everything in `frozen.yaml` was signed with: made for this, used nowhere else."""

from datetime import UTC, datetime
from pathlib import Path

FROZEN = Path(__file__).with_name("frozen.yaml")
FROZEN_AT = datetime(2026, 11, 29, 15, 0, tzinfo=UTC)
SECRET_KEY = "frozen-for-the-test-of-an-upgrade-and-used-nowhere-else-1"
LINK_KEY = "frozen-for-the-test-of-an-upgrade-and-used-nowhere-else-2"
# Of the patients of the factory.
BORN = {
    "date_of_birth_month": "2",
    "date_of_birth_day": "29",
    "date_of_birth_year": "1980",
}
