"""Open referrals by the office that has them: one number to call, everything to ask in one call."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Count, F, QuerySet, Value
from django.db.models.lookups import GreaterThan
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.staff.models import User
from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from intake.seen import saw_list
from referrals.desk.calls import WITH_AN_OFFICE, to_say
from referrals.desk.list_views import came_from
from referrals.desk.order import Row
from referrals.desk.page import is_late
from referrals.desk.specialties import specialty_label
from referrals.models import CameOf, Referral, Specialist
from referrals.models.rows import ReferralQuerySet

OFFICES = 25
ACCEPTED = frozenset(
    {Referral.Status.ACCEPTED, Referral.Status.SCHEDULED, Referral.Status.SEEN}
)  # from then on the office knows whose referral it is


@dataclass
class OpenThere:
    """One referral on the sheet.

    `name` is empty until the office has accepted: it knows the number alone.
    """

    referral: Referral
    specialty: str
    say: str
    is_late: bool
    name: str = ""


@dataclass
class Office:
    """One place with one phone number, whoever of its listings has the referrals."""

    practice: str
    phone: str
    lines: list[OpenThere] = field(default_factory=list)

    @property
    def listing(self) -> UUID:
        """Return one of its listings, by which its sheet is found."""
        return self.lines[0].referral.specialist.public_id

    @property
    def late(self) -> int:
        return sum(line.is_late for line in self.lines)


class After(forms.Form):
    """Behind which place the page begins; what makes no sense is passed over."""

    after = forms.CharField(max_length=120)
    phone = forms.CharField(max_length=24)


def with_an_office(user: User) -> ReferralQuerySet:
    """Return what lies with an office, of what this person sees."""
    return Referral.objects.visible_to(user).open().filter(status__in=WITH_AN_OFFICE)


def places(user: User, *, after: tuple[str, str] | None = None) -> QuerySet[Any]:
    """Return each place once, by name, with how many are open there.

    `after` is the last place of the page before.
    """
    keys = (F("specialist__practice"), F("specialist__phone"))
    rows = with_an_office(user).order_by()
    if after:
        rows = rows.filter(GreaterThan(Row(*keys), Row(*map(Value, after))))
    each = rows.values("specialist__practice", "specialist__phone")
    return each.annotate(open=Count("pk")).order_by(*keys)


@require_GET
@staff_may(CARRY_REFERRALS)
def by_office(request: StaffRequest) -> HttpResponse:
    """Show each office with its number and what is open there."""
    form = After(request.GET)
    after = (form.cleaned_data["after"], form.cleaned_data["phone"]) if form.is_valid() else None
    found = list(places(request.user, after=after)[: OFFICES + 1])
    offices = _offices(request.user, found[:OFFICES])
    saw_list(request, [line.referral.patient for office in offices for line in office.lines], subject_id="offices")
    last = found[OFFICES - 1] if len(found) > OFFICES else None
    context = {
        "offices": offices,
        "further": urlencode({"after": last["specialist__practice"], "phone": last["specialist__phone"]})
        if last
        else "",
        "is_further_down": after is not None,
        "the_list": came_from(request),
    }
    return render(request, "referrals/by_office.html", context)


@require_GET
@staff_may(CARRY_REFERRALS)
def call_sheet(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Show what to ask one office in one call, to print.

    By our numbers, and by name once they have accepted.
    """
    listing = get_object_or_404(Specialist, public_id=public_id)
    place = {"specialist__practice": listing.practice, "specialist__phone": listing.phone}
    offices = _offices(request.user, list(places(request.user).filter(**place)))
    saw_list(request, [line.referral.patient for office in offices for line in office.lines], subject_id="call sheet")
    context = {
        "office": offices[0] if offices else Office(listing.practice, listing.phone),
        "now": timezone.now(),
        "outcomes": CameOf.labels,
    }
    return render(request, "referrals/call_sheet.html", context)


def _offices(user: User, found: list[dict[str, Any]]) -> list[Office]:
    """Return these places with their referrals, what presses most first."""
    keys = [(one["specialist__practice"], one["specialist__phone"]) for one in found]
    offices = {key: Office(*key) for key in keys}
    rows = with_an_office(user).filter(
        specialist__practice__in={practice for practice, _phone in offices},
        specialist__phone__in={phone for _practice, phone in offices},
    )
    joined = rows.select_related("patient", "specialist", "location", "owner").prefetch_related("appointments")
    for referral in joined.most_pressing_first():
        office = offices.get((referral.specialist.practice, referral.specialist.phone))
        if office:
            office.lines.append(_line(referral))
    return list(offices.values())


def _line(referral: Referral) -> OpenThere:
    known = referral.patient.full_name if referral.status in ACCEPTED else ""
    return OpenThere(referral, specialty_label(referral), to_say(referral), is_late(referral), known)
