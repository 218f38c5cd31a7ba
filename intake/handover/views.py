"""My open cases before I am away, or those of a therapist who is: given to a colleague in one step."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinic.staff.models import User
from clinic.staff.permissions import ASSIGN_CASES, KEEP_WATCH, SEE_CASES, staff_may
from clinic.staff.request import StaffRequest
from intake.handover.actions import HandedOver, hand_over, open_cases_of
from intake.handover.forms import HandOverForm
from intake.handover.untouched import handed_to
from intake.models import Case
from intake.seen import saw_list

INVALID = 422
MOST = 200
LEFT_ALONE = "left_alone"  # in the session, until the next page: what was ticked and had changed hands


@require_http_methods(["GET", "HEAD", "POST"])
@staff_may(KEEP_WATCH)
def handover(request: StaffRequest) -> HttpResponse:
    """Show what somebody has, and hand it over.

    A manager chooses whose, and reads no name of a patient.
    """
    holder = _holder(request)
    cases = _cases_of(request, holder) if holder else []
    sent = request.method == "POST" and holder is not None
    ticked = sent and "cases" in request.POST
    form = HandOverForm(request.POST if sent else None, cases=cases, of=holder) if cases or ticked else None
    if sent and form and form.is_valid():
        said = form.cleaned_data
        done = hand_over(said["cases"], of=holder, to=form.to(), by=request.user, words=said["words"])
        _tell(request, done)
        return redirect(_address(request, holder))
    if request.method == "POST" and not form:
        messages.info(request, "Nothing was handed over: no case is left.")
        return redirect(_address(request, holder))
    names = request.user.may(SEE_CASES)
    handed = list(handed_to(request.user).with_clock().select_related("patient", "location")[:MOST]) if names else []
    left_alone = _left_alone(request)
    shown = [*left_alone, *handed, *cases] if names else []
    saw_list(request, [case.patient for case in shown], subject_id="handover")
    context = {
        "holder": holder,
        "own": holder == request.user,
        "names": names,
        "therapists": _therapists(request.user) if request.user.may(ASSIGN_CASES) else [],
        "cases": cases,
        "handed": handed,
        "left_alone": left_alone,
        "form": form,
        "now": timezone.now(),
    }
    return render(request, "handover/handover.html", context, status=INVALID if form and form.errors else 200)


def _holder(request: StaffRequest) -> User | None:
    """Return whose cases they are: one's own, or of whom a manager has chosen."""
    if not request.user.may(ASSIGN_CASES):
        return request.user
    try:
        chosen = UUID(request.GET.get("of", ""))
    except ValueError:
        return None
    return _therapists(request.user).filter(public_id=chosen).first()


def _therapists(user: User) -> QuerySet[User]:
    """Return everybody who has an open case where this person may assign any."""
    open_here = Q(pk__in=Case.objects.awaiting_decision().filter(location__in=user.places()).values("acknowledged_by"))
    return User.objects.filter(open_here).order_by("name")


def _cases_of(request: StaffRequest, holder: User) -> list[Case]:
    mine = open_cases_of(holder).filter(location__in=request.user.places())
    return list(mine.select_related("patient", "location")[:MOST])


def _left_alone(request: StaffRequest) -> list[Case]:
    """Return, once, what was ticked a moment ago and had changed hands.

    As far as this person may know of it. A message would hold names in a cookie.
    """
    if LEFT_ALONE not in request.session:
        return []
    cases = Case.objects.filter(public_id__in=request.session.pop(LEFT_ALONE), location__in=request.user.places())
    return list(cases.select_related("patient", "location", "acknowledged_by", "decided_by").order_by("pk"))


def _address(request: StaffRequest, holder: User | None) -> str:
    of = f"?of={holder.public_id}" if holder and holder != request.user else ""
    return f"{reverse('handover')}{of}"


def _tell(request: StaffRequest, done: HandedOver) -> None:
    """Say what became of the cases, by how many."""
    if done.given:
        messages.success(request, f"Handed over: {_cases(len(done.given))}. Who has them now gets a mail.")
    if done.raised:
        words = "Emergencies, raised until somebody takes them by name"
        messages.warning(request, f"{words}: {_cases(len(done.raised))}. Phone whoever should.")
    if done.moved_on:
        messages.info(request, f"Left as they are, because they had moved on: {_cases(len(done.moved_on))}.")
        request.session[LEFT_ALONE] = [str(case.public_id) for case in done.moved_on]


def _cases(number: int) -> str:
    return f"{number} case{'' if number == 1 else 's'}"
