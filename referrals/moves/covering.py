"""Somebody at the desk is away: a colleague sees and hears what is theirs, and they carry it still."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from clinic.messages.facts import moment
from clinic.messages.kinds import kind
from clinic.messages.models import Message
from clinic.messages.to_staff import ToAColleague, write_to
from clinic.staff.models import Location, User
from referrals.models import Cover
from referrals.moves.steps import NotYet, check_may


@transaction.atomic
def cover(away: User, *, covered_by: User, starts_at: datetime, ends_at: datetime, by: User) -> Cover:
    """Let a colleague look after what somebody carries who is away.

    Both work where `by` does.
    """
    for person in (by, away, covered_by):
        check_may(person)
    here = _where_all_work(away, covered_by, by)
    if away == covered_by or here is None:
        raise NotYet("Choose a colleague who works at the same location.")
    if ends_at <= max(starts_at, timezone.now()):
        raise NotYet("Choose an end after the beginning, and after now.")
    made = Cover.objects.create(away=away, covered_by=covered_by, starts_at=starts_at, ends_at=ends_at, made_by=by)
    if covered_by != by:
        facts = {name: moment(at, here.time_zone) for name, at in (("starts_at", starts_at), ("ends_at", ends_at))}
        write_to(covered_by, "referrals_covered", made.pk, location=here, facts=facts)
    return made


@transaction.atomic
def end_cover(standing: Cover, *, by: User) -> Cover:
    """End it now, before its time; what has not begun is gone.

    Whoever is away does, or somebody who works where they do: the colleague may have left meanwhile.
    """
    check_may(by)
    if by != standing.away and not by.places().filter(pk__in=standing.away.locations.values("pk")).exists():
        raise NotYet(f"You do not work where {standing.away} does.")
    now = timezone.now()
    if standing.starts_at >= now:
        standing.delete()
    else:
        standing.ends_at = min(standing.ends_at, now)
        standing.save(update_fields=["ends_at"])
    return standing


def _where_all_work(away: User, covered_by: User, by: User) -> Location | None:
    """Return a location at which all three work, if there is one."""
    of_both = away.locations.filter(pk__in=covered_by.locations.values("pk"))
    return by.places().filter(pk__in=of_both.values("pk")).first()


@kind(
    "referrals_covered",
    title="You cover a colleague's referrals",
    audience="staff",
    safe=("location", "link", "starts_at", "ends_at"),
)
class ReferralsCovered(ToAColleague):
    @classmethod
    def still_needed(cls, message: Message) -> str:
        number = int(message.key.split(":")[1])
        stands = Cover.objects.ahead(timezone.now()).filter(pk=number).exists()
        return "" if stands else "The colleague is back."

    @staticmethod
    def facts(message: Message) -> dict[str, str]:
        return {"link": settings.SITE_URL + reverse("referrals")}
