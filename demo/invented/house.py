"""The demo clinic itself: locations, staff who can sign in, and the directory."""

from datetime import timedelta
from pathlib import Path

import yaml
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters_around_now
from allauth.mfa.utils import decrypt
from django.utils import timezone

from clinic.staff.models import Location, User
from clinic.staff.permissions import Role
from referrals.models import Specialist

DATA = Path(__file__).parent / "data"
PASSWORD = "plumb-line-demo"  # noqa: S105  the demo's sign-ins are no secret; nothing real is behind them
SHARED = (
    "practice", "street", "zip_code", "phone", "fax", "email", "insurance_plans", "miles", "opening_hours",
    "wheelchair",
)  # fmt: skip
OF_SOME = ("referral_plans", "authorization_plans")  # plans that want something first


def build() -> dict[str, Location]:
    """Make locations, staff and directory; returns the locations by slug."""
    plan = yaml.safe_load((DATA / "house.yaml").read_text())
    locations = {slug: Location.objects.create(slug=slug, **fields) for slug, fields in plan["locations"].items()}
    for person in plan["staff"]:
        works_at = [locations[slug] for slug in person.pop("locations")]
        user = User.objects.create_user(password=PASSWORD, **person)
        user.locations.set(works_at)
        TOTP.activate(user, generate_totp_secret())
    now, desk = timezone.now(), User.objects.filter(role=Role.FRONT_DESK).first()
    for practice in plan["specialists"]:
        shared = {name: practice[name] for name in SHARED} | {name: practice.get(name, []) for name in OF_SOME}
        asked = {"confirmed_at": now - timedelta(days=practice["confirmed_days_ago"]), "confirmed_by": desk}
        for provider in practice["providers"]:
            Specialist.objects.create(city="Ashport", state="ME", **shared, **asked, **provider)
    return locations


def second_factor(user: User) -> str:
    """Return the six digits that person's phone would show now; "" while they have none set up."""
    own = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if own is None:
        return ""
    counters = list(counters_around_now())
    now = counters[len(counters) // 2]
    return format_hotp_value(hotp_value(decrypt(own.data["secret"]), now))
