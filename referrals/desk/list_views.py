"""The desk's worklist, and who comes next on it."""

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.next_up import NextUp
from intake.seen import saw_list
from referrals.desk import page as desk_page
from referrals.desk.page import specialty_label
from referrals.desk.to_tell import offices_to_tell
from referrals.desk.worklist import WorklistFilter
from referrals.models import Referral

ROWS = 50
LIST = "referrals_list"  # in the session: the list this person came from, as its address names it


@require_GET
@staff_may(CARRY_REFERRALS)
def referrals(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    chosen = WorklistFilter(request.GET, user=request.user, now=now)
    page = Paginator(chosen.referrals(), ROWS).get_page(request.GET.get("page"))
    known = desk_page.known_of(page)
    rows = [
        {"referral": row, "tone": desk_page.tone(row), "next": desk_page.next_step(row, known), "specialty": label}
        for row in page
        for label in [specialty_label(row)]
    ]
    if request.session.get(LIST, "") != chosen.query():
        request.session[LIST] = chosen.query()
    to_tell = offices_to_tell(request.user, chosen.location)
    saw_list(
        request,
        [*(row["referral"].patient for row in rows), *(one.referral.patient for one in to_tell)],
        location_id=chosen.location.pk if chosen.location else None,
    )
    return render(
        request,
        "referrals/list.html",
        {
            "chosen": chosen,
            "groups": desk_page.news_first(rows),
            "to_tell": to_tell,
            "page_obj": page,
            "statuses": chosen.fields["status"].choices,
            "specialties": chosen.fields["specialty"].choices,
        },
    )


def next_up(request: StaffRequest, *, besides: Referral) -> NextUp:
    """Return who comes next on the list this person came from.

    The log has them as one who was listed.
    """
    chosen = WorklistFilter(QueryDict(request.session.get(LIST, "")), user=request.user, now=timezone.now())
    back = {"back": f"{reverse('referrals')}?{chosen.query()}", "back_label": "Back to the referrals"}
    found = chosen.referrals().open().exclude(pk=besides.pk).first()
    if found is None:
        return NextUp(**back)
    saw_list(request, [found.patient], subject_id="next")
    return NextUp(
        name=found.patient.full_name,
        address=reverse("referral", args=[found.public_id]),
        urgency=found.tier.label.lower(),
        due_at=found.next_check_at,
        **back,
    )
