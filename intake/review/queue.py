"""The therapists' worklist: most urgent first, and what must be done by when."""

import hashlib
from datetime import timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET

from clinic.messages import dispatch
from clinic.messages.alarms import alarms_held_up
from clinic.staff.permissions import CARRY_REFERRALS, SEE_CASES, staff_may
from intake import triage
from intake.models import Case, CaseEvent, PatientFile, Urgency
from intake.seen import saw_list

ROWS = 50
LATELY = timedelta(days=14)
NEWS = (  # what puts a case at the top of somebody's day
    CaseEvent.Kind.OPENED,
    CaseEvent.Kind.RAISED,
    CaseEvent.Kind.RAISED_BY_STAFF,
    CaseEvent.Kind.REOPENED,
    CaseEvent.Kind.HANDED_BACK,
)


class QueueForm(forms.Form):
    PARTS = (("open", "Open"), ("mine", "Mine"), ("decided", "Decided lately"))
    show = forms.ChoiceField(choices=PARTS)
    location = forms.SlugField()
    tier = forms.ChoiceField(choices=[(tier.word, tier.label) for tier in Urgency])
    after = forms.UUIDField()


class Chosen:
    """What part of the worklist to show. Anything unknown is passed over: the list never fails on its address."""

    def __init__(self, data, *, user):
        form = QueueForm(data)
        form.full_clean()
        self.user = user
        self.show = form.cleaned_data.get("show", "open")
        self.tier = form.cleaned_data.get("tier", "")
        self.start = form.cleaned_data.get("after")
        self.locations = list(user.places())
        slugs = {location.slug: location for location in self.locations}
        self.location = slugs.get(form.cleaned_data.get("location"))

    def everything(self):
        """Cases of the chosen locations, whatever their state."""
        cases = Case.objects.visible_to(self.user)
        return cases.filter(location=self.location) if self.location else cases

    def cases(self):
        cases = self.everything()
        if self.tier:
            cases = cases.filter(urgency=Urgency[self.tier.upper()])
        if self.show == "decided":
            return cases.decided_since(timezone.now() - LATELY).with_clock().order_by("-decided_at", "pk")
        cases = cases.awaiting_decision()
        if self.show == "mine":
            cases = cases.filter(acknowledged_by=self.user)
        if self.start and (last := self.everything().with_clock().with_taken().filter(public_id=self.start).first()):
            cases = cases.after(last)
        return cases.most_urgent_first()

    def query(self, **changes) -> str:
        """The address of this list, of another part of it, or of its next page."""
        chosen = {
            "show": "" if self.show == "open" else self.show,
            "location": self.location.slug if self.location else "",
            "tier": self.tier,
            "after": self.start or "",
            **changes,
        }
        return "&".join(f"{name}={value}" for name, value in chosen.items() if value)


@require_GET
def queue(request):
    """The page. Staff who carry referrals but see no cases are sent on to theirs."""
    if not request.user.may(SEE_CASES):
        if request.user.may(CARRY_REFERRALS):
            return redirect("referrals")
        raise PermissionDenied
    shown = _shown(request)
    late = PatientFile.objects.visible_to(request.user).came_late().select_related("patient", "intake__case")
    late = list(late[:ROWS])
    _log(request, shown, [file.patient for file in late])
    return render(request, "cases/queue.html", shown | {"late_files": late})


@require_GET
@staff_may(SEE_CASES)
def queue_rows(request):
    """The moving part, asked for every few seconds; 304 when nothing on it changed since.

    The tag is "state-minute": within the same state only the words of the clocks move on, and the same cases shown
    again are not logged as another look.
    """
    shown = _shown(request)
    state, _dash, minute = request.headers.get("If-None-Match", "").strip('"').partition("-")
    if state == shown["state"] and minute == shown["minute"]:
        response = HttpResponseNotModified()
    else:
        if state != shown["state"]:
            _log(request, shown)
        response = render(request, "cases/_queue_rows.html", shown | {"polled": True})
    response.headers["ETag"] = quote_etag(f"{shown['state']}-{shown['minute']}")
    return response


queue_rows.polled = True  # by the page, not by a person: it does not keep a session alive


def _log(request, shown, others=()) -> None:
    saw_list(request, [*(case.patient for case in shown["cases"]), *others], subject_id="queue")


def _shown(request) -> dict:
    now = timezone.now()
    chosen = Chosen(request.GET, user=request.user)
    everything = chosen.everything()
    rows = list(
        chosen.cases().select_related("patient", "location", "intake", "acknowledged_by", "decided_by")[: ROWS + 1]
    )
    counts = (
        everything.awaiting_decision()
        .with_clock()
        .aggregate(
            open=Count("pk"),
            mine=Count("pk", filter=Q(acknowledged_by=request.user)),
            waiting=Count("pk", filter=Q(status=Case.Status.WAITING)),
            emergency=Count("pk", filter=Q(urgency=Urgency.EMERGENCY)),
            overdue=Count("pk", filter=Q(due_at__lt=now)),
        )
    )
    news = CaseEvent.objects.filter(kind__in=NEWS, case__in=everything.awaiting_decision())
    newest = news.order_by("-pk").values_list("pk", flat=True).first() or 0
    state = [
        chosen.query(),
        dispatch.nobody_sweeps(),
        dispatch.silent_worker(),
        alarms_held_up(),
        newest,
        sorted(counts.items()),
        [(case.pk, case.version) for case in rows],
    ]
    return {
        "chosen": chosen,
        "cases": rows[:ROWS],
        "more": chosen.query(after=rows[ROWS - 1].public_id) if len(rows) > ROWS and chosen.show != "decided" else "",
        "counts": counts,
        "now": now,
        "today": now.date(),
        "tabs": [
            {
                "show": show,
                "label": label,
                "query": chosen.query(show="" if show == "open" else show, after=""),
                "count": counts.get(show),
            }
            for show, label in QueueForm.PARTS
        ],
        "announcement": _announcement(request, news),
        "newest": newest,
        "state": hashlib.sha256(repr(state).encode()).hexdigest()[:24],
        "minute": f"{int(now.timestamp()) // 60}",
        "tiers": list(reversed(Urgency)),
        "protocol_signed": triage.shipped().status == "approved",
        "location": chosen.location,
    }


def _announcement(request, news) -> str:
    """What a screen reader says when cases arrived since the list was last drawn; never whose they are."""
    try:
        seen = int(request.GET.get("seen", ""))
    except ValueError:
        return ""
    tiers = news.filter(pk__gt=seen).values_list("case__urgency", "case_id").distinct().order_by("-case__urgency")
    count: dict[int, int] = {}
    for tier, _case in tiers:
        count[tier] = count.get(tier, 0) + 1
    if not count:
        return ""
    parts = [f"{number} {Urgency(tier).label.lower()}" for tier, number in count.items()]
    return f"New in the queue: {', '.join(parts)}."
