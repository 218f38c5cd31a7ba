"""The desk's worklist, and who comes next on it."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.staff.permissions import CARRY_REFERRALS, staff_may
from clinic.staff.request import StaffRequest
from clinic.web.next_up import NextUp
from intake.seen import saw_list
from referrals.desk import finding
from referrals.desk import page as desk_page
from referrals.desk.calls import call_card, newest_lines
from referrals.desk.looking import LONGEST
from referrals.desk.order import ORDERS
from referrals.desk.specialties import specialty_label
from referrals.desk.to_tell import offices_to_tell
from referrals.desk.worklist import WorklistFilter
from referrals.models import Referral

ROWS = 50
LIST = "referrals_list"  # in the session: the list this person came from, as its address names it


def chosen_in(request: StaffRequest, data: QueryDict) -> WorklistFilter:
    """Return what was chosen, with what this person had typed to look for."""
    typed = request.session.get(finding.KEPT, {})
    return WorklistFilter(data, user=request.user, now=timezone.now(), typed=typed)


def came_from(request: StaffRequest) -> str:
    """Return the address of the list this person came from."""
    query = request.session.get(LIST, "")
    return f"{reverse('referrals')}?{query}" if query else reverse("referrals")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(CARRY_REFERRALS)
def referrals(request: StaffRequest) -> HttpResponse:
    """Show the list as it was chosen; what is looked for comes by a press."""
    if request.method == "POST":
        chosen = chosen_in(request, QueryDict(request.POST.get("list", "")))
        typed = request.POST.get("looked_for", "").strip()
        find = finding.keep(request.session, typed) if typed else ""
        return redirect(f"{reverse('referrals')}?{chosen.query(find=find, after='')}")
    return _list(request, chosen_in(request, request.GET))


def _list(request: StaffRequest, chosen: WorklistFilter) -> HttpResponse:
    found = list(chosen.referrals()[: ROWS + 1])
    rows = rows_of(found[:ROWS])
    if request.session.get(LIST, "") != chosen.query():
        request.session[LIST] = chosen.query()
    to_tell = offices_to_tell(request.user, chosen.location)
    people = [row["referral"].patient for row in rows]
    saw_list(
        request,
        [*([] if chosen.looked_for else people), *(one.referral.patient for one in to_tell)],
        found=people if chosen.looked_for else (),
        subject_id="search" if chosen.looked_for else "",
        location_id=chosen.location.pk if chosen.location else None,
    )
    context = {
        "chosen": chosen,
        "place": chosen.location,  # of a form a template would take the field of that name
        "find": chosen.find if chosen.looked_for else "",
        "groups": desk_page.news_first(rows) if chosen.puts_news_first else [("", rows)] if rows else [],
        "to_tell": to_tell,
        "further": chosen.query(after=found[ROWS - 1].public_id) if len(found) > ROWS else "",
        "rows": ROWS,
        "saved": request.user.saved_lists.all(),
        "covers": request.user.covers.at(timezone.now()).select_related("away"),
        "longest": LONGEST,
        "statuses": chosen.fields["status"].choices,
        "specialties": chosen.fields["specialty"].choices,
        "turns": chosen.turns(),
        "orders": [(name, order.label) for name, order in ORDERS.items()],
    }
    return render(request, "referrals/list.html", context)


def rows_of(referrals: list[Referral]) -> list[dict[str, Any]]:
    """Return each with what the list says of it."""
    known, lines = desk_page.known_of(referrals), newest_lines(referrals)
    rows = []
    for referral in referrals:
        step = desk_page.next_step(referral, known)
        rows.append(
            {
                "referral": referral,
                "tone": desk_page.tone(referral),
                "next": step,
                "call": call_card(referral, calls=step.calls, saw=lines.get(referral.pk, 0)),
                "short_specialty": specialty_label(referral).partition(" (")[0],
            }
        )
    return rows


def next_up(request: StaffRequest, *, besides: Referral) -> NextUp:
    """Return who comes next on the list this person came from.

    The log has them as one who was listed.
    """
    chosen = chosen_in(request, QueryDict(request.session.get(LIST, "")))
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
